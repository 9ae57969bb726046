"""Which detector a run uses, in words that cost nothing to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Precision = Literal["fp32", "bf16", "fp16"]


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """Which detector, and how it computes."""

    name: str  # and weights: see transforms.detector_source.open_source
    weights: str | None = None
    device: str = "cpu"
    precision: Precision = "fp32"
