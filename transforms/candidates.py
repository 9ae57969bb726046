"""Captions of other images to label for an image: hard ones, that share much with its own, and random ones.

A caption is known by its keys: heads, heads with an attribute, triples, and triples with one slot open. The index from
key to captions is built once a pool; the cost an image is that of the postings of its own keys, whatever the corpus.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from schemas.claims import Thing
from transforms.corpus_sample import decode_captions, hash64
from transforms.phrases import CaptionContent, read_caption

Key = tuple[str, ...]
LEAD = 512  # captions that are ordered at first


class CandidatePool:
    """The captions of a bounded sample of one split's images, C in all, found by what they share.

    Takes (image id, its captions as `encode_captions` writes them). They are held so, a tenth of what they take as
    records, and read once more when they are asked for.
    """

    def __init__(self, images: Iterable[tuple[str, bytes]]) -> None:
        self._rows = list(images)
        self._numbers = {image_id: number for number, (image_id, _) in enumerate(self._rows)}
        self._words: dict[str, int] = {"": 0}
        image, place, hashes = array("i"), array("i"), array("Q")
        codes, captions = array("Q"), array("i")
        for number, (image_id, rows) in enumerate(self._rows):
            for k, content in enumerate(_contents(rows)):
                for key in _keys(content):
                    codes.append(_code(key, [self._words.setdefault(word, len(self._words)) for word in key]))
                    captions.append(len(image))
                image.append(number)
                place.append(k)
                hashes.append(hash64("random", image_id, content.caption_id))
        total = len(image)
        self.image = np.array(image, np.int64)  # (C,) which of the images each caption is of
        self._place = np.array(place, np.int64)  # (C,)
        self._hash = np.array(hashes, np.uint64)  # (C,)
        self._ring = np.argsort(self._hash, kind="stable")  # (C,) the captions in the order of their hashes
        self._ordered = self._hash[self._ring]
        # The captions of a key lie together: key i has those from first[i] to first[i + 1].
        coded = np.array(codes, np.uint64)
        order = np.argsort(coded, kind="stable")
        self._codes, first = np.unique(coded[order], return_index=True)
        self._first = np.append(first, len(coded))
        self._captions = np.array(captions, np.int32)[order]
        counts = np.diff(self._first)
        self._weight = np.log((total + 1) / counts)
        size = np.bincount(self._captions, np.repeat(self._weight, counts), total)
        self._length = np.sqrt(np.maximum(size, 1e-9))  # long captions share much with everything

    def hard(self, image_id: str, own: Iterable[CaptionContent]) -> Iterator[tuple[str, CaptionContent]]:
        """Yields (image id, caption) of other images, the one that shares most first, one caption an image."""
        score = self.overlap(own)
        # Rounded, so that equal sums stay equal however they were added up; then by hash.
        rank = np.where(score > 0, -np.round(score, 9), np.inf)
        yield from self._one_an_image(image_id, rank)

    def overlap(self, own: Iterable[CaptionContent]) -> NDArray[np.float64]:
        """Returns (C,) what each caption shares with any of these, weighed by rarity, for its length."""
        said = {key for content in own for key in _keys(content)}
        known = [[self._words.get(word, -1) for word in key] for key in said]
        codes = [_code(key, ids) for key, ids in zip(said, known, strict=True) if min(ids) >= 0]
        wanted = np.unique(np.array(codes, np.uint64))
        keys = np.searchsorted(self._codes, wanted)
        keys = keys[self._codes[np.minimum(keys, len(self._codes) - 1)] == wanted] if len(self._codes) else keys[:0]
        counts = self._first[keys + 1] - self._first[keys]
        found = np.concatenate(
            [np.empty(0, np.int32), *(self._captions[self._first[k] : self._first[k + 1]] for k in keys)]
        )
        weights = np.repeat(self._weight[keys], counts)
        score: NDArray[np.float64] = np.bincount(found, weights, len(self.image)) / self._length
        return score

    def random(self, image_id: str) -> Iterator[tuple[str, CaptionContent]]:
        """Yields (image id, caption) of other images in an order that only the ids decide, one caption an image.

        It goes round the captions by their hashes, from the image's own hash on.
        """
        start = int(np.searchsorted(self._ordered, np.uint64(hash64("image", image_id))))
        taken = {self._numbers.get(image_id, -1)}
        for position in chain(self._ring[start:], self._ring[:start]):
            if int(self.image[position]) not in taken:
                taken.add(int(self.image[position]))
                yield self._caption(int(position))

    def _one_an_image(self, image_id: str, rank: NDArray[np.float64]) -> Iterator[tuple[str, CaptionContent]]:
        taken = {self._numbers.get(image_id, -1)}
        # Few are ever asked for: those that lead are found without sorting the rest, which follow if they are needed.
        for most in (LEAD, len(rank)):
            for position in self._leading(rank, most):
                number = int(self.image[position])
                if number not in taken:
                    taken.add(number)
                    yield self._caption(int(position))

    def _caption(self, position: int) -> tuple[str, CaptionContent]:
        image_id, rows = self._rows[self.image[position]]
        ((caption_id, graph),) = decode_captions([json.loads(rows)[self._place[position]]])
        return image_id, read_caption(caption_id, graph)

    def _leading(self, rank: NDArray[np.float64], most: int) -> NDArray[np.int64]:
        """Returns the positions of the `most` smallest finite ranks and those equal to the last, by rank, then hash."""
        found = np.flatnonzero(np.isfinite(rank))
        if len(found) > most:
            found = found[rank[found] <= np.partition(rank[found], most - 1)[most - 1]]
        return found[np.lexsort((self._hash[found], rank[found]))]


def _contents(rows: bytes) -> list[CaptionContent]:
    """Returns an image's captions. Raises ValueError where the rows are not those of captions."""
    try:
        return [read_caption(caption_id, graph) for caption_id, graph in decode_captions(json.loads(rows))]
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(f"candidates: {rows[:80]!r} are no captions: {type(error).__name__}: {error}") from error


def _code(key: Key, ids: list[int]) -> int:
    """Returns the number of a key whose words have these numbers; a pool's words are far fewer than 2 ** 20."""
    code = len(key)
    for number in ids:
        code = code << 20 | number
    return code


def _keys(content: CaptionContent) -> set[Key]:
    keys: set[Key] = set()
    for item in content.contents:
        if isinstance(item, Thing):
            keys.add((item.head,))
            keys.update((item.head, attribute) for attribute in item.attributes)
        else:
            keys.update(
                (
                    item,
                    (item.subject, item.predicate, ""),
                    (item.subject, "", item.object),
                    ("", item.predicate, item.object),
                )
            )
    return keys
