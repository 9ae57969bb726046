"""Shards of photos to regions: order, dead letters, bounded look-ahead."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from schemas.records import DeadLetter, Regions
from tests.tiny_detector import fpn_config, photo, write_detector
from transforms.detector import RegionDetector, load_detector
from transforms.images import decode_image
from transforms.region_selection import SelectionOptions
from transforms.regions import extract_regions, extract_regions_many

FIXED = SelectionOptions(min_boxes=6, max_boxes=6)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> RegionDetector:
    return load_detector(write_detector(tmp_path_factory.mktemp("detector"), fpn_config()))


def png(picture: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def test_extract_regions_returns_the_detectors_regions(detector: RegionDetector) -> None:
    regions = extract_regions("a", png(photo(64, 80)), decode_image, detector, FIXED)
    assert isinstance(regions, Regions)
    assert np.array_equal(regions.features, detector.detect(photo(64, 80), FIXED).features)


def test_extract_regions_turns_a_bad_image_into_a_dead_letter(detector: RegionDetector) -> None:
    letter = extract_regions("a", b"", decode_image, detector, FIXED)
    assert isinstance(letter, DeadLetter)
    assert (letter.stage, letter.record_id, letter.reason) == ("ExtractRegions", "a", "empty_file")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (FloatingPointError("features of the detector are not finite"), "non_finite_output"),
        (MemoryError(), "out_of_memory"),
        (torch.OutOfMemoryError("CUDA out of memory."), "out_of_memory"),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), "detector_fault"),
    ],
)
def test_extract_regions_turns_a_runtime_fault_into_a_dead_letter(
    detector: RegionDetector, fault: Exception, reason: str
) -> None:
    def load(name: str) -> NDArray[np.uint8]:
        raise fault

    letter = extract_regions("a", "a.png", load, detector, FIXED)
    assert isinstance(letter, DeadLetter)
    assert (letter.record_id, letter.reason) == ("a", reason)
    assert "a.png" in letter.detail
    assert str(fault) in letter.detail


def test_extract_regions_knows_pytorchs_own_out_of_memory(detector: RegionDetector) -> None:
    def load(name: str) -> NDArray[np.uint8]:
        return torch.empty(2**62, dtype=torch.uint8).numpy()  # no machine has that much

    letter = extract_regions("a", "a.png", load, detector, FIXED)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "out_of_memory"


def test_extract_regions_raises_a_fault_of_the_accelerator(detector: RegionDetector) -> None:
    def load(name: str) -> NDArray[np.uint8]:
        raise torch.AcceleratorError("CUDA error: device-side assert triggered")

    with pytest.raises(torch.AcceleratorError):
        extract_regions("a", "a.png", load, detector, FIXED)


@pytest.mark.parametrize("threads", [1, 3])
def test_extract_regions_many_keeps_the_order(detector: RegionDetector, threads: int) -> None:
    items = [(str(i), png(photo(40 + 8 * (i % 3), 64, seed=i)) if i % 4 else b"broken") for i in range(12)]
    found = list(extract_regions_many(items, decode_image, detector, FIXED, threads=threads))
    assert [image_id for image_id, _ in found] == [image_id for image_id, _ in items]
    for (image_id, data), (_, regions) in zip(items, found, strict=True):
        if data == b"broken":
            assert isinstance(regions, DeadLetter)
            assert regions.record_id == image_id
        else:
            assert isinstance(regions, Regions)
            assert np.array_equal(regions.features, detector.detect(decode_image(data), FIXED).features)


def test_extract_regions_many_looks_ahead_no_further_than_its_threads(detector: RegionDetector) -> None:
    taken = 0

    def items() -> Iterator[tuple[str, bytes]]:
        nonlocal taken
        for taken in range(1, 51):
            yield str(taken), b""

    for done, _ in enumerate(extract_regions_many(items(), decode_image, detector, FIXED, threads=2)):
        assert taken - done <= 4


def test_extract_regions_many_of_real_photos_gives_sound_regions(detector: RegionDetector) -> None:
    folder = Path(__file__).parents[3] / "shared" / "data" / "coco_photos" / "images"
    if not folder.is_dir():
        pytest.skip("no folder of real photos beside the repository")
    items = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())[:8]]
    for _, regions in extract_regions_many(items, decode_image, detector, FIXED, threads=2):
        assert isinstance(regions, Regions)
        assert (regions.boxes[:, 2:] <= regions.image_size[::-1]).all()
