"""Tabs that packages bring, and the answerer that changes while it is asked."""

import logging
import threading
from pathlib import Path

import outing
import pytest
import tab_fixture
from bigram import BigramEncoder

from assistant import tab
from assistant.answer import Answer
from assistant.answerer import Answerer
from assistant.current import Current, in_use
from assistant.opening import renewed
from assistant.settings import Settings
from assistant.tab import Product, Tab, find_tabs, makers
from content.candidate import Target, anchor
from content.candidates import CandidateStore
from content.corpus import Corpus
from content.span import Span
from index.build import build_index
from index.retriever import Retriever
from index.store import load_index


def product(folder: Path) -> Product:
    return Product(Current(outing.answerer()), folder)


def test_the_tab_of_the_checkout_is_found_whether_or_not_it_was_installed_anew(tmp_path: Path) -> None:
    assert makers()["evals"] == "evals.tab:make_tab"
    (found,) = [one for one in find_tabs(product(tmp_path)) if one.name == "evals"]
    assert {"tab_evals"} <= found.strings["zh"].keys() == found.strings["en"].keys()
    assert all(path.is_file() for path in (*found.scripts, *found.styles))


def test_an_installed_copy_needs_no_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name, value = "evals", "evals.tab:make_tab"

    monkeypatch.setattr(tab, "entry_points", lambda group: [Entry()] if group == tab.GROUP else [])
    assert makers(tmp_path / "pyproject.toml") == {"evals": "evals.tab:make_tab"}


def test_a_project_file_of_somebody_else_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab, "entry_points", lambda group: [])
    other = tmp_path / "pyproject.toml"
    other.write_text('[project]\nname = "other"\n[project.entry-points."notice_assistant.tabs"]\nx = "a:b"\n')
    assert makers(other) == {}


def test_a_tab_that_breaks_is_left_out_and_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        tab, "makers", lambda: {"a": "nowhere.at.all:x", "b": "json:dumps", "evals": "evals.tab:make_tab"}
    )
    with caplog.at_level(logging.ERROR):
        found = find_tabs(product(tmp_path))
    assert [one.name for one in found] == ["evals"]
    assert all(isinstance(one, Tab) for one in found)
    assert [record.getMessage() for record in caplog.records] == [
        "the tab a cannot be shown",
        "the tab b cannot be shown",
    ]


class Waiting:
    """Answers when it is told to."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.asked, self.go_on = threading.Event(), threading.Event()

    def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Answer:
        self.asked.set()
        assert self.go_on.wait(30)
        return Answer("old", False, 0.0, ())


def test_a_question_in_flight_finishes_with_the_old_answerer() -> None:
    old, new = Waiting(outing.corpus()), outing.answerer()
    current = Current(old, lambda _: new)
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(current.ask("几点走")))
    thread.start()
    assert old.asked.wait(30)
    assert current.renew()
    assert current.ask("几点走").question == "几点走"
    old.go_on.set()
    thread.join(30)
    assert answers[0].question == "old"
    assert in_use(current) is new and in_use(new) is new


def test_a_renewal_that_fails_leaves_the_old_answerer() -> None:
    def fail(_: object) -> Answerer:
        raise ValueError("no bank")

    old = outing.answerer()
    current = Current(old, fail)
    with pytest.raises(ValueError, match="no bank"):
        current.renew()
    assert current.now is old
    assert Current(old).renew() is False


class Counting(BigramEncoder):
    """Counts what it encodes."""

    encoded = 0

    def encode_entries(self, texts, as_queries, progress=None):  # type: ignore[no-untyped-def]
        self.encoded += len(texts)
        return super().encode_entries(texts, as_queries, progress)


def test_a_renewed_index_encodes_only_what_is_new_and_is_saved(tmp_path: Path) -> None:
    content = outing.write(tmp_path / "content")
    settings = Settings(content, tmp_path / "index", tmp_path / "cache", None, None, True, tmp_path / "data")
    encoder = Counting()
    bare = outing.corpus(with_bank=False)
    old = renewed(settings, Answerer(Retriever(build_index(bare, encoder), encoder, outing.FUSION)))
    before = encoder.encoded
    store = CandidateStore(tmp_path / "data")
    start = outing.TEXT.index("春游不收费")
    words = anchor(bare.notices[0], Span(start, start + 5))
    one = store.propose("春游", "要花多少钞票", "小王", [words], category="everyday")
    store.accept(one.id, "小李", Target.BANK)

    new = renewed(settings, old)
    assert encoder.encoded == before + 1
    assert [question.text for question in new.corpus.questions[0]] == ["要花多少钞票"]
    fresh = build_index(new.corpus, encoder)
    assert (new.retriever.index.store.vectors() == fresh.store.vectors()).all()
    assert len(load_index(new.corpus, encoder, settings.index_dir).entries) == len(fresh.entries)
    assert old.corpus.questions == ((),)


def test_the_fixture_takes_what_is_accepted(tmp_path: Path) -> None:
    current, _ = tab_fixture.tab(tmp_path)
    assert current.ask("要交钱吗").passages[0].highlights[0].text == "春游不收费，午餐自备。"
