import io
from dataclasses import replace

import numpy as np
import pytest

from evals.compare import Comparison, bootstrap_p, compare, holm, mcnemar, questions_needed
from evals.measures import estimate
from evals.provenance import Provenance
from evals.record import Row, Run, RunError
from evals.table import comparison_view, first_passage

ORIGIN = Provenance("c" * 40, False, None, {}, {}, "2024-01-01T00:00:00+00:00")


def row(name: str, **values: float) -> Row:
    return Row(
        name, name, "factoid", f"问{name}", "《通》第一部分", 1, None, None, None, 1.0, values, first_text="甲" * 99
    )


def run(hits: list[int], **changes: object) -> Run:
    """A run with as many answerable rows as `hits` has figures, each its row's Success@1."""
    rows = tuple(row(f"q{i}", **{"Success@1": float(hit)}) for i, hit in enumerate(hits))
    return replace(Run("春游", "dev", "0", rows, {}, {}, None, 1.0, ORIGIN), **changes)  # type: ignore[arg-type]


def test_a_clear_difference() -> None:
    found = compare(run([0] * 10 + [1] * 10 + [0]), run([1] * 10 + [1] * 10 + [0]))
    assert found.difference.mean == pytest.approx(10 / 21)
    assert found.first.p_value == pytest.approx(2 / 2**10)
    assert (len(found.wins), len(found.losses), found.left_out) == (10, 0, 0)
    assert found.significant and found.difference.low > 0
    assert found.verdict() == "B 的首条命中率比 A 高 47.6 个百分点（胜 10 题、负 0 题，p = 0.00195），不像是偶然。"


def test_a_difference_that_may_be_luck() -> None:
    found = compare(run([1, 1, 0, 1, 1, 1, 0, 0]), run([0, 0, 1, 1, 1, 1, 0, 0]))
    assert (found.difference.mean, found.first.p_value, found.significant) == (-0.125, 1.0, False)
    # Three of eight changed: 3/8 * (2.8016 / 0.125)**2 = 188.4.
    assert found.first.needed == 189
    assert "低 12.5 个百分点" in found.verdict() and "大约需要 189 道题" in found.verdict()


def test_runs_alike() -> None:
    found = compare(run([1, 0]), run([1, 0, 1]))
    assert (found.first.p_value, found.first.needed, found.left_out, found.significant) == (1.0, None, 1, False)
    assert found.verdict() == "两次评测在 2 道题上首条命中完全相同，没有差别。"
    assert "看不出差别" in compare(run([1, 0]), run([0, 1])).verdict()


def test_runs_that_cannot_be_compared() -> None:
    with pytest.raises(RunError, match="题集不同：春游 和 秋游"):
        compare(run([1]), run([1], name="秋游"))
    with pytest.raises(RunError, match="没有共同的题目"):
        compare(run([1]), run([]))


def test_what_makes_runs_less_comparable_is_said() -> None:
    dirty = replace(ORIGIN, dirty=True)
    found = compare(run([1]), run([1], set_digest="1", split="all", provenance=dirty))
    assert [sentence[:8] for sentence in found.cautions] == ["两次评测之间题集", "A 问的是 de", "B 运行时代码有"]
    assert compare(run([1]), run([1])).cautions == ()


def test_several_measures_are_corrected_together() -> None:
    def graded(*values: tuple[float, float]) -> Run:
        rows = tuple(row(f"q{i}", **{"Success@1": a, "RR@10": b}) for i, (a, b) in enumerate(values))
        return run([], rows=rows)

    found = compare(graded(*[(0, 0.5)] * 8), graded(*[(1, 1)] * 7, (0, 0.5)))
    first, second = found.measures
    assert (first.measure, second.measure) == ("Success@1", "RR@10")
    assert (first.before, first.after, second.before) == (0, 7 / 8, 0.5)
    assert first.p_value == pytest.approx(2 / 2**7)  # McNemar: seven won of seven
    assert second.p_value < first.p_value  # the bootstrap sees no resample at or below 0 but that of the eighth alone
    assert first.corrected == first.p_value and second.corrected == pytest.approx(2 * second.p_value)
    assert "按 2 项指标校正后" in found.verdict()


def test_holm_by_hand() -> None:
    # 0.01 * 3, then 0.02 * 2, then 0.5 * 1; never smaller than the one before.
    assert holm([0.5, 0.01, 0.02]) == pytest.approx([0.5, 0.03, 0.04])
    assert holm([0.02, 0.021]) == pytest.approx([0.04, 0.04])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_mcnemar_by_hand() -> None:
    assert mcnemar(5, 0) == pytest.approx(2 / 32)
    assert mcnemar(3, 3) == mcnemar(0, 0) == 1


def test_the_bootstrap_raises_a_false_alarm_as_often_as_it_says() -> None:
    rng, rounds = np.random.default_rng(23), 300
    alarms = 0
    for i in range(rounds):
        # Forty groups of three questions whose gains go together, and no gain on the whole.
        gains = np.repeat(rng.normal(0, 1, 40), 3) + rng.normal(0, 0.5, 120)
        alarms += bootstrap_p(gains, [f"g{j // 3}" for j in range(120)], seed=i) < 0.05
    assert 0.02 <= alarms / rounds <= 0.10
    assert bootstrap_p(np.ones(30), [str(i) for i in range(30)]) < 0.01
    assert bootstrap_p(np.zeros(3), ["a", "b", "c"]) == bootstrap_p(np.ones(3), ["a"] * 3) == 1


def test_the_interval_of_a_paired_difference_covers() -> None:
    rng, rounds, held = np.random.default_rng(29), 300, 0
    for _ in range(rounds):
        # B answers what A answers but for luck that favours it: the true gain is 0.10 - 0.04.
        gains = rng.choice([1.0, -1.0, 0.0], 200, p=[0.10, 0.04, 0.86])
        found = estimate(gains.tolist(), [f"g{i}" for i in range(200)])
        held += found.low <= 0.06 <= found.high
    assert 0.91 <= held / rounds <= 0.985


def test_copies_of_a_question_do_not_count_as_questions() -> None:
    gains, alone = np.array([1.0, 0.0, 0.0, -1.0, 1.0, 0.0]), [str(i) for i in range(6)]
    once = questions_needed(gains, alone)
    fourfold = questions_needed(np.tile(gains, 4), alone * 4)
    assert once is not None and fourfold == pytest.approx(4 * once, abs=4)
    assert questions_needed(np.zeros(3), ["a", "b", "c"]) is None


def test_the_table_shows_both_first_passages() -> None:
    from rich.console import Console

    found = compare(run([0, 1, 1]), run([1, 0, 1]))
    assert isinstance(found, Comparison)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(comparison_view(found))
    text = console.export_text()
    assert "B 胜（1 题）" in text and "B 负（1 题）" in text and "校正后 p" in text
    assert first_passage(found.wins[0].before) == "第一部分：" + "甲" * 40 + "…"
    assert first_passage(replace(found.wins[0].before, first="", first_text="")) == "（没有找到）"
