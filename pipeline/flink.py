"""Runs the flow on Flink: on a cluster started here for the run, or on the user's."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.flink_runner import FlinkRunner
from apache_beam.runners.portability.portable_runner import PortableRunner

from cluster.flink import flink_cluster
from cluster.processes import ClusterError
from pipeline.flow import build
from pipeline.folder import output_folder
from pipeline.identity import Plan
from pipeline.runner_options import RunnerOptions
from pipeline.watched import run_watched

THREADS = 1  # a worker process has a core: its task slot's

# Stages are fused here, as for local runs: Beam's fusion in Java stops at this flow ("consumed but never produced"),
# where two stages with side inputs meet in one Flatten.
FUSED = "--experiments=pre_optimize=all"


class JobError(RuntimeError):
    """A job that has not ended well; the message says why."""


def run_flink(plan: Plan, runner: RunnerOptions, *, retry: bool = False) -> None:
    """Runs the plan to a complete output folder.

    Raises OptionError where the folder is another run's or in use, PartsError or ClusterError where a cluster does not
    start or dies, JobError where the job fails or takes longer than it may.
    """
    with output_folder(plan, retry=retry) as target, _job_server(plan, runner) as (flags, failure):
        flags = [*flags, f"--parallelism={plan.options.workers}", FUSED]
        submit = FlinkRunner() if runner.flink_master else PortableRunner()
        p = beam.Pipeline(runner=submit, options=PipelineOptions([*flags, *runner.beam]))
        build(p, plan, target, THREADS)
        wait_for(p.run(), runner.time_limit, failure)


@contextmanager
def _job_server(plan: Plan, runner: RunnerOptions) -> Iterator[tuple[list[str], Callable[[], str]]]:
    """Yields Beam's options that name the job server, and a function that says what has died of a cluster of ours."""
    if runner.flink_master:
        yield [f"--flink_master={runner.flink_master}"], str
    elif runner.job_endpoint:
        yield [f"--job_endpoint={runner.job_endpoint}"], str
    else:
        with flink_cluster(worker_pool, plan.options.workers) as cluster:
            yield cluster.beam_options(), cluster.failure


def worker_pool(port: int) -> list[str]:
    """Returns the command that starts a worker pool."""
    return [sys.executable, "-m", "pipeline.worker_pool", str(port)]


def wait_for(result: Any, seconds: float, failure: Callable[[], str]) -> None:
    """Returns when the job has ended well. Raises JobError or ClusterError where it does not."""
    end = time.monotonic() + seconds

    def check() -> None:
        if died := failure():
            raise ClusterError(died)
        if time.monotonic() > end:
            result.cancel()
            raise JobError(f"the job took longer than the {seconds:.0f} s of --time-limit")

    try:
        run_watched(result.wait_until_finish, check)
    except (ClusterError, JobError):
        raise
    except Exception as error:
        raise JobError(str(error)) from error
