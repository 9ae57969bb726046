"""A small world of photos and captions, and a real detector for it, made once for all tests of the pipeline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from pipeline.__main__ import main
from tests.tiny_detector import fpn_config, photo, write_detector

CAPTIONS = (
    "A man in a red shirt rides a brown horse.",
    "Two dogs chase a ball on the grass.",
    "A woman is holding a small white cup next to a laptop.",
    "The boy sits on a wooden bench, and a black cat looks at him.",
    "Three people are standing in front of a large building.",
    "A bus that is parked behind two cars.",
    "A table with no plates on it.",
)
SIZES = ((64, 80), (80, 64), (48, 120))


@dataclass(frozen=True)
class World:
    annotations: Path
    images: Path
    detector: Path

    def arguments(self, out: Path, *more: str) -> list[str]:
        """Returns the command line of a run into `out`; what comes later overrides what came before."""
        fixed = ["run", str(self.annotations), "--images", str(self.images), "--detector", str(self.detector)]
        return [*fixed, "--out", str(out), "--shards", "4", "--boxes", "6", "--candidates", "3", *more]

    def run(self, out: Path, *more: str) -> int:
        """Runs the command line in this process and returns its exit code."""
        return main(self.arguments(out, *more))

    def start(self, out: Path, *more: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Starts the command line as a process of its own, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", *self.arguments(out, *more)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            text=True,
        )


def write_world(folder: Path, entries: Sequence[dict[str, object]]) -> Path:
    """Writes a caption file of the entries and returns its path."""
    path = folder / "captions.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def entries(count: int = 18) -> list[dict[str, object]]:
    """Returns the annotation entries of `count` photos in three splits."""
    return [
        {
            "filename": f"photo{i:02}.png",
            "split": ("train", "train", "train", "val", "val", "test", "test")[i % 7],
            "sentences": [CAPTIONS[(i + k) % len(CAPTIONS)] for k in range(1 + i % 3)],
        }
        for i in range(count)
    ]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    images = folder / "images"
    images.mkdir()
    for i, entry in enumerate(entries()):
        height, width = SIZES[i % len(SIZES)]
        Image.fromarray(photo(height, width, seed=i)).save(images / str(entry["filename"]))
    return World(write_world(folder, entries()), images, write_detector(folder / "detector", fpn_config()))


@pytest.fixture(scope="session")
def finished(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete data set of the world; tests that change it work on a copy."""
    out = tmp_path_factory.mktemp("finished") / "out"
    assert world.run(out) == 0
    return out


@pytest.fixture
def read_all() -> Callable[[Path], dict[str, bytes]]:
    """Returns every file of a data set that must not depend on how it was made, by name."""

    def read(out: Path) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in sorted(out.iterdir())
            if path.name not in ("run.json", "report.html")
        }

    return read


@pytest.fixture(scope="session")
def imported(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete data set made of a TSV; tests that change it work on a copy. The dump lies beside it."""
    from tests.pipeline.dumped_world import arguments, tsv_of  # which needs the names above

    folder = tmp_path_factory.mktemp("imported")
    assert main(arguments(world.annotations, folder / "out", tsv_of(folder))) == 0
    return folder / "out"
