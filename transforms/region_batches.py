"""Photos to regions in batches, for a GPU: decoded by threads while the GPU works, batched by their order alone.

The photos are taken in windows of `WINDOW` batches; within a window those of one resized size go together, in order.
Which photos share a batch thus depends on the photos and their order, never on time. Where memory runs out the batch
is halved, down to one photo; that one is tried on the CPU; and then it is a dead letter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.records import DeadLetter, Regions
from transforms.region_selection import SelectionOptions
from transforms.regions import FAULTS, Detector, dead_letter, is_out_of_memory

WINDOW = 8  # batches that are decoded before the first of them is looked at; twice as many are in memory

Source = TypeVar("Source")
Photo = NDArray[np.uint8]
Found = Regions | DeadLetter


class BatchDetector(Detector, Protocol):
    """What this file asks of transforms.detector.RegionDetector."""

    @property
    def on_cpu(self) -> Detector: ...

    def resized_shape(self, image: Photo) -> tuple[int, int]: ...

    def detect_many(self, images: Sequence[Photo], selection: SelectionOptions) -> list[Regions]: ...


def extract_regions_batched(
    items: Iterable[tuple[str, Source]],
    load: Callable[[Source], Photo],
    detector: BatchDetector,
    selection: SelectionOptions,
    *,
    batch: int,
    threads: int,
) -> Iterator[tuple[str, Found]]:
    """Yields (image_id, Regions | DeadLetter) for each (image_id, source), in their order.

    `threads` decode; memory holds two windows of photos.
    """
    remaining = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[list[tuple[str, Source, Future[Photo]]]] = deque()
        while True:
            while len(ahead) < 2 and (taken := list(islice(remaining, WINDOW * batch))):
                ahead.append([(image_id, source, pool.submit(load, source)) for image_id, source in taken])
            if not ahead:
                return
            yield from _detect_window(ahead.popleft(), detector, selection, batch)


def _detect_window(
    window: Sequence[tuple[str, Source, Future[Photo]]],
    detector: BatchDetector,
    selection: SelectionOptions,
    batch: int,
) -> Iterator[tuple[str, Found]]:
    found: dict[int, Found] = {}
    groups: dict[tuple[int, int], list[tuple[int, Photo]]] = {}
    for place, (image_id, source, future) in enumerate(window):
        try:
            image = future.result()
        except FAULTS as error:
            found[place] = dead_letter(image_id, source, error)
        else:
            groups.setdefault(detector.resized_shape(image), []).append((place, image))
    for group in groups.values():
        for start in range(0, len(group), batch):
            part = group[start : start + batch]
            names = [window[place][:2] for place, _ in part]
            regions = _detect(names, [image for _, image in part], detector, selection)
            found.update(zip((place for place, _ in part), regions, strict=True))
    for place, (image_id, _, _) in enumerate(window):
        yield image_id, found[place]


def _detect(
    names: Sequence[tuple[str, object]], images: Sequence[Photo], detector: BatchDetector, selection: SelectionOptions
) -> list[Found]:
    """Returns what is found in photos of one resized size; a fault is looked for among ever fewer of them."""
    error: Exception
    try:
        return list(detector.detect_many(images, selection))
    except (FloatingPointError, MemoryError, RuntimeError) as caught:
        error = caught
    if len(images) > 1:
        half = len(images) // 2
        return [
            *_detect(names[:half], images[:half], detector, selection),
            *_detect(names[half:], images[half:], detector, selection),
        ]
    image_id, source = names[0]
    if is_out_of_memory(error) and detector.on_cpu is not detector:
        try:
            return [detector.on_cpu.detect(images[0], selection)]
        except (FloatingPointError, MemoryError, RuntimeError) as caught:
            error = caught
    return [dead_letter(image_id, source, error)]
