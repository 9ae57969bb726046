"""The whole flow on a real Flink cluster; `make flink-test` runs these."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster.flink import MARK, flink_cluster
from cluster.parts import FOLDER
from cluster.processes import find_below
from pipeline.__main__ import FAILED
from pipeline.flink import worker_pool
from tests.pipeline.conftest import World

pytestmark = pytest.mark.flink
ReadAll = Callable[[Path], dict[str, bytes]]
FLINK = ("--runner", "flink", "--workers", "2", "--time-limit", "300")


def processes_of_clusters() -> list[str]:
    """Returns the command lines of all processes that belong to a cluster of this checkout."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={FOLDER}".encode() in environ.read_bytes():
                found.append(environ.with_name("cmdline").read_text().replace("\0", " "))
        except OSError:  # it has just ended, or is another user's
            continue
    return found


def test_run_gives_the_same_bytes_and_leaves_nothing(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    assert world.run(tmp_path / "out", *FLINK) == 0
    assert read_all(tmp_path / "out") == read_all(finished)
    assert processes_of_clusters() == []
    assert list(FOLDER.glob("run-*")) == []


@pytest.mark.parametrize("victim", ["TaskManagerRunner", "pipeline.worker_pool", "pipeline.worker\0"])
def test_run_goes_on_where_a_process_is_killed(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll, victim: str
) -> None:
    with killing(victim, tmp_path / "out") as killed:
        assert world.run(tmp_path / "out", *FLINK) == 0
    assert killed
    assert read_all(tmp_path / "out") == read_all(finished)
    assert processes_of_clusters() == []


def test_run_fails_without_its_job_manager_and_the_next_one_goes_on(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll, capsys: pytest.CaptureFixture[str]
) -> None:
    with killing("StandaloneSessionClusterEntrypoint", tmp_path / "out") as killed:
        assert world.run(tmp_path / "out", *FLINK) == FAILED
    assert killed
    assert "JobManager was killed by signal 9" in capsys.readouterr().err
    assert processes_of_clusters() == []
    assert world.run(tmp_path / "out") == 0
    assert read_all(tmp_path / "out") == read_all(finished)


def test_run_uses_a_job_server_that_stands_and_says_that_a_job_took_too_long(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with flink_cluster(worker_pool, 2) as cluster:
        endpoint, *others = cluster.beam_options()
        stands = [endpoint.replace("_", "-", 1), *others]
        assert world.run(tmp_path / "out", *FLINK, *stands, "--time-limit", "1") == FAILED
    assert "longer than the 1 s of --time-limit" in capsys.readouterr().err


@contextmanager
def killing(victim: str, out: Path) -> Iterator[list[int]]:
    """Kills a process of this one's cluster as soon as a shard is done; yields the list that will hold its id."""

    def kill() -> None:
        while not done.wait(0.02):
            if list(out.glob("*-of-*.json")) and (pid := find_below(os.getpid(), victim)) is not None:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                return

    killed: list[int] = []
    done = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        done.set()
        killer.join()
