"""Opens everything that answers need, and builds the index where it is missing or does not fit."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answerer import Answerer
from assistant.check import Checker
from assistant.settings import READER, Settings
from content.corpus import Corpus, load_corpus
from index.build import Index, build_index
from index.bundled import FOLDER
from index.encoder import Encoder, EncoderError, Progress, load_encoder
from index.retriever import Retriever
from index.store import IndexUnusableError, load_index, save_index

Notify = Callable[[str], None]
"""Called with a sentence for the person at the terminal."""


class BuildError(OSError):
    """An index that could not be written; the message says why and that the old one is intact."""


def open_answerer(settings: Settings, progress: Progress | None = None, notify: Notify = lambda _: None) -> Answerer:
    """The answerer for these settings; an index that is missing or unusable is named and rebuilt.

    Raises NoticeError, QuestionError, EncoderError. An index that cannot be written is used from memory.
    """
    corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    encoder = open_encoder(settings, notify)
    try:
        index = load_index(corpus, encoder, settings.index_dir)
    except IndexUnusableError as error:
        notify(f"{error.reason}，正在建立索引。")
        try:
            index = _build(corpus, encoder, settings, progress)
        except BuildError as failure:
            notify(str(failure))
            index = build_index(corpus, encoder, progress)
    return Answerer(Retriever(index, encoder))


def open_checker(settings: Settings, answerer: Answerer) -> Checker:
    """The checker over an answerer's index. Raises EncoderError where its weights fit no encoder that is there."""
    from index.bundled import BundledEncoderError, bundled_folder
    from index.pair import load_pair_reader

    try:
        base = str(bundled_folder(settings.cache_dir))
    except BundledEncoderError:
        if settings.model is None:
            raise
        base = settings.model  # the same encoder under another name, where the package of its weights is not
    try:
        return Checker(answerer, load_pair_reader(base, READER))
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderError(
            f"核对功能的权重与编码器 {base} 不相配，请改用内置编码器或 multilingual-e5-small。"
        ) from error


def build(settings: Settings, progress: Progress | None = None, notify: Notify = lambda _: None) -> Index:
    """Build and save the index, unless the one that is there is whole and in step with everything.

    Raises NoticeError, QuestionError, EncoderError, and BuildError where it cannot be written.
    """
    corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    return _build(corpus, open_encoder(settings, notify), settings, progress)


def open_encoder(settings: Settings, notify: Notify = lambda _: None) -> Encoder:
    """The encoder of these settings. Raises EncoderError."""
    if settings.model is None and not (settings.cache_dir / FOLDER).is_dir():
        notify("第一次使用：正在准备内置编码器，约需半分钟。")
    return load_encoder(settings.model, settings.cache_dir, settings.adapter)


def _build(corpus: Corpus, encoder: Encoder, settings: Settings, progress: Progress | None) -> Index:
    from filelock import FileLock, Timeout

    folder = settings.index_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=600):
            try:
                return load_index(corpus, encoder, folder)  # another build has just made it
            except IndexUnusableError:
                index = build_index(corpus, encoder, progress)
                save_index(index, encoder, folder)
                return index
    except Timeout as error:
        raise BuildError(f"另一个进程正在建立索引（{folder}），请等它结束后再试。") from error
    except OSError as error:
        raise BuildError(
            f"索引无法写入 {folder}（{error.strerror or error}），原有索引没有改动，请检查磁盘空间和权限。"
        ) from error
