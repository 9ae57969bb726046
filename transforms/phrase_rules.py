"""The labelling rule's knowledge, written out as relations between the words of a data set: see schemas.phrase_rules.

Every relation is asked of the same functions that `Judge` asks, so that whoever labels by ids labels alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from schemas.claims import Thing
from schemas.graph_columns import Words
from schemas.phrase_rules import PhraseRules
from transforms import judge
from transforms.compatibility import Sort
from transforms.conflicts import (
    MANY_SUBJECTS,
    attribute_conflict,
    exclusion_kind,
    family_of,
    inverse_predicates,
    predicates_exclude,
    split_predicate,
    symmetric,
    takes_many,
)
from transforms.evidence import PEOPLE, doing
from transforms.hypernyms import SPECIFIC, generals, last_word, vague
from transforms.judge import Knowledge
from transforms.people import living, person, worn
from transforms.quantities import at_least, exact, quantity_entails
from transforms.reasons import REASONS
from transforms.rivals import rivals

NUMBERS = (
    *("SAID", "IMPLIED", "CONFLICT", "UNDECIDED"),
    *("LEFT_OUT", "LEFT_OUT_UNEXPECTED", "LEFT_OUT_ELSEWHERE"),
)
POSITIVE = ("contained", "compatible", "inverse")
UNKNOWN = ("possible_head", "often_unmentioned", "attribute_unseen", "count_unseen", "relation_unseen")


def phrase_rules(words: Words, knowledge: Knowledge) -> PhraseRules:
    """Returns the rules for captions made of these words."""
    compatibility, absence = knowledge.compatibility, knowledge.absence
    heads, predicates = sorted(words.heads), sorted(words.predicates)
    deeds = {predicate: doing(predicate.split(" ", 1)[0]) for predicate in predicates}
    modifiers = {head: head[: len(head) - len(last_word(head))] for head in heads}
    told = {modifier.rstrip() for modifier in modifiers.values() if modifier}
    attributes = sorted(words.attributes | told | set(deeds.values()))
    quantities = ["", *sorted(words.quantities - {""})]
    reasons = sorted(REASONS)
    at = {word: i for i, word in enumerate(attributes)}
    rank = {reason: i for i, reason in enumerate(reasons)}
    counts, kinds = _kinds(quantities, lambda q: (exact(q or None), at_least(q or None), q == ""))
    counted = [q or None for q in kinds]
    exclusions, excluding = _kinds(predicates, exclusion_kind)

    def near(sort: Sort) -> Callable[[str], Iterable[str]]:
        return lambda word: compatibility.near(sort, word)

    def true_by(sort: Sort) -> Callable[[str], Iterable[str]]:
        return lambda word: compatibility.true_by(sort, word)

    return PhraseRules(
        heads=tuple(heads),
        attributes=tuple(attributes),
        quantities=tuple(quantities),
        predicates=tuple(predicates),
        reasons=tuple(reasons),
        labels=tuple(map(_label, reasons)),
        numbers={name: getattr(judge, name) for name in NUMBERS},
        people=heads.index(PEOPLE) if PEOPLE in words.heads else -1,
        head_true_by=_pairs(heads, lambda head: (head, *compatibility.true_by("head", head)), generals),
        head_near=_pairs(heads, near("head"), generals),
        last_word=_classes(head.rsplit(" ", 1)[-1] for head in heads),
        unspaced=_classes(head.replace(" ", "") for head in heads),
        head_rival=_pairs(heads, rivals),
        modifier=np.array([len(modifiers[head]) for head in heads], np.int32),
        vague=np.array([vague(head) for head in heads], np.bool_),
        company=_pairs(heads, compatibility.associated),
        familiar=np.array([absence.familiar(head) for head in heads], np.bool_),
        living=np.array([living(head) for head in heads], np.bool_),
        person=np.array([person(head) for head in heads], np.bool_),
        individual=np.array([head in SPECIFIC["person"] for head in heads], np.bool_),
        worn=np.array([worn(head) for head in heads], np.bool_),
        left_out=np.array([absence.left_out(head) for head in heads], np.float64),
        attribute_true_by=_pairs(attributes, lambda a: (a, *compatibility.true_by("attribute", a)), _endings),
        attribute_near=_pairs(attributes, near("attribute")),
        attribute_conflict=_conflicts(attributes, rank),
        attribute_family=np.array([rank.get(family_of(a) or "", -1) for a in attributes], np.int32),
        quantity_kind=counts,
        kind_exact=np.array([exact(q) is not None for q in counted], np.bool_),
        kind_several=np.array([at_least(q) > 1 for q in counted], np.bool_),
        kind_entails=_table(counted, quantity_entails),
        kind_differs=_table(counted, _counts_differ),
        predicate_true_by=_pairs(predicates, true_by("predicate")),
        predicate_near=_pairs(predicates, near("predicate")),
        predicate_inverse=_pairs(predicates, inverse_predicates),
        symmetric=np.array([symmetric(p) for p in predicates], np.bool_),
        many_objects=np.array([takes_many(p) for p in predicates], np.bool_),
        many_subjects=np.array([p in MANY_SUBJECTS for p in predicates], np.bool_),
        doing=np.array([at[deeds[p]] for p in predicates], np.int32),
        verb=_classes((split_predicate(p)[0] for p in predicates), none=""),
        place=_classes((split_predicate(p)[1] for p in predicates), none=""),
        predicate_kind=exclusions,
        excludes=_table(excluding, lambda p, q: predicates_exclude(p, q, living=False)),
        excludes_living=_table(excluding, lambda p, q: predicates_exclude(p, q, living=True)),
    )


def _label(reason: str) -> str:
    return "positive" if reason in POSITIVE else "unknown" if reason in UNKNOWN else "negative"


def _counts_differ(said: str | None, asked: str | None) -> bool:
    return judge._counts_differ(_counted(said), _counted(asked))


def _counted(quantity: str | None) -> Thing:
    return Thing("", frozenset(), frozenset(), quantity)


def _endings(attribute: str) -> Iterator[str]:
    """Yields what a compound ends in: "dark blue" -> "blue"."""
    while " " in attribute:
        attribute = attribute.split(" ", 1)[1]
        yield attribute


def _pairs(
    words: Sequence[str],
    said_for: Callable[[str], Iterable[str]],
    asked_for: Callable[[str], Iterable[str]] = lambda word: (),
) -> Any:
    """Returns the sorted (asked, said) ids, given what is said for a word that is asked, and the reverse."""
    at = {word: i for i, word in enumerate(words)}
    pairs = {(i, at[said]) for word, i in at.items() for said in said_for(word) if said in at}
    pairs |= {(at[asked], i) for word, i in at.items() for asked in asked_for(word) if asked in at}
    return np.array(sorted(pairs), np.int32).reshape(-1, 2)


def _conflicts(attributes: Sequence[str], rank: dict[str, int]) -> Any:
    members = [(i, word) for i, word in enumerate(attributes) if family_of(word)]
    found = [
        (i, j, rank[reason])
        for i, left in members
        for j, right in members
        if (reason := attribute_conflict(left, right))
    ]
    return np.array(found, np.int32).reshape(-1, 3)


def _classes(keys: Iterable[str], none: str | None = None) -> Any:
    """Returns an id for each key, equal for equal keys; 0 is that of `none`."""
    ids: dict[str, int] = {} if none is None else {none: 0}
    return np.array([ids.setdefault(key, len(ids)) for key in keys], np.int32)


def _kinds(words: Sequence[str], key: Callable[[str], Hashable]) -> tuple[Any, list[str]]:
    """Returns the kind of each word, words of equal keys being of one kind, and the first word of each kind."""
    ids: dict[Hashable, int] = {}
    first: list[str] = []
    kinds = []
    for word in words:
        kind = ids.setdefault(key(word), len(ids))
        if kind == len(first):
            first.append(word)
        kinds.append(kind)
    return np.array(kinds, np.int32), first


def _table(words: Sequence[Any], holds: Callable[[Any, Any], bool]) -> Any:
    return np.array([[holds(left, right) for right in words] for left in words], np.bool_).reshape((len(words),) * 2)
