"""All that torch computes is computed in one thread."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.compute import compute, compute_alone, turn, waiting


def test_everything_runs_in_the_same_thread_and_nowhere_else() -> None:
    with ThreadPoolExecutor(8) as askers:
        threads = set(askers.map(lambda _: compute(threading.get_ident), range(40)))
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_what_takes_one_core_has_no_helpers_and_leaves_them_to_others() -> None:
    import torch

    cores = compute(torch.get_num_threads)
    assert compute_alone(torch.get_num_threads) == 1
    with pytest.raises(ZeroDivisionError):
        compute_alone(lambda: 1 // 0)
    assert compute(torch.get_num_threads) == cores
    threads = {compute(threading.get_ident), *(compute_alone(threading.get_ident) for _ in range(3))}
    assert len(threads) == 2 and threading.get_ident() not in threads
    assert compute(lambda: compute_alone(threading.get_ident)) == compute(threading.get_ident)


def test_what_is_asked_for_within_is_done_at_once() -> None:
    assert compute(lambda: compute(lambda: compute(lambda: 7))) == 7


def test_what_fails_is_raised_where_it_was_asked_for_and_the_thread_goes_on() -> None:
    with pytest.raises(ZeroDivisionError):
        compute(lambda: 1 // 0)
    assert compute(lambda: 1) == 1


def test_never_two_at_a_time() -> None:
    at_once, most = [0], [0]

    def act() -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.002)
        at_once[0] -= 1

    with ThreadPoolExecutor(8) as askers:
        list(askers.map(lambda at: (compute if at % 2 else compute_alone)(act), range(16)))
    assert most == [1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_computes_in_a_thread_of_its_own() -> None:
    compute(lambda: None)
    child = os.fork()
    if child == 0:
        os._exit(compute(lambda: 7))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_turns_are_taken_one_by_one_and_given_up_while_waiting() -> None:
    at_once, most, met = [0], [0], threading.Barrier(4)

    def act() -> None:
        with turn(), turn():
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
            threading.Event().wait(0.002)
            at_once[0] -= 1
            with waiting():
                met.wait(10)  # all of them get here
            assert compute(lambda: 3) == 3

    with ThreadPoolExecutor(4) as askers:
        for done in [askers.submit(act) for _ in range(4)]:
            done.result()
    assert most == [1]


def test_a_turn_ends_with_what_failed_in_it() -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turn():
            compute(lambda: 1 // 0)


def test_without_a_turn_waiting_does_nothing() -> None:
    done = []
    with waiting(), waiting(), turn():
        done.append(compute(lambda: 7))
    assert done == [7]
