"""Labels of triples with respect to a batch of images: the rules of `transforms.judge`, all pairs at once.

Legend: U facts that are asked for, K facts that are said of the B images, M mentions of heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multigrain.labelling.named import Named
from multigrain.labelling.relations import Ids, Mask
from multigrain.labelling.said import Said
from multigrain.labelling.table import PhraseTable
from multigrain.labelling.verdicts import Verdicts
from multigrain.labelling.words import PhraseWords


@dataclass(frozen=True, eq=False)
class _Pairs:
    """How the facts that are asked for lie to those that are said, (U, K) each."""

    there: Mask  # of the same subject and object
    back: Mask  # with subject and object exchanged
    subject: Mask  # of the same subject
    object: Mask  # of the same object
    equal: Mask  # in the same words, the predicate


def label_facts(asked: Ids, named: Named, said: Said, table: PhraseTable, words: PhraseWords) -> Verdicts:
    """Returns the verdicts on facts (U,) of the data set, (U, B)."""
    code, numbers, rules = words.code, words.rules.numbers, words.rules
    subject, object_ = (np.searchsorted(named.head, table.facts[asked, part]) for part in (0, 2))
    predicate = table.facts[asked, 1]
    distinct, place = np.unique(said.fact[:, 1], return_inverse=True)
    equal = predicate[:, None] == distinct[place]
    true_subject, true_object = named.true[subject], named.true[object_]  # (U, M)
    subject_said, object_said = true_subject[:, said.subject_mention], true_object[:, said.object_mention]
    back = true_subject[:, said.object_mention] & true_object[:, said.subject_mention]
    pairs = _Pairs(subject_said & object_said, back, subject_said, object_said, equal)
    symmetric, both = rules.symmetric[predicate][:, None], named.is_true[subject] & named.is_true[object_]

    verdicts = Verdicts(len(asked), said.images)
    inverse = words.predicate_inverse.block(predicate, distinct)[:, place] | (symmetric & equal)
    implied = words.predicate_true_by.block(predicate, distinct)[:, place]
    reason = _first_reason(pairs, implied, inverse, said, words)
    verdicts.settle(reason != code["possible_head"], reason, numbers["IMPLIED"])
    image, content = said.denied_facts
    denied = np.zeros((len(asked), said.images), np.bool_)
    rows, columns = np.nonzero(asked[:, None] + len(table.head) == content)
    denied[rows, image[columns]] = True
    for end, part in ((subject, 0), (object_, 2)):
        denied |= said.denied_heads[table.facts[asked, part]] & named.nowhere[end]
    verdicts.settle(denied, code["denied"], numbers["SAID"])
    for end in (subject, object_):
        verdicts.settle(named.absent[end], code["absent_head"], 1.0 - rules.left_out[named.head[end]][:, None])

    shared = said.mentions.any(true_subject & true_object)
    several = said.mentions.any((named.true | named.near) & said.several)
    several_true = said.mentions.any(named.true & said.several)
    swapped = said.facts.any(back & equal) & ~symmetric & ~shared & ~several_true[subject] & ~several_true[object_]
    verdicts.settle(swapped, code["roles_swapped"], numbers["CONFLICT"])
    other = (
        both & ~several[subject] & ~several[object_] & _other_relation(predicate, pairs, named, subject, said, words)
    )
    verdicts.settle(other, code["relation_conflict"], numbers["CONFLICT"])
    closed = verdicts.open & ~rules.many_subjects[predicate][:, None] & ~named.is_true[subject]
    taken = _taken(subject, equal & pairs.object, said.subject_mention, closed, named, said, words)
    verdicts.settle(taken, code["other_subject"], numbers["CONFLICT"])
    closed = verdicts.open & ~rules.many_objects[predicate][:, None] & ~named.is_true[object_]
    taken = _taken(object_, equal & pairs.subject, said.object_mention, closed, named, said, words)
    verdicts.settle(taken, code["other_object"], numbers["CONFLICT"])
    verdicts.settle(both, code["relation_unseen"], numbers["UNDECIDED"])
    verdicts.settle(verdicts.open, code["possible_head"], numbers["UNDECIDED"])
    return verdicts


def _first_reason(pairs: _Pairs, implied: Mask, inverse: Mask, said: Said, words: PhraseWords) -> NDArray[np.uint8]:
    """Returns (U, B): why the relation holds between the first two heads, by the alphabet, of which it is said.

    "possible_head" stands where it is said of none.
    """
    size = len(words.rules.heads)
    none = np.iinfo(np.int64).max
    there = (said.fact[:, 0] * size + said.fact[:, 2]) * 4
    back = (said.fact[:, 2] * size + said.fact[:, 0]) * 4
    first = np.full((len(pairs.there), said.images), none)
    for rank, (found, place) in enumerate(((pairs.equal, there), (implied, there), (inverse, back))):
        rows, facts = np.nonzero(found & (pairs.there if place is there else pairs.back))
        np.minimum.at(first, (rows, said.facts.owner[facts]), place[facts] + rank)
    names = ("contained", "compatible", "inverse", "possible_head")
    codes = np.array([words.code[name] for name in names], np.uint8)
    reasons: NDArray[np.uint8] = codes[np.where(first == none, 3, first % 4)]
    return reasons


def _other_relation(predicate: Ids, pairs: _Pairs, named: Named, subject: Ids, said: Said, words: PhraseWords) -> Mask:
    """Returns (U, B): whether the captions put the two in a relation that excludes this one, and in none near it."""
    distinct, place = np.unique(said.fact[:, 1], return_inverse=True)
    near = words.predicate_near.block(predicate, distinct) | (predicate[:, None] == distinct)
    found = said.facts.any(pairs.there & near[:, place])
    lifeless = said.mentions.any(named.true & ~words.rules.living[said.head])[subject]
    excluding = [
        said.facts.any(pairs.there & words.predicates_exclude(predicate, distinct, living=living)[:, place])
        for living in (False, True)
    ]
    result: Mask = ~found & np.where(lifeless, *excluding)
    return result


def _taken(head: Ids, fitting: Mask, filler: Ids, asked: Mask, named: Named, said: Said, words: PhraseWords) -> Mask:
    """Returns (U, B): whether the captions put other things in the place where `head` is asked, and not it as another.

    `fitting` (U, K) tells in which facts the place is, `filler` (K,) which mention fills it.
    """
    distinct, place = np.unique(said.head, return_inverse=True)
    alike = words.alike(named.head, distinct)[:, place[filler]][head]  # (U, K)
    vague = words.rules.vague
    taken: Mask = asked & ~vague[named.head[head]][:, None] & said.facts.any(fitting)
    taken &= ~said.facts.any(fitting & (alike | vague[said.head[filler]]))
    # What may name the head elsewhere must itself be one of the fillers.
    rows, images = np.nonzero(taken & named.is_near[head])
    if len(rows):
        among = words.alike(distinct, distinct)  # (filler, other)
        for row, image in zip(rows, images, strict=True):
            others = place[np.flatnonzero(named.near[head[row]] & (said.mentions.owner == image))]
            fillers = place[filler[np.flatnonzero(fitting[row] & (said.facts.owner == image))]]
            taken[row, image] = among[fillers][:, others].any(0).all()
    return taken
