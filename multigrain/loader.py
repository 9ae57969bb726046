"""Batches, made by threads while the model works, in the order that seed and epoch give.

Threads, not processes: copying a row does not hold Python's lock, and a batch that a process made would be copied once
more. Each thread fills one of a ring of buffers that are used again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import numpy as np
import torch

from multigrain.batch import Batch, Captions, Photos
from multigrain.data import Buffer, DataSet, Fill, Rows
from multigrain.order import permutation, rank_slice
from schemas.records import Split

T = TypeVar("T")
Stored = TypeVar("Stored", Photos, Batch)
THREADS = 2


class Loader:
    """The pairs of a split for training: each caption once an epoch, with its photo.

    Iterating goes from where it stands to the end of the epoch, and the next time through the next epoch. A batch is
    valid until the next one is asked for. Of each global batch of `batch_size` pairs a rank takes its slice, so where
    the loader stands is two numbers, good for any number of ranks.
    """

    def __init__(
        self,
        data: DataSet,
        split: Split = "train",
        *,
        batch_size: int = 128,  # of all ranks together
        seed: int = 0,
        rank: int = 0,
        world_size: int = 1,
        drop_last: bool = True,  # what is left at the end of an epoch and fills no batch
        threads: int = THREADS,
        device: torch.device | str | None = None,  # None: as stored, where the threads put it
        dtype: torch.dtype = torch.float32,  # of the features on the device
    ) -> None:
        """Raises ValueError where an option cannot be, or the split is smaller than a batch."""
        if threads < 1:
            raise ValueError(f"threads={threads}: batches are made by one thread at least")
        if not 0 <= rank < world_size <= batch_size:
            raise ValueError(f"rank {rank} of {world_size} with global batches of {batch_size}")
        self._captions = data.caption_rows(split)
        if len(self._captions) < (batch_size if drop_last else 1):
            raise ValueError(f"{split} has {len(self._captions)} captions of photos with regions, a batch {batch_size}")
        self._data, self._size, self._seed = data, batch_size, seed
        self._rank, self._ranks, self._drop, self._threads = rank, world_size, drop_last, threads
        self._device, self._dtype = device, dtype
        self.epoch = self._position = 0
        self._spare: list[Buffer] = []
        self._of = {"data": data.fingerprint, "split": split, "samples": len(self._captions)}

    def __len__(self) -> int:
        """Returns the batches of a whole epoch."""
        return len(self._captions) // self._size if self._drop else -(-len(self._captions) // self._size)

    def __iter__(self) -> Iterator[Batch]:
        order = self._captions[permutation(len(self._captions), self._seed, self.epoch)]
        end = len(order) - self._size + 1 if self._drop else len(order)
        starts = range(self._position, end, self._size)
        # Sorted within the batch, where order means nothing: neighbours in a shard are read together.
        chunks = [np.sort(rank_slice(order[i : i + self._size], self._rank, self._ranks)) for i in starts]
        # An iterator that was left standing keeps its buffers: two never write into the same.
        buffers, self._spare = self._spare or _buffers(self._data, -(-self._size // self._ranks), self._threads), []
        try:
            batches = _ring(self._data.prepare_pairs, chunks, buffers, self._threads)
            for batch in batches if self._device is None else on_device(batches, self._device, self._dtype):
                self._position += self._size
                yield batch
            self.epoch, self._position = self.epoch + 1, 0
        finally:
            self._spare = buffers

    def state_dict(self) -> dict[str, Any]:
        """Returns where the loader stands, behind the batches that were handed out; the same on every rank."""
        return {"seed": self._seed, "epoch": self.epoch, "position": self._position, **self._of}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on where another loader stood, whatever its ranks. Raises ValueError where it read other samples."""
        for key, ours in self._of.items():
            if state[key] != ours:
                raise ValueError(f"the state is of {key} {state[key]}, this loader reads {ours}")
        self._seed, self.epoch, self._position = state["seed"], state["epoch"], state["position"]


def photo_batches(data: DataSet, split: Split, batch_size: int = 128, threads: int = THREADS) -> Iterator[Photos]:
    """Yields each photo of a split once, in the order of data.photo_rows, as stored; valid until the next one."""
    buffers = _buffers(data, batch_size, threads)
    return _ring(data.prepare_photos, _chunks(data.photo_rows(split), batch_size), buffers, threads)


def caption_batches(data: DataSet, split: Split, batch_size: int = 128) -> Iterator[Captions]:
    """Yields each caption of a split once, in the order of data.caption_rows."""
    return map(data.captions, _chunks(data.caption_rows(split), batch_size))


def candidate_batches(data: DataSet, split: Split, batch_size: int = 128, threads: int = THREADS) -> Iterator[Batch]:
    """Yields each labelled candidate of a split once, in the order of data.candidate_rows, as stored."""
    buffers = _buffers(data, batch_size, threads)
    return _ring(data.prepare_candidates, _chunks(data.candidate_rows(split), batch_size), buffers, threads)


def on_device(
    batches: Iterable[Stored], device: torch.device | str, dtype: torch.dtype = torch.float32
) -> Iterator[Stored]:
    """Yields batches on a device, features as `dtype`; the next one is asked for when a GPU has read this one.

    The features of a batch lie in a buffer that is filled again for a later one, and a GPU copies after the call.
    """
    device = torch.device(device)
    for batch in batches:
        moved = batch.to(device, dtype)
        copied = torch.cuda.current_stream(device).record_event() if device.type == "cuda" else None
        yield moved
        if copied is not None:
            copied.synchronize()


def _chunks(rows: Rows, size: int) -> list[Rows]:
    return [rows[i : i + size] for i in range(0, len(rows), size)]


def _buffers(data: DataSet, rows: int, threads: int) -> list[Buffer]:
    """Returns a buffer for each thread, and two at least: one may be filled while the model has the other.

    Not more: they would push one another, and what threads need besides, out of the processor's cache.
    """
    return [data.buffer(rows) for _ in range(max(threads, 2))]


def _ring(
    prepare: Callable[[Rows], Fill[T]], chunks: Sequence[Rows], buffers: list[Buffer], threads: int
) -> Iterator[T]:
    """Yields a batch of each chunk in order; the buffers go round, each served by one of the threads.

    A thread prepares its next batch while it waits for the buffer, so that what a batch says besides features costs
    the time in which batches change hands.

    What was yielded last keeps its buffer until the next is asked for. Queues that are written in C: with a batch every
    two milliseconds, what a pool of threads and its futures do in Python can be seen.
    """
    count = len(buffers)
    free: list[SimpleQueue[bool]] = [SimpleQueue() for _ in buffers]  # true: fill it; false: nobody wants it any more
    done: list[SimpleQueue[T | Exception]] = [SimpleQueue() for _ in buffers]

    def work(thread: int) -> None:
        for number, chunk in enumerate(chunks):
            turn = number % count
            if turn % threads != thread:
                continue
            try:
                fill = prepare(chunk)
                if not free[turn].get():
                    return
                done[turn].put(fill(buffers[turn]))
            except Exception as error:  # raised where the batch is asked for
                done[turn].put(error)
                return

    workers = [Thread(target=work, args=(thread,), name="loader", daemon=True) for thread in range(threads)]
    for queue in free:
        queue.put(True)
    for worker in workers:
        worker.start()
    try:
        for number in range(len(chunks)):
            found = done[number % count].get()
            if isinstance(found, Exception):
                raise found
            yield found
            free[number % count].put(True)
    finally:
        for queue in free:
            queue.put(False)
        for worker in workers:
            worker.join()
