"""What `notice-assistant doctor` says about the eval sets; an entry point of `notice_assistant.doctor` names it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from content.corpus import Corpus
from evals.sets import DATA
from evals.validation import validate_set


def look_over_sets(corpus: Corpus, folder: Path = DATA) -> Iterator[tuple[bool, str]]:
    """For each set about a notice of the corpus whether it holds no error, and a sentence about it."""
    for notice in corpus.notices:
        path = folder / f"{notice.id}.jsonl"
        if not path.is_file():
            continue
        found = validate_set(path, corpus, notice.id)
        count = sum(sum(own.values()) for own in found.counts.values())
        if found.errors:
            more = f"等 {len(found.errors)} 处" if len(found.errors) > 1 else ""
            yield False, f"题集 {found.name}：{found.errors[0].message}{more}"
        else:
            weak = f"，{len(found.findings)} 处提醒（notice-evals validate）" if found.findings else ""
            yield True, f"题集 {found.name}：{count} 题，没有错误{weak}"
