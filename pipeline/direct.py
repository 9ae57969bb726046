"""Runs the flow on this machine: one process or several."""

from __future__ import annotations

import os
import shlex
import sys

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipeline.bars import progress_bars
from pipeline.flow import build
from pipeline.folder import output_folder
from pipeline.identity import Plan
from pipeline.quiet import LEVEL
from pipeline.runner_options import RunnerOptions


def run_direct(plan: Plan, runner: RunnerOptions, *, retry: bool = False) -> None:
    """Runs the plan to a complete output folder. Raises OptionError where the folder is another run's or in use."""
    o = plan.options
    threads = max(1, len(os.sched_getaffinity(0)) // o.workers)
    with (
        output_folder(plan, retry=retry) as target,
        progress_bars(o.shards, plan.layout is not None),
        beam.Pipeline(runner=direct_runner(o.workers), options=beam_options(runner, o.workers)) as p,
    ):
        build(p, plan, target, threads)


def beam_options(runner: RunnerOptions, workers: int) -> PipelineOptions:
    options = PipelineOptions([f"--default_sdk_harness_log_level={LEVEL}", *runner.beam])
    options.view_as(DirectOptions).direct_num_workers = workers
    return options


def direct_runner(workers: int) -> FnApiRunner:
    """Returns Beam's local runner; by name, since the DirectRunner would first try to download another one.

    Several workers are named as an environment and not by direct_running_mode, whose command line breaks (and then
    waits for ever) where the interpreter's path holds a space.
    """
    if workers == 1:
        return FnApiRunner()
    command = f"{shlex.quote(sys.executable)} -m pipeline.worker"
    return FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(command))
