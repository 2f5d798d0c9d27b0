"""The addresses that the tab asks. Everything comes and goes as JSON; only the page itself may change anything."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from content.candidate import CandidateError, State, Target
from content.notice import NoticeError
from content.questions import QuestionError
from evals.compare import compare
from evals.dataset import CATEGORIES, SPLITS, DatasetError
from evals.record import RunError
from evals.review import ReviewRefusedError
from evals.tab_questions import Questions
from evals.tab_runs import Runs
from evals.tab_view import candidate_view, comparison_view, job_view, run_line, run_view

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from fastapi.responses import Response

PROPOSE = "/evals/propose"
"""Where candidates are made: the one address here that an asker may use."""
_KEPT_OUT = {"cache-control": "no-store"}
_REFUSALS = (ReviewRefusedError, CandidateError, RunError)
"""Whose sentences are for people; those of files name places of this machine."""
_FAULTS = (DatasetError, QuestionError, NoticeError)
_EXPORTS = (*(str(target) for target in Target), "log")
_log = logging.getLogger(__name__)

Data = Mapping[str, Any]


class _Doors:
    """How everything is answered: JSON that is not kept, and a sentence where something is refused."""

    def __init__(self, questions: Questions) -> None:
        self.questions = questions

    def answer(self, act: Callable[[], Any]) -> Response:
        """What `act` gives, or why it gave nothing."""
        from fastapi.responses import JSONResponse

        try:
            return JSONResponse(act(), headers=_KEPT_OUT)
        except (*_REFUSALS, *_FAULTS, ValueError) as error:
            return JSONResponse({"error": _sentence(error, self.questions)}, 422, _KEPT_OUT)

    async def change(self, request: Request, act: Callable[[Data], Any]) -> Response:
        """Only from this page: another site cannot send JSON here without the browser asking first."""
        from fastapi.responses import Response
        from starlette.concurrency import run_in_threadpool

        foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if foreign or not request.headers.get("content-type", "").startswith("application/json"):
            return Response(status_code=403)
        try:
            data = json.loads(await request.body())
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not isinstance(data, dict):
            return Response(status_code=400)
        user = getattr(request.state, "user", None)
        if user is not None:  # whoever has signed in is who did it, whatever the page says
            data["by"] = user.name
        return await run_in_threadpool(self.answer, lambda: act(data))


def add_routes(app: FastAPI, questions: Questions, runs: Runs) -> None:
    """Add the routes to an application."""
    _add_runs(app, questions, runs)
    _add_candidates(app, questions)


def _add_runs(app: FastAPI, questions: Questions, runs: Runs) -> None:
    from fastapi import Request

    doors = _Doors(questions)

    def overview() -> Any:
        """Sets, runs and how far the latest run is."""
        return doors.answer(lambda: _overview(questions, runs))

    def one_run(run_id: str) -> Any:
        """A saved run."""
        return doors.answer(lambda: run_view(run_id, runs.get(run_id), questions.corpus))

    def two_runs(a: str, b: str) -> Any:
        """A comparison of two saved runs."""
        return doors.answer(lambda: comparison_view(compare(runs.get(a), runs.get(b)), questions.corpus))

    def progress() -> Any:
        """How far the latest run is."""
        return doors.answer(lambda: job_view(runs.job))

    async def start(request: Request) -> Any:
        """Start a run."""
        return await doors.change(
            request, lambda data: job_view(runs.start(str(data.get("set")), str(data.get("split"))))
        )

    async def stop(request: Request) -> Any:
        """Stop the run under way."""
        return await doors.change(request, lambda _: runs.stop())

    _annotate(Request, start, stop)
    app.add_api_route("/evals/overview", overview, methods=["GET"], response_model=None, include_in_schema=False)
    app.add_api_route("/evals/runs/{run_id}", one_run, methods=["GET"], response_model=None, include_in_schema=False)
    app.add_api_route("/evals/compare", two_runs, methods=["GET"], response_model=None, include_in_schema=False)
    app.add_api_route("/evals/job", progress, methods=["GET"], response_model=None, include_in_schema=False)
    app.add_api_route("/evals/job", start, methods=["POST"], response_model=None, include_in_schema=False)
    app.add_api_route("/evals/job/stop", stop, methods=["POST"], response_model=None, include_in_schema=False)


def _add_candidates(app: FastAPI, questions: Questions) -> None:
    from fastapi import Request
    from fastapi.responses import Response

    doors = _Doors(questions)

    def candidates() -> Any:
        """All candidates, newest first."""
        return doors.answer(lambda: _candidates(questions))

    async def propose(request: Request) -> Any:
        """A new candidate; whoever may ask may make one, and learns nothing of others."""
        return await doors.change(request, lambda data: {"id": questions.propose(data).id})

    async def decide(request: Request, candidate_id: str, action: str) -> Any:
        """Accept, reject, reopen or edit a candidate."""
        return await doors.change(request, lambda data: questions.decide(candidate_id, action, data))

    def export(what: str) -> Any:
        """Accepted questions, or the record of all that happened, as a ZIP file."""
        if what not in _EXPORTS:
            return Response(status_code=404)
        name = f'attachment; filename="{what}.zip"'
        body = questions.exported(what)
        return Response(body, media_type="application/zip", headers=_KEPT_OUT | {"content-disposition": name})

    _annotate(Request, propose, decide)
    app.add_api_route("/evals/candidates", candidates, methods=["GET"], response_model=None, include_in_schema=False)
    app.add_api_route(PROPOSE, propose, methods=["POST"], response_model=None, include_in_schema=False)
    app.add_api_route(
        "/evals/candidates/{candidate_id}/{action}",
        decide,
        methods=["POST"],
        response_model=None,
        include_in_schema=False,
    )
    app.add_api_route("/evals/export/{what}.zip", export, methods=["GET"], response_model=None, include_in_schema=False)


def _annotate(request: type, *routes: Callable[..., Any]) -> None:
    """FastAPI reads the annotation, which is no name of this module: fastapi is imported where a page is served."""
    for route in routes:
        route.__annotations__["request"] = request


def _overview(questions: Questions, runs: Runs) -> dict[str, Any]:
    sets = []
    for found in questions.all_sets():
        sizes = {split: sum(one.split == split for one in found.questions) for split in SPLITS}
        title = questions.corpus.notice(found.notice_id).title
        sets.append({"id": found.notice_id, "title": title, "splits": sizes})
    waiting = sum(one.state is State.PROPOSED for one in questions.store.all())
    lines = [run_line(run_id, run) for run_id, run in runs.all().items()]
    return {"sets": sets, "runs": lines, "job": job_view(runs.job), "waiting": waiting}


def _candidates(questions: Questions) -> dict[str, Any]:
    corpus = questions.corpus
    found = [candidate_view(one, corpus) for one in reversed(questions.store.all())]
    return {"candidates": found, "categories": list(CATEGORIES)}


def _sentence(error: Exception, questions: Questions) -> str | None:
    """What a person is told; None for the page's own 出错了, with the rest in the log."""
    said = str(error)
    if isinstance(error, _REFUSALS) and str(questions.store.path) not in said:
        return said
    _log.error("the page was refused: %s", said)
    return None
