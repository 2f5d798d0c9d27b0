import pytest

from assistant.conflict import conflicts
from assistant.instead import counterpart, framed, rival
from assistant.period import told
from assistant.slot import slots
from content.span import Span


def instead(claim: str, evidence: str) -> list[tuple[str, str | None]]:
    """(words of the claim, what stands for them in the evidence) of every conflict."""
    found = conflicts(slots(claim), told(evidence), evidence)
    spans = [(c.ours.span, rival(claim, evidence, c)) for c in found]
    return [(own.of(claim), other.of(evidence) if other else None) for own, other in spans]


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        # Of two days the one that is told of the same thing.
        ("12月5日返校", "10月22日开会，11月29日返校", [("12月5日", "11月29日")]),
        # Of two people the one who does what the claim tells of.
        ("张高丽宣读了工作总结", "习近平出席了开幕式，王东明宣读了工作总结", [("张高丽", "王东明")]),
        # Whose words are spoken of is not who speaks.
        (
            "把工会工作论述的内涵归结为八条的是李克强的报告",
            "王东明作报告。报告对习近平总书记关于工会工作论述的内涵作了归结，归结为八条",
            [("李克强", "王东明")],
        ),
        # Of two bodies the one whose name is alike.
        ("登在常州日报", "由常州市武进区总工会印发，登在武进日报", [("常州日报", "武进日报")]),
        ("来了七个", "来了许多", [("七个", None)]),
        # Of two days the one that the next clause says the same of, and a day of a stretch with all of it.
        ("大家在12月1日同领导谈话", "10月22日至26日开会。11月29日，大家同领导谈话", [("12月1日", "11月29日")]),
        ("10月28日闭会", "10月22日至26日开会", [("10月28日", "10月22日至26日")]),
        ("一共开了七天", "10月22日至26日开会", [("七天", "10月22日至26日")]),
        ("一共开了五天", "10月22日至26日开会", []),
        # 十六届 tells a place, with 第 or without.
        ("第十四届学生会", "八个人选了十六届学生会", [("第十四届", "十六届")]),
        # Of two bodies the one between the same words, and words that stand in a body's place alone.
        ("凝聚到建设幸福新江苏上去", "凝聚到建设幸福新武进上来，武进电视台播出", [("江苏", "武进")]),
        ("工作由常州市政府牵头", "工作由武进区总工会牵头，常州职工网刊登", [("常州市政府", "武进区总工会")]),
    ],
)
def test_what_stands_for_a_slot(claim: str, evidence: str, found: list[tuple[str, str | None]]) -> None:
    assert instead(claim, evidence) == found


def test_the_likest_words_begin_and_end_with_no_little_word() -> None:
    evidence = "用好武进电视台和报纸"
    found = counterpart("常州电视台", evidence)
    assert found is not None
    assert found.of(evidence) == "武进电视台"


def test_nothing_looks_like_what_is_quite_different() -> None:
    assert counterpart("操场", "大家在礼堂集合") is None


def test_what_stands_between_the_same_words() -> None:
    claim = "把春游办成最快乐的秋游吧。"
    ours = Span(claim.index("秋"), claim.index("秋") + 2)
    assert framed(claim, ours, "班会说要办成最快乐的夏令营吧") == Span(10, 13)
    # Nowhere, in two places, or the same words.
    assert framed(claim, ours, "班会说要办成最难忘的夏令营吧") is None
    assert framed(claim, ours, "最快乐的夏令营吧，最快乐的冬令营吧") is None
    assert framed(claim, ours, "最快乐的秋游吧") is None
