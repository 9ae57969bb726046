"""The output folder of a run: one run at a time, one identity for good, tidy at the end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from pipeline.identity import Plan
from pipeline.options import OptionError
from schemas.manifest import MANIFEST, REPORT, RUN, SUCCESS, RunRecord
from transforms.publish import Target
from transforms.storage import TEMPORARY, exists, is_local, names_in, publish_text, read_text, remove


@contextmanager
def output_folder(plan: Plan, *, retry: bool) -> Iterator[Target]:
    """Yields where the shards go. The folder is this run's own until the block ends, and tidied if it ends well.

    Raises OptionError where the folder is another run's or in use.
    """
    out = plan.options.out
    with locked(out):
        start_folder(out, plan.run)
        yield Target(out, plan.options.shards, plan.run.fingerprint, retry)
        # What attempts left half-written that were killed while the job went on without them.
        remove(out, [name for name in names_in(out) if name.startswith(TEMPORARY)])


def start_folder(out: str, run: RunRecord) -> None:
    """Prepares the output folder: a new one gets run.json, an old one must have been started with the same identity.

    Removes what a killed run left half-written, _SUCCESS and report.html: the folder is complete only at the end.
    Raises OptionError where the identities differ, naming each difference.
    """
    path = FileSystems.join(out, RUN)
    if exists(path):
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
