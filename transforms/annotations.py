"""Annotation files to captions, and captions to image records: every caption comes out once, or as a dead letter."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count

from schemas.records import Annotation, Caption, DeadLetter, ImageRecord, Split
from transforms.annotation_entries import AnnotationReason, EntryError, read_entry, shown, split_of_file
from transforms.annotation_files import AnnotationFileError
from transforms.annotation_formats import Format, detect_format, read_entries

__all__ = ["AnnotationFileError", "group_annotations", "read_annotations"]

READ_STAGE = "ReadAnnotations"
GROUP_STAGE = "GroupAnnotations"


def read_annotations(
    path: str, *, file_format: Format | None = None, split: Split | None = None
) -> Iterator[Annotation | DeadLetter]:
    """Yields every caption of an annotation file, or why it is refused, in the file's order.

    Captions are the counting unit: an entry yields one element for each of its captions, and one where it has none
    that can be told apart.

    Args:
        path: local, or a URI of any file system that Beam knows; gzip is undone.
        file_format: by default told by extension and content.
        split: of the entries that name none; by default the one in the file's name, else "train".

    Raises:
        AnnotationFileError: the file as a whole is wrong, or holds no caption that can be read.
    """
    name = posixpath.basename(path)
    split = split or split_of_file(name)
    first_problem, accepted = "no entries", False
    for place, entry in read_entries(path, file_format or detect_format(path)):
        outcomes = [("", entry)] if isinstance(entry, EntryError) else read_entry(entry, split)
        for inner, outcome in outcomes:
            if isinstance(outcome, EntryError):
                letter = DeadLetter(READ_STAGE, f"{name}:{place}{inner}", outcome.reason, outcome.detail)
                first_problem = (
                    f"{letter.record_id}: {letter.detail}" if first_problem == "no entries" else first_problem
                )
                yield letter
            else:
                accepted = True
                yield outcome
    if not accepted:
        raise AnnotationFileError(f"{path}: no caption can be read; the first problem: {first_problem}")


def group_annotations(annotations: Iterable[Annotation]) -> tuple[list[ImageRecord], list[DeadLetter]]:
    """Returns the images in the order of their ids, and the captions that are refused; the same for any input order.

    A caption's id is "<image id>#<key>", the key being the file's own id of the caption, else its position in the
    file's list, else its rank among the image's other captions in text order. Of several captions with one id the
    first in text order stays, the others are `duplicate_caption`. All captions of an image id that comes with two file
    names or splits are `conflicting_image`, as nothing says which is right.
    """
    by_image: defaultdict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        by_image[annotation.image_id].append(annotation)
    records: list[ImageRecord] = []
    letters: list[DeadLetter] = []
    for image_id, group in sorted(by_image.items()):
        places = sorted({(annotation.uri, annotation.split) for annotation in group})
        if len(places) > 1:
            both = " and ".join(f"{uri} ({split})" for uri, split in places[:2])
            texts = sorted(annotation.text for annotation in group)
            letters += [
                _refuse(image_id, "conflicting_image", f"the image is {both}; its caption {shown(t)}") for t in texts
            ]
            continue
        captions, duplicates = _number_captions(image_id, group)
        letters += duplicates
        records.append(ImageRecord(image_id, *places[0], tuple(captions)))
    return records, letters


def _number_captions(image_id: str, group: list[Annotation]) -> tuple[list[Caption], list[DeadLetter]]:
    """Returns the captions of one image with their ids, in the order of these, and those whose id is taken."""
    keyed: defaultdict[str, list[str]] = defaultdict(list)
    unkeyed: defaultdict[str, int] = defaultdict(int)
    for annotation in group:
        if annotation.caption_key is not None:
            keyed[annotation.caption_key].append(annotation.text)
        elif annotation.position is not None:
            keyed[str(annotation.position)].append(annotation.text)
        else:
            unkeyed[annotation.text] += 1
    free = (key for key in map(str, count()) if key not in keyed)
    ranked = {next(free): [text] * unkeyed[text] for text in sorted(unkeyed)}
    captions: list[Caption] = []
    letters: list[DeadLetter] = []
    for key, texts in sorted((keyed | ranked).items()):
        caption_id = f"{image_id}#{key}"
        first, *others = sorted(texts)
        captions.append(Caption(caption_id, first))
        letters += [_refuse(caption_id, "duplicate_caption", f"{shown(text)}, after {shown(first)}") for text in others]
    return captions, letters


def _refuse(record_id: str, reason: AnnotationReason, detail: str) -> DeadLetter:
    return DeadLetter(GROUP_STAGE, record_id, reason, detail)
