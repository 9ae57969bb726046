"""The rule of contrasts, asked with the tables that people wrote and those that the corpus taught."""

from __future__ import annotations

from collections.abc import Iterator

from rules import contrasts as rule
from schemas.claims import Content
from transforms import conflicts, hypernyms
from transforms.compatibility import Compatibility
from transforms.phrases import CaptionContent


class _Words:
    """What the tables know of words, as the rule asks for it."""

    vague = staticmethod(hypernyms.vague)
    last_word = staticmethod(hypernyms.last_word)
    attribute_conflict = staticmethod(conflicts.attribute_conflict)
    family_of = staticmethod(conflicts.family_of)
    symmetric = staticmethod(conflicts.symmetric)
    predicates_alike = staticmethod(conflicts.predicates_alike)

    def __init__(self, compatibility: Compatibility) -> None:
        self.alike, self.near = compatibility.alike, compatibility.near


def contrasts(
    asked: CaptionContent, said: CaptionContent, words: Compatibility, heads: frozenset[str]
) -> Iterator[tuple[Content, rule.Contrast]]:
    """Yields the phrases of `asked` that `said`, a caption of the image, excludes by saying the same in other words.

    `heads` are all the heads said of the image: what may name the new head must also name the one in its place.
    """
    return rule.contrasts(asked.contents, said.contents, _Words(words), heads)
