"""What numbers an option may have, as a part of its type; multigrain.config refuses the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Range:
    """From `least` to `most`, both of them allowed but infinity."""

    least: float
    most: float = math.inf

    def __contains__(self, value: float) -> bool:
        return math.isfinite(value) and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"at least {self.least}" if self.most == math.inf else f"from {self.least} to {self.most}"


Count = Annotated[int, Range(1)]
Number = Annotated[int, Range(0)]  # may be none
Amount = Annotated[float, Range(0)]
Share = Annotated[float, Range(0, 1)]
Cosine = Annotated[float, Range(-1, 1)]
