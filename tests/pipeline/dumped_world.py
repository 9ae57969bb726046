"""The photos of the small world as other people's detectors would have seen them, and runs that take their dumps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.dump_files import Seen, seen, write_tsv
from tests.pipeline.conftest import SIZES, entries
from transforms.dumps.tsv import LONG

PHOTOS = [
    seen(str(entry["filename"]).removesuffix(".png"), height=SIZES[i % 3][0], width=SIZES[i % 3][1])
    for i, entry in enumerate(entries())
]


def arguments(annotations: Path, out: Path, dump: str, *more: str) -> list[str]:
    fixed = ["run", str(annotations), "--regions", dump, "--out", str(out), "--shards", "3", "--boxes", "6"]
    return [*fixed, "--candidates", "1", "--feature-dtype", "float32", *more]


def tsv_of(folder: Path, photos: Sequence[Seen] = PHOTOS, columns: Sequence[str] = LONG) -> str:
    return f"tsv:{write_tsv(folder / 'dump.tsv', photos, columns)}"


def manifest_of(out: Path) -> dict[str, object]:
    manifest: dict[str, object] = json.loads((out / "manifest.json").read_text())
    return manifest
