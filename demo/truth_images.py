"""A generated demo folder as a detector sees it: photos with boxes, kinds and attributes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demo.lexicon import ATTRIBUTES, KINDS
from demo.world import Scene, from_json

_OBJECT_IDS = {name: i for i, name in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class TruthImage:
    """One photo's file and its scene; boxes bound what is visible."""

    path: Path
    scene: Scene

    def pixels(self) -> NDArray[np.uint8]:
        """Returns the photo, (H, W, 3) RGB."""
        with Image.open(self.path) as image:
            return np.asarray(image.convert("RGB"))

    @property
    def boxes(self) -> NDArray[np.float32]:
        """Returns (N, 4) xyxy pixels."""
        return np.array([t.box for t in self.scene.things], dtype=np.float32)

    @property
    def object_ids(self) -> NDArray[np.int64]:
        """Returns (N,) indices into KINDS."""
        return np.array([_OBJECT_IDS[t.kind] for t in self.scene.things])

    @property
    def attributes(self) -> NDArray[np.float32]:
        """Returns (N, M) ones where a thing has the attribute of ATTRIBUTES, zeros elsewhere."""
        return np.array([[float(a in t.attributes) for a in ATTRIBUTES] for t in self.scene.things], dtype=np.float32)


def read_truth(folder: Path) -> list[TruthImage]:
    """Returns the photos of a folder that `python -m demo.generate` made, in its order."""
    with open(folder / "truth.jsonl", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [TruthImage(folder / "images" / r["filename"], from_json(r)) for r in records]
