import json
import re
from dataclasses import replace

import pytest
from check_fixture import FakeChecker

from assistant.answer import Found
from assistant.check_desk import Checked, Desk
from assistant.check_view import AT_ONCE, job_view, problem_view, row_view, rows_view
from assistant.check_words import (
    CHECK_STRINGS,
    EXACTNESS,
    KIND_NAMES,
    KINDS,
    LEANINGS,
    SHEET_SENTENCES,
    WORDS,
    Word,
    word_of_claim,
)
from assistant.citation import QuotationError
from assistant.scope_words import SCOPE_STRINGS
from assistant.sheet import Row, Sheet, SheetError
from assistant.verdict import DifferenceKind, Exactness, Finding
from assistant.view import STRINGS
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice

TEXT = "关于春游的通知\n\n各班：\n\n𠮷村春游分三个小组出发。请每人带水和雨衣。\n\n光明小学\n2024年4月1日\n"


@pytest.fixture
def small() -> Corpus:
    return make_corpus((parse_notice(TEXT, "trip"),))


def _row(corpus: Corpus, answer: str, question: str = "") -> Checked:
    row = Row(4, question, answer)
    return Checked(row, FakeChecker(corpus).check(row.claim))


def test_everything_is_said_in_both_languages() -> None:
    for table in (CHECK_STRINGS, SCOPE_STRINGS, SHEET_SENTENCES, KIND_NAMES):
        assert table["zh"].keys() == table["en"].keys()
        for key, words in table["zh"].items():
            assert sorted(re.findall(r"{\w+}", words)) == sorted(re.findall(r"{\w+}", table["en"][key])), key
    assert not CHECK_STRINGS["zh"].keys() & STRINGS["zh"].keys()
    assert not SCOPE_STRINGS["zh"].keys() & (CHECK_STRINGS["zh"].keys() | STRINGS["zh"].keys())
    for word in Word:
        assert CHECK_STRINGS["zh"][word] == WORDS[word]
    assert set(KINDS) == set(DifferenceKind)
    assert set(LEANINGS) == set(Finding)
    assert set(EXACTNESS) == set(Exactness)
    assert {f"kind_{kind}" for kind in DifferenceKind} | {f"quote_{e}" for e in Exactness} <= CHECK_STRINGS["en"].keys()


def test_a_row_as_the_page_draws_it(small: Corpus) -> None:
    start = TEXT.index("𠮷村")
    three = TEXT.index("三个")
    assert row_view(_row(small, "😀村春游分四个小组出发。", "怎么走？"), small) == {
        "number": 4,
        "question": "",
        "claim": "怎么走：😀村春游分四个小组出发。",
        "word": "contradicted",
        "statements": [
            {
                "start": 0,
                "text": "怎么走：😀村春游分四个小组出发。",
                "word": "contradicted",
                "leaning": None,
                "points": [[9, 10]],
                "differences": [
                    {"kind": "number", "claim": "四", "source": "三", "notice": "trip", "span": [three, three + 1]}
                ],
                "quotations": [],
                "evidence": [
                    {
                        "rank": 1,
                        "notice": "trip",
                        "label": "《关于春游的通知》（2024-04-01）开头第1段",
                        "source": "《关于春游的通知》（2024-04-01）",
                        "place": "开头第1段",
                        "part": None,
                        "text": "𠮷村春游分三个小组出发。请每人带水和雨衣。",
                        "start": start,
                        "end": start + 21,
                        "highlights": [[start, start + 12]],
                        "newer": None,
                        "copies": [],
                        "points": [[three, three + 1]],
                    }
                ],
            }
        ],
    }


def test_a_statement_that_is_not_sure_names_its_leaning(small: Corpus) -> None:
    [statement] = row_view(_row(small, "拿不准的小组"), small)["statements"]
    assert (statement["word"], statement["leaning"]) == ("unsure", "not_mentioned")


def test_quotations_are_marked_on_both_sides(small: Corpus) -> None:
    [statement] = row_view(_row(small, "通知说“请每人带水和雨伞”，对吗，是这样的吧"), small)["statements"]
    assert statement["quotations"] == [{"text": "请每人带水和雨伞", "exactness": "differing"}]
    assert statement["points"] == [[11, 12]]
    last = TEXT.index("衣")
    assert statement["evidence"][0]["points"] == [[last, last + 1]]


def test_the_word_of_a_claim_is_its_gravest() -> None:
    small = make_corpus((parse_notice(TEXT, "trip"),))
    for answer, word in (
        ("请每人带水和雨衣。", Word.SUPPORTED),
        ("请每人带水和雨衣。食堂供应红烧肉。", Word.NOT_MENTIONED),
        ("拿不准。食堂供应红烧肉。", Word.UNSURE),
        ("拿不准。春游分四个小组出发。食堂供应红烧肉。", Word.CONTRADICTED),
    ):
        assert word_of_claim(FakeChecker(small).check(answer)) is word


def test_words_that_are_not_the_notices_are_never_shown(small: Corpus) -> None:
    checked = _row(small, "春游分四个小组出发。")
    [statement] = checked.verdict.statements
    forged = replace(statement.differences[0], source="五")
    for wrong in (
        replace(statement, differences=(forged,)),
        replace(statement, evidence=(_forge(statement.evidence[0]),)),
    ):
        with pytest.raises(QuotationError):
            row_view(replace(checked, verdict=replace(checked.verdict, statements=(wrong,))), small)


def _forge(found: Found) -> Found:
    return replace(found, text=found.text.replace("三", "五"))


def test_rows_come_in_portions(small: Corpus) -> None:
    desk = Desk(FakeChecker(small))
    job = desk.take(Sheet(tuple(Row(n, "", "请每人带水和雨衣。") for n in range(AT_ONCE + 3))))
    assert job_view(job)["counts"] == {"contradicted": 0, "unsure": 0, "not_mentioned": 0, "supported": 0}
    for _ in desk.run(job):
        pass
    first, second = rows_view(job, 0, small), rows_view(job, AT_ONCE, small)
    assert (len(first["rows"]), len(second["rows"]), second["from"]) == (AT_ONCE, 3, AT_ONCE)
    assert (second["state"], second["done"], second["total"]) == ("done", AT_ONCE + 3, AT_ONCE + 3)
    assert second["counts"]["supported"] == AT_ONCE + 3
    json.dumps(first)


def test_a_problem_is_said_in_both_languages() -> None:
    shown = problem_view(SheetError("name", ending=".csv", kind="xlsx"))
    assert shown["zh"] == "文件名以 .csv 结尾，内容却是Excel 表格；请改好扩展名，或另存后再上传。"
    assert shown["en"].startswith("The name ends in .csv, but the content is an Excel workbook.")
