"""Folders in BEIR layout: corpus.jsonl, queries.jsonl and qrels/<split>.tsv."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from content.questions import QuestionError, read_jsonl
from evals.dataset import DatasetError


@dataclass(frozen=True, slots=True)
class Beir:
    """A folder in BEIR layout. `qrels` maps query id to document id to grade; `queries` are the judged ones.

    A query's text may be empty (two of CMRC's are): it is judged, and finds nothing. `digest` is the SHA-256 over
    the three files.
    """

    name: str
    documents: tuple[tuple[str, str], ...]
    queries: tuple[tuple[str, str], ...]
    qrels: Mapping[str, Mapping[str, int]]
    digest: str


def read_beir(folder: Path, split: str = "test") -> Beir:
    """Read corpus.jsonl, queries.jsonl and qrels/<split>.tsv; raises DatasetError.

    A document's text is its title and text. Documents without any text are left out: nothing can find them, and
    a query judged against them counts all the same. Queries that nobody judged are left out.
    """
    corpus, queries, judged = folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / f"{split}.tsv"
    for path in (corpus, queries, judged):
        if not path.is_file():
            raise DatasetError(f"{folder} 不是 BEIR 格式的数据集：缺少 {path.relative_to(folder)}。")
    qrels = _qrels(judged)
    documents = tuple((name, text) for name, text in _texts(corpus).items() if text)
    texts = _texts(queries)
    missing = [name for name in qrels if name not in texts]
    if missing:
        raise DatasetError(f"{judged}：问题 {missing[0]!r} 有标注，但 {queries.name} 里没有它。")
    if not documents:
        raise DatasetError(f"{corpus}：没有一篇有文字的文档。")
    digest = hashlib.sha256()
    for path in (corpus, queries, judged):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    asked = tuple((name, text) for name, text in texts.items() if name in qrels)
    return Beir(folder.resolve().name, documents, asked, qrels, digest.hexdigest())


def _texts(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        for number, row in read_jsonl(path):
            if "_id" not in row or not isinstance(row.get("text"), str):
                raise DatasetError(f"{path}:{number}：需要 _id 和 text 两项。")
            name = str(row["_id"])
            if name in found:
                raise DatasetError(f"{path}:{number}：_id {name!r} 重复。")
            found[name] = "\n".join(filter(None, (str(row.get("title") or "").strip(), row["text"].strip())))
    except QuestionError as error:
        raise DatasetError(str(error)) from error
    return found


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}：不是 UTF-8 文本。") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or (number == 1 and line.startswith("query-id")):
            continue
        try:
            query, document, grade = line.split("\t")
            qrels.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise DatasetError(f"{path}:{number}：应是 query-id、corpus-id、score 三栏，以制表符分开。") from error
    if not qrels:
        raise DatasetError(f"{path}：没有标注。")
    return qrels
