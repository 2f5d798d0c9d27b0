"""A library moved to a Milvus (here one in a file) and back by `build --vectors`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import outing
import pytest
from bigram import BigramEncoder
from click.testing import CliRunner
from page_fixture import OverlapAnswerer

from assistant import doctor, opening
from assistant.api import Api, Refused
from assistant.app import _answer
from assistant.cli import main
from assistant.schema import AskRequest
from assistant.settings import SettingError, Settings
from content.corpus import Corpus
from index.engine import Engine, EngineError
from index.milvus import MilvusStore
from index.recall import measure_recall
from index.store import IndexDamagedError, load_index, recorded_place
from index.vectors import FlatStore

pytest.importorskip("milvus_lite", reason="milvus-lite is not installed: pip install '.[test]'")

QUESTIONS = ["几点出发？", "要钱吗", "天气"]
MORE = "关于秋游的通知\n\n各班：\n\n秋游去爬山，十点集合。\n\n光明小学\n2024年9月1日\n"


class Counting(BigramEncoder):
    encoded = 0

    def encode_entries(self, texts: Any, as_queries: bool, progress: Any = None) -> Any:
        Counting.encoded += len(texts)
        return super().encode_entries(texts, as_queries, progress)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A small library whose index is here, in FAISS. A file is one connection's, so all are closed at the end."""
    engines: list[Engine] = []
    real = Engine._connected

    def noted(engine: Engine) -> Any:
        for other in engines:
            if other is not engine:
                other.close()
        engines.append(engine)
        return real(engine)

    monkeypatch.setattr(opening, "load_encoder", lambda name, cache, adapter: Counting())
    monkeypatch.setattr(Engine, "_connected", noted)
    found = Settings(outing.write(tmp_path / "通知"), tmp_path / "索引", tmp_path / "缓存", "bigram", None, True)
    opening.build(found)
    Counting.encoded = 0
    yield found
    for engine in engines:
        engine.close()


def moved(settings: Settings) -> Settings:
    return replace(settings, vectors=str(settings.index_dir.parent / "向量.db"))


def answers(settings: Settings) -> list[tuple[Any, ...]]:
    """What is found: citations and scores, in which the rows of an engine are rounded to half precision."""
    answerer = opening.open_answerer(settings)
    return [
        (found.citation.label, pytest.approx(found.score, abs=0.02))
        for question in QUESTIONS
        for found in answerer.ask(question).passages
    ]


def test_there_and_back_the_same_is_found_and_nothing_is_encoded_again(settings: Settings) -> None:
    before, told = answers(settings), []
    index = opening.build(moved(settings), notify=told.append)
    assert isinstance(index.store, MilvusStore)
    assert told == [f"正在把 {len(index.entries)} 条向量装入 {moved(settings).vectors} 并核对，大的库要几分钟。"]
    assert recorded_place(settings.index_dir).uri == moved(settings).vectors
    assert answers(settings) == before  # it stays where it is while nothing else is said
    assert answers(moved(settings)) == before
    back = opening.build(replace(settings, vectors="faiss"), notify=told.append)
    assert isinstance(back.store, FlatStore)
    assert answers(settings) == before
    assert Counting.encoded == 0
    assert len(told) == 1
    assert index.store.engine.names("notice_") == []  # dropped, once the index here was in use


def test_a_document_that_comes_makes_a_new_collection_and_one_that_goes_too(settings: Settings) -> None:
    first = opening.build(moved(settings)).store
    assert isinstance(first, MilvusStore)
    (settings.content_dir / "秋游.txt").write_text(MORE, encoding="utf-8")
    second = opening.build(settings).store
    assert isinstance(second, MilvusStore)
    assert first.collection != second.collection
    assert second.engine.names("notice_") == [second.collection]
    asked = opening.open_answerer(settings).ask("秋游去哪里")
    assert "秋游" in asked.passages[0].citation.label
    (settings.content_dir / "秋游.txt").unlink()
    third = opening.build(settings).store
    assert isinstance(third, MilvusStore)
    assert third.collection == first.collection
    assert third.engine.names("notice_") == [third.collection]


def test_a_generation_that_could_not_be_saved_leaves_the_old_one_usable(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening.build(moved(settings))
    before = answers(settings)
    (settings.content_dir / "秋游.txt").write_text(MORE, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(opening, "save_index", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(opening.BuildError):
            opening.build(settings)
    (settings.content_dir / "秋游.txt").unlink()
    assert answers(settings) == before


def test_a_collection_that_is_gone_is_named_and_loaded_again(settings: Settings) -> None:
    index = opening.build(moved(settings))
    assert isinstance(index.store, MilvusStore)
    index.store.engine.drop(index.store.collection)
    with pytest.raises(IndexDamagedError, match=r"里没有集合 notice_\w+，请运行 notice-assistant build 建立索引。$"):
        load_index(index.corpus, BigramEncoder(), settings.index_dir)
    [finding] = [one for one in doctor.examine(settings) if not one.well]
    assert finding.text.startswith("索引：Milvus（")
    told: list[str] = []
    opening.open_answerer(settings, notify=told.append)
    assert told[0].endswith("，正在建立索引。")
    assert Counting.encoded == 0


def test_doctor_says_where_vectors_are(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    opening.build(moved(settings))
    monkeypatch.setattr("index.milvus._MEASURED", 10)
    monkeypatch.setattr(doctor, "measure_recall", lambda store: measure_recall(store, 2))
    found = list(doctor.examine(settings))
    assert all(one.well for one in found)
    assert f"向量在 {moved(settings).vectors}（1 个副本）" in found[-1].text
    assert "召回率@10 至少 1.0000" in found[-1].text


def test_where_the_engine_is_away_the_index_stays_as_it_was(settings: Settings) -> None:
    before = answers(settings)
    with pytest.raises(EngineError, match="没有回应"):
        opening.build(replace(settings, vectors="http://127.0.0.1:9"))
    assert answers(settings) == before


def command(*arguments: str, settings: Settings) -> tuple[int, str]:
    places = ["--content", str(settings.content_dir), "--index-dir", str(settings.index_dir), "--model", "bigram"]
    result = CliRunner().invoke(main, [*arguments, *places])
    return result.exit_code, result.stderr


def test_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = command("build", "--vectors", str(moved(settings).vectors), settings=settings)
    assert (code, "条向量装入" in said) == (0, True)
    for address, sentence in (
        ("http://127.0.0.1:9", "错误：Milvus（http://127.0.0.1:9）没有回应，请检查地址和服务后再试"),
        ("tcp://x", "错误：向量的存放处应是 faiss"),
    ):
        code, said = command("build", "--vectors", address, settings=settings)
        assert code == 1
        assert said.splitlines()[-1].startswith(sentence)
    monkeypatch.setenv("NOTICE_ASSISTANT_VECTORS_REPLICAS", "二")
    code, said = command("build", settings=settings)
    assert (code, said) == (1, "错误：环境变量 NOTICE_ASSISTANT_VECTORS_REPLICAS 应是不小于 1 的整数，写的是 二。\n")


def test_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTICE_ASSISTANT_VECTORS", "http://x:1")
    monkeypatch.setenv("NOTICE_ASSISTANT_VECTORS_TOKEN", "root:secret")
    monkeypatch.setenv("NOTICE_ASSISTANT_VECTORS_REPLICAS", "2")
    found = Settings.from_environment()
    assert (found.vectors, found.vectors_token, found.replicas) == ("http://x:1", "root:secret", 2)
    assert opening.place_for(found).replicas == 2
    given = Settings.from_environment(vectors="faiss", replicas=3)
    assert (given.vectors, given.replicas) == ("faiss", 3)
    monkeypatch.setenv("NOTICE_ASSISTANT_VECTORS_REPLICAS", "0")
    with pytest.raises(SettingError, match="不小于 1"):
        Settings.from_environment()


class Away(OverlapAnswerer):
    def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Any:
        raise EngineError("Milvus（http://secret:1）没有回应，请检查地址和服务后再试（x）。")


def test_visitors_read_one_sentence_and_the_log_has_the_address(
    corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    assert _answer(Away(corpus), "几点", False, 5) == {"state": "error", "reason": "engine_away", "question": "几点"}
    with pytest.raises(Refused, match=r"^检索服务暂时连不上，请稍后再试。$") as caught:
        Api(Away(corpus)).ask(AskRequest(question="几点"))
    assert caught.value.status == 503
    assert [record.message for record in caplog.records if "http://secret:1" in record.message]
    assert all(record.exc_info is None for record in caplog.records)
