"""A data set in the formats that others train on."""

from __future__ import annotations

import os
import sys
import tempfile
import uuid
from pathlib import Path

from tqdm import tqdm

from pipeline.options import OptionError
from transforms.export_precomp import DEV_IMAGES, LEFT_OUT, PADDED, REPEATED, PrecompWriter
from transforms.export_tsv import tsv_line
from transforms.finished_rows import FinishedRows, UnfinishedError, open_finished
from transforms.storage import TEMPORARY

NOTES = {
    LEFT_OUT: "images left out: they have no regions",
    PADDED: "images have fewer regions than the most; zeros follow",
    REPEATED: "images have fewer than five captions; these are repeated",
}

_SHORT_DEV = (
    "warning: dev has {:,} images; SCAN and VSE-infinity read 5,000 captions of it, and stop where there are fewer"
)


def export(out: Path, spec: str) -> list[str]:
    """Writes a data set as "tsv:<file>" or "precomp:<folder>" and returns what to say of it, a line each.

    Files appear whole or not at all. Raises OptionError where the data set is not complete or the spec is none.
    """
    name, _, target = spec.partition(":")
    if name not in ("tsv", "precomp") or not target:
        raise OptionError(f"{spec!r} is neither tsv:FILE nor precomp:DIR")
    try:
        rows = open_finished(out)
        return _to_tsv(rows, Path(target)) if name == "tsv" else _to_precomp(rows, Path(target))
    except UnfinishedError as error:
        raise OptionError(str(error)) from error
    except OSError as error:
        raise OptionError(f"{error.filename or target}: {error.strerror}") from error


def _to_tsv(rows: FinishedRows, path: Path) -> list[str]:
    classes = rows.classes and rows.attributes > 0
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}-{path.name}")
    written = missing = 0
    try:
        with temporary.open("wb") as sink:
            for image, row in _progress(rows):
                if row is None:
                    missing += 1
                    continue
                sink.write(tsv_line(image.image_id, row, classes=classes))
                written += 1
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return [*_notes({LEFT_OUT: missing}), f"{written:,} images: {path}"]


def _to_precomp(rows: FinishedRows, folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder) as spool:
        writer = PrecompWriter(Path(spool), rows.max_boxes, rows.feature_size, boxes=rows.boxes)
        for image, row in _progress(rows):
            if row is None:
                writer.notes[LEFT_OUT] += 1
                continue
            writer.write(image.image_id, image.split, [caption.text for caption in image.captions], row)
            written += 1
        names = writer.close()
        for name in names:
            os.replace(Path(spool, name), folder / name)
    short = [] if not 0 < writer.images["val"] < DEV_IMAGES else [_SHORT_DEV.format(writer.images["val"])]
    return [*_notes(writer.notes), *short, f"{written:,} images in {len(names)} files: {folder}"]


def _progress(rows: FinishedRows) -> tqdm:
    return tqdm(rows, total=rows.images, desc="export", unit="image", dynamic_ncols=True, file=sys.stderr)


def _notes(counts: dict[str, int]) -> list[str]:
    return [f"warning: {n:,} {NOTES[note]}" for note, n in sorted(counts.items()) if n]
