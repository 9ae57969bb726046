"""Runs the flow on this machine: one process or several, one run a folder at a time."""

from __future__ import annotations

import fcntl
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipeline.bars import progress_bars
from pipeline.flow import build
from pipeline.identity import Plan
from pipeline.options import OptionError
from pipeline.quiet import LEVEL
from schemas.manifest import MANIFEST, REPORT, RUN, SUCCESS, RunRecord
from transforms.publish import Target
from transforms.storage import TEMPORARY, is_local, names_in, publish_text, read_text, remove


def run_local(plan: Plan, *, retry: bool = False) -> None:
    """Runs the plan to a complete output folder. Raises OptionError where the folder is another run's or in use."""
    o = plan.options
    target = Target(o.out, o.shards, plan.run.fingerprint, retry)
    threads = max(1, len(os.sched_getaffinity(0)) // o.workers)
    with locked(o.out):
        start_folder(o.out, plan.run)
        with (
            progress_bars(o.shards, plan.layout is not None),
            beam.Pipeline(runner=_runner(o.workers), options=_beam_options(o.workers)) as p,
        ):
            build(p, plan, target, threads)


def _beam_options(workers: int) -> PipelineOptions:
    options = PipelineOptions([f"--default_sdk_harness_log_level={LEVEL}"])
    options.view_as(DirectOptions).direct_num_workers = workers
    return options


def _runner(workers: int) -> FnApiRunner:
    """Returns Beam's local runner; by name, since the DirectRunner would first try to download another one.

    Several workers are named as an environment and not by direct_running_mode, whose command line breaks (and then
    waits for ever) where the interpreter's path holds a space.
    """
    if workers == 1:
        return FnApiRunner()
    command = f"{shlex.quote(sys.executable)} -m pipeline.worker"
    return FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(command))


def start_folder(out: str, run: RunRecord) -> None:
    """Prepares the output folder: a new one gets run.json, an old one must have been started with the same identity.

    Removes what a killed run left half-written, _SUCCESS and report.html: the folder is complete only at the end.
    Raises OptionError where the identities differ, naming each difference.
    """
    path = FileSystems.join(out, RUN)
    if FileSystems.exists(path):
        try:
            before = RunRecord.from_json(read_text(path))
        except (ValueError, KeyError, TypeError) as error:
            raise OptionError(f"{path} cannot be read ({error}); use another output folder") from error
        if differences := before.differences(run):
            lines = "\n  ".join(differences)
            raise OptionError(
                f"{out} was made with something else, and a data set is never mixed:\n  {lines}\n"
                "Use another output folder, or go back to what the folder was made with."
            )
    else:
        _refuse_foreign(out)
    publish_text(run.to_json(), out, RUN)
    remove(out, [name for name in names_in(out) if name.startswith(TEMPORARY) or name in (SUCCESS, MANIFEST, REPORT)])


def _refuse_foreign(out: str) -> None:
    """Raises OptionError where a folder that no run has started holds files: they may be somebody's."""
    foreign = [name for name in names_in(out) if not name.startswith(TEMPORARY)]
    if foreign:
        raise OptionError(f"{out} holds files but no {RUN}: {foreign[:3]}; use a new or an empty folder")


@contextmanager
def locked(out: str) -> Iterator[None]:
    """Makes the output folder this process's own until the block ends. Raises OptionError where another run has it."""
    if not is_local(out):  # object stores have no locks; shards are written by rename, so a second run wastes work only
        yield
        return
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
        folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OptionError(f"--out: {out!r} cannot be used: {error.strerror}") from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel lets go of it when the process dies
        except BlockingIOError as error:
            raise OptionError(f"{out} is being written by another run") from error
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(folder)
