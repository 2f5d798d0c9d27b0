import outing
import pytest

from evals.timing import measure_parts


def test_every_part_is_timed() -> None:
    answerer = outing.answerer()
    found = {part.name: part for part in measure_parts(answerer, 3)}
    rows, lexical = answerer.retriever.index.rows, answerer.retriever.index.lexical
    wanted = {"encode", "read", "search beside encode", "answer beside encode", "answer"}
    wanted |= {f"vectors/{kind}" for kind, own in rows.items() if own}
    wanted |= {f"{name}/{kind}" for (name, kind), own in lexical.items() if own.size}
    assert set(found) == wanted
    assert found["vectors/passage"].size == found["answer"].size == 9
    assert all(0 < part.median <= part.p95 + 1e-9 for part in found.values())


def test_the_same_questions_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answerer = outing.answerer()
    monkeypatch.setattr(type(answerer), "read", lambda _, question: asked.append(question) or question)
    measure_parts(answerer, 2)
    first = asked.copy()
    asked.clear()
    measure_parts(answerer, 2)
    assert asked == first
