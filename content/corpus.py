"""`Corpus`: the notices of one folder and their passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from content.candidates import accepted_questions
from content.document import Skipped, read_folder
from content.notice import Notice, NoticeError, text_digest
from content.passage import Kind, Passage, cut, split_sentences
from content.questions import Question, read_questions

PACKAGED = Path(__file__).parent
"""The folder that comes with the product: `notices/` and `questions/`."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Notices with their passages and bank questions, all in a fixed order.

    `questions[i]` belong to `notices[i]`. `skipped` are the files of the folder that were left out, with the reason.
    Raises NoticeError where two notices share an id.
    """

    notices: tuple[Notice, ...]
    passages: tuple[Passage, ...]
    questions: tuple[tuple[Question, ...], ...]
    skipped: tuple[Skipped, ...] = ()

    def notice(self, notice_id: str) -> Notice:
        """The notice with this id; raises KeyError."""
        for notice in self.notices:
            if notice.id == notice_id:
                return notice
        raise KeyError(notice_id)


def load_corpus(folder: Path = PACKAGED, with_bank: bool = True, data_dir: Path | None = None) -> Corpus:
    """Read every document below `folder/notices` (or `folder` itself) with its bank in `folder/questions`.

    A file that cannot be read is left out and named in `skipped`. With `data_dir` the bank has the questions too that
    were accepted into it there. Raises NoticeError when no document can be read, QuestionError for a faulty bank,
    CandidateError for a faulty file of candidates.
    """
    base = documents_folder(folder)
    notices, skipped = read_folder(base)
    if not notices:
        bad = f"找到的文件都读不出：{skipped[0]}" if skipped else "没有找到通知。"
        raise NoticeError(f"{base}：{bad}请把通知全文存成 .txt、.docx 或 .pdf 放进去再试。")
    banks = tuple(_bank(folder, notice, data_dir) if with_bank else () for notice in notices)
    return replace(make_corpus(notices, banks), skipped=skipped)


def documents_folder(folder: Path) -> Path:
    """Where a content folder holds its documents: `notices` within it, else the folder itself."""
    return folder / "notices" if (folder / "notices").is_dir() else folder


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
    titles = Counter(notice.title for notice in notices if notice.is_law)
    notices = tuple(
        replace(notice, is_one_of_several=True) if notice.is_law and titles[notice.title] > 1 else notice
        for notice in notices
    )
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
