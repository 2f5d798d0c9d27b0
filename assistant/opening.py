"""Opens everything that answers need, and builds the index where it is missing or does not fit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.answerer import Answerer
from assistant.batching import BatchingEncoder
from assistant.check import Checker
from assistant.current import Asked, Current
from assistant.library_desk import LibraryDesk
from assistant.settings import READER, RERANKER, Settings
from content.corpus import Corpus, load_corpus, with_bank_of
from content.library import Library
from index.build import Index, build_index, vector_maker
from index.bundled import FOLDER
from index.encoder import Encoder, EncoderError, Progress, SentenceEncoder, Vectors, load_encoder
from index.engine import EngineError, Place, choose_place
from index.kept import Kept
from index.lexical import terms_maker
from index.milvus import store_maker, sweep
from index.reranker import OtherEncoderError, Reranker, load_reranker
from index.retriever import Retriever
from index.store import IndexUnusableError, load_index, recorded_place, save_index
from index.vectors import StoreMaker, VectorStore

Notify = Callable[[str], None]
"""Called with a sentence for the person at the terminal."""


_log = logging.getLogger(__name__)
KEPT_VECTORS, KEPT_TERMS = "vectors", "terms"
"""The folders within the index folder in which vectors and terms are kept by text."""
_PATIENCE = 24 * 60 * 60
"""Seconds to wait for another build."""


class BuildError(OSError):
    """An index that could not be written; the message says why and that the old one is intact."""


def open_answerer(
    settings: Settings,
    progress: Progress | None = None,
    notify: Notify = lambda _: None,
    encoder: Encoder | None = None,
) -> Answerer:
    """The answerer for these settings; an index that is missing or unusable is named and rebuilt.

    `encoder` is one that is loaded already. Raises NoticeError, QuestionError, EncoderError, EngineError. An index that
    cannot be written is used from memory.
    """
    corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    encoder = encoder or open_encoder(settings, notify)
    try:
        index = load_index(corpus, encoder, settings.index_dir, place=place_for(settings))
    except IndexUnusableError as error:
        notify(f"{error.reason}，正在建立索引。")
        try:
            index = _build(corpus, encoder, settings, progress, notify)
        except BuildError as failure:
            notify(str(failure))
            index = build_index(corpus, encoder, progress, _readable(settings, encoder), keep=False)
    return Answerer(Retriever(index, encoder, reranker=open_reranker(corpus, encoder)))


def renewed(settings: Settings, answerer: Asked) -> Answerer:
    """An answerer over the same notices with the bank as it is now; what has been encoded is not encoded again.

    Its index is saved for the next start; where it cannot be, that is logged. Raises QuestionError, CandidateError.
    """
    old = _own(answerer).corpus
    bank = settings.with_bank
    corpus = with_bank_of(old, settings.content_dir, settings.data_dir) if bank else old
    return _over(corpus, settings, answerer)


def reopened(settings: Settings, answerer: Asked, progress: Progress | None = None) -> Answerer:
    """As `renewed`, with the documents read anew too: those added are there, those removed are gone.

    Raises NoticeError as well, where no document is left.
    """
    corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    return _over(corpus, settings, answerer, progress)


def _over(corpus: Corpus, settings: Settings, answerer: Asked, progress: Progress | None = None) -> Answerer:
    old = _own(answerer).retriever
    encoder = old.encoder
    try:
        index = _build(corpus, encoder, settings, progress, _log.info)
    except BuildError:
        _log.exception("the renewed index is used, but could not be saved")
        index = build_index(corpus, encoder, progress, _readable(settings, encoder), keep=False)
    return Answerer(Retriever(index, encoder, reranker=old.reranker or open_reranker(corpus, encoder)))


def _own(answerer: Asked) -> Answerer:
    if not isinstance(answerer, Answerer):
        raise TypeError(f"only an Answerer can be renewed, found {type(answerer).__name__}")
    return answerer


def open_reranker(corpus: Corpus, encoder: Encoder, folder: Path = RERANKER) -> Reranker | None:
    """The reranker where there are documents without a bank and the encoder is the one that it was trained over.

    Raises EncoderError where its files are not whole.
    """
    if isinstance(encoder, BatchingEncoder):
        encoder = encoder.alone
    banked = [any(question.answerable for question in bank) for bank in corpus.questions]
    if all(banked) or not isinstance(encoder, SentenceEncoder):
        return None
    try:
        return load_reranker(encoder, folder)
    except OtherEncoderError:
        return None
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderError(f"重排模型 {folder} 不完整（{error}），请重新安装本软件。") from error


def open_library(settings: Settings, current: Current, may_change: bool = True) -> LibraryDesk:
    """The desk at which documents of these settings come in and go out; `current` is what answers from them."""
    library = Library.of(settings.content_dir, settings.data_dir)
    return LibraryDesk(library, current, lambda old, step: reopened(settings, old, step), may_change)


def open_checker(settings: Settings, answerer: Asked) -> Checker:
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
        return Checker(_own(answerer), load_pair_reader(base, READER))
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderError(
            f"核对功能的权重与编码器 {base} 不相配，请改用内置编码器或 multilingual-e5-small。"
        ) from error


def build(
    settings: Settings,
    progress: Progress | None = None,
    notify: Notify = lambda _: None,
    encoder: Encoder | None = None,
) -> Index:
    """Build and save the index, unless the one that is there is whole and in step with everything.

    A build that was stopped goes on where it was: no text is encoded twice. `encoder` is one that is loaded already.
    Raises NoticeError, QuestionError, EncoderError, and BuildError where it cannot be written.
    """
    corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    return _build(corpus, encoder or open_encoder(settings, notify), settings, progress, notify)


def open_encoder(settings: Settings, notify: Notify = lambda _: None) -> Encoder:
    """The encoder of these settings. Raises EncoderError."""
    if settings.model is None and not (settings.cache_dir / FOLDER).is_dir():
        notify("第一次使用：正在准备内置编码器，约需半分钟。")
    return load_encoder(settings.model, settings.cache_dir, settings.adapter)


def place_for(settings: Settings) -> Place:
    """Where the vectors shall be: as the settings say, else where they are. Raises AddressError."""
    return choose_place(recorded_place(settings.index_dir), settings.vectors, settings.vectors_token, settings.replicas)


def _build(corpus: Corpus, encoder: Encoder, settings: Settings, progress: Progress | None, notify: Notify) -> Index:
    folder = settings.index_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, notify):
            found, place = recorded_place(folder), place_for(settings)
            try:
                return load_index(corpus, encoder, folder, place=place)  # another build has just made it
            except IndexUnusableError:
                kept = Kept(folder / KEPT_VECTORS, vector_maker(encoder))
                terms = Kept(folder / KEPT_TERMS, terms_maker())
                make = _announced(place, folder, notify)
                index = build_index(corpus, encoder, progress, kept, kept_terms=terms, make=make)
                save_index(index, encoder, folder)
                kept.compact(kept.asked)
                terms.compact(terms.asked)
                for each in {place.uri: place, found.uri: Place(found.uri, settings.vectors_token)}.values():
                    _sweep(each, folder, index.store, notify)
                return index
    except BuildError:
        raise
    except OSError as error:
        raise BuildError(
            f"索引无法写入 {folder}（{error.strerror or error}），原有索引没有改动，算好的向量下次接着用，"
            "请检查磁盘空间和权限。"
        ) from error


def _announced(place: Place, folder: Path, notify: Notify) -> StoreMaker:
    maker = store_maker(place, folder)
    if place.is_local:
        return maker

    def make(vectors: Vectors, parts: Sequence[range]) -> VectorStore:
        notify(f"正在把 {len(vectors)} 条向量装入 {place.uri} 并核对，大的库要几分钟。")
        return maker(vectors, parts)

    return make


def _sweep(place: Place, folder: Path, store: VectorStore, notify: Notify) -> None:
    """What an older index had in an engine is dropped, now that the new one is in use."""
    try:
        sweep(place, folder, store)
    except EngineError as error:
        notify(f"旧的集合没有删掉：{error}")


@contextmanager
def _alone(folder: Path, notify: Notify) -> Iterator[None]:
    """The folder's lock, which a killed process gives back; whoever has to wait for another build is told so."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            notify("另一个进程正在建立这个索引，正在等它结束。")
            lock.acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise BuildError(f"另一个进程一直在建立索引（{folder}），请等它结束后再试。") from error
    try:
        yield
    finally:
        lock.release()


def _readable(settings: Settings, encoder: Encoder) -> Kept | None:
    """Vectors of earlier builds, where they can be read."""
    try:
        return Kept(settings.index_dir / KEPT_VECTORS, vector_maker(encoder))
    except OSError:
        return None
