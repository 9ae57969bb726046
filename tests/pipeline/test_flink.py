"""The whole flow on a real Flink cluster; `make flink-test` runs these."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster.flink import MARK, Cluster, flink_cluster
from cluster.parts import FOLDER
from cluster.processes import children_of
from pipeline.flink import worker_pool
from tests.pipeline.conftest import World

pytestmark = pytest.mark.flink
ReadAll = Callable[[Path], dict[str, bytes]]
LIMIT = "240"


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


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with flink_cluster(worker_pool, 2) as started:
        yield started


def on(cluster: Cluster) -> list[str]:
    """Returns the arguments of a run on a cluster that stands."""
    endpoint, *others = cluster.beam_options()
    return ["--runner", "flink", "--workers", "2", "--time-limit", LIMIT, endpoint.replace("_", "-", 1), *others]


def test_run_on_a_cluster_of_its_own_gives_the_same_bytes_and_leaves_nothing(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    assert world.run(tmp_path / "out", "--runner", "flink", "--workers", "2", "--time-limit", LIMIT) == 0
    assert read_all(tmp_path / "out") == read_all(finished)
    assert processes_of_clusters() == []
    assert list(FOLDER.glob("run-*")) == []


def test_run_goes_on_where_a_worker_is_killed(
    cluster: Cluster, world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    def kill() -> None:
        while not list((tmp_path / "out").glob("features-*.json")):
            time.sleep(0.02)
        killed.append(children_of(cluster.supervised["worker pool"].child.pid)[0])
        os.kill(killed[0], signal.SIGKILL)

    killed: list[int] = []
    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    assert world.run(tmp_path / "out", *on(cluster)) == 0
    assert killed
    assert read_all(tmp_path / "out") == read_all(finished)


def test_run_says_that_the_job_took_too_long(
    cluster: Cluster, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.run(tmp_path / "out", *on(cluster), "--time-limit", "1") == 1
    assert "longer than the 1 s of --time-limit" in capsys.readouterr().err
