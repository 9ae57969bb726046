"""Photos to regions in batches, for a GPU: threads decode and resize while it works; batched by their order alone.

The photos are taken in windows of `WINDOW` batches; within a window those of one resized size go together, in order.
Which photos share a batch thus depends on the photos and their order, never on time. Where memory runs out the batch
is halved, down to one photo; that one is tried on the CPU; and then it is a dead letter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.records import DeadLetter, Regions
from transforms.region_selection import SelectionOptions
from transforms.regions import FAULTS, dead_letter, is_out_of_memory

if TYPE_CHECKING:
    from transforms.detector import ResizedPhoto

WINDOW = 8  # batches that are decoded before the first of them is looked at; twice as many are in memory

Source = TypeVar("Source")
Found = Regions | DeadLetter


class BatchDetector(Protocol):
    """What this file asks of transforms.detector.RegionDetector."""

    @property
    def on_cpu(self) -> BatchDetector: ...

    def resize(self, image: NDArray[np.uint8]) -> ResizedPhoto: ...

    def detect_many(self, photos: Sequence[ResizedPhoto], selection: SelectionOptions) -> list[Regions]: ...


def extract_regions_batched(
    items: Iterable[tuple[str, Source]],
    load: Callable[[Source], NDArray[np.uint8]],
    detector: BatchDetector,
    selection: SelectionOptions,
    *,
    batch: int,
    threads: int,
) -> Iterator[tuple[str, Found]]:
    """Yields (image_id, Regions | DeadLetter) for each (image_id, source), in their order.

    `threads` decode and resize; memory holds two windows of resized photos.
    """

    def prepare(source: Source) -> ResizedPhoto:
        return detector.resize(load(source))

    remaining = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[list[tuple[str, Source, Future[ResizedPhoto]]]] = deque()
        while True:
            while len(ahead) < 2 and (taken := list(islice(remaining, WINDOW * batch))):
                ahead.append([(image_id, source, pool.submit(prepare, source)) for image_id, source in taken])
            if not ahead:
                return
            yield from _detect_window(ahead.popleft(), detector, selection, batch)


def _detect_window(
    window: Sequence[tuple[str, Source, Future[ResizedPhoto]]],
    detector: BatchDetector,
    selection: SelectionOptions,
    batch: int,
) -> Iterator[tuple[str, Found]]:
    found: dict[int, Found] = {}
    groups: dict[tuple[int, int], list[tuple[int, ResizedPhoto]]] = {}
    for place, (image_id, source, future) in enumerate(window):
        try:
            photo = future.result()
        except FAULTS as error:
            found[place] = dead_letter(image_id, source, error)
        else:
            groups.setdefault(photo.shape, []).append((place, photo))
    for group in groups.values():
        for start in range(0, len(group), batch):
            part = group[start : start + batch]
            names = [window[place][:2] for place, _ in part]
            regions = _detect(names, [photo for _, photo in part], detector, selection)
            found.update(zip((place for place, _ in part), regions, strict=True))
    for place, (image_id, _, _) in enumerate(window):
        yield image_id, found[place]


def _detect(
    names: Sequence[tuple[str, object]],
    photos: Sequence[ResizedPhoto],
    detector: BatchDetector,
    selection: SelectionOptions,
) -> list[Found]:
    """Returns what is found in photos of one resized size; a fault is looked for among ever fewer of them."""
    regions, error = _try(photos, detector, selection)
    if error is None:
        return [*regions]
    if len(photos) > 1:
        half = len(photos) // 2
        return [
            *_detect(names[:half], photos[:half], detector, selection),
            *_detect(names[half:], photos[half:], detector, selection),
        ]
    if is_out_of_memory(error) and detector.on_cpu is not detector:
        regions, error = _try(photos, detector.on_cpu, selection)
    return [*regions] if error is None else [dead_letter(*names[0], error)]


def _try(
    photos: Sequence[ResizedPhoto], detector: BatchDetector, selection: SelectionOptions
) -> tuple[list[Regions], Exception | None]:
    """Returns the regions, or none and the error. The error comes without its traceback, whose frames hold what the
    network had computed so far: the memory that the next, smaller batch needs."""
    try:
        return detector.detect_many(photos, selection), None
    except (FloatingPointError, MemoryError, RuntimeError) as error:
        return [], error.with_traceback(None)
