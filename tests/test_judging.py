import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import outing
import pytest

from assistant.check import Checker
from assistant.judgement import Judgement
from content.span import Span
from evals.claims import Claim, Wrong, places_of
from evals.edits import Editor
from evals.judging import drawing, editors, own_editor, pairs_for, training_claims
from index.pair import VERDICTS, Reading
from index.pair_training import Pair

BY_HAND = [(Pair(f"甲{i}", "乙", "supported"), Pair(f"丙{i}", "乙", "supported")) for i in range(9)]
EDITORS = [Editor(["春游八点出发", "秋游七点回校", "老师带领学生"], ["驾驶人必须携带驾驶证"])]
NAMES = {pair.claim for both in BY_HAND for pair in both}


class Silent:
    """In the place of the trained reader: says that everything is supported."""

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        return [Reading(np.array([2.0, 0.0, 0.0], np.float32), (), ()) for _ in pairs]


def checker() -> Checker:
    return Checker(outing.answerer(), Silent(), Judgement(dict.fromkeys(VERDICTS, 0.0), {v: {} for v in VERDICTS}, 0.5))  # type: ignore[arg-type]


def claim(text: str, verdict: str, evidence: Sequence[str] = (), wrong: Sequence[tuple[str, str]] = ()) -> Claim:
    places = tuple(places_of(quote, outing.TEXT) for quote in evidence)
    assert all(places)
    return Claim("a", text, verdict, "term", "dev", places, tuple(Wrong("term", *sides) for sides in wrong))


# Drawing.


def by_hand(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.claim in NAMES]


def test_seven_in_ten_are_written_by_hand() -> None:
    draw = drawing(BY_HAND, EDITORS, 10)
    chance = random.Random(1)
    steps = [draw(chance) for _ in range(4)]
    assert [len(step) for step in steps] == [10] * 4
    assert [len(by_hand(step)) for step in steps] == [7] * 4


def test_every_pair_written_by_hand_comes_once_before_any_comes_again() -> None:
    draw = drawing(BY_HAND, EDITORS, 10)
    chance = random.Random(1)
    drawn = [pair.claim[1:] for _ in range(9) for pair in by_hand(draw(chance))]
    assert len(drawn) == 63
    for at in range(0, 63, 9):
        assert sorted(drawn[at : at + 9]) == [str(i) for i in range(9)]


def test_one_in_five_is_read_beside_the_evidence_of_the_set() -> None:
    draw = drawing(BY_HAND, EDITORS, 10)
    chance = random.Random(1)
    counts = Counter(pair.claim[0] for _ in range(200) for pair in by_hand(draw(chance)))
    assert counts["甲"] + counts["丙"] == 1400
    assert 0.15 < counts["丙"] / 1400 < 0.25


def test_without_pairs_by_hand_all_are_edited() -> None:
    draw = drawing([], EDITORS, 10)
    step = draw(random.Random(1))
    assert len(step) == 10
    assert by_hand(step) == []


def test_the_same_chance_draws_the_same() -> None:
    first, second = (drawing(BY_HAND, EDITORS, 10) for _ in range(2))
    assert [first(random.Random(i)) for i in range(4)] == [second(random.Random(i)) for i in range(4)]


# Documents to edit.


def test_an_editor_for_every_document_that_is_long_enough(tmp_path: Path) -> None:
    long = "# 标题\n\n" + "".join(f"第{i}条　学校应当为学生购买第{i}份保险。太短。\n" for i in "一二三四五六七八九" * 3)
    (tmp_path / "子").mkdir()
    (tmp_path / "子" / "教育法.md").write_text(long + "<!-- 注释注释注释注释注释注释 -->\n", encoding="utf-8")
    (tmp_path / "慈善法(2023).md").write_text(long, encoding="utf-8")
    (tmp_path / "短法.md").write_text("学校应当为学生购买第一份保险。\n" * 20, encoding="utf-8")
    (tmp_path / "别的.txt").write_text(long, encoding="utf-8")
    [editor] = editors(tmp_path, ["慈善法"])
    assert len(editor.sentences) == 27
    assert set(editor.sentences) == {f"学校应当为学生购买第{i}份保险。" for i in "一二三四五六七八九"}
    assert len(editors(tmp_path, [])) == 2


# Pairs of claims and evidence.


def test_a_claim_beside_what_the_checker_reads() -> None:
    [(found, wanted)] = pairs_for(
        [claim("春游在周五上午九点出发", "contradicted", ["春游在周五上午八点出发"], [("九点", "八点")])], checker()
    )
    assert (
        found
        == wanted
        == Pair("春游在周五上午九点出发", "春游在周五上午八点出发。", "contradicted", (Span(7, 9),), (Span(7, 9),))
    )


def test_a_claim_whose_evidence_is_not_found_is_set_beside_it() -> None:
    [(found, wanted)] = pairs_for([claim("春游不收费", "supported", ["不得离开队伍"])], checker())
    assert wanted.evidence == "过马路要排队；不得离开队伍。"
    assert found == wanted
    assert (wanted.claim_spans, wanted.evidence_spans, wanted.marked) == ((), (), True)


def test_a_claim_that_is_not_mentioned_stands_beside_the_nearest_and_is_not_marked() -> None:
    [(found, wanted)] = pairs_for([claim("请每人带水和帐篷", "not_mentioned")], checker())
    assert found == wanted
    assert "请每人带水和雨衣。" in wanted.evidence
    assert not wanted.marked


@pytest.mark.parametrize(
    ("wrong", "ours", "theirs", "marked"),
    [
        (("九点", "八点"), (Span(7, 9),), (Span(7, 9),), True),
        (("九点", ""), (Span(7, 9),), (), True),
        (("", "八点"), (), (Span(7, 9),), False),
        (("九点", "排队"), (Span(7, 9),), (), True),  # words of another sentence than the evidence
    ],
)
def test_what_is_marked_of_a_difference(
    wrong: tuple[str, str], ours: tuple[Span, ...], theirs: tuple[Span, ...], marked: bool
) -> None:
    own = claim("春游在周五上午九点出发", "contradicted", ["春游在周五上午八点出发"], [wrong])
    [(pair, _)] = pairs_for([own], checker())
    assert (pair.claim_spans, pair.evidence_spans, pair.marked) == (ours, theirs, marked)


def test_evidence_of_two_quotes() -> None:
    [(_, wanted)] = pairs_for([claim("要带水，要排队", "supported", ["请每人带水", "过马路要排队"])], checker())
    assert wanted.evidence == "春游在周五上午八点出发。请每人带水和雨衣。过马路要排队；"


# Claims to learn from.


def test_the_claims_about_one_notice(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "document": document, "split": "train", "claim": "春游不要钱", "verdict": "supported",
         "kind": "reworded", "evidence": ["春游不收费"], "differences": []}
        for document in ("春游", "秋游")
    ]  # fmt: skip
    path = tmp_path / "claims.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    notice = outing.corpus().notices[0]
    [found] = training_claims(notice, path=path)
    assert (found.text, found.evidence) == ("春游不要钱", ((Span(43, 48),),))
    assert [c.text for c in training_claims(replace(notice, id="子/春游"), path=path)] == ["春游不要钱"]
    assert training_claims(replace(notice, id="冬游"), path=path) == []
    assert training_claims(notice, "fit", path) == []  # what is for fitting alone is marked so


def test_the_notices_own_sentences_are_edited_too() -> None:
    editor = own_editor(outing.corpus(), ["驾驶人必须携带驾驶证"])
    assert list(editor.sentences) == ["春游在周五上午八点出发。"]  # the only one of a dozen letters
    assert editor.strange == ["驾驶人必须携带驾驶证"]
