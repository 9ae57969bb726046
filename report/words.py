"""Which regions a word of a caption may mean: those whose object goes by the same name, a kind of it or a synonym."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from transforms.hypernyms import generals


class Naming:
    """The detector's vocabulary, looked up by the words of captions."""

    def __init__(self, vocabulary: Sequence[str], same: Iterable[tuple[str, str]] = ()) -> None:
        """Takes the object names by id, synonyms separated by commas, and pairs of words for the same thing."""
        self._same: defaultdict[str, set[str]] = defaultdict(set)
        for left, right in same:
            self._same[left].add(right)
            self._same[right].add(left)
        self._called: defaultdict[str, set[int]] = defaultdict(set)  # word -> ids of the objects of that name
        self._true_of: defaultdict[str, set[int]] = defaultdict(set)  # word -> ids of the objects that it is true of
        for number, names in enumerate(vocabulary):
            for name in filter(None, (part.strip().lower() for part in names.split(","))):
                self._called[name].add(number)
                for word in generals(name):
                    self._true_of[word].add(number)
        self._found: dict[str, frozenset[int]] = {}

    def object_ids(self, head: str) -> frozenset[int]:
        """Returns the ids of the objects that a caption's word may mean: a "dog" for a "puppy", and for an "animal"."""
        if head not in self._found:
            words = (head, *generals(head), *self._same.get(head, ()))
            called = (self._called.get(word, set()) for word in words)
            self._found[head] = frozenset().union(self._true_of.get(head, ()), *called)
        return self._found[head]
