"""`Corpus`: the notices of one folder and their passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from content.candidates import accepted_questions
from content.document import Skipped, document_ids, read_folder
from content.notice import Notice, NoticeError, text_digest
from content.passage import Kind, Passage, cut, split_sentences
from content.questions import Question, read_questions

PACKAGED = Path(__file__).parent
"""The folder that comes with the product: `notices/` and `questions/`."""
SAME_NAME = "与随产品附带的通知同名，没有收入，请改名后再试。"
LIBRARY = "library"
"""The content folder of the user's own, within the data folder, beside the packaged one."""


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
    _by_id: dict[str, Notice] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {notice.id: notice for notice in self.notices})

    def notice(self, notice_id: str) -> Notice:
        """The notice with this id; raises KeyError."""
        return self._by_id[notice_id]


def own_folder(folder: Path, data_dir: Path | None) -> Path:
    """The content folder that a person's documents go to: `folder`, or the user's own beside the packaged one.

    What comes with the product stays as it came: an update would take away whatever was put into it.
    """
    packaged = data_dir is not None and folder.resolve() == PACKAGED.resolve()
    return data_dir / LIBRARY if packaged and data_dir is not None else folder


def load_corpus(folder: Path = PACKAGED, with_bank: bool = True, data_dir: Path | None = None) -> Corpus:
    """Read every document below `folder/notices` (or `folder` itself) with its bank in `folder/questions`.

    A file that cannot be read is left out and named in `skipped`. With `data_dir` the bank has the questions too that
    were accepted into it there, and beside the packaged documents there are the user's own (`own_folder`). Raises
    NoticeError when no document can be read, QuestionError for a faulty bank, CandidateError for a faulty file of
    candidates.
    """
    base = documents_folder(folder)
    notices, skipped = read_folder(base)
    own = own_folder(folder, data_dir)
    if own != folder:
        known = {notice.id for notice in notices}
        added, left_out = read_folder(documents_folder(own))
        notices += tuple(notice for notice in added if notice.id not in known)
        same = [
            Skipped(notice.source.file if notice.source else notice.id, SAME_NAME)
            for notice in added
            if notice.id in known
        ]
        skipped += (*left_out, *same)
    if not notices:
        bad = f"找到的文件都读不出：{skipped[0]}" if skipped else "没有找到通知。"
        raise NoticeError(f"{base}：{bad}请把通知全文存成 .txt、.docx 或 .pdf 放进去再试。")
    banks = tuple(_bank(folder, notice, data_dir) if with_bank else () for notice in notices)
    return replace(make_corpus(notices, banks), skipped=skipped)


def packaged_ids(folder: Path, data_dir: Path | None) -> frozenset[str]:
    """Ids of the documents that come with the product, where a person's own go beside them; else none."""
    if own_folder(folder, data_dir) == folder:
        return frozenset()
    return frozenset(name for _, name in document_ids(documents_folder(folder)))


def with_bank_of(corpus: Corpus, folder: Path, data_dir: Path | None = None) -> Corpus:
    """The same notices with their banks read anew from `folder` and `data_dir`; raises as `load_corpus` for a bank."""
    return replace(corpus, questions=tuple(_bank(folder, notice, data_dir) for notice in corpus.notices))


def documents_folder(folder: Path) -> Path:
    """Where a content folder holds its documents: `notices` within it, else the folder itself."""
    return folder / "notices" if (folder / "notices").is_dir() else folder


def _bank(folder: Path, notice: Notice, data_dir: Path | None) -> tuple[Question, ...]:
    places = [folder / "questions" / f"{notice.id}.jsonl"]
    if (own := own_folder(folder, data_dir)) != folder:
        places.append(own / "questions" / f"{notice.id}.jsonl")
    written = read_questions(next((path for path in places if path.is_file()), places[0]), notice.text)
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
