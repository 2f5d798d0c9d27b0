import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock
import outing
import pytest
from bigram import BigramEncoder

from assistant import opening
from assistant.opening import BuildError, build, open_answerer
from assistant.settings import Settings
from content.corpus import load_corpus
from content.notice import NoticeError
from index.build import build_index
from index.bundled import FOLDER
from index.encoder import EncoderError
from index.store import load_index, save_index


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A content folder with the small notice, and the encoder of character pairs in place of the real one."""
    monkeypatch.setattr(opening, "load_encoder", lambda name, cache, adapter: BigramEncoder())
    content = outing.write(tmp_path / "通知")
    return Settings(content, tmp_path / "索引", tmp_path / "缓存", "bigram", None, True)


def open_with_words(settings: Settings) -> tuple[list[str], str, int]:
    """What was said, the first passage for a question, and how often progress was told."""
    said: list[str] = []
    steps: list[tuple[int, int]] = []
    answerer = open_answerer(settings, lambda done, total: steps.append((done, total)), said.append)
    return said, answerer.ask("不得离开队伍").passages[0].text, len(steps)


FOUND = "过马路要排队；不得离开队伍。"


def test_a_missing_index_is_named_built_and_kept(settings: Settings) -> None:
    said, found, steps = open_with_words(settings)
    assert said == [f"还没有索引（{settings.index_dir}），正在建立索引。"]
    assert found == FOUND
    assert steps > 0
    assert open_with_words(settings) == ([], FOUND, 0)


def test_a_stale_index_is_named_and_rebuilt(settings: Settings) -> None:
    open_with_words(settings)
    outing.write(settings.content_dir, outing.TEXT.replace("八点", "九点"))
    said, _, steps = open_with_words(settings)
    assert said == ["索引已过期（通知有改动：春游），正在建立索引。"]
    assert steps > 0
    assert open_with_words(settings)[0] == []


def test_a_damaged_index_is_named_and_rebuilt(settings: Settings) -> None:
    open_with_words(settings)
    (settings.index_dir / "current").write_text("?", encoding="ascii")
    assert open_with_words(settings)[:2] == ([f"索引文件已损坏（{settings.index_dir}），正在建立索引。"], FOUND)
    assert open_with_words(settings)[0] == []


def test_an_index_that_cannot_be_written_is_used_from_memory(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    said, found, _ = open_with_words(replace(settings, index_dir=tmp_path / "文件" / "索引"))
    assert len(said) == 2
    assert said[1].startswith(f"索引无法写入 {tmp_path / '文件' / '索引'}（Not a directory）")
    assert found == FOUND


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_sentence_and_the_old_index_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = build(settings)
    outing.write(settings.content_dir, outing.TEXT.replace("八点", "九点"))
    monkeypatch.setattr("index.vectors.FlatStore.write", full)
    with pytest.raises(BuildError, match=r"No space left on device.*原有索引没有改动") as caught:
        build(settings)
    assert "\n" not in str(caught.value)
    assert load_index(old.corpus, BigramEncoder(), settings.index_dir).entries == old.entries


def test_another_build_that_does_not_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_PATIENCE", 0.01)
    settings.index_dir.mkdir()
    said: list[str] = []
    with filelock.FileLock(settings.index_dir / ".lock"), pytest.raises(BuildError, match="另一个进程一直在建立索引"):
        build(settings, notify=said.append)
    assert said == ["另一个进程正在建立这个索引，正在等它结束。"]


def test_a_second_build_waits_for_the_first_and_takes_what_it_made(settings: Settings) -> None:
    settings.index_dir.mkdir()
    lock = filelock.FileLock(settings.index_dir / ".lock", thread_local=False)
    lock.acquire()
    said: list[str] = []
    steps: list[int] = []

    def on_waiting(sentence: str) -> None:
        said.append(sentence)
        corpus = load_corpus(settings.content_dir)
        save_index(build_index(corpus, BigramEncoder()), BigramEncoder(), settings.index_dir)
        lock.release()

    build(settings, lambda done, _: steps.append(done), on_waiting)
    assert (len(said), steps) == (1, [])


def counted(settings: Settings) -> int:
    """How many texts a build encodes."""
    seen = [0]
    build(settings, lambda done, _: seen.append(done))
    return seen[-1]


def test_a_changed_notice_costs_its_new_texts_alone(settings: Settings) -> None:
    whole = counted(settings)
    assert whole > 20
    outing.write(settings.content_dir, outing.TEXT.replace("八点", "九点"))
    assert counted(settings) == 2  # the paragraph and its first sentence
    assert counted(settings) == 0
    outing.write(settings.content_dir)
    assert counted(settings) == 0


def test_a_disk_that_is_full_for_the_index_keeps_the_vectors(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("index.vectors.FlatStore.write", full)
        with pytest.raises(BuildError, match="算好的向量下次接着用"):
            build(settings)
        said, found, steps = open_with_words(settings)
        assert (len(said), found, steps) == (2, FOUND, 0)
    assert counted(settings) == 0
    assert (settings.index_dir / "current").is_file()


def test_a_disk_that_is_full_for_the_vectors(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.kept._write", full)
    with pytest.raises(BuildError, match="No space left"):
        build(settings)
    assert open_with_words(settings)[1] == FOUND


def test_the_first_use_of_the_bundled_encoder_is_told(settings: Settings) -> None:
    for start in (build, open_answerer):
        said: list[str] = []
        start(replace(settings, model=None), notify=said.append)
        assert said[0] == "第一次使用：正在准备内置编码器，约需半分钟。"
    (settings.cache_dir / FOLDER).mkdir(parents=True)
    said = []
    build(replace(settings, model=None), notify=said.append)
    assert said == []


def test_building_twice_keeps_what_fits(settings: Settings) -> None:
    build(settings)
    before = sorted(path.name for path in settings.index_dir.iterdir())
    build(settings)
    assert sorted(path.name for path in settings.index_dir.iterdir()) == before


def test_the_encoder_gets_what_the_settings_say(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, ...]] = []
    monkeypatch.setattr(opening, "load_encoder", lambda *given: seen.append(given) or BigramEncoder())
    build(replace(settings, model="甲", adapter=Path("乙")))
    assert seen == [("甲", settings.cache_dir, Path("乙"))]


def test_errors_of_notices_and_encoders_come_through(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for start in (build, open_answerer):
        with pytest.raises(NoticeError, match="没有找到通知"):
            start(replace(settings, content_dir=settings.index_dir / "没有"))

    def broken(*_: Any) -> None:
        raise EncoderError("编码器坏了")

    monkeypatch.setattr(opening, "load_encoder", broken)
    for start in (build, open_answerer):
        with pytest.raises(EncoderError, match="编码器坏了"):
            start(settings)
    assert not settings.index_dir.exists()


def test_without_the_bank(settings: Settings) -> None:
    content = settings.content_dir
    (content / "notices").mkdir()
    (content / "春游.txt").rename(content / "notices" / "春游.txt")
    (content / "questions").mkdir()
    line = '{"question": "要交钱吗", "style": "everyday", "quotes": ["春游不收费"]}\n'
    (content / "questions" / "春游.jsonl").write_text(line, encoding="utf-8")
    assert build(settings).has_bank
    assert not build(replace(settings, with_bank=False)).has_bank


def test_documents_that_came_and_went_cost_their_own_texts_alone(
    settings: Settings,
) -> None:
    first = open_answerer(settings)
    other = outing.TEXT.replace("春游", "秋游").replace("过马路要排队", "上山要牵手")
    (settings.content_dir / "秋游.txt").write_text(other, encoding="utf-8")
    steps: list[tuple[int, int]] = []
    second = opening.reopened(settings, first, lambda done, total: steps.append((done, total)))
    assert [notice.id for notice in second.corpus.notices] == ["春游", "秋游"]
    assert second.ask("上山牵手").passages[0].citation.notice_id == "秋游"
    assert 0 < steps[-1][1] < len(second.retriever.index.entries) / 2
    (settings.content_dir / "秋游.txt").unlink()
    third = opening.reopened(settings, second, lambda done, total: steps.append((0, 0)))
    assert [notice.id for notice in third.corpus.notices] == ["春游"]
    assert steps[-1] != (0, 0)
    assert load_index(third.corpus, BigramEncoder(), settings.index_dir).corpus == first.corpus


def test_an_answerer_of_another_make_cannot_be_reopened(settings: Settings) -> None:
    with pytest.raises(TypeError, match="only an Answerer can be renewed, found object"):
        opening.reopened(settings, object())  # type: ignore[arg-type]
