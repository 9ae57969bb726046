"""A pool that starts SDK workers when a runner asks: python -m pipeline.worker_pool PORT [--host ADDRESS].

Beam's own pool takes the first `python` of PATH, listens on every interface, gives its workers no pipeline options
(so no endpoint of an object store), leaves them alone when it is killed, and takes workers of two TaskManagers that
have the same id for one.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pipeline import quiet  # noqa: F401  # before Beam is imported

# isort: split
import grpc
from apache_beam.portability.api import (
    beam_fn_api_pb2,
    beam_fn_api_pb2_grpc,
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
)
from apache_beam.utils import thread_pool_executor
from google.protobuf import json_format, text_format

from cluster.processes import dying_with_parent


class WorkerPool(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):
    """Starts a process of this interpreter for each worker, with the options of its pipeline."""

    def __init__(self) -> None:
        # One thread that stays: a worker that is bound to its parent dies with the thread that started it.
        self._starter = ThreadPoolExecutor(max_workers=1)
        self._workers: list[subprocess.Popen[bytes]] = []

    def StartWorker(self, request: Any, context: Any) -> Any:  # noqa: N802  # the name is the protocol's
        try:
            self._starter.submit(self._start, worker_environment(request)).result()
        except (OSError, grpc.RpcError) as error:
            return beam_fn_api_pb2.StartWorkerResponse(error=f"{type(error).__name__}: {error}")
        return beam_fn_api_pb2.StartWorkerResponse()

    def _start(self, variables: Mapping[str, str]) -> None:
        self._workers = [worker for worker in self._workers if worker.poll() is None]
        command = [*dying_with_parent(), sys.executable, "-m", "pipeline.worker"]
        env = {**os.environ, **variables}
        self._workers.append(subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL))

    def StopWorker(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Does nothing: a worker ends by itself when its runner hangs up, and ids of two TaskManagers may be equal."""
        return beam_fn_api_pb2.StopWorkerResponse()

    def stop(self) -> None:
        """Ends every worker."""
        for worker in self._workers:
            worker.kill()  # what it was doing is done again elsewhere
        for worker in self._workers:
            worker.wait()


def worker_environment(request: Any) -> dict[str, str]:
    """Returns the variables from which Beam's worker reads whom it works for. Raises grpc.RpcError."""
    with grpc.insecure_channel(request.provision_endpoint.url) as channel:
        provision = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        answer = provision.GetProvisionInfo(
            beam_provision_api_pb2.GetProvisionInfoRequest(), metadata=[("worker_id", request.worker_id)], timeout=60
        )
    return {
        "WORKER_ID": request.worker_id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(answer.info.pipeline_options),
        "RUNNER_CAPABILITIES": " ".join(answer.info.runner_capabilities),
        "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(request.control_endpoint),
        "LOGGING_API_SERVICE_DESCRIPTOR": text_format.MessageToString(request.logging_endpoint),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int, metavar="PORT")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (127.0.0.1)")
    args = parser.parse_args()
    server = grpc.server(thread_pool_executor.shared_unbounded_instance())
    pool = WorkerPool()
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    server.add_insecure_port(f"{args.host}:{args.port}")
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.wait_for_termination()
    finally:
        pool.stop()


if __name__ == "__main__":
    main()
