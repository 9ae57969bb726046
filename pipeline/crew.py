"""The worker processes of a run on this machine: started, watched and stopped here.

Beam's local runner starts workers, but does not look after them: where one is killed, or cannot start, it may wait
without end. So it is given a handler of worker processes that is ours, and a run ends when one of them is gone.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from apache_beam.portability import python_urns
from apache_beam.portability.api import endpoints_pb2
from apache_beam.runners.portability.fn_api_runner.worker_handlers import GrpcWorkerHandler, WorkerHandler
from google.protobuf import json_format, text_format

from cluster.processes import dying_with_parent

PATIENCE = 10.0  # seconds that a worker may take to end when it is no longer needed


class WorkerError(RuntimeError):
    """A worker process that has ended before its work had; the message says which and how."""


class Crew:
    """The worker processes of one run. Only one crew at a time is known to Beam: the one that was made last."""

    def __init__(self) -> None:
        # One thread that stays: a worker that is bound to its parent dies with the thread that started it.
        self._starter = ThreadPoolExecutor(max_workers=1)
        self._lock = threading.Lock()
        self._workers: dict[str, subprocess.Popen[bytes]] = {}  # by Beam's id
        self._dismissed: set[str] = set()  # those that may end
        self._stopped = False
        WorkerHandler.register_environment(python_urns.SUBPROCESS_SDK, bytes)(partial(_Handler, self))

    def start(self, name: str, command: bytes, variables: Mapping[str, str]) -> None:
        """Starts a worker. Raises WorkerError where the crew has been stopped."""
        with self._lock:
            if self._stopped:
                raise WorkerError("the run is over")
            whole = [*dying_with_parent(), *shlex.split(command.decode())]
            env = {**os.environ, **variables}
            self._workers[name] = self._starter.submit(subprocess.Popen, whole, env=env).result()

    def dismiss(self, name: str) -> None:
        """Lets a worker end, unless it has ended before."""
        if self._workers[name].poll() is None:
            self._dismissed.add(name)

    def wait(self, name: str) -> None:
        """Returns when a worker that was dismissed has ended, by force if need be."""
        try:
            self._workers[name].wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker = self._workers.pop(name)
            worker.kill()
            worker.wait()

    def check(self) -> None:
        """Raises WorkerError where a worker has ended that was not dismissed."""
        for name, worker in list(self._workers.items()):
            if name not in self._dismissed and (code := worker.poll()) is not None:
                raise WorkerError(f"worker process {worker.pid} {how_it_ended(code)}")

    def check_signals(self) -> None:
        """Raises WorkerError where a worker was killed, if only after it was dismissed: Beam hears of it before us."""
        self.check()
        for worker in list(self._workers.values()):
            if (code := worker.poll()) is not None and code < 0:
                raise WorkerError(f"worker process {worker.pid} {how_it_ended(code)}")

    def stop(self) -> None:
        """Ends every worker at once; what it was doing is done again by the next run."""
        with self._lock:
            self._stopped = True
        workers = list(self._workers.values())
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.wait()
        self._starter.shutdown()


class _Handler(GrpcWorkerHandler):
    """What Beam's runner asks to start and to end one worker."""

    def __init__(self, crew: Crew, command: bytes, state: Any, provision: Any, server: Any) -> None:
        super().__init__(state, provision, server)
        self._crew, self._command = crew, command

    def start_worker(self) -> None:
        control = endpoints_pb2.ApiServiceDescriptor(url=self.control_address)
        variables = {
            "WORKER_ID": self.worker_id,
            "PIPELINE_OPTIONS": json_format.MessageToJson(self.provision_info.provision_info.pipeline_options),
            "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(control),
            "LOGGING_API_SERVICE_DESCRIPTOR": text_format.MessageToString(self.logging_api_service_descriptor()),
        }
        self._crew.start(self.worker_id, self._command, variables)

    def close(self) -> None:
        self._crew.dismiss(self.worker_id)
        try:
            super().close()  # the worker ends when its connections do
        finally:
            self._crew.wait(self.worker_id)

    def stop_worker(self) -> None:
        """Does nothing: `close` waits, whether or not the connections could be closed in order."""


def how_it_ended(code: int) -> str:
    """Returns the words for a return code of subprocess."""
    if code >= 0:
        return f"ended with code {code} before its work was done"
    name = str(-code)
    with suppress(ValueError):  # real-time signals have no names
        name = signal.Signals(-code).name
    hint = "; where memory is short, the kernel does that: fewer --workers need less" if name == "SIGKILL" else ""
    return f"was killed by {name}{hint}"
