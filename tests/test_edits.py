import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.text import numbers
from evals.edits import Editor
from index.pair_training import Pair

SENTENCES = (
    "春游在周五上午八点出发，由班主任带队，家长不得随行。",
    "学校应当为全体学生购买保险，费用由学校承担。",
    "各班要准备雨衣、午餐、水壶、药箱，并及时报告人数。",
    "校长负责安全工作，老师负责学生纪律，职工负责后勤。",
    "报名的学生不超过三十五人，每组七人。",
    "有关单位必须在10月22日前完成检查，并且公开结果。",
    "学生可以携带相机、望远镜、铅笔、画板，禁止携带刀具。",
    "活动结束以后，各级组织要认真总结经验，推动工作。",
)
STRANGE = ("慈善组织应当每年向社会公开财产使用情况。", "驾驶人必须携带驾驶证。")
EDITOR = Editor(SENTENCES, STRANGE)
# Sentences in which no word is softened, dropped or moved: all that changes is what is falsified.
BARE = ("春游八点出发", "秋游七点回校", "老师带领学生", "家长等候校车")
LETTERS = "".join(SENTENCES + STRANGE)


def pairs(editor: Editor = EDITOR, count: int = 300, seed: int = 1) -> list[Pair]:
    chance = random.Random(seed)
    return [editor.pair(chance) for _ in range(count)]


def of(verdict: str, editor: Editor = EDITOR, count: int = 300) -> list[Pair]:
    return [pair for pair in pairs(editor, count) if pair.verdict == verdict]


def test_all_three_verdicts_are_made() -> None:
    counts = Counter(pair.verdict for pair in pairs(count=600))
    assert set(counts) == {"supported", "contradicted", "not_mentioned"}
    assert min(counts.values()) > 60


def test_the_same_seed_makes_the_same_pairs() -> None:
    assert pairs(seed=4) == pairs(seed=4)
    assert pairs(seed=4) == pairs(Editor(SENTENCES, STRANGE), seed=4)
    assert pairs(seed=4) != pairs(seed=5)


@given(st.integers(0, 2**32))
def test_every_span_slices_its_own_text(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(10):
        pair = EDITOR.pair(chance)
        for spans, text in ((pair.claim_spans, pair.claim), (pair.evidence_spans, pair.evidence)):
            assert all(span.of(text) for span in spans)  # raises outside the text
            assert list(spans) == sorted(spans)


def test_what_is_supported_marks_nothing() -> None:
    for pair in of("supported"):
        assert (pair.claim_spans, pair.evidence_spans, pair.marked) == ((), (), True)
        assert pair.claim


def test_what_is_contradicted_marks_both_sides() -> None:
    for pair in of("contradicted"):
        assert pair.marked
        assert len(pair.claim_spans) == len(pair.evidence_spans) in (1, 2)
        assert pair.claim not in pair.evidence
        ours = [span.of(pair.claim) for span in pair.claim_spans]
        theirs = [span.of(pair.evidence) for span in pair.evidence_spans]
        assert all(a != b for a, b in zip(ours, theirs, strict=True))


def test_what_is_not_mentioned_is_not_marked() -> None:
    for pair in of("not_mentioned"):
        assert (pair.claim_spans, pair.evidence_spans, pair.marked) == ((), (), False)
        assert pair.claim not in pair.evidence


def test_the_evidence_is_sentences_of_the_document_in_their_order() -> None:
    one = set(SENTENCES)
    two = {a + b for a, b in itertools.pairwise(SENTENCES)}
    kinds = Counter("one" if pair.evidence in one else "two" for pair in pairs() if pair.evidence in one | two)
    assert sum(kinds.values()) == 300
    assert kinds["one"] > kinds["two"] > 20


def test_undone_what_was_falsified_gives_the_sentence_back() -> None:
    bare = Editor(BARE, STRANGE)
    falsified = of("contradicted", bare, 400)
    assert len(falsified) > 50
    for pair in falsified:
        claim = pair.claim
        for ours, theirs in reversed(list(zip(pair.claim_spans, pair.evidence_spans, strict=True))):
            claim = claim[: ours.start] + theirs.of(pair.evidence) + claim[ours.end :]
        assert claim.rstrip("。") in BARE


def test_a_supported_claim_of_a_bare_sentence_is_the_sentence() -> None:
    assert {pair.claim.rstrip("。") for pair in of("supported", Editor(BARE, STRANGE), 200)} == set(BARE)


def test_numbers_are_made_others() -> None:
    editor = Editor(["春游八点出发"] * 4, STRANGE)
    found = of("contradicted", editor, 200)
    assert found
    for pair in found:
        [ours], [theirs] = pair.claim_spans, pair.evidence_spans
        assert theirs.of(pair.evidence) == "八"
        [(_, _, value)] = numbers(ours.of(pair.claim))
        assert value != 8
        assert value > 0


@pytest.mark.parametrize(
    ("sentence", "pairs_of_words"),
    [
        ("家长不得随行", {("可以", "不得"), ("应当", "不得")}),
        ("学生必须报名", {("不必", "必须"), ("可以不", "必须")}),
    ],
)
def test_what_must_be_is_turned_round(sentence: str, pairs_of_words: set[tuple[str, str]]) -> None:
    found = of("contradicted", Editor([sentence] * 4, STRANGE), 300)
    seen = {
        (ours.of(pair.claim), theirs.of(pair.evidence))
        for pair in found
        for ours, theirs in zip(pair.claim_spans, pair.evidence_spans, strict=True)
    }
    assert seen == pairs_of_words


def test_two_that_change_places_are_both_marked() -> None:
    editor = Editor(["校长在操场上等候家长"] * 4, STRANGE)
    swapped = [pair for pair in of("contradicted", editor, 300) if len(pair.claim_spans) == 2]
    assert swapped
    for pair in swapped:
        ours = [span.of(pair.claim) for span in pair.claim_spans]
        theirs = [span.of(pair.evidence) for span in pair.evidence_spans]
        assert ours == theirs[::-1]


def test_items_listed_side_by_side_do_not_change_places_to_make_it_false() -> None:
    editor = Editor(["雨衣、午餐、水壶"] * 4, STRANGE)
    assert [pair for pair in of("contradicted", editor, 300) if len(pair.claim_spans) == 2] == []


def test_claims_are_made_of_known_characters() -> None:
    # What is added comes from the tables or other sentences; nothing is lost on the way.
    assert all(pair.claim.strip() == pair.claim != "" for pair in pairs())


def test_no_claim_ends_twice() -> None:
    assert [pair.claim for pair in pairs(count=1000) if pair.claim.endswith("。。")] == []


def test_no_claim_begins_with_a_particle() -> None:
    claims = [pair.claim for pair in pairs(Editor(["八点出发春游", "七点回校休息"] * 4, STRANGE), 400)]
    assert [claim for claim in claims if claim.startswith("的")] == []
