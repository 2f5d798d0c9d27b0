"""`Corpus`: the notices of one folder and their passages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from content.candidates import accepted_questions
from content.notice import Notice, NoticeError, read_notice, text_digest
from content.passage import Kind, Passage, cut, split_sentences
from content.questions import Question, read_questions

PACKAGED = Path(__file__).parent
"""The folder that comes with the product: `notices/` and `questions/`."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Notices with their passages and bank questions, all in a fixed order.

    `questions[i]` belong to `notices[i]`. Raises NoticeError where two notices share an id.
    """

    notices: tuple[Notice, ...]
    passages: tuple[Passage, ...]
    questions: tuple[tuple[Question, ...], ...]

    def notice(self, notice_id: str) -> Notice:
        """The notice with this id; raises KeyError."""
        for notice in self.notices:
            if notice.id == notice_id:
                return notice
        raise KeyError(notice_id)


def load_corpus(folder: Path = PACKAGED, with_bank: bool = True, data_dir: Path | None = None) -> Corpus:
    """Read every notice below `folder/notices` (or `folder` itself) with its bank in `folder/questions`.

    With `data_dir` the bank has the questions too that were accepted into it there. Raises NoticeError when there is
    no notice, or one cannot be read; QuestionError for a faulty bank, CandidateError for a faulty file of candidates.
    """
    base = folder / "notices" if (folder / "notices").is_dir() else folder
    paths = sorted(path for path in base.rglob("*.txt") if path.is_file()) if base.is_dir() else []
    if not paths:
        raise NoticeError(f"{base}：没有找到通知（.txt 文件）。请把通知全文存成 UTF-8 的 .txt 放进去再试。")
    notices = tuple(read_notice(path, path.relative_to(base).with_suffix("").as_posix()) for path in paths)
    banks = tuple(_bank(folder, notice, data_dir) if with_bank else () for notice in notices)
    return make_corpus(notices, banks)


def _bank(folder: Path, notice: Notice, data_dir: Path | None) -> tuple[Question, ...]:
    written = read_questions(folder / "questions" / f"{notice.id}.jsonl", notice.text)
    return written + (accepted_questions(data_dir, notice) if data_dir is not None else ())


def make_corpus(notices: tuple[Notice, ...], banks: tuple[tuple[Question, ...], ...] | None = None) -> Corpus:
    """A corpus of notices already read; raises NoticeError where two of them share an id."""
    seen: set[str] = set()
    for notice in notices:
        if notice.id in seen:
            raise NoticeError(f"有两份通知同名（{notice.id}），请把其中一份改名后再试。")
        seen.add(notice.id)
    passages = tuple(passage for notice in notices for passage in cut(notice))
    return Corpus(notices, passages, banks or tuple(() for _ in notices))


def make_plain_corpus(texts: Iterable[tuple[str, str]]) -> Corpus:
    """A corpus of (id, text) in which every document is one passage: how retrieval data sets are indexed.

    Documents without text are left out.
    """
    notices, passages = [], []
    for name, text in texts:
        stripped = text.strip()
        if not stripped:
            continue
        digest = text_digest(text)
        notices.append(Notice(name, text, digest, name, None, None, None, None, None, None, ()))
        start = text.index(stripped)
        sentences = tuple(split_sentences(stripped, start))
        passages.append(Passage(name, Kind.PARAGRAPH, (), 1, start, start + len(stripped), stripped, sentences))
    return Corpus(tuple(notices), tuple(passages), tuple(() for _ in notices))
