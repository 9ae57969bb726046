from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.processes import Child, ClusterError, Supervised, children_of, free_ports, listens

SLEEP = "import time; time.sleep(600)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(600)"
LISTEN = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(600)"


def child(folder: Path, code: str, *arguments: str) -> Child:
    return Child("child", [sys.executable, "-c", code, *arguments], folder / "child.log", {}, cwd=folder)


def wait_until(condition: Callable[[], object]) -> None:
    while not condition():  # the test's own time limit is the runner's
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_stop_ends_what_the_child_has_started(tmp_path: Path) -> None:
    parent = child(tmp_path, PARENT)
    wait_until(lambda: children_of(parent.pid))
    (grandchild,) = children_of(parent.pid)
    parent.stop()
    wait_until(lambda: not alive(grandchild))
    assert not parent.running()


def test_stop_ends_a_child_that_ignores_sigterm(tmp_path: Path) -> None:
    stubborn = child(
        tmp_path, "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True);" + SLEEP
    )
    wait_until(lambda: (tmp_path / "child.log").read_text())
    stubborn.stop(patience=0.2)
    assert stubborn.process.returncode == -signal.SIGKILL


def test_wait_for_port_returns_once_somebody_listens(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    assert not listens(port)
    server = child(tmp_path, LISTEN, str(port))
    server.wait_for_port(port, 60)
    assert listens(port)
    server.stop()


def test_wait_for_port_says_how_the_child_died_and_its_last_error(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"(?s)child ended with code 1.*ZeroDivisionError"):
        child(tmp_path, "1 / 0").wait_for_port(free_ports(1)[0], 60)


def test_supervised_starts_a_killed_child_again_until_stopped(tmp_path: Path) -> None:
    pool = Supervised("pool", [sys.executable, "-c", SLEEP], tmp_path / "pool.log", {}, cwd=tmp_path)
    first = pool.child.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: pool.restarts)
    second = pool.child.pid
    assert second != first
    assert alive(second)
    pool.stop()
    assert not alive(second)


def test_free_ports_are_different() -> None:
    assert len(set(free_ports(20))) == 20
