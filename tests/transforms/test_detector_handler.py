"""The detector under Beam's RunInference."""

from __future__ import annotations

from pathlib import Path

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import RunInference
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that

from schemas.records import Regions
from tests.tiny_detector import fpn_config, photo, write_detector
from transforms.detector_choice import DetectorChoice
from transforms.detector_handler import DetectorHandler
from transforms.region_selection import SelectionOptions


def test_detector_handler_gives_run_inference_the_detectors_regions(tmp_path: Path) -> None:
    selection = SelectionOptions(min_boxes=8, max_boxes=8)
    handler = DetectorHandler(DetectorChoice(str(write_detector(tmp_path, fpn_config()))), selection)
    images = [photo(64, 64 + 16 * i, seed=i) for i in range(4)]
    expected = {r.image_size: r for r in handler.run_inference(images, handler.load_model())}

    def check(found: list[Regions]) -> None:
        assert sorted(regions.image_size for regions in found) == sorted(expected)
        for regions in found:
            assert np.array_equal(regions.features, expected[regions.image_size].features)

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        assert_that(pipeline | beam.Create(images) | RunInference(handler), check)


def test_detector_handler_weighs_pixels() -> None:
    assert (
        DetectorHandler(DetectorChoice("nowhere"), SelectionOptions()).get_num_bytes([photo(4, 5), photo(2, 2)]) == 72
    )
