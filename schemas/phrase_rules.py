"""What decides phrase labels, as data over word ids: all that a reader needs to label any caption for any image.

Written once a data set (`phrase_rules.json`) from the words of its graphs, the learned tables and the hand-written
ones. Its size depends on the vocabulary, not on the number of captions. Legend: H heads, A attributes, Q quantities,
P predicates; an id is an index into the sorted words. A relation is an (n, 2) array of (asked, said) ids, sorted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

PHRASE_RULES = "phrase_rules.json"
FORMAT = 1

Pairs = NDArray[np.int32]  # (n, 2)
Triples = NDArray[np.int32]  # (n, 3)
Bools = NDArray[np.bool_]
Table = NDArray[np.bool_]  # square
Ints = NDArray[np.int32]
Shares = NDArray[np.float64]
SQUARE = ()
_ARRAYS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "Pairs": (np.int32, (-1, 2)),
    "Triples": (np.int32, (-1, 3)),
    "Bools": (np.bool_, (-1,)),
    "Table": (np.bool_, SQUARE),
    "Ints": (np.int32, (-1,)),
    "Shares": (np.float64, (-1,)),
}


@dataclass(frozen=True, eq=False)
class PhraseRules:
    heads: tuple[str, ...]
    attributes: tuple[str, ...]  # with the -ing forms of the predicates' verbs and what stands before heads' last words
    quantities: tuple[str, ...]  # the first is "": the caption states none
    predicates: tuple[str, ...]
    reasons: tuple[str, ...]  # sorted
    labels: tuple[str, ...]  # of each reason
    numbers: dict[str, float]  # confidences and limits, by the name that the labelling rule has for them

    people: int  # the plural that has no singular of its own; -1 where no caption says it
    head_true_by: Pairs  # a thing that is called `said` is one that may be called `asked`
    head_near: Pairs  # may name the same thing; so may heads of one last word, or equal but for spaces
    last_word: Ints  # (H,) equal for heads that end in the same word
    unspaced: Ints  # (H,) equal for heads that are equal but for spaces
    head_rival: Pairs  # never names the same thing, though the words look alike
    modifier: Ints  # (H,) characters before the last word, if that says what the thing is: "tennis " of "tennis ball"
    vague: Bools  # (H,) may stand for nearly anything
    company: Pairs  # heads in whose company (said) a head (asked) is expected
    familiar: Bools  # (H,) named often enough to know its company
    living: Bools  # (H,)
    person: Bools  # (H,) names a person, or people
    individual: Bools  # (H,) several that are so called are `people`
    worn: Bools  # (H,) clothes: where there are several persons, there may be several of them
    left_out: Shares  # (H,) how often captions leave such a thing out, in [0, 1]

    attribute_true_by: Pairs
    attribute_near: Pairs
    attribute_conflict: Triples  # (n, 3) asked, said, index of the reason: no thing is both
    attribute_family: Ints  # (A,) index of the reason of its first family; -1 for none

    quantity_kind: Ints  # (Q,) quantities of one kind count alike; K kinds
    kind_exact: Bools  # (K,) states a number
    kind_several: Bools  # (K,) more than one
    kind_entails: Table  # (K, K) (said, asked)
    kind_differs: Table  # (K, K) (said, asked): not both, of things of one description

    predicate_true_by: Pairs
    predicate_near: Pairs
    predicate_inverse: Pairs  # says the same from the other side
    symmetric: Bools  # (P,)
    many_objects: Bools  # (P,) one thing may be so to many at once
    many_subjects: Bools  # (P,) many things may be so to one at once
    doing: Ints  # (P,) id of the attribute that its subject then has ("ride" -> "riding")
    verb: Ints  # (P,) equal for predicates of one verb; 0 for none
    place: Ints  # (P,) equal for predicates of one place; 0 for none
    predicate_kind: Ints  # (P,) predicates of one kind exclude the same; L kinds
    excludes: Table  # (L, L) (asked, said): not both, of things
    excludes_living: Table  # (L, L) likewise, where the subject lives

    def to_json(self) -> str:
        """Returns the canonical JSON, a field a line."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        lines = (f"{json.dumps(name)}:{_json(value)}" for name, value in values.items())
        return f'{{"format":{FORMAT},\n' + ",\n".join(lines) + "}\n"

    @staticmethod
    def from_json(text: str) -> PhraseRules:
        """Returns the rules that `to_json` wrote; ValueError names what is not of this format."""
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            found = record.get("format") if isinstance(record, dict) else type(record).__name__
            raise ValueError(f"phrase rules of format {found!r} where {FORMAT} is expected")
        missing = [field.name for field in fields(PhraseRules) if field.name not in record]
        if missing:
            raise ValueError(f"phrase rules without {', '.join(missing)}")
        return PhraseRules(**{field.name: _read(field.type, record[field.name]) for field in fields(PhraseRules)})


def _json(value: Any) -> str:
    if isinstance(value, np.ndarray):  # flat: a list of rows would take ten times as long to read
        value = (value.astype(np.uint8) if value.dtype == np.bool_ else value).ravel().tolist()
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, sort_keys=True)


def _read(kind: Any, value: Any) -> Any:
    if kind == "tuple[str, ...]":
        return tuple(value)
    if kind in ("int", "dict[str, float]"):
        return value
    dtype, shape = _ARRAYS[kind]
    array = np.array(value, dtype)
    return array.reshape((round(len(array) ** 0.5),) * 2 if shape == SQUARE else shape)
