"""Reads statements side by side with the words of the notices that they are to be held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.alignment import Replaced, replaced
from assistant.answerer import Answerer
from assistant.behalf import behalf
from assistant.conflict import Conflict, conflicts
from assistant.counting import recounted
from assistant.displaced import displaced
from assistant.evidence import Exhibit, Stretch, candidates, choose, clauses_of, exhibit, pairs_of
from assistant.inquiry import inquiry
from assistant.judgement import signs_of
from assistant.label import mislabelled
from assistant.likeness import listed_instead, quoted_instead
from assistant.order import misplaced
from assistant.period import lapsed, told
from assistant.pivot import turned
from assistant.points import points_of, series_of
from assistant.post import ranks
from assistant.quotation import QuotationChecker
from assistant.restate import Restated, restate
from assistant.role import roles
from assistant.slot import slots
from assistant.verdict import Quotation
from content.span import Span
from content.text import fold, fold_text
from index.encoder import Vectors
from index.entries import EntryKind
from index.pair import VERDICTS, PairReader, Reading
from index.retriever import Retrieval

_PASSAGES = 5
_ELSEWHERE = 0.35
"""From which share for `not_mentioned` the second best place is read too."""
_SHORTEST_COPY = 6
_ABSENT = VERDICTS.index("not_mentioned")


@dataclass(frozen=True, slots=True)
class Examined:
    """One statement with everything that its judgement rests on.

    `said` is the statement in plain order, to which all spans belong. `others` are sentences that were found but not
    read beside it; `reading` is None where nothing was found or the statement holds no letters; `laid` are its clauses
    beside those of the exhibit; `borne_out` is how many of its counts a list there has, `agreeing` how many of
    its slots nothing speaks against; `copied` says that it stands there word for word, from the start of a clause.
    """

    said: Restated
    exhibit: Exhibit
    others: tuple[Stretch, ...]
    reading: Reading | None
    quotations: tuple[Quotation, ...]
    conflicts: tuple[Conflict, ...]
    laid: tuple[Replaced, ...]
    borne_out: int
    agreeing: int
    nearness: float
    copied: bool

    @property
    def text(self) -> str:
        return self.said.text

    def signs(self) -> dict[str, float]:
        """What speaks for each verdict; raises ValueError where nothing was read."""
        if self.reading is None:
            raise ValueError("nothing was read beside this statement")
        asked = pairs_of(self.text)
        coverage = len(asked & pairs_of(self.exhibit.text)) / max(1, len(asked))
        terms = len(quoted_instead(self.text, self.exhibit.text))
        items = sum(other is not None for _, other in listed_instead(self.text, self.exhibit.text))
        return signs_of(
            self.reading, coverage, self.nearness, self.conflicts, self.quotations, self.laid, terms, items,
            self.borne_out, self.agreeing,
        )  # fmt: skip


class Examiner:
    """Finds and reads the evidence of statements. Immutable after construction; safe to use from several threads."""

    def __init__(self, answerer: Answerer, reader: PairReader) -> None:
        self._answerer = answerer
        self._retriever = answerer.retriever
        self._reader = reader
        self._quotations = QuotationChecker(answerer.corpus)
        self._series = series_of(answerer.siblings, answerer.corpus)
        self._names = fold_text("\n".join(notice.text for notice in answerer.corpus.notices))

    def examine(self, statements: Sequence[str]) -> list[Examined]:
        """Every statement with its evidence; those given together are encoded and read together."""
        corpus, index = self._answerer.corpus, self._retriever.index
        said = [restate(statement) for statement in statements]
        statements = [own.text for own in said]
        asked = [self._answerer.read(statement) for statement in statements]
        retrieved = self._retriever.search_many(asked, _PASSAGES)
        found = [candidates(text, retrieval, index) for text, retrieval in zip(asked, retrieved, strict=True)]
        clauses = self._clauses(asked)
        answering = self._answering(asked)
        chosen = [choose(text, found[at], index, clauses[at], answering.get(at)) for at, text in enumerate(asked)]
        points = [points_of(text, chosen[at], self._series, corpus) for at, text in enumerate(asked)]
        chosen = [_with(own, more.heads if more else ()) for own, more in zip(chosen, points, strict=True)]
        shown = [exhibit(stretches, text, corpus) for text, stretches in zip(asked, chosen, strict=True)]
        # Read as it is searched for, typing errors put right, where that keeps every character's place.
        plain = [a if len(a) == len(s) else s for a, s in zip(asked, statements, strict=True)]
        readings = self._read(plain, shown)
        again = {}
        for at, reading in enumerate(readings):
            rest = [stretch for stretch in found[at] if stretch not in chosen[at]]
            if reading is not None and rest and _absent(reading) > _ELSEWHERE:
                again[at] = exhibit(choose(asked[at], rest, index), asked[at], corpus)
        second = self._read([plain[at] for at in again], list(again.values()))
        for at, reading in zip(again, second, strict=True):
            before = readings[at]
            if reading is not None and before is not None and _absent(reading) < _absent(before):
                readings[at], shown[at] = reading, again[at]
        out = []
        for at, statement in enumerate(statements):
            near = [corpus.passages[hit.passage] for hit in retrieved[at].hits]
            evidence = shown[at].text
            beside = replaced(plain[at], evidence)
            against = _conflicts(plain[at], shown[at], self._about(shown[at]), beside)
            own = points[at]
            heads = own.within(shown[at]) if own else ()
            counted = recounted(plain[at], evidence, against, shown[at].focus, heads, own is not None and own.named)
            out.append(
                Examined(
                    said=said[at],
                    exhibit=shown[at],
                    others=tuple(s for s in found[at] if s not in shown[at].stretches),
                    reading=readings[at],
                    quotations=self._quotations.check(statement, near),
                    conflicts=counted,
                    borne_out=len(against) - len(counted),
                    agreeing=_agreeing(plain[at], against),
                    laid=(*beside, *_exchanged(plain[at], evidence, shown[at])),
                    nearness=_nearness(retrieved[at]),
                    copied=_copied(statement, shown[at]),
                )
            )
        return out

    def _about(self, shown: Exhibit) -> str:
        """Title and issuer of the documents that are read beside a statement."""
        names = {self._answerer.corpus.passages[passage].notice_id for _, passage, _ in shown.parts}
        own = [notice for notice in self._answerer.corpus.notices if notice.id in names]
        return "\n".join(name for notice in own for name in (notice.title, notice.issuer) if name)

    def _answering(self, statements: Sequence[str]) -> dict[int, Stretch]:
        """By place in `statements` the sentence that best answers the question which a statement answers."""
        asked = {at: text for at, own in enumerate(statements) if (text := inquiry(own, self._names)) is not None}
        found = self._retriever.search_many(list(asked.values()), _PASSAGES)
        best = {
            at: candidates(text, retrieval, self._retriever.index)
            for (at, text), retrieval in zip(asked.items(), found, strict=True)
        }
        return {at: stretches[0] for at, stretches in best.items() if stretches}

    def _clauses(self, statements: Sequence[str]) -> list[list[tuple[str, Vectors]]]:
        """The clauses of every statement with their vectors, encoded together."""
        cut = [clauses_of(statement) for statement in statements]
        vectors = iter(self._retriever.encoder.encode_queries([fold_text(c) for own in cut for c in own]))
        return [[(clause, next(vectors)) for clause in own] for own in cut]

    def _read(self, statements: Sequence[str], shown: Sequence[Exhibit]) -> list[Reading | None]:
        worth = [bool(e.text) and any(c.isalnum() for c in s) for s, e in zip(statements, shown, strict=True)]
        pairs = [(s, e.text) for s, e, own in zip(statements, shown, worth, strict=True) if own]
        readings = iter(self._reader.read(pairs))
        return [next(readings) if own else None for own in worth]


def _with(chosen: tuple[Stretch, ...], more: Sequence[Stretch]) -> tuple[Stretch, ...]:
    known = {(stretch.passage, stretch.span) for stretch in chosen}
    return (*chosen, *(stretch for stretch in more if (stretch.passage, stretch.span) not in known))


def _conflicts(statement: str, shown: Exhibit, about: str, beside: Sequence[Replaced]) -> tuple[Conflict, ...]:
    """Its slots that the evidence contradicts, what it sets at another place of a list, and posts of another rank.

    `about` are names of the documents themselves, which stand for nothing else wherever they are spoken of; `beside`
    is what differs between its clauses and those of the evidence.
    """
    evidence = shown.text
    theirs = told(evidence)
    found = conflicts(slots(statement), theirs, fold_text(f"{evidence}\n{about}"), shown.focus)
    found = lapsed(statement, found, theirs)
    found += displaced(statement, evidence, beside, found)
    places = misplaced(statement, evidence)
    return (*(c for c in found if all(c.ours != o.ours for o in places)), *places, *ranks(statement, evidence))


def _agreeing(statement: str, against: Sequence[Conflict]) -> int:
    """How many slots of the statement nothing speaks against."""
    own = {slot.span for slot in slots(statement)}
    return len(own - {conflict.ours.span for conflict in against})


def _exchanged(statement: str, evidence: str, shown: Exhibit) -> tuple[Replaced, ...]:
    """What stands in one another's place: who does something, for whom, and what to what."""
    return (
        *behalf(statement, evidence),
        *roles(statement, evidence, shown.blocks),
        *turned(statement, evidence),
        *mislabelled(statement, evidence),
    )


def _absent(reading: Reading) -> float:
    shares = np.exp(reading.logits - reading.logits.max())
    return float(shares[_ABSENT] / shares.sum())


def _nearness(retrieval: Retrieval) -> float:
    names = (f"dense/{EntryKind.SENTENCE}", f"dense/{EntryKind.CLAUSE}")
    return max((hit.channels[name] for hit in retrieval.hits for name in names), default=0.0)


def _copied(statement: str, shown: Exhibit) -> bool:
    """Whether the statement's letters stand in one part of the exhibit, from the start of a clause.

    Anywhere else the word before them may turn their meaning round: 不收费 holds 收费.
    """
    evidence = fold(shown.text)
    places = [at for at, character in enumerate(evidence.text) if character.isalnum()]
    bare = "".join(evidence.text[at] for at in places)
    own = "".join(character for character in fold_text(statement) if character.isalnum())
    at = bare.find(own) if len(own) >= _SHORTEST_COPY else -1
    while at >= 0:
        start, end = places[at], places[at + len(own) - 1] + 1
        opens = start == 0 or not evidence.text[start - 1].isalnum()
        if opens and shown.place(Span(*evidence.source_span(start, end))) is not None:
            return True
        at = bare.find(own, at + 1)
    return False
