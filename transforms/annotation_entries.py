"""From one entry of an annotation file, whatever its format, to its captions: the rules that all formats share."""

from __future__ import annotations

import os
import re
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Literal, get_args

from schemas.records import Annotation, Split
from transforms.image_paths import path_problem

AnnotationReason = Literal[
    "bad_row",  # a line that does not split into fields: quotes, number of fields, no tab, not JSON
    "missing_field",
    "wrong_type",
    "empty_caption",
    "too_long",
    "forbidden_character",  # NUL, unpaired surrogates; in names and ids any control character, in caption ids "#"
    "unknown_split",
    "path_outside_images",
    "no_captions",  # an image without any
    "unknown_image",  # a caption of an image that the file does not list
    "conflicting_image",  # one image id with two file names or splits
    "duplicate_caption",  # one caption id twice
]
ANNOTATION_REASONS: tuple[AnnotationReason, ...] = get_args(AnnotationReason)

# Where an entry has several of these, the first that holds a value counts.
IMAGE_FIELDS = ("filename", "file_name", "image", "path")
FOLDER_FIELD = "filepath"
CAPTION_FIELDS = ("caption", "text", "sentence")
CAPTION_LIST_FIELDS = ("captions", "sentences")
IMAGE_ID_FIELDS = ("image_id", "cocoid")
CAPTION_ID_FIELD = "caption_id"
SPLIT_FIELD = "split"
FIELDS = (
    *(IMAGE_FIELDS + CAPTION_FIELDS + CAPTION_LIST_FIELDS + IMAGE_ID_FIELDS),
    *(FOLDER_FIELD, CAPTION_ID_FIELD, SPLIT_FIELD),
)

SPLITS: dict[str, Split] = {
    "train": "train",
    "restval": "train",  # Karpathy's name for COCO's validation photos that are trained on
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testall": "test",  # SCAN's name for COCO's 5,000 test photos
}
MAX_CAPTION_CHARACTERS = 10_000
MAX_NAME_CHARACTERS = 1_000  # of a file name or an id

_NOT_IN_TEXT = re.compile("[\0\ud800-\udfff]")
_NOT_IN_NAMES = re.compile("[\0-\x1f\x7f\ud800-\udfff]")
_SPLIT_IN_NAME = re.compile(r"(?<![a-z])(" + "|".join(SPLITS) + r")(?![a-z])")
_SHOWN = reprlib.Repr()
_SHOWN.maxstring = _SHOWN.maxother = 80
_SHOWN.maxlevel = 2
_SHOWN_CHARACTERS = 160


class EntryError(Exception):
    """Why an entry, or one caption of it, is refused: `reason` is one of `ANNOTATION_REASONS`."""

    def __init__(self, reason: AnnotationReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def split_of_file(name: str) -> Split | None:
    """Returns the split of entries that name none: the file name's, "train" if it has none, None if it has two.

    captions_val2017.json -> "val", captions.csv -> "train", train_val.csv -> None.
    """
    named: set[Split] = {SPLITS[word] for word in _SPLIT_IN_NAME.findall(name.lower())} or {"train"}
    return named.pop() if len(named) == 1 else None


def read_entry(entry: object, default_split: Split | None) -> Iterator[tuple[str, Annotation | EntryError]]:
    """Yields (place within the entry, the caption or why it is refused), one for each caption and at least one.

    Args:
        entry: what a file says of one caption, or of one image with a list of captions: a mapping with the fields
            above. Null counts as absent, and so does an empty id or split.
        default_split: where the entry names none; None refuses such an entry.
    """
    try:
        if not isinstance(entry, Mapping):
            raise EntryError("wrong_type", f"the entry is {shown(entry)}; an object with named fields expected")
        captions = list(_captions(entry))
    except EntryError as error:
        yield "", error
        return
    outcome: Annotation | EntryError
    for place, position, value, key in captions:
        try:
            uri = _uri(entry)
            outcome = Annotation(
                image_id=_image_id(entry) or os.path.splitext(uri)[0],
                uri=uri,
                split=_split(entry, default_split),
                caption_key=_caption_key(key),
                position=position,
                text=_text(value),
            )
        except EntryError as error:
            outcome = error
        yield place, outcome


def identifier(value: object, field: str) -> str | None:
    """Returns an id, which may be a string or a whole number, as a string; None where it is null or empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _name(value, field)


def shown(value: object) -> str:
    """Returns a value and its type for an error message, shortened."""
    text = _SHOWN.repr(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = text[:_SHOWN_CHARACTERS] + "..."
    return f"{text} ({type(value).__name__})"


def _captions(entry: Mapping[str, object]) -> Iterator[tuple[str, int | None, object, object]]:
    """Yields (place within the entry, position in its list, text, the file's own caption id), unchecked."""
    field = _first(entry, CAPTION_FIELDS + CAPTION_LIST_FIELDS)
    value = entry[field]
    if not isinstance(value, list):
        if field in CAPTION_LIST_FIELDS:
            raise EntryError("wrong_type", f"{field} is {shown(value)}; a list of captions expected")
        yield "", None, value, entry.get(CAPTION_ID_FIELD)
        return
    if not value:
        raise EntryError("no_captions", f"{field} is an empty list")
    for position, item in enumerate(value):
        text, key = (item.get("raw"), item.get("sentid")) if isinstance(item, Mapping) else (item, None)
        yield f".{field}[{position}]", position, text, key


def _uri(entry: Mapping[str, object]) -> str:
    """Returns the path of the entry's image, relative to the image folder, in its shortest spelling."""
    field = _first(entry, IMAGE_FIELDS)
    folder = entry.get(FOLDER_FIELD)
    parts = [_name(folder, FOLDER_FIELD)] if folder not in (None, "") else []
    parts.append(_name(entry[field], field))
    for part in parts:
        if problem := path_problem(part):
            raise EntryError("path_outside_images", f"{field} is {shown(part)}: {problem}")
    return str(PurePosixPath(*parts))


def _image_id(entry: Mapping[str, object]) -> str | None:
    return next((found for field in IMAGE_ID_FIELDS if (found := identifier(entry.get(field), field))), None)


def _caption_key(value: object) -> str | None:
    key = identifier(value, CAPTION_ID_FIELD)
    # "#" divides image id and key in caption ids: with one more, two pairs could make the same id.
    if key and "#" in key:
        raise EntryError("forbidden_character", f'{CAPTION_ID_FIELD} is {shown(key)}; an id without "#" expected')
    return key


def _split(entry: Mapping[str, object], default: Split | None) -> Split:
    value = entry.get(SPLIT_FIELD)
    if value in (None, ""):
        if default is None:
            raise EntryError("unknown_split", "no split, and the name of the file names two; pass the split")
        return default
    if not isinstance(value, str):
        raise EntryError("wrong_type", f"{SPLIT_FIELD} is {shown(value)}; one of {', '.join(SPLITS)} expected")
    if value.strip() not in SPLITS:
        raise EntryError("unknown_split", f"{SPLIT_FIELD} is {shown(value)}; one of {', '.join(SPLITS)} expected")
    return SPLITS[value.strip()]


def _text(value: object) -> str:
    """Returns a caption without its outer white space."""
    if value is None:
        raise EntryError("missing_field", "the caption has no text")
    if not isinstance(value, str):
        raise EntryError("wrong_type", f"the caption is {shown(value)}; text expected")
    text = value.strip()
    if not text:
        raise EntryError("empty_caption", f"the caption is {shown(value)}")
    if len(text) > MAX_CAPTION_CHARACTERS:
        limit = f"{len(text)} characters, at most {MAX_CAPTION_CHARACTERS} allowed"
        raise EntryError("too_long", f"the caption {shown(text)} has {limit}")
    if _NOT_IN_TEXT.search(text):
        raise EntryError("forbidden_character", f"the caption {shown(text)} holds NUL or an unpaired surrogate")
    return text


def _name(value: object, field: str) -> str:
    """Returns a file name or an id without its outer white space."""
    if not isinstance(value, str):
        raise EntryError("wrong_type", f"{field} is {shown(value)}; text expected")
    name = value.strip()
    if not name:
        raise EntryError("missing_field", f"{field} is {shown(value)}")
    if len(name) > MAX_NAME_CHARACTERS:
        limit = f"{len(name)} characters, at most {MAX_NAME_CHARACTERS} allowed"
        raise EntryError("too_long", f"{field} {shown(name)} has {limit}")
    if _NOT_IN_NAMES.search(name):
        raise EntryError("forbidden_character", f"{field} {shown(name)} holds a control character or half a surrogate")
    return name


def _first(entry: Mapping[str, object], fields: tuple[str, ...]) -> str:
    """Returns the first of the fields that holds a value."""
    for field in fields:
        if entry.get(field) is not None:
            return field
    raise EntryError("missing_field", f"none of {', '.join(fields)} in {shown(list(entry))}")
