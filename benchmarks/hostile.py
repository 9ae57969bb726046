"""Can any input upset a reader? Thousands of hostile ones, over all readers, each counted.

    python -m benchmarks.hostile [--inputs 10000] [--seed 0] [--reader NAME ...]

Every input is drawn from (seed, reader, number), so any of them can be made again: --reader NAME --first N --inputs 1.
Readers run in processes of their own, with an audit hook that notes every file opened for writing, renamed or removed
outside the input's own folder, every program started and every connection made. Counted as

- crash: the process died or ran for more than 30 s, or an exception came out that the reader does not promise;
- lost: a record that neither came out nor was refused;
- outside: a write, program or connection that the hook saw, or a byte read of a file that lies outside the input.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipeline import quiet  # noqa: F401  # before Beam is imported

# isort: split
from benchmarks.hostile_annotations import ANNOTATION_READERS
from benchmarks.hostile_dumps import DUMP_READERS
from benchmarks.hostile_outcome import Outcome, ReaderFactory
from benchmarks.hostile_shards import SHARD_READERS

READERS: dict[str, ReaderFactory] = {**ANNOTATION_READERS, **DUMP_READERS, **SHARD_READERS}
PATIENCE = 30.0  # seconds an input may take
MEMORY = 6 << 30  # bytes of address space a process may take
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree")
LEAVING = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn", "socket.connect", "ctypes.dlopen")


COLUMNS = {"inputs": 8, "taken": 8, "refused": 9, "crashes": 9, "lost": 6, "outside": 9}


@dataclass
class Tally:
    inputs: int = 0
    taken: int = 0  # inputs that were read, in part or whole
    refused: int = 0  # inputs that were refused, whole
    crashes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


class Watch:
    """Notes what a process does outside one folder."""

    def __init__(self) -> None:
        self.inside = ""
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.inside:
            return
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & WRITING and not self._is_inside(path):
                self.seen.append(f"open for writing: {path!r}")
        elif (event in CHANGING and not self._is_inside(args[0])) or event in LEAVING:
            self.seen.append(f"{event}: {args[:2]!r}")

    def _is_inside(self, path: object) -> bool:
        if isinstance(path, int):  # an open file
            return True
        whole = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return whole == "/dev/null" or whole.startswith(self.inside + os.sep)


def work(pipe: Connection, name: str, seed: int, numbers: Sequence[int], scratch: str) -> None:
    """Tries the inputs in turn; says before each which it is, and after each what became of it."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries in C say of damage
    reader = READERS[name](Path(scratch))
    limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, limit))
    watch = Watch()
    for number in numbers:
        pipe.send(number)
        rng = random.Random(f"{seed} {name} {number}")
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            trial = reader.make(rng, Path(folder))
            watch.seen.clear()
            watch.inside = os.path.realpath(folder)
            try:
                outcome = trial()
            except reader.promised as error:
                outcome = Outcome(refused=f"{type(error).__name__}: {error}")
            except BaseException as error:
                frame = traceback.extract_tb(error.__traceback__)[-1]
                what = f"{type(error).__name__}: {error}"
                outcome = Outcome(crash=f"{what:.200} ({Path(frame.filename).name}:{frame.lineno})")
            finally:
                watch.inside = ""
            pipe.send((outcome, list(watch.seen)))
    pipe.send(None)


def try_reader(name: str, seed: int, numbers: Sequence[int]) -> Tally:
    """Returns what became of the inputs; a process that dies is replaced, and its last input counts as a crash."""
    tally, rest = Tally(), list(numbers)
    context = multiprocessing.get_context("spawn")
    while rest:
        with tempfile.TemporaryDirectory(prefix="multigrain-hostile-") as scratch:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=work, args=(theirs, name, seed, rest, scratch))
            process.start()
            theirs.close()
            number = None
            try:
                while True:
                    patience = PATIENCE if number is not None else 10 * PATIENCE  # imports take a while
                    if not ours.poll(patience):
                        raise TimeoutError(f"no answer for {patience:.0f} s")
                    message = ours.recv()
                    if message is None:
                        rest = []
                        break
                    if isinstance(message, int):
                        number = message
                        continue
                    _count(tally, f"{name} {number}", *message)
                    rest.remove(number)
            except (EOFError, TimeoutError) as error:
                process.kill()
                process.join()
                if number is None:
                    raise RuntimeError(f"{name}: the process died before its first input") from error
                why = f"died with {process.exitcode}" if isinstance(error, EOFError) else str(error)
                _count(tally, f"{name} {number}", Outcome(crash=why), [])
                rest = [n for n in rest if n > number]
            process.join()
    return tally


def _count(tally: Tally, which: str, outcome: Outcome, outside: list[str]) -> None:
    tally.inputs += 1
    tally.refused += bool(outcome.refused)
    tally.taken += not outcome.refused and not outcome.crash
    if outcome.crash:
        tally.crashes.append(f"{which}: {outcome.crash}")
    if outcome.lost:
        tally.lost.append(f"{which}: {outcome.lost}")
    for what in [*outside, *([outcome.outside] if outcome.outside else [])]:
        tally.outside.append(f"{which}: {what}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000, help="over all readers that are tried")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", action="append", choices=list(READERS), help="may be repeated (all)")
    parser.add_argument("--first", type=int, default=0, help="number of a reader's first input")
    args = parser.parse_args()
    names = args.reader or list(READERS)
    total = Counter[str]()
    print(f"{'reader':22}" + "".join(f"{key:>{width}}" for key, width in COLUMNS.items()), flush=True)
    for place, name in enumerate(names):
        share = args.inputs // len(names) + (place < args.inputs % len(names))
        tally = try_reader(name, args.seed, range(args.first, args.first + share))
        counts = {
            "inputs": tally.inputs,
            "taken": tally.taken,
            "refused": tally.refused,
            "crashes": len(tally.crashes),
            "lost": len(tally.lost),
            "outside": len(tally.outside),
        }
        total.update(counts)
        print(line(name, counts), flush=True)
        for what in [*tally.crashes[:12], *tally.lost[:5], *tally.outside[:5]]:
            print(f"    {what}", flush=True)
    print(line("all", total))
    return 1 if total["crashes"] or total["lost"] or total["outside"] else 0


def line(name: str, counts: Mapping[str, int]) -> str:
    numbers = (f"{counts[key]:>{width},}" for key, width in COLUMNS.items())
    return f"{name:22}" + "".join(numbers)


if __name__ == "__main__":
    sys.exit(main())
