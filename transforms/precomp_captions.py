"""SCAN's captions: {split}_caps.txt, a caption a line, whose images {split}_ids.txt beside it names."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.annotation_files import AnnotationFileError, read_lines

PRECOMP_CAPTIONS, PRECOMP_IDS = "_caps.txt", "_ids.txt"
_CAPTIONS_PER_IMAGE = 5


def read_precomp_captions(path: str) -> Iterator[tuple[str, object]]:
    """Yields (line, entry) of each caption; holds the ids in memory.

    The ids come one a caption or one for five captions. An image's name is its id: nothing else names it here.

    Raises AnnotationFileError where the numbers of captions and ids fit neither rule.
    """
    beside = path.removesuffix(PRECOMP_CAPTIONS) + PRECOMP_IDS
    ids = [line.strip() for _, line in read_lines(beside)]
    captions = sum(1 for _ in read_lines(path))
    if captions not in (len(ids), len(ids) * _CAPTIONS_PER_IMAGE):
        raise AnnotationFileError(
            f"{path}: {captions} captions and {len(ids)} ids in {beside}; one id for one or five captions expected"
        )
    each = captions // len(ids) if ids else 1
    before, key = None, 0
    for number, text in read_lines(path):
        image_id = ids[(number - 1) // each]
        before, key = image_id, key + 1 if image_id == before else 0
        yield str(number), {"image": image_id, "image_id": image_id, "caption": text, "caption_id": key}
