import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.statement import split_statements


@pytest.mark.parametrize(
    ("claim", "statements"),
    [
        ("春游不收费。午餐自备。", ["春游不收费。", "午餐自备。"]),
        ("春游不收费！午餐自备？带上雨衣", ["春游不收费！", "午餐自备？", "带上雨衣"]),
        ("  春游不收费。\n\n 午餐自备 ", ["春游不收费。", "午餐自备"]),
        ("春游不收费；午餐自备。", ["春游不收费；午餐自备。"]),
        ("他说“春游不收费。”午餐自备。", ["他说“春游不收费。”", "午餐自备。"]),
        ("春游不收费。对吗？午餐自备。", ["春游不收费。对吗？", "午餐自备。"]),
        ("好。春游不收费。", ["好。", "春游不收费。"]),
        ("春游不收费……午餐自备", ["春游不收费……午餐自备"]),
        ("春游1.5元", ["春游1.5元"]),
        ("他说“春游不收费。午餐自备。”我们都信。", ["他说“春游不收费。午餐自备。”", "我们都信。"]),
        ("喊出“冲啊！”的口号。", ["喊出“冲啊！”的口号。"]),
        ("没有“关上。春游不收费。", ["没有“关上。", "春游不收费。"]),
        ("？", ["？"]),
        ("", []),
        (" \n", []),
    ],
)
def test_statements_are_sentences(claim: str, statements: list[str]) -> None:
    assert [part.span.of(claim) for part in split_statements(claim)] == statements


@given(st.text(st.sampled_from("春游不收费。！？!\n 　”」，a1"), max_size=40))
def test_every_letter_lies_in_one_statement(claim: str) -> None:
    spans = [part.span for part in split_statements(claim)]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    held = [i for span in spans for i in range(span.start, span.end)]
    assert set(held) >= {i for i, c in enumerate(claim) if not c.isspace()}
    assert all(span.of(claim) == span.of(claim).strip() != "" for span in spans)


@pytest.mark.parametrize(
    ("claim", "read"),
    [
        ("王主席作了报告。他还部署了任务，要求层层抓落实。", "王主席作了报告。他还部署了任务，要求层层抓落实。"),
        ("王主席作了报告。说得很好。", "王主席作了报告。说得很好。"),
        ("王主席作了报告。各级工会要认真学习领会精神。", "各级工会要认真学习领会精神。"),
    ],
)
def test_a_statement_that_leans_is_read_with_the_one_before(claim: str, read: str) -> None:
    first, second = split_statements(claim)
    assert first.read == first.span
    assert second.read.of(claim) == read
