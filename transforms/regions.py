"""Photos to regions, a shard at a time: in order, on several threads, and with a dead letter for each that fails."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.records import DeadLetter, Regions
from transforms.images import ImageError

if TYPE_CHECKING:
    from transforms.region_selection import SelectionOptions

STAGE = "ExtractRegions"
FAULTS = (ImageError, OSError, FloatingPointError, MemoryError, RuntimeError)  # of one photo
Source = TypeVar("Source")


class Detector(Protocol):
    """What this file asks of transforms.detector.RegionDetector."""

    def detect(self, image: NDArray[np.uint8], selection: SelectionOptions) -> Regions: ...


def extract_regions(
    image_id: str,
    source: Source,
    load: Callable[[Source], NDArray[np.uint8]],
    detector: Detector,
    selection: SelectionOptions,
) -> Regions | DeadLetter:
    """Returns the regions of the RGB photo (H, W, 3) that `load` makes of `source`, or why there are none.

    A photo that cannot be read, whose network output is not finite, or for which memory does not suffice is a dead
    letter. A fault of the accelerator is raised: after it no other photo can be trusted either.
    """
    try:
        return detector.detect(load(source), selection)
    except FAULTS as error:
        return dead_letter(image_id, source, error)


def dead_letter(image_id: str, source: object, error: Exception) -> DeadLetter:
    """Returns the dead letter of a photo that failed; raises the error where it is a fault of the accelerator."""
    import torch

    if isinstance(error, ImageError):
        return DeadLetter(STAGE, image_id, error.reason, error.detail)
    if isinstance(error, OSError):  # one bad sector must not stop a night's work; `retry` looks again
        return DeadLetter(STAGE, image_id, "read_failed", f"{source}: {type(error).__name__}: {error}")
    if isinstance(error, FloatingPointError):
        return DeadLetter(STAGE, image_id, "non_finite_output", f"{source}: {error}")
    if isinstance(error, torch.AcceleratorError):
        raise error
    reason = "out_of_memory" if is_out_of_memory(error) else "detector_fault"
    return DeadLetter(STAGE, image_id, reason, f"{source}: {type(error).__name__}: {error}")


def extract_regions_many(
    items: Iterable[tuple[str, Source]],
    load: Callable[[Source], NDArray[np.uint8]],
    detector: Detector,
    selection: SelectionOptions,
    *,
    threads: int,
) -> Iterator[tuple[str, Regions | DeadLetter]]:
    """Yields (image_id, Regions | DeadLetter) for each (image_id, source), in their order.

    One photo a thread at a time, so the number of threads changes the speed and nothing else; at most 2 * threads
    photos are under way or waiting, so memory does not grow with the number of items.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix=STAGE) as pool:
        pending: deque[tuple[str, Future[Regions | DeadLetter]]] = deque()
        for image_id, source in items:
            future = pool.submit(extract_regions, image_id, source, load, detector, selection)
            pending.append((image_id, future))
            if len(pending) >= 2 * threads:
                first, future = pending.popleft()
                yield first, future.result()
        while pending:
            first, future = pending.popleft()
            yield first, future.result()


def is_out_of_memory(error: BaseException) -> bool:
    """Returns whether memory ran out; PyTorch's allocator for the CPU says so only in words."""
    import torch

    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error)
