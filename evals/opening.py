"""Which settings and which eval set a command of `notice-evals` works with."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import Settings
from content.corpus import Corpus
from evals.dataset import DATA, DatasetError, EvalSet, find_set, read_set


def settings_for(content: Path | None, index_dir: Path | None, model: str | None, no_bank: bool) -> Settings:
    """Settings from a command's options, the rest from the environment."""
    return Settings.from_environment(content_dir=content, index_dir=index_dir, model=model, with_bank=not no_bank)


def open_set(name: str | None, corpus: Corpus) -> EvalSet:
    """The eval set called `name` (None: the only one) with the notice it is about; raises DatasetError."""
    path = find_set(name)
    wanted = path.relative_to(DATA).with_suffix("").as_posix() if path.is_relative_to(DATA) else path.stem
    for notice in corpus.notices:
        if wanted in (notice.id, notice.id.rsplit("/", 1)[-1]):
            return read_set(path, notice)
    raise DatasetError(f"题集 {path} 对应的通知 {wanted} 不在通知目录里。题集文件名应与通知的编号相同。")
