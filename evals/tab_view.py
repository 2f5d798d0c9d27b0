"""What the tab shows, as plain dicts: runs, comparisons and candidates. Its sentences are in `evals.tab_words`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.view import confidence_word
from content.candidate import Anchor, Candidate
from content.corpus import Corpus
from evals.compare import Change, Comparison
from evals.measures import Estimate
from evals.record import Row, Run, plain
from evals.tab_runs import RunJob

HEADLINE = ("Success@1", "Success@5", "RR@10", "nDCG@10", "Highlight", "CharR@500c", "Handled")
_COLUMNS = ("Success@1", "Success@5", "Highlight", "Refused")
MOST_ROWS = 300
_MOST_POINTS = 160


def run_line(run_id: str, run: Run) -> dict[str, Any]:
    """A run as a line to choose from."""
    first = run.overall.get("Success@1")
    return {
        "id": run_id,
        "set": run.name,
        "split": run.split,
        "questions": len(run.rows),
        "started": run.provenance.started_at,
        "commit": (run.provenance.commit or "")[:8],
        "dirty": bool(run.provenance.dirty),
        "bank": bool((run.provenance.manifest or {}).get("banks")),
        "success": None if first is None or math.isnan(first.mean) else first.mean,
    }


def run_view(run_id: str, run: Run, corpus: Corpus) -> dict[str, Any]:
    """A whole run: headline, tables, curves and the questions that went wrong. Missing figures are None."""
    wrong = [(row, what) for row in run.rows if (what := trouble(row))]
    names = {notice.id for notice in corpus.notices}
    body = run_line(run_id, run) | {
        "seconds": run.seconds,
        "latency": run.latency(),
        "encoder": (run.provenance.manifest or {}).get("encoder"),
        "headline": [_figure(name, run.overall[name]) for name in HEADLINE if name in run.overall],
        "tables": {
            name: [_line(key, own) for key, own in table.items()]
            for name, table in (("category", run.by_category), ("section", run.by_section), ("source", run.by_source))
        },
        "refusal": None if run.refusal is None else _refusal(run),
        "wrong": len(wrong),
        "rows": [_row(row, what, names) for row, what in wrong[:MOST_ROWS]],
    }
    return dict(plain(body))


def trouble(row: Row) -> str:
    """What went wrong with a question: missed, refused, answered (though the notice does not); "" for nothing."""
    if not row.answerable:
        return "answered" if row.answered else ""
    if row.rank != 1:
        return "missed"
    return "refused" if row.answered is False else ""


def comparison_view(found: Comparison, corpus: Corpus) -> dict[str, Any]:
    """A comparison with its sentence in both languages."""
    names = {notice.id for notice in corpus.notices}
    body = {
        "verdict": {"zh": found.verdict(), "en": _verdict(found)},
        "significant": found.significant,
        "cautions": list(found.cautions),
        "left_out": found.left_out,
        "measures": [
            {
                "name": one.measure,
                "before": one.before,
                "after": one.after,
                "difference": _estimate(one.difference),
                "p": one.corrected,
                "significant": one.significant,
            }
            for one in found.measures
        ],
        "wins": [_change(one, names) for one in found.wins[:MOST_ROWS]],
        "losses": [_change(one, names) for one in found.losses[:MOST_ROWS]],
    }
    return dict(plain(body))


def candidate_view(candidate: Candidate, corpus: Corpus) -> dict[str, Any]:
    """A candidate with its words where they stand now; `gone` says which are no longer in the notice."""
    return {
        "id": candidate.id,
        "notice": candidate.notice_id,
        "question": candidate.question,
        "category": candidate.category,
        "note": candidate.note,
        "answers": [_words(one, corpus) for one in candidate.answers],
        "wrong": [_words(one, corpus) for one in candidate.wrong],
        "state": str(candidate.state),
        "target": None if candidate.target is None else str(candidate.target),
        "split": candidate.split,
        "proposed_by": candidate.proposed_by,
        "proposed_at": candidate.proposed_at,
        "decided_by": candidate.decided_by,
        "decided_at": candidate.decided_at,
        "reason": candidate.reason,
        "steps": [{"event": step.event, "by": step.by, "at": step.at} for step in candidate.steps],
    }


def job_view(job: RunJob | None) -> dict[str, Any] | None:
    """How far the run is that was started last."""
    if job is None:
        return None
    state = {"state": str(job.state), "done": job.done, "total": job.total, "stopping": job.stopping}
    return state | {"set": job.set_id, "split": job.split, "run": job.run}


def _words(one: Anchor, corpus: Corpus) -> dict[str, Any]:
    found = next((one.find(notice) for notice in corpus.notices if notice.id == one.notice_id), None)
    place = None if found is None else [found.start, found.end]
    return {"quote": one.quote, "notice": one.notice_id, "place": place, "gone": found is None}


def _estimate(value: Estimate) -> dict[str, Any]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}


def _figure(name: str, value: Estimate) -> dict[str, Any]:
    return {"name": name} | _estimate(value)


def _line(key: str, own: Mapping[str, Estimate]) -> dict[str, Any]:
    asked = max((value.n for value in own.values()), default=0)
    return {"name": key, "n": asked} | {name: _estimate(own[name]) if name in own else None for name in _COLUMNS}


def _refusal(run: Run) -> dict[str, Any]:
    found = run.refusal
    assert found is not None
    points = found.risk_coverage
    step = max(1, len(points) // _MOST_POINTS)
    thinned = [*points[::step], *points[-1:]]
    names = ("auc", "answerable_refused", "unanswerable_refused", "precision", "calibration_error")
    return {
        "figures": [_figure(name, getattr(found, name)) for name in names],
        "risk_coverage": [[one.coverage, one.risk] for one in thinned],
        "reliability": [[one.confidence, one.right, one.n] for one in found.reliability],
    }


def _row(row: Row, what: str, notices: set[str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "question": row.question,
        "category": row.category,
        "trouble": what,
        "rank": row.rank,
        "confidence": None if row.confidence is None else confidence_word(row.confidence),
        "first": row.first,
        "first_text": row.first_text,
        "place": _place(row.ranking[:1], notices),
        "wanted": _place(list(row.judged), notices),
    }


def _place(keys: Sequence[str], notices: set[str]) -> dict[str, Any] | None:
    """Where passages stand whose keys are `notice:start-end`, as the page opens them; None for anything else."""
    found: list[list[int]] = []
    name = ""
    for key in keys:
        name, _, span = key.rpartition(":")
        start, _, end = span.partition("-")
        if name not in notices or not start.isdecimal() or not end.isdecimal():
            return None
        found.append([int(start), int(end)])
    return {"notice": name, "spans": found} if found else None


def _change(one: Change, notices: set[str]) -> dict[str, Any]:
    return {
        "question": one.after.question,
        "category": one.after.category,
        "before": {
            "first": one.before.first,
            "text": one.before.first_text,
            "place": _place(one.before.ranking[:1], notices),
        },
        "after": {
            "first": one.after.first,
            "text": one.after.first_text,
            "place": _place(one.after.ranking[:1], notices),
        },
    }


def _verdict(found: Comparison) -> str:
    """The sentence of `Comparison.verdict` in English."""
    first = found.first
    if not found.wins and not found.losses:
        return f"On {first.difference.n} questions the two runs have the same hits in first place: no difference."
    odds = f"{len(found.wins)} won, {len(found.losses)} lost, p = {first.p_value:.3g}"
    if len(found.measures) > 1:
        odds += f", {first.corrected:.3g} corrected over {len(found.measures)} measures"
    if not first.difference.mean:
        return f"B and A have the same success at 1 ({odds}); no difference to be seen."
    points = f"{abs(first.difference.mean) * 100:.1f} points"
    better = "higher" if first.difference.mean > 0 else "lower"
    if found.significant:
        return f"B's success at 1 is {points} {better} than A's ({odds}); this is unlikely to be luck."
    return (
        f"B's success at 1 is {points} {better} than A's ({odds}), which may be luck; "
        f"to see a difference of this size takes about {first.needed} questions (there are {first.difference.n})."
    )
