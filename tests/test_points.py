"""Points that have a paragraph each, beside claims that count them."""

import pytest

from assistant.evidence import Exhibit, Stretch, exhibit
from assistant.points import Points, points_of, series_of
from assistant.siblings import siblings_of
from content.corpus import make_corpus
from content.notice import parse_notice
from content.span import Span

TEXT = "\n\n".join(
    (
        "关于班会的通知",
        "各班：",
        "一、总的要求",
        "要着重把握以下几个方面。",
        "1. 深刻认识纪律。不迟到。",
        "2. 深刻认识友爱。不打闹。",
        "3. 深刻认识整洁。不乱扔。",
        "此外照旧。",
        "校办\n2024年4月1日\n",
    )
)
CORPUS = make_corpus((parse_notice(TEXT, "班会"),))
SERIES = series_of(siblings_of(CORPUS.passages), CORPUS)


def stretch(words: str) -> Stretch:
    span = Span(TEXT.index(words), TEXT.index(words) + len(words))
    [row] = [row for row, passage in enumerate(CORPUS.passages) if passage.span.contains(span)]
    return Stretch(row, span, 0.5)


def heads(found: Points | None) -> list[str]:
    return [head.span.of(TEXT) for head in found.heads] if found else []


ALL = ["1. 深刻认识纪律。", "2. 深刻认识友爱。", "3. 深刻认识整洁。"]


@pytest.mark.parametrize(
    ("claim", "best", "found", "named"),
    [
        ("班会有三个深刻认识。", "此外照旧。", ALL, True),
        ("“深刻认识”一共有4条。", "此外照旧。", ALL, True),
        ("要把握的有五个方面。", "不打闹。", ALL, False),  # of one of the points
        ("要把握的有五个方面。", "要着重把握以下几个方面。", ALL, False),  # of what announces them
        ("要把握的有五个方面。", "此外照旧。", [], False),
        ("要深刻认识友爱。", "不打闹。", [], False),  # counts nothing
    ],
)
def test_the_points_that_a_claim_counts(claim: str, best: str, found: list[str], named: bool) -> None:
    points = points_of(claim, [stretch(best)], SERIES, CORPUS)
    assert heads(points) == found
    assert (points is not None and points.named) == named


def test_every_series_is_of_its_notice_once() -> None:
    other = parse_notice(TEXT.replace("班会", "春游"), "春游")
    both = make_corpus((*CORPUS.notices, other))
    found = series_of(siblings_of(both.passages), both)
    count = len(CORPUS.passages)
    assert {name: [own.passages for own in series] for name, series in found.items()} == {
        "班会": [(4, 5, 6)], "春游": [(count + 4, count + 5, count + 6)]
    }  # fmt: skip


def test_without_evidence_there_are_no_points() -> None:
    assert points_of("班会有三个深刻认识。", (), SERIES, CORPUS) is None


def test_of_a_long_first_sentence_its_first_clause() -> None:
    long = "要强化甲，" + "并且" * 30 + "。"
    text = f"关于班会的通知\n\n各班：\n\n{long}\n\n要强化乙。\n\n要强化丙。\n\n校办\n2024年4月1日\n"
    corpus = make_corpus((parse_notice(text, "班会"),))
    series = series_of(siblings_of(corpus.passages), corpus)
    points = points_of("有三个“强化”。", [Stretch(3, corpus.passages[3].span, 0.5)], series, corpus)
    assert points is not None
    assert [head.span.of(text) for head in points.heads] == ["要强化甲，", "要强化乙。", "要强化丙。"]


def test_where_the_points_stand_in_what_is_shown() -> None:
    points = points_of("班会有三个深刻认识。", [stretch("不打闹。")], SERIES, CORPUS)
    assert points is not None
    shown = exhibit([stretch("不打闹。"), *points.heads], "班会有三个深刻认识。", CORPUS)
    assert [span.of(shown.text) for span in points.within(shown)] == ALL
    assert points.within(Exhibit("", (), ())) == ()
