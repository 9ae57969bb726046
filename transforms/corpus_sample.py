"""A bounded sample of a corpus, the same whatever the order, the bundles or the merges.

Per split the `size` images with the smallest hash of their id are kept (bottom-k). Whether an image is kept depends on
the set of images alone, so adding and merging commute, and the memory is at most `2 * size` images a split whatever
the corpus. A kept image is held as the bytes of its compact JSON, about 250 bytes a caption.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import blake2b
from typing import Any

from schemas.records import Attribute, ImageGraphs, SceneGraph, TextObject, TextRelation

Entry = tuple[int, str, bytes]  # (hash of the image id, image id, what is kept of it as compact JSON)
CaptionGraph = tuple[str, SceneGraph]  # (caption id, graph without token offsets)


def hash64(*parts: str) -> int:
    """Returns a stable 64-bit hash of the parts; they are length-prefixed, so ("ab", "c") differs from ("a", "bc")."""
    digest = blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return int.from_bytes(digest.digest(), "big")


class BottomSample:
    """The images of one split with the smallest hashes."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a sample must hold at least 1 image, got size={size}")
        self.size = size
        self._entries: list[Entry] = []
        self._limit = 1 << 64  # a hash at or above it cannot be among the smallest any more

    def add(self, image: ImageGraphs) -> None:
        self.add_content(image.image_id, partial(encode_captions, image))

    def add_content(self, image_id: str, content: Callable[[], bytes]) -> None:
        """Adds an image by what shall be kept of it, which is asked for only where it may be kept."""
        key = hash64("sample", image_id)
        if key < self._limit:
            self._entries.append((key, image_id, content()))
            self._trim(2 * self.size)

    def merge(self, other: BottomSample) -> None:
        self._entries.extend(entry for entry in other._entries if entry[0] < self._limit)
        self._trim(self.size)

    def entries(self) -> list[Entry]:
        """Returns the kept images, ordered by hash."""
        self._trim(self.size)
        return sorted(self._entries)

    def _trim(self, room: int) -> None:
        if len(self._entries) > room:
            self._entries.sort()
            del self._entries[self.size :]
            # An equal hash of another id could still come, so the limit stays one above the largest that is kept.
            self._limit = self._entries[-1][0] + 1


def encode_captions(image: ImageGraphs) -> bytes:
    """Returns an image's caption ids and graphs as compact JSON; token offsets are left out, spans stay."""
    rows = [_caption_row(c.caption_id, g) for c, g in zip(image.captions, image.graphs, strict=True)]
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=True).encode()


def decode_captions(rows: Iterable[Any]) -> list[CaptionGraph]:
    """Returns the (caption id, graph) pairs of one image from its rows as parsed JSON."""
    return [(caption_id, _graph(objects, relations)) for caption_id, objects, relations in rows]


def _caption_row(caption_id: str, graph: SceneGraph) -> list[Any]:
    objects = [
        [item.head, [[a.value, int(a.negated), *a.span] for a in item.attributes], item.quantity, *item.span]
        for item in graph.objects
    ]
    return [caption_id, objects, [[r.subject, r.predicate, r.object, int(r.negated), *r.span] for r in graph.relations]]


def _graph(objects: list[Any], relations: list[Any]) -> SceneGraph:
    return SceneGraph(
        tokens=(),
        objects=tuple(_object(i, *row) for i, row in enumerate(objects)),
        relations=tuple(TextRelation(s, p, o, bool(no), (start, end)) for s, p, o, no, start, end in relations),
    )


def _object(i: int, head: str, attributes: list[Any], quantity: str | None, start: int, end: int) -> TextObject:
    said = tuple(Attribute(value, bool(no), (a, b)) for value, no, a, b in attributes)
    return TextObject(i, head, said, quantity, (start, end))
