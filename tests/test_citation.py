from dataclasses import replace

import pytest

from assistant.citation import QuotationError, cite, place, quote
from content.corpus import Corpus
from content.notice import Notice, parse_notice
from content.passage import Kind, cut
from content.span import Span

TITLE = "武进区总工会关于认真学习领会习近平总书记重要讲话精神切实抓好中国工会十七大精神学习宣传贯彻工作的通知"


def test_where_the_passages_of_the_real_notice_stand(corpus: Corpus) -> None:
    assert [place(passage) for passage in corpus.passages] == [
        "标题",
        "主送机关",
        "开头第1段",
        "第一部分标题",
        "第一部分第1段",
        "第一部分第2段（第1点）",
        "第一部分第3段（第2点）",
        "第一部分第4段（第3点）",
        "第一部分第5段（第4点）",
        "第一部分第6段（第5点）",
        "第一部分第7段",
        "第二部分标题",
        "第二部分第1段",
        "第二部分第2段",
        "第二部分第3段",
        "第二部分第4段",
        "第三部分标题",
        "第三部分第1段",
        "第三部分第2段",
        "第三部分第3段",
        "第三部分第4段",
        "第三部分第5段",
        "落款（发文机关）",
        "落款（成文日期）",
    ]


def test_the_citation_of_a_paragraph(corpus: Corpus, notice: Notice) -> None:
    [passage] = [p for p in corpus.passages if "“八个坚持”" in p.text]
    citation = cite(notice, passage)
    assert citation.label == f"《{TITLE}》（2018-11-13）第二部分第4段"
    assert citation.title == TITLE
    assert citation.issuer == "常州市武进区总工会"
    assert citation.date == "2018-11-13"
    assert citation.number is None
    assert citation.section == ("二、全面准确理解和把握中国工会十七大精神",)
    assert citation.paragraph == 4
    assert notice.text[citation.start : citation.end] == passage.text
    assert citation.sha256 == notice.sha256
    assert citation.notice_id == notice.id


def test_no_two_passages_share_a_label(corpus: Corpus, notice: Notice) -> None:
    labels = [cite(notice, passage).label for passage in corpus.passages]
    assert len(set(labels)) == len(labels) == 24


def test_a_label_names_the_number_of_the_document_and_leaves_out_what_it_has_not() -> None:
    numbered = parse_notice("关于报名的通知\n\n武工〔2018〕12号\n\n请报名。\n\n总工会\n2018年11月13日", "a")
    paragraph = next(p for p in cut(numbered) if p.kind is Kind.PARAGRAPH)
    assert cite(numbered, paragraph).label == "《关于报名的通知》（武工〔2018〕12号，2018-11-13）开头第1段"
    bare = parse_notice("关于报名的通知\n请报名。", "b")
    assert cite(bare, cut(bare)[1]).label == "《关于报名的通知》开头第1段"


def test_a_quotation_is_cut_from_the_stored_text(notice: Notice) -> None:
    start = notice.text.index("讲政治是第一位的要求")
    assert quote(notice, Span(start, start + 10), notice.sha256) == "讲政治是第一位的要求"


def test_words_of_another_version_are_never_a_quotation(notice: Notice) -> None:
    with pytest.raises(QuotationError, match="原文已改动"):
        quote(notice, Span(0, 5), "0" * 64)
    with pytest.raises(ValueError, match="ends outside"):
        quote(notice, Span(0, len(notice.text) + 1), notice.sha256)
    altered = replace(notice, sha256="1" * 64)
    with pytest.raises(QuotationError):
        quote(altered, Span(0, 5), notice.sha256)
