from dataclasses import replace

import pytest
from whole import cut_one

from assistant.siblings import asked_for, lead, siblings_of
from content.passage import Passage
from index.retriever import Hit

TEXTS = (
    "要着重把握以下几个方面。",
    "1. 深刻认识领导。甲。",
    "2. 深刻认识担当。乙。",
    "3. 深刻认识引领。丙。",
    "4. 深刻认识维权。丁。",
    "此外照旧。",
)


def passages(*texts: str) -> list[Passage]:
    found: list[Passage] = []
    for text in texts:
        found.append(cut_one(text, found[-1].end + 1 if found else 0))
    return found


PASSAGES = passages(*TEXTS)


def hits(*rows: int) -> list[Hit]:
    return [Hit(row, 1.0 - at / 10, {}, ()) for at, row in enumerate(rows)]


def test_paragraphs_that_begin_alike() -> None:
    found = siblings_of(PASSAGES)
    assert list(found) == [1, 2, 3, 4]
    assert (found[1].passages, found[1].head, found[1].announced) == ((1, 2, 3, 4), "深刻认识", True)
    assert lead(PASSAGES[2]).of("\n".join(TEXTS)) == "深刻认识担当。"
    assert siblings_of(passages("要强化甲。", "要强化乙。")) == {}
    assert siblings_of(passages("要强化甲。", "要强化乙。", "要强化丙。"))[0].head == "强化"
    other = [replace(PASSAGES[1], notice_id="b"), *PASSAGES[2:4]]
    assert siblings_of(other) == {}


@pytest.mark.parametrize(
    ("question", "found", "wanted"),
    [
        ("四个“深刻认识”是哪四个", (2, 5), True),
        ("四條深刻認識", (4,), True),
        ("五个“深刻认识”是哪五个", (1, 2, 3, 4), False),
        ("要把握哪四个方面", (2, 1, 5, 3), True),
        ("要把握哪四个方面", (2, 1, 5), False),
        ("要把握哪四个方面", (0, 5), True),
        ("要把握哪四个方面", (5, 1, 2, 3, 4), False),
        ("四个字是什么", (1, 2, 3, 4), False),
        ("四条里哪一条讲维权", (1, 2, 3, 4), False),
        ("第四条讲什么", (1, 2, 3, 4), False),
        ("四个方面", (), False),
    ],
)
def test_when_all_are_asked_for(question: str, found: tuple[int, ...], wanted: bool) -> None:
    assert (asked_for(question, hits(*found), siblings_of(PASSAGES)) is not None) is wanted


def test_they_come_first_and_the_first_hit_before_them() -> None:
    found = siblings_of(PASSAGES)[1]
    assert [hit.passage for hit in found.gathered(hits(3, 5, 1))] == [3, 1, 2, 4, 5]
    assert [hit.score for hit in found.gathered(hits(3, 5, 1))] == [1.0, 1.0, 1.0, 1.0, 0.9]
    assert [hit.passage for hit in found.gathered(hits(0, 5))] == [1, 2, 3, 4, 0, 5]
