"""The annotation formats: each reader streams (place, entry) from one file, in the file's order.

A place is a line number from 1 ("12"), or a path into a JSON file from 0 ("images[3]"). An entry is a mapping with the
fields of `annotation_entries`, or what JSON has instead, or the `EntryError` that says why there is none.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.annotation_entries import (
    CAPTION_FIELDS,
    CAPTION_LIST_FIELDS,
    FIELDS,
    IMAGE_FIELDS,
    EntryError,
    identifier,
    shown,
)
from transforms.annotation_files import AnnotationFileError, open_annotation_file, read_head, read_lines
from transforms.json_stream import read_arrays
from transforms.precomp_captions import PRECOMP_CAPTIONS, read_precomp_captions

Format = Literal["karpathy", "coco", "token", "csv", "tsv", "jsonl", "parquet", "precomp"]
Placed = tuple[str, object]

_HEAD_BYTES = 64 * 2**10
_ROWS_AT_ONCE = 1024
_BY_EXTENSION: dict[str, Format] = {
    "token": "token",
    "csv": "csv",
    "tsv": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
}


def detect_format(path: str) -> Format:
    """Returns the format of a file, by its extension where that tells it (a final .gz aside), else by its content."""
    if path.endswith(PRECOMP_CAPTIONS):
        return "precomp"
    extension = path.lower().removesuffix(".gz").rpartition(".")[2]
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    head = read_head(path, _HEAD_BYTES).lstrip()
    if head.startswith("PAR1"):
        return "parquet"
    line, newline, _ = head.partition("\n")
    if extension == "json" or head[:1] in ("{", "["):
        whole = bool(newline) or len(head.encode()) < _HEAD_BYTES
        return "jsonl" if whole and _is_row(line) else _json_format(path)
    name, tab, _ = line.partition("\t")
    if tab and name.rpartition("#")[2].isdigit():
        return "token"
    return "tsv" if tab else "csv"


def read_entries(path: str, file_format: Format) -> Iterator[Placed]:
    """Yields (place, entry) of a file of a known format.

    Raises:
        AnnotationFileError: the file as a whole is not of this format.
    """
    yield from _READERS[file_format](path)


def _is_row(line: str) -> bool:
    """Returns whether a line is a JSON object of its own that is not the whole of a Karpathy or COCO file."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not {"images", "annotations"} & set(value)


def _json_format(path: str) -> Format:
    """Returns "coco" where captions are apart from images, "karpathy" where they are inside of them."""
    for key, _, entry in read_arrays(path, ("images", "annotations")):
        if key == "annotations" or (isinstance(entry, dict) and "file_name" in entry):
            return "coco"
        if isinstance(entry, dict) and ("sentences" in entry or "filename" in entry):
            return "karpathy"
    raise AnnotationFileError(
        f"{path}: neither Karpathy (images with filename and sentences) nor COCO (images with file_name, annotations)"
    )


def _read_karpathy(path: str) -> Iterator[Placed]:
    for _, index, entry in read_arrays(path, ("images",)):
        yield f"images[{index}]", entry


def _read_coco(path: str) -> Iterator[Placed]:
    """Yields one entry for each caption, and one refused for each image without; holds the images in memory."""
    images: dict[str, object] = {}  # COCO id -> file name, or why there is none
    places: dict[str, str] = {}  # COCO id -> place, of the images that no caption was read for
    for _, index, image in read_arrays(path, ("images",)):
        place = f"images[{index}]"
        if not isinstance(image, dict):
            yield place, image
            continue
        try:
            image_id = identifier(image.get("id"), "id")
        except EntryError as error:
            yield place, error
            continue
        if image_id is None:
            yield place, EntryError("missing_field", f"no id in {shown(list(image))}")
            continue
        file_name = image.get("file_name")
        known = images.setdefault(image_id, file_name)
        if known != file_name and not isinstance(known, EntryError):
            two = f"{shown(known)} and {shown(file_name)}"
            images[image_id] = EntryError("conflicting_image", f"image id {image_id} has the file names {two}")
        places.setdefault(image_id, place)
    for _, index, annotation in read_arrays(path, ("annotations",)):
        place = f"annotations[{index}]"
        yield place, _join_coco(annotation, images, places)
    for image_id, place in places.items():
        yield place, EntryError("no_captions", f"no annotation has the image_id {image_id}")


def _join_coco(annotation: object, images: dict[str, object], places: dict[str, str]) -> object:
    """Returns the entry of one annotation, and takes its image off `places`."""
    if not isinstance(annotation, dict):
        return annotation
    try:
        image_id = identifier(annotation.get("image_id"), "image_id")
    except EntryError as error:
        return error
    if image_id is None or image_id not in images:
        return EntryError(
            "unknown_image", f"image_id is {shown(annotation.get('image_id'))}; none of the images has it"
        )
    places.pop(image_id, None)
    image = images[image_id]
    if isinstance(image, EntryError):
        return image
    caption = {"caption": annotation.get("caption"), "caption_id": annotation.get("id")}
    return {"file_name": image, "image_id": image_id, **caption}


def _read_token(path: str) -> Iterator[Placed]:
    for number, line in read_lines(path):
        if not line.strip():
            continue
        name, tab, text = line.partition("\t")
        file_name, sharp, key = name.rpartition("#")
        if tab and sharp:
            yield str(number), {"filename": file_name, "caption_id": key, "caption": text}
        else:
            yield str(number), EntryError("bad_row", f"{shown(line)}: name#number, tab, caption expected")


def _read_jsonl(path: str) -> Iterator[Placed]:
    for number, line in read_lines(path):
        if not line.strip():
            continue
        try:
            yield str(number), json.loads(line)
        except (ValueError, RecursionError) as error:
            yield str(number), EntryError("bad_row", f"{shown(line)} is not JSON: {error}")


def _read_separated(path: str, delimiter: str) -> Iterator[Placed]:
    """Yields the rows of a CSV or TSV file; a row that cannot be read is refused once for each line that it takes."""
    rows = csv.reader((line for _, line in read_lines(path)), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(filter(None, rows), [])]
    except csv.Error as error:
        raise AnnotationFileError(f"{path}:{rows.line_num}: {error}, in the line that names the columns") from error
    if not header:
        raise AnnotationFileError(f"{path}: empty file")
    _check_columns(f"{path}:{rows.line_num}", header, CAPTION_FIELDS)
    while True:
        first = rows.line_num + 1
        try:
            row = next(rows)
            problem = f"{len(row)} fields, the header has {len(header)}" if len(row) not in (0, len(header)) else ""
        except StopIteration:
            return
        except csv.Error as error:
            row, problem = [], str(error)
        if problem:
            # A quote that is never closed takes many captions with it: each is counted.
            for number in range(first, rows.line_num + 1):
                yield str(number), EntryError("bad_row", f"row of the lines {first} to {rows.line_num}: {problem}")
        elif row:
            yield str(first), dict(zip(header, row, strict=True))


def _read_parquet(path: str) -> Iterator[Placed]:
    with open_annotation_file(path) as file:
        try:
            table = pq.ParquetFile(file)
            _check_columns(path, table.schema_arrow.names, CAPTION_FIELDS + CAPTION_LIST_FIELDS)
            columns = [name for name in table.schema_arrow.names if name in FIELDS]
            number = 0
            for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield str(number), row
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise AnnotationFileError(f"{path}: not a readable Parquet file: {error}") from error


def _check_columns(where: str, names: list[str], caption_fields: tuple[str, ...]) -> None:
    """Raises AnnotationFileError where the columns do not say what is image and what is caption."""
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise AnnotationFileError(f"{where}: the column {twice[0]!r} is there twice")
    for what, fields in (("image", IMAGE_FIELDS), ("caption", caption_fields)):
        if not set(fields) & set(names):
            raise AnnotationFileError(f"{where}: no {what} column ({', '.join(fields)}) among {shown(names)}")


_READERS: dict[Format, Callable[[str], Iterator[Placed]]] = {
    "karpathy": _read_karpathy,
    "coco": _read_coco,
    "token": _read_token,
    "csv": partial(_read_separated, delimiter=","),
    "tsv": partial(_read_separated, delimiter="\t"),
    "jsonl": _read_jsonl,
    "parquet": _read_parquet,
    "precomp": read_precomp_captions,
}
