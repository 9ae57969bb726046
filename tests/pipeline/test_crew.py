"""With small processes; that they serve Beam, test_run.py and test_faults.py show."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from cluster.processes import children_of
from pipeline.crew import Crew, WorkerError, how_it_ended

SLEEP = shlex.join([sys.executable, "-S", "-c", "import time; time.sleep(600)"]).encode()
EXIT = shlex.join([sys.executable, "-S", "-c", "import os; raise SystemExit(int(os.environ['CODE']))"]).encode()


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew()
    yield crew
    crew.stop()


def sleepers() -> list[int]:
    return children_of(os.getpid(), "time.sleep(600)")


def test_check_names_a_worker_that_was_killed(crew: Crew) -> None:
    crew.start("a", SLEEP, {})
    crew.start("b", SLEEP, {})
    crew.check()
    while len(found := sleepers()) < 2:  # a new process carries our own command line for a moment
        time.sleep(0.01)
    os.kill(found[0], signal.SIGKILL)
    with pytest.raises(WorkerError, match=f"worker process {found[0]} was killed by SIGKILL"):
        wait_and_check(crew)


def test_check_names_a_worker_that_ended_by_itself(crew: Crew) -> None:
    crew.start("a", EXIT, {"CODE": "3"})
    with pytest.raises(WorkerError, match="ended with code 3 before its work was done"):
        wait_and_check(crew)


def test_check_lets_a_worker_end_that_was_dismissed(crew: Crew) -> None:
    crew.start("a", SLEEP, {})
    crew.dismiss("a")
    while not (found := sleepers()):
        time.sleep(0.01)
    os.kill(found[0], signal.SIGKILL)
    crew.wait("a")
    crew.check()
    with pytest.raises(WorkerError, match="was killed by SIGKILL"):  # which explains a run that failed
        crew.check_signals()


def test_stop_ends_all_workers_and_lets_no_other_start() -> None:
    crew = Crew()
    crew.start("a", SLEEP, {})
    crew.stop()
    assert sleepers() == []
    with pytest.raises(WorkerError, match="the run is over"):
        crew.start("b", SLEEP, {})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended with code 0"),
        (-9, "fewer --workers need less"),
        (-11, "was killed by SIGSEGV"),
        (-40, "killed by 40"),
    ],
)
def test_how_it_ended_says_codes_and_signals(code: int, words: str) -> None:
    assert words in how_it_ended(code)


def wait_and_check(crew: Crew) -> None:
    while True:  # the test's own time limit is the runner's
        crew.check()
        time.sleep(0.01)
