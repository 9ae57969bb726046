"""Verdicts on many phrases at once: a table of reasons that is filled rule by rule, the first that applies standing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from multigrain.labelling.relations import Mask

NONE = 255  # no reason yet


class Verdicts:
    """The reason and the confidence of U phrases with respect to B images each."""

    def __init__(self, phrases: int, images: int) -> None:
        self.reason: NDArray[np.uint8] = np.full((phrases, images), NONE, np.uint8)
        self.confidence: NDArray[np.float32] = np.zeros((phrases, images), np.float32)

    @property
    def open(self) -> Mask:
        """(U, B) where no rule applied yet."""
        found: Mask = self.reason == NONE
        return found

    def settle(self, where: Mask, reason: int | NDArray[np.uint8], confidence: float | NDArray[np.float64]) -> None:
        """Gives a reason and confidence where there is none yet and the rule applies; all broadcast to (U, B)."""
        new = self.open & where
        np.copyto(self.reason, reason, where=new, casting="unsafe")
        np.copyto(self.confidence, confidence, where=new, casting="same_kind")
