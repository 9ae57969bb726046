"""Hostile annotation files, photos, image paths and scene-graph dumps."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from benchmarks.hostile_mutations import STRANGE_TEXTS, mutated_bytes, mutated_value, strange_value
from benchmarks.hostile_outcome import SECRET, Outcome, ReaderFactory, Trial, reading
from schemas.records import Annotation
from tests.hostile import encode, picture
from transforms.annotation_files import AnnotationFileError
from transforms.annotations import group_annotations, read_annotations
from transforms.images import ImageError, decode_image, read_image, upright_size
from transforms.scene_graph_dump import INFO, PREDICTION, read_scene_graphs

GOOD = 12  # entries of an annotation file that nothing is wrong with
ROWS = ("jsonl", "csv", "tsv", "json", "jsonl.gz", "parquet")


def good_entry(number: int) -> dict[str, Any]:
    return {"filename": f"good{number}.jpg", "split": "train", "caption": f"good caption {number}"}


class AnnotationEntries:
    """Hostile entries between good ones: every good one must come out, every other must come out or be refused."""

    promised = (AnnotationFileError,)

    def __init__(self, scratch: Path) -> None:
        self._formats = ROWS

    def make(self, rng: random.Random, folder: Path) -> Trial:
        hostile = [self._entry(rng, i) for i in range(rng.randint(1, 6))]
        entries = [*map(good_entry, range(GOOD)), *hostile]
        rng.shuffle(entries)
        kind = rng.choice(self._formats)
        path = folder / f"captions.{kind}"
        path.write_bytes(_encoded(kind, entries))

        def trial() -> Outcome:
            outcomes = list(read_annotations(str(path)))
            taken = [one for one in outcomes if isinstance(one, Annotation)]
            missing = {f"good caption {i}" for i in range(GOOD)} - {one.text for one in taken}
            if missing:
                return Outcome(lost=f"{kind}: {sorted(missing)}")
            if len(outcomes) < GOOD + len(hostile):
                return Outcome(lost=f"{kind}: {len(outcomes)} outcomes of {GOOD + len(hostile)} entries")
            records, letters = group_annotations(taken)
            left = sum(len(record.captions) for record in records) + len(letters)
            outside = [record.uri for record in records if ".." in record.uri.split("/") or record.uri.startswith("/")]
            return Outcome(
                lost=f"{left} of {len(taken)} captions left" if left != len(taken) else "", outside=" ".join(outside)
            )

        return trial

    def _entry(self, rng: random.Random, number: int) -> Any:
        entry = {"filename": f"bad{number}.jpg", "split": "train", "caption": f"bad caption {number}"}
        way = rng.randrange(4)
        if way == 0:
            return mutated_value(rng, entry)
        key = rng.choice(["filename", "split", "caption", "image_id", "caption_id", "filepath", "sentences"])
        value = strange_value(rng) if way == 1 else rng.choice(STRANGE_TEXTS)
        return entry | {key: value}


def _encoded(kind: str, entries: Sequence[Any]) -> bytes:
    if kind == "json":  # Karpathy's
        images = [
            e
            if not isinstance(e, dict) or "caption" not in e
            else {**e, "sentences": e.get("sentences", [e["caption"]])}
            for e in entries
        ]
        return json.dumps({"images": images}).encode()
    if kind in ("jsonl", "jsonl.gz"):
        lines = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
        return gzip.compress(lines) if kind.endswith("gz") else lines
    rows = [entry if isinstance(entry, dict) else {"filename": repr(entry)} for entry in entries]
    columns = ["filename", "split", "caption", "image_id", "caption_id"]
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    if kind == "parquet":
        table = {
            name: pa.array(values, pa.string()) for name, values in zip(columns, zip(*cells, strict=True), strict=True)
        }
        buffer = io.BytesIO()
        pq.write_table(pa.table(table), buffer)
        return buffer.getvalue()
    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if kind == "csv" else "\t", lineterminator="\n")
    writer.writerows([columns, *cells])
    return text.getvalue().encode()


def _cell(value: Any) -> str | None:
    """Returns what such a field holds in a table of text; a lone surrogate cannot be written there."""
    return None if value is None else str(value).encode("utf-8", "replace").decode()


class AnnotationBytes:
    """Files damaged byte by byte, of every format: each is read to its end or refused."""

    promised = (AnnotationFileError,)

    def __init__(self, scratch: Path) -> None:
        entries = [good_entry(i) for i in range(GOOD)]
        coco = {
            "images": [{"id": i, "file_name": f"good{i}.jpg"} for i in range(GOOD)],
            "annotations": [{"id": i, "image_id": i, "caption": f"good caption {i}"} for i in range(GOOD)],
        }
        tokens = "".join(f"good{i}.jpg#0\tgood caption {i}\n" for i in range(GOOD)).encode()
        self._files = {f"captions.{kind}": _encoded(kind, entries) for kind in ROWS}
        self._files |= {"coco.json": json.dumps(coco).encode(), "results.token": tokens}

    def make(self, rng: random.Random, folder: Path) -> Trial:
        name = rng.choice(sorted(self._files))
        data = self._files[name]
        if name.endswith(".json") and rng.random() < 0.5:
            data = json.dumps(mutated_value(rng, json.loads(data), 2)).encode()
        else:
            data = mutated_bytes(rng, data)
        path = folder / name
        path.write_bytes(data)

        def trial() -> Outcome:
            outcomes = list(read_annotations(str(path)))
            taken = [one for one in outcomes if isinstance(one, Annotation)]
            records, letters = group_annotations(taken)
            left = sum(len(record.captions) for record in records) + len(letters)
            return Outcome(lost=f"{left} of {len(taken)} captions left" if left != len(taken) else "")

        return trial


class Photos:
    """Photos of every format that is decoded, damaged; some are not photos at all."""

    promised = (ImageError,)

    def __init__(self, scratch: Path) -> None:
        good, exif = picture(), Image.Exif()
        exif[274] = 6
        self._files = [
            encode(good, "JPEG"),
            encode(good, "JPEG", progressive=True, exif=exif),
            encode(good.convert("CMYK"), "JPEG"),
            encode(good, "PNG"),
            encode(good.convert("P"), "PNG", transparency=3),
            encode(good.convert("I;16") if good.mode == "I" else good.convert("L"), "PNG"),
            encode(good, "GIF"),
            encode(good, "BMP"),
            encode(good, "TIFF", compression="tiff_lzw"),
            encode(good, "TIFF", compression="tiff_deflate"),
            encode(good, "WEBP"),
            encode(good, "PPM"),
        ]

    def make(self, rng: random.Random, folder: Path) -> Trial:
        data = rng.choice(self._files)
        if rng.random() < 0.1:  # the head of one format, the body of another
            other = rng.choice(self._files)
            data = data[: rng.randrange(1, 64)] + other[rng.randrange(64) :]
        data = mutated_bytes(rng, data)

        def trial() -> Outcome:
            with suppress(ImageError):
                upright_size(data, name="photo")
            pixels = decode_image(data, name="photo")
            return Outcome(lost="" if pixels.ndim == 3 and pixels.size else "an array without pixels")

        return trial


class ImagePaths:
    """Paths that lead out of the image folder, links, folders and pipes in place of photos."""

    promised = (ImageError,)

    def __init__(self, scratch: Path) -> None:
        self._secret = scratch / "secret.jpg"
        self._secret.write_bytes(SECRET)

    def make(self, rng: random.Random, folder: Path) -> Trial:
        images = folder / "images"
        (images / "sub").mkdir(parents=True)
        (images / "good.jpg").write_bytes(b"good")
        (images / "link.jpg").symlink_to(self._secret)
        (images / "up").symlink_to(self._secret.parent)
        (images / "loop").symlink_to(images / "loop")
        out = str(self._secret)
        parts = [
            "good.jpg",
            "link.jpg",
            "up",
            "loop",
            "sub",
            "..",
            ".",
            "",
            "secret.jpg",
            out,
            "\0",
            "%2e%2e",
            "~",
            "a" * 300,
        ]
        parts += list(STRANGE_TEXTS)
        uri = rng.choice("/\\" if rng.random() < 0.2 else "/").join(rng.choices(parts, k=rng.randint(1, 4)))
        if rng.random() < 0.2:
            uri = rng.choice(["file://", "http://localhost/", "gs://", "C:"]) + uri

        def trial() -> Outcome:
            data = read_image(str(images), uri)
            return Outcome(outside=f"{uri!r} read the secret" if SECRET in data else "")

        return trial


class SceneGraphs:
    """The two files of a Scene-Graph-Benchmark dump: every photo's graph comes out or is refused by itself."""

    promised = (AnnotationFileError,)

    def __init__(self, scratch: Path) -> None:
        self._info = {
            "idx_to_files": ["a/0.jpg", "1.jpg", "2.jpg"],
            "ind_to_predicates": ["__background__", "on", "has"],
        }
        graph = {
            "bbox": [[0, 0, 5, 5], [1, 1, 9, 9]],
            "rel_pairs": [[0, 1], [1, 0]],
            "rel_labels": [1, 2],
            "rel_scores": [0.5, 0.25],
            "rel_all_scores": [[0.1, 0.5, 0.4], [0.2, 0.3, 0.5]],
        }
        self._prediction = {str(i): graph for i in range(3)}

    def make(self, rng: random.Random, folder: Path) -> Trial:
        files: dict[str, Any] = {INFO: self._info, PREDICTION: self._prediction}
        hurt = rng.choice(sorted(files))
        for name, value in files.items():
            changed = mutated_value(rng, value, 2) if name == hurt and rng.random() < 0.7 else value
            data = json.dumps(changed).encode()
            (folder / name).write_bytes(mutated_bytes(rng, data) if name == hurt and changed is value else data)
        return reading(lambda: list(read_scene_graphs(str(folder))))


ANNOTATION_READERS: dict[str, ReaderFactory] = {
    "annotation entries": AnnotationEntries,
    "annotation files": AnnotationBytes,
    "photos": Photos,
    "image paths": ImagePaths,
    "scene graph dumps": SceneGraphs,
}
