"""The same bits from the same photo, whatever the number of cores, and on every run on one kind of GPU."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Runs a network on the calling thread alone: sums are split by the number of threads, and so would be rounded
    differently with another number of cores. Photos, not sums, are what several threads should share."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def fix_algorithms() -> None:
    """Has the GPU choose the same algorithms every time, in full float32; this holds for the whole process."""
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
