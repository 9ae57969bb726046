from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from demo.generate import generate
from demo.lexicon import ATTRIBUTES, KINDS
from demo.truth_images import read_truth

pytest.importorskip("detectron2")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    generate(folder, scenes=10, seed=4, processes=1)
    return folder


@pytest.fixture
def one_thread() -> Iterator[None]:
    """On a busy machine the threads of one small step wait for each other far longer than the step takes."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_train_writes_a_detector_that_loads_and_sees(data: Path, tmp_path: Path) -> None:
    from demo.train_detector import train
    from transforms.detector import load_detector
    from transforms.region_selection import SelectionOptions

    train(data, tmp_path, start=None, steps=2, batch=2, rate=1e-3, seed=0, device="cpu", save_every=2)
    detector = load_detector(tmp_path)
    assert detector.object_names == KINDS
    assert detector.attribute_names == ATTRIBUTES
    regions = detector.detect(read_truth(data)[0].pixels(), SelectionOptions(min_boxes=5))
    assert len(regions.boxes) >= 5
    assert np.isfinite(regions.features).all()


def test_read_truth_gives_one_box_kind_and_three_attributes_a_thing(data: Path) -> None:
    for image in read_truth(data):
        n = len(image.scene.things)
        assert image.boxes.shape == (n, 4)
        assert [KINDS[i] for i in image.object_ids] == [t.kind for t in image.scene.things]
        assert (image.attributes.sum(axis=1) == 3).all()
        assert image.pixels().shape == (*image.scene.size, 3)
