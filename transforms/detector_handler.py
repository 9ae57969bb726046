"""The detector as a Beam model handler, for RunInference and for whatever else loads and shares models by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler
from numpy.typing import NDArray

from schemas.records import Regions
from transforms.detector_choice import DetectorChoice
from transforms.region_selection import SelectionOptions
from transforms.regions import STAGE

if TYPE_CHECKING:
    from transforms.detector import RegionDetector


class DetectorHandler(ModelHandler[NDArray[np.uint8], Regions, "RegionDetector"]):
    """Loads a detector once a worker and turns RGB photos (H, W, 3) into Regions."""

    def __init__(self, choice: DetectorChoice, selection: SelectionOptions) -> None:
        super().__init__()
        self.choice = choice
        self.selection = selection

    def load_model(self) -> RegionDetector:
        from transforms.detector import load_detector

        choice = self.choice
        return load_detector(choice.name, weights=choice.weights, device=choice.device, precision=choice.precision)

    def run_inference(
        self,
        batch: Sequence[NDArray[np.uint8]],
        model: RegionDetector,
        inference_args: dict[str, Any] | None = None,
    ) -> Iterable[Regions]:
        """Returns each photo's regions; they do not depend on what else Beam put into the batch."""
        return [model.detect(image, self.selection) for image in batch]

    def batch_elements_kwargs(self) -> Mapping[str, Any]:
        """Returns batches of one: larger ones would only hold more photos in memory."""
        return {"min_batch_size": 1, "max_batch_size": 1}

    def get_num_bytes(self, batch: Sequence[NDArray[np.uint8]]) -> int:
        return sum(image.nbytes for image in batch)

    def get_metrics_namespace(self) -> str:
        return STAGE
