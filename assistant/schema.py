"""The JSON of the API and of the MCP tools, typed: the same objects that the command line prints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.scope import FACETS, Selection, read_selection
from assistant.view import LONGEST_QUESTION

LONGEST_CLAIM = 2000
"""Characters of a claim."""
MOST_PASSAGES = 50

Offset = Annotated[int, Field(ge=0, description="以 Unicode 码点计，从 0 起，指向通知存档原文。")]
Probability = Annotated[float, Field(ge=0, le=1)]


def _is_none(value: object) -> bool:
    return value is None


_Value = Annotated[str, Field(max_length=500)]
_Year = Annotated[int, Field(ge=0, le=9999)]
Values = _Value | Annotated[list[_Value], Field(max_length=100)]
Years = _Year | _Value | Annotated[list[_Year | _Value], Field(max_length=100)]


def _is_empty(value: list[object]) -> bool:
    return not value


class Strict(BaseModel):
    """A request: a key that is not known is refused, so that a slip of the pen is seen."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AskRequest(Strict):
    """A question."""

    question: str = Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        pattern=r"\S",
        description="问题，用自己的话写。",
        examples=["八个坚持是哪八个？"],
    )
    k: int = Field(default=5, ge=1, le=MOST_PASSAGES, description="给出几个段落。")
    as_typed: bool = Field(default=False, description="为真时按原文查找，不把谐音、拼音当作别的词。")
    document: Values = Field(default=[], description="只在这些文件里查：id、标题、法的简称或发文字号。")
    issuer: Values = Field(default=[], description="只查这些机关发的。", examples=[["国务院"]])
    year: Years = Field(default=[], description="只查这些年份的：2018 或 2015-2018。")
    kind: Values = Field(default=[], description="只查这些种类：通知、法律、行政法规等。")

    def scope(self) -> Selection:
        """The documents that are asked; raises ScopeError."""
        return read_selection(self.model_dump(include=set(FACETS)))


class CheckRequest(Strict):
    """A statement to hold against the notices."""

    claim: str = Field(
        min_length=1,
        max_length=LONGEST_CLAIM,
        pattern=r"\S",
        description="要核对的一句或几句话。",
        examples=["工会十七大于2018年10月22日开幕。"],
    )


class CitationModel(BaseModel):
    """Where a passage stands; `label` is the citation as it is written."""

    notice_id: str
    title: str
    issuer: str | None
    date: str | None = Field(description="YYYY-MM-DD")
    number: str | None
    section: list[str]
    paragraph: int
    start: Offset
    end: Offset
    sha256: str = Field(description="通知原文的摘要。")
    label: str


class HighlightModel(BaseModel):
    """The words that answer: exactly the slice from `start` to `end`."""

    start: Offset
    end: Offset
    text: str


class RangeModel(BaseModel):
    """A stretch of a notice's stored text."""

    start: Offset
    end: Offset


class CopyModel(BaseModel):
    """A passage that says the same as the one that it is folded under."""

    relation: Literal["older version", "newer version", "copy"]
    text: str
    citation: CitationModel
    differing: int = Field(ge=0, description="有几个字不同（空白和全角半角不计）。")
    differences: list[RangeModel] = Field(description="不同的字在这份通知里的位置。")


class PassageModel(BaseModel):
    """A passage in the notice's own words."""

    rank: int = Field(ge=1)
    score: float = Field(description="越大越接近。")
    text: str
    citation: CitationModel
    highlights: list[HighlightModel]
    found_by: Literal["number", "article", "place"] | None = Field(
        default=None, exclude_if=_is_none, description="问题里写明了文号、条文或位置（第二部分第4段）时，按它找到的。"
    )
    copies: list[CopyModel] = Field(
        default=[], exclude_if=_is_empty, description="说同样内容的其他段落：旧版本、转发等，不占名次。"
    )
    newer_version: str | None = Field(
        default=None, exclude_if=_is_none, description="这是旧版本，新版本（日期如此）已没有这段内容。"
    )
    remark: str | None = Field(
        default=None,
        exclude_if=_is_none,
        description="只在第一段，一句话：问题里写明而库里没有的文号、条文或位置；或需要帮助时可以找谁。",
    )


class AnswerModel(BaseModel):
    """What a question found; when `answered` is false, `passages` are the nearest ones and no answer."""

    question: str
    answered: bool
    confidence: Probability
    passages: list[PassageModel]
    reply: str | None = Field(
        default=None, exclude_if=_is_none, description="写的不是问题（问候、道谢、求助等）时，固定的一句回复。"
    )


class DifferenceModel(BaseModel):
    """What the claim says, and what the notice has in its stead."""

    kind: Literal["number", "date", "name", "term", "negation", "relation", "item"]
    claim: str
    source: str


class VerdictModel(BaseModel):
    """Whether the notices say what was said."""

    claim: str
    verdict: Literal["supported", "contradicted", "not_mentioned"]
    confidence: Probability
    evidence: list[PassageModel]
    differences: list[DifferenceModel]


class DocumentModel(BaseModel):
    """One notice in the list."""

    id: str
    title: str
    issuer: str | None
    date: str | None
    number: str | None
    sha256: str
    characters: int
    passages: int


class DocumentsModel(BaseModel):
    """Every notice that questions are asked of."""

    documents: list[DocumentModel]


class PartModel(BaseModel):
    """One part of a notice, in order: exactly the slice from `start` to `end` of its text."""

    kind: str
    section: list[str]
    start: Offset
    end: Offset
    text: str


class WholeDocumentModel(DocumentModel):
    """One notice whole: its stored text, unaltered, and its parts."""

    text: str
    parts: list[PartModel]


class Problem(BaseModel):
    """Why nothing came back, in one sentence for a person."""

    detail: str
