import logging

import pytest
from check_fixture import FakeChecker

from assistant.check_desk import BATCH, MOST_CLAIMS, MOST_JOBS, Desk, State
from assistant.sheet import Row, Sheet, SheetError
from content.corpus import Corpus


def sheet(count: int, text: str = "一句话") -> Sheet:
    return Sheet(tuple(Row(number, "", f"{text}{number}") for number in range(1, count + 1)))


@pytest.fixture
def desk(corpus: Corpus) -> Desk:
    return Desk(FakeChecker(corpus), now=lambda: 0.0)


def test_a_sheet_is_checked_in_batches(desk: Desk) -> None:
    job = desk.take(sheet(2 * BATCH + 1))
    seen = [(str(step.state), len(step.checked)) for step in desk.run(job)]
    assert seen == [("running", 0), ("running", BATCH), ("running", 2 * BATCH), ("done", 2 * BATCH + 1)]
    assert [item.row.number for item in job.checked] == list(range(1, 2 * BATCH + 2))
    assert list(desk.run(job)) == []


def test_a_job_that_is_stopped_keeps_what_it_has(desk: Desk) -> None:
    job = desk.take(sheet(3 * BATCH))
    steps = desk.run(job)
    next(steps), next(steps)
    desk.stop(job.id)
    assert [step.state for step in steps] == [State.STOPPED]
    assert len(job.checked) == BATCH
    waiting = desk.take(sheet(1))
    desk.stop(waiting.id)
    assert [step.state for step in desk.run(waiting)] == [State.RUNNING, State.STOPPED]
    assert waiting.checked == []


def test_a_job_that_nobody_waits_for_is_stopped(desk: Desk) -> None:
    job = desk.take(sheet(3 * BATCH))
    steps = desk.run(job)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert job.state is State.STOPPED


def test_what_breaks_is_logged_and_leaves_the_job_failed(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    job = desk.take(Sheet((Row(1, "", "测试出错"),)))
    with caplog.at_level(logging.ERROR):
        assert [step.state for step in desk.run(job)][-1] is State.FAILED
    assert "secret /internal/path" in caplog.text


def test_ids_cannot_be_guessed_and_unknown_ones_are_gone(desk: Desk) -> None:
    assert len({desk.take(sheet(1)).id for _ in range(9)}) == 9
    with pytest.raises(SheetError, match="已经清除"):
        desk.job("1")


def test_old_jobs_go_after_an_hour_and_the_oldest_make_room(corpus: Corpus) -> None:
    clock = [0.0]
    desk = Desk(FakeChecker(corpus), now=lambda: clock[0])
    first = desk.take(sheet(1))
    clock[0] = 3500.0
    assert desk.job(first.id) is first
    clock[0] = 3500.0 + 3601
    with pytest.raises(SheetError):
        desk.job(first.id)
    jobs = []
    for _ in range(MOST_JOBS + 1):
        clock[0] += 1
        jobs.append(desk.take(sheet(1)))
    with pytest.raises(SheetError):
        desk.job(jobs[0].id)
    assert desk.job(jobs[1].id) is jobs[1]


def test_jobs_under_way_are_never_dropped(desk: Desk) -> None:
    running = desk.take(sheet(MOST_CLAIMS - 10))
    steps = desk.run(running)
    next(steps)
    small = desk.take(sheet(10))
    with pytest.raises(SheetError, match="人太多"):
        desk.take(sheet(MOST_CLAIMS))
    assert desk.job(running.id) is running
    with pytest.raises(SheetError):
        desk.job(small.id)


def test_a_job_that_was_left_under_way_goes_too(corpus: Corpus) -> None:
    clock = [0.0]
    desk = Desk(FakeChecker(corpus), now=lambda: clock[0])
    left = desk.take(sheet(3 * BATCH))
    steps = desk.run(left)
    next(steps)
    clock[0] = 3601.0
    desk.take(sheet(1))
    with pytest.raises(SheetError):
        desk.job(left.id)
