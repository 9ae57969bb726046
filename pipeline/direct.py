"""Runs the flow on this machine: one process or several."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipeline.bars import progress_bars
from pipeline.crew import Crew
from pipeline.flow import build
from pipeline.folder import output_folder
from pipeline.identity import Plan
from pipeline.quiet import LEVEL
from pipeline.runner_options import RunnerOptions
from pipeline.watched import run_watched


def run_direct(plan: Plan, runner: RunnerOptions, *, retry: bool = False) -> None:
    """Runs the plan to a complete output folder.

    Raises OptionError where the folder is another run's or in use, WorkerError where a worker process has died.
    """
    o = plan.options
    threads = max(1, len(os.sched_getaffinity(0)) // o.workers)
    with (
        output_folder(plan, retry=retry) as target,
        progress_bars(o.shards, plan.layout is not None),
        local_pipeline(runner, o.workers) as p,
    ):
        build(p, plan, target, threads)


@contextmanager
def local_pipeline(runner: RunnerOptions, workers: int) -> Iterator[beam.Pipeline]:
    """Yields a pipeline that is run when the block ends, in this process or in `workers` others.

    Raises what the pipeline raised; WorkerError where a worker process has died: then the others are ended too.
    """
    # Beam's local runner by name, since the DirectRunner would first try to download another one.
    if workers == 1:
        with beam.Pipeline(runner=FnApiRunner(), options=_options(runner, workers)) as p:
            yield p
        return
    # An environment and not direct_running_mode, whose command line breaks (and then waits for ever) where the
    # interpreter's path holds a space.
    command = f"{shlex.quote(sys.executable)} -m pipeline.worker"
    environment = SubprocessSDKEnvironment.from_command_string(command)
    p = beam.Pipeline(runner=FnApiRunner(default_environment=environment), options=_options(runner, workers))
    yield p
    crew = Crew()
    try:
        run_watched(p.run, crew.check)
    except Exception:
        crew.check_signals()
        raise
    finally:
        crew.stop()


def _options(runner: RunnerOptions, workers: int) -> PipelineOptions:
    options = PipelineOptions([f"--default_sdk_harness_log_level={LEVEL}", *runner.beam])
    options.view_as(DirectOptions).direct_num_workers = workers
    return options
