"""Which settings and which eval set a command of `notice-evals` works with."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from assistant.settings import Settings
from content.candidate import Target
from content.candidates import CandidateStore
from content.corpus import Corpus, documents_folder, own_folder
from content.document import document_paths
from content.notice import Notice
from content.questions import read_jsonl
from evals.dataset import DatasetError, EvalSet, read_set
from evals.learned import by_learning
from evals.review import with_additions
from evals.sets import DATA, find_set, is_of_library, library_files


def settings_for(
    content: Path | None, index_dir: Path | None, model: str | None, no_bank: bool, data_dir: Path | None = None
) -> Settings:
    """Settings from a command's options, the rest from the environment."""
    return Settings.from_environment(
        content_dir=content, index_dir=index_dir, model=model, with_bank=not no_bank, data_dir=data_dir
    )


def open_set(name: str | None, corpus: Corpus, data_dir: Path | None = None) -> EvalSet:
    """The eval set called `name` (None: the only one about one notice); raises DatasetError.

    With `data_dir` a set about one notice has the questions too that were accepted into it there. In one about many
    documents `source` says whether the encoder has learned from the question's own.
    """
    path, notice = find_notice(name, corpus)
    found = read_set(path, notice, corpus.notices)
    if notice is None:
        return by_learning(found)
    if data_dir is None:
        return found
    return with_additions(found, notice, CandidateStore(data_dir))


def find_notice(name: str | None, corpus: Corpus) -> tuple[Path, Notice | None]:
    """The file of the eval set called `name` and the notice that it is about, None for many; raises DatasetError."""
    path = find_set(name)
    if is_of_library(path):
        return path, None
    wanted = path.relative_to(DATA).with_suffix("").as_posix() if path.is_relative_to(DATA) else path.stem
    for notice in corpus.notices:
        if wanted in (notice.id, notice.id.rsplit("/", 1)[-1]):
            return path, notice
    raise DatasetError(f"题集 {path} 对应的通知 {wanted} 不在通知目录里。题集文件名应与通知的编号相同。")


def eval_questions(corpus: Corpus, folder: Path = DATA) -> list[str]:
    """The texts of all questions of the eval sets about notices of `corpus`; raises DatasetError."""
    texts = []
    for notice in corpus.notices:
        path = folder / f"{notice.id}.jsonl"
        if path.is_file():
            texts += [question.text for question in read_set(path, notice).questions]
    known = {notice.id for notice in corpus.notices}
    for path in library_files(folder):
        texts += [row["question"] for _, row in read_jsonl(path) if row.get("notice") in known]
    return texts


def packaged_settings(no_bank: bool = False, model: str | None = None) -> Settings:
    """The product as it is delivered, without what its user has added, so that a figure means the same everywhere.

    Where there are additions, or with another encoder, its index lies beside that of the product in use and does not
    push it out.
    """
    settings = settings_for(None, None, model, no_bank)
    folder = settings.index_dir
    own = own_folder(settings.content_dir, settings.data_dir)
    documents = own != settings.content_dir and document_paths(documents_folder(own))
    if documents or (settings.data_dir and CandidateStore(settings.data_dir).accepted(Target.BANK)):
        folder /= "packaged"
    if model is not None:
        folder /= f"encoder-{hashlib.sha256(model.encode('utf-8')).hexdigest()[:12]}"
    return replace(settings, data_dir=None, index_dir=folder)
