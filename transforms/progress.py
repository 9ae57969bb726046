"""How far the local workers are: counters in shared memory-mapped files that the command line shows as bars.

Counting must cost nothing where nobody looks: on a cluster the variable is not set and `count` returns at once.
"""

from __future__ import annotations

import mmap
import os
import struct
import uuid
from functools import cache
from pathlib import Path

VARIABLE = "MULTIGRAIN_PROGRESS"  # names the folder, inherited by the worker processes
COUNTERS = ("shards", "images", "images_done", "captions", "captions_done", "labelled", "related")
_SIZE = 8 * len(COUNTERS)


def count(counter: str, amount: int = 1) -> None:
    """Adds to a counter of this process, if anybody follows the progress."""
    folder = os.environ.get(VARIABLE)
    if folder:
        memory, offset = _memory(folder, os.getpid()), 8 * COUNTERS.index(counter)
        struct.pack_into("<q", memory, offset, struct.unpack_from("<q", memory, offset)[0] + amount)


def totals(folder: Path) -> dict[str, int]:
    """Returns every counter summed over all processes."""
    sums = [0] * len(COUNTERS)
    for path in folder.glob("*.counters"):
        data = path.read_bytes()
        if len(data) == _SIZE:
            sums = [a + b for a, b in zip(sums, struct.unpack(f"<{len(COUNTERS)}q", data), strict=True)]
    return dict(zip(COUNTERS, sums, strict=True))


@cache
def _memory(folder: str, pid: int) -> mmap.mmap:
    # A file a process: the process id is part of the cache key so that a forked child does not write its parent's.
    path = Path(folder, f"{pid}-{uuid.uuid4().hex}.counters")
    path.write_bytes(bytes(_SIZE))
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), _SIZE)
