"""Child processes that end with us: started with a log file, waited for by port, stopped by their own ids."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

POLL = 0.1  # seconds
HOST = "127.0.0.1"
_TELLING = re.compile(r"^Caused by:|^Exception in|\bERROR\b|\bFATAL\b|^\w*Error:")


class ClusterError(RuntimeError):
    """A part of the cluster that did not start or has died; the message says which, and the end of its log."""


class Child:
    """A program in a process group of its own, whose output goes to a log file."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str], *, cwd: Path) -> None:
        self.name, self.log = name, log
        # A signal at the terminal goes to us alone, and we stop our children in order.
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                [*dying_with_parent(), *command],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = 10.0) -> None:
        """Ends the program and what is left of its process group."""
        if self.running():
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def wait_for_port(self, port: int, patience: float) -> None:
        """Returns once the program listens on a port. Raises ClusterError where it dies or takes too long."""
        end = time.monotonic() + patience
        while not listens(port):
            if not self.running():
                raise ClusterError(self.epitaph())
            if time.monotonic() > end:
                raise ClusterError(
                    f"{self.name} does not listen on port {port} after {patience:.0f} s{self.last_lines()}"
                )
            time.sleep(POLL)

    def epitaph(self) -> str:
        """Returns how the program ended."""
        code = self.process.poll()
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
        return f"{self.name} {how}{self.last_lines()}"

    def last_lines(self) -> str:
        """Returns the end of the log, in Java's case the causes of its last error."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        told = [line for line in lines if _TELLING.search(line)] or lines
        return "".join(f"\n  {self.log.name}: {line[:300]}" for line in told[-3:])


class Supervised:
    """A program that is started again whenever it ends, until it is stopped."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str], *, cwd: Path) -> None:
        self._start = partial(Child, name, command, log, env, cwd=cwd)
        self._stopping = threading.Event()
        self.child, self.restarts = self._start(), 0
        self._thread = threading.Thread(target=self._watch, name=f"supervise {name}", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopping.wait(POLL):
            if not self.child.running():
                self.child.stop()  # what it has started and left behind
                self._stopping.wait(1.0)  # a program that cannot start must not spin
                self.child, self.restarts = self._start(), self.restarts + 1

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self.child.stop()


def dying_with_parent() -> list[str]:
    """Returns the command that lets another end with the thread that starts it, however that ends; Linux only."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def listens(port: int) -> bool:
    """Returns whether something listens on a port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0


def free_ports(count: int) -> list[int]:
    """Returns ports of the loopback interface that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def children_of(pid: int, text: str = "") -> list[int]:
    """Returns the processes that a process has started and that run, by a text of their command lines; Linux only."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            # The name, in parentheses, may hold anything.
            state, parent = stat.read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z" and text in stat.with_name("cmdline").read_text("utf-8", "replace"):
                found.append(int(stat.parent.name))
    return sorted(found)


def find_below(pid: int, text: str) -> int | None:
    """Returns a process that a process has started, or one of those has, by a text of its command line; Linux only."""
    if found := children_of(pid, text):
        return found[0]
    below = (find_below(child, text) for child in children_of(pid))
    return next((found for found in below if found is not None), None)
