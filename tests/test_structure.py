"""The library of real laws and regulations: nothing lost, nothing doubled, and read as people read it."""

from __future__ import annotations

import pytest
from test_passage import is_space, markup

from assistant.citation import cite
from content.corpus import Corpus
from content.notice import parse_notice
from content.passage import cut
from evals.structure import Structure, misses, read_sample, shares, structures


def test_the_sample_has_forty_documents() -> None:
    sample = read_sample()
    assert len({one.document for one in sample}) == len(sample) == 40


def test_the_table_counts_what_was_given() -> None:
    found = (Structure("甲", None, "2020-01-01", None, 0), Structure("乙", "国务院", "2021-01-01", None, 3))
    assert [(one.field, one.given, one.documents) for one in shares(found)] == [
        ("issuer", 1, 2),
        ("date", 2, 2),
        ("number", 0, 2),
        ("articles", 1, 2),
    ]
    right = (Structure("甲", "国务院", "2020-01-01", None, 0), Structure("丙", None, None, None, 1))
    assert [(m.document, m.field, m.found, m.right) for m in misses(found, right)] == [
        ("甲", "issuer", "None", "国务院")
    ]


@pytest.mark.laws
def test_no_character_of_any_document_is_lost_or_doubled(laws: Corpus) -> None:
    for notice in laws.notices:
        covered = bytearray(len(notice.text))
        for passage in cut(notice):
            assert notice.text[passage.start : passage.end] == passage.text
            for offset in range(passage.start, passage.end):
                covered[offset] += 1
        known = markup(notice.text)
        for offset, (character, times) in enumerate(zip(notice.text, covered, strict=True)):
            assert times == 1 or (times == 0 and (is_space(character) or offset in known)), (notice.id, offset)


@pytest.mark.laws
def test_every_file_is_read_or_named(laws: Corpus) -> None:
    assert len(laws.notices) == 713
    assert sorted(one.file.rsplit("/", 1)[-1] for one in laws.skipped) == ["README.md", "_index.md"]


@pytest.mark.laws
def test_every_article_is_found_once(laws: Corpus) -> None:
    found = structures(laws)
    assert sum(one.articles for one in found) == 28_161  # lines that begin with 第N条 and a space
    assert {one.field: one.given for one in shares(found)} == {
        "issuer": 650,
        "date": 713,
        "number": 526,
        "articles": 692,
    }


@pytest.mark.laws
def test_the_sample_checked_by_hand(laws: Corpus) -> None:
    # Two bodies issued one rule, by an order each: the first of them is read.
    assert [(m.document, m.field) for m in misses(structures(laws), read_sample())] == [
        ("学校卫生工作条例(1990-06-04)", "issuer"),
        ("学校卫生工作条例(1990-06-04)", "number"),
    ]


@pytest.mark.laws
@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("同一用人单位与同一劳动者只能约定一次试用期。", "《劳动合同法》第十九条第二款"),
        ("在试用期间被证明不符合录用条件的", "《劳动合同法》第三十九条"),
        ("劳动者每日工作时间不超过八小时、平均每周工作时间不超过四十四小时", "《劳动法》第三十六条"),
        ("对怀孕7个月以上的女职工，用人单位不得延长劳动时间或者安排夜班劳动", "《女职工劳动保护特别规定》第六条第二款"),
        ("女职工禁忌从事的劳动范围：", "《女职工劳动保护特别规定》附录第一部分第1段"),
    ],
)
def test_where_known_words_stand(laws: Corpus, words: str, label: str) -> None:
    found = [
        cite(notice, passage).label
        for notice in laws.notices
        if notice.title.endswith(label[1 : label.index("》")])
        for passage in laws.passages
        if passage.notice_id == notice.id and words in passage.text
    ]
    assert label in found


@pytest.mark.laws
def test_passages_of_one_document_hardly_ever_share_a_label(laws: Corpus) -> None:
    labels = [cite(laws.notice(p.notice_id), p).label + p.notice_id for p in laws.passages[:8000]]
    assert len(labels) - len(set(labels)) <= 5


def test_a_document_with_the_form_of_the_collection() -> None:
    text = "# 甲条例\n\n2008年1月31日 国务院公布\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n第一条 甲。\n"
    assert [p.text for p in cut(parse_notice(text, "a"))] == [
        "甲条例",
        "2008年1月31日 国务院公布",
        "第一章 总则",
        "第一条 甲。",
    ]
