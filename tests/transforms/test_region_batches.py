"""Batches of photos: what shares one, equal regions, and faults that do not spread."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from schemas.records import DeadLetter, Regions
from tests.tiny_detector import c4_config, fpn_config, photo, write_detector
from transforms.detector import RegionDetector, ResizedPhoto, load_detector
from transforms.images import ImageError
from transforms.region_batches import WINDOW, BatchDetector, extract_regions_batched
from transforms.region_selection import SelectionOptions

FIXED = SelectionOptions(min_boxes=8, max_boxes=8)
SIZES = ((64, 80), (80, 64), (64, 80), (48, 60), (64, 96))  # (48, 60) is resized to the size of (64, 80)
# Of the largest value: sums of other lengths are rounded otherwise, and what follows doubles that.
TOLERANCE = 1e-4


@pytest.fixture(scope="module", params=[c4_config, fpn_config], ids=["C4", "FPN"])
def detector(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RegionDetector:
    return load_detector(write_detector(tmp_path_factory.mktemp("detector"), request.param()))


def load(number: int) -> NDArray[np.uint8]:
    if number % 7 == 6:
        raise ImageError("empty_file", f"photo {number}")
    return photo(*SIZES[number % len(SIZES)], seed=number)


def items(count: int) -> list[tuple[str, int]]:
    return [(f"im{i}", i) for i in range(count)]


@dataclass(eq=False)
class Watched:
    """A real detector whose batches are noted, and which runs out of memory for more than `room` photos."""

    detector: RegionDetector
    room: int = 1000
    batches: list[int] = field(default_factory=list)
    poison: int | None = None  # height of photos that the network has no finite answer for
    spare: BatchDetector | None = None
    allocated: list[weakref.ref[torch.Tensor]] = field(default_factory=list)  # by batches that did not fit

    @property
    def on_cpu(self) -> BatchDetector:
        return self.spare or self

    def resize(self, image: NDArray[np.uint8]) -> ResizedPhoto:
        return self.detector.resize(image)

    def detect_many(self, photos: Sequence[ResizedPhoto], selection: SelectionOptions) -> list[Regions]:
        self.batches.append(len(photos))
        assert not any(tensor() is not None for tensor in self.allocated), "a failed batch still holds memory"
        if len(photos) > self.room:
            maps = torch.zeros(len(photos))
            self.allocated.append(weakref.ref(maps))
            raise torch.OutOfMemoryError("CUDA out of memory.")
        if any(photo.size[0] == self.poison for photo in photos):
            raise FloatingPointError("features of the detector are not finite")
        return self.detector.detect_many(photos, selection)


def resized(detector: RegionDetector, *sizes: tuple[int, int]) -> list[ResizedPhoto]:
    return [detector.resize(photo(*size)) for size in sizes]


def assert_close(first: Regions, second: Regions) -> None:
    for name in ("features", "boxes", "object_scores", "attribute_scores"):
        a, b = getattr(first, name), getattr(second, name)
        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE * max(1.0, float(np.abs(b).max())), err_msg=name)
    assert np.array_equal(first.object_ids, second.object_ids)
    assert first.image_size == second.image_size


def test_extract_regions_batched_equals_one_photo_at_a_time(detector: RegionDetector) -> None:
    found = list(extract_regions_batched(items(20), load, detector, FIXED, batch=4, threads=2))
    assert [image_id for image_id, _ in found] == [image_id for image_id, _ in items(20)]
    for number, (image_id, regions) in enumerate(found):
        if number % 7 == 6:
            assert isinstance(regions, DeadLetter)
            assert (regions.record_id, regions.reason) == (image_id, "empty_file")
        else:
            assert isinstance(regions, Regions)
            assert_close(regions, detector.detect(load(number), FIXED))


def test_detect_many_of_one_photo_gives_the_same_bits_as_detect(detector: RegionDetector) -> None:
    alone, (one,) = detector.detect(photo(64, 80), FIXED), detector.detect_many(resized(detector, (64, 80)), FIXED)
    assert np.array_equal(alone.features, one.features)
    assert np.array_equal(alone.boxes, one.boxes)


def test_detect_many_refuses_photos_of_several_sizes(detector: RegionDetector) -> None:
    with pytest.raises(ValueError, match="one resized shape"):
        detector.detect_many(resized(detector, (64, 80), (64, 96)), FIXED)


def test_detect_many_takes_photos_of_several_sizes_that_are_resized_to_one(detector: RegionDetector) -> None:
    small, large = detector.detect_many(resized(detector, (48, 60), (64, 80)), FIXED)
    assert (small.boxes[:, 2:] <= [60, 48]).all()
    assert (small.image_size, large.image_size) == ((48, 60), (64, 80))


@pytest.mark.parametrize("threads", [1, 3])
def test_extract_regions_batched_batches_by_order_alone(detector: RegionDetector, threads: int) -> None:
    watched = Watched(detector)
    count = 2 * WINDOW + 5
    list(extract_regions_batched(items(count), load, watched, FIXED, batch=2, threads=threads))
    expected = []
    for start in range(0, count, 2 * WINDOW):  # windows, and in them the photos of each resized size
        sizes: dict[tuple[int, int], int] = {}
        for number in range(start, min(start + 2 * WINDOW, count)):
            if number % 7 != 6:
                shape = detector.resize(load(number)).shape
                sizes[shape] = sizes.get(shape, 0) + 1
        for n in sizes.values():
            expected += [2] * (n // 2) + [1] * (n % 2)
    assert watched.batches == expected


def test_extract_regions_batched_gives_the_same_bits_again(detector: RegionDetector) -> None:
    runs = [list(extract_regions_batched(items(9), load, detector, FIXED, batch=4, threads=t)) for t in (1, 2)]
    for (_, first), (_, second) in zip(*runs, strict=True):
        if isinstance(first, Regions):
            assert isinstance(second, Regions)
            assert np.array_equal(first.features, second.features)


def test_extract_regions_batched_halves_a_batch_that_does_not_fit(detector: RegionDetector) -> None:
    watched = Watched(detector, room=1)
    photos = [("a", 0), ("b", 2), ("c", 5), ("d", 7)]
    found = dict(extract_regions_batched(photos, load, watched, FIXED, batch=4, threads=1))
    assert watched.batches == [4, 2, 1, 1, 2, 1, 1]
    assert len(watched.allocated) == 3  # whose memory was free again at each smaller batch
    for image_id, number in photos:
        regions = found[image_id]
        assert isinstance(regions, Regions)
        assert np.array_equal(regions.features, detector.detect(load(number), FIXED).features)


def test_extract_regions_batched_goes_to_the_cpu_where_one_photo_does_not_fit(detector: RegionDetector) -> None:
    watched = Watched(detector, room=0, spare=detector)
    ((_, regions),) = extract_regions_batched([("a", 0)], load, watched, FIXED, batch=4, threads=1)
    assert watched.batches == [1]
    assert isinstance(regions, Regions)
    assert np.array_equal(regions.features, detector.detect(load(0), FIXED).features)


def test_extract_regions_batched_gives_up_where_no_memory_suffices(detector: RegionDetector) -> None:
    watched = Watched(detector, room=0)
    ((_, letter),) = extract_regions_batched([("a", 0)], load, watched, FIXED, batch=4, threads=1)
    assert isinstance(letter, DeadLetter)
    assert (letter.record_id, letter.reason) == ("a", "out_of_memory")


def test_extract_regions_batched_refuses_the_one_photo_that_is_at_fault(detector: RegionDetector) -> None:
    watched = Watched(detector, poison=48)
    photos = [("a", 0), ("bad", 3), ("c", 2), ("d", 5)]
    found = dict(extract_regions_batched(photos, load, watched, FIXED, batch=4, threads=1))
    assert {image_id for image_id, regions in found.items() if isinstance(regions, DeadLetter)} == {"bad"}


def test_extract_regions_batched_uses_a_network_that_runs_out_of_memory(tmp_path: Path) -> None:
    """The fault comes from inside detectron2: a backbone that has room for two photos."""
    detector = load_detector(write_detector(tmp_path, fpn_config()))
    seen: list[int] = []

    def no_room_for_three(module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
        seen.append(len(inputs[0]))
        if seen[-1] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB.")

    detector.model.backbone.register_forward_pre_hook(no_room_for_three)
    photos = [("a", 0), ("b", 2), ("c", 5), ("d", 7)]
    found = dict(extract_regions_batched(photos, load, detector, FIXED, batch=4, threads=2))
    assert seen == [4, 2, 2]
    assert all(isinstance(regions, Regions) for regions in found.values())


def test_on_cpu_of_a_detector_on_the_cpu_is_itself(detector: RegionDetector) -> None:
    assert detector.on_cpu is detector


def test_copy_to_gives_a_detector_of_its_own_with_the_same_answers(detector: RegionDetector) -> None:
    copy = detector.copy_to("cpu")
    ours, theirs = detector.model.parameters(), copy.model.parameters()
    assert all(a.data_ptr() != b.data_ptr() and not b.requires_grad for a, b in zip(ours, theirs, strict=True))
    first, second = detector.detect(photo(64, 80), FIXED), copy.detect(photo(64, 80), FIXED)
    assert np.array_equal(first.features, second.features)
    assert np.array_equal(first.attribute_scores, second.attribute_scores)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_load_detector_computes_in_half_precision(tmp_path: Path, precision: str) -> None:
    folder = write_detector(tmp_path, fpn_config())
    exact = load_detector(folder)
    half = load_detector(folder, precision=precision)  # type: ignore[arg-type]
    boxes = np.array([[5, 5, 60, 50], [20, 10, 70, 60]], np.float32)
    first, second = exact.describe(photo(64, 80), boxes), half.describe(photo(64, 80), boxes)
    assert second.features.dtype == np.float32
    assert not np.array_equal(first.features, second.features)
    difference = np.linalg.norm(first.features - second.features) / np.linalg.norm(first.features)
    assert difference < 0.05
