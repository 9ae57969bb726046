"""Labels of object phrases with respect to a batch of images: the rules of `transforms.judge`, all pairs at once.

Legend: U things that are asked for, E attributes asked for of them (an entry for each), T things that are said of the
B images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multigrain.labelling.named import Named
from multigrain.labelling.relations import Ids, Mask, Owners, positions
from multigrain.labelling.said import Said
from multigrain.labelling.table import PhraseTable
from multigrain.labelling.verdicts import NONE, Verdicts
from multigrain.labelling.words import PhraseWords

LOOSE = ("size_conflict", "state_conflict")


@dataclass(frozen=True, eq=False)
class _Entries:
    """What the attributes that are asked for have to do with the things that are said."""

    thing: Owners  # of the U things, whose attribute it is
    said_so: Mask  # (E, T) the thing is said to have this attribute
    true: Mask  # (E, T) what is said of the thing implies it
    denied: Mask  # (E, T) the thing is said not to have it
    conflict: NDArray[np.uint8]  # (E, T) the first reason why a thing cannot have it; NONE for none
    rival: Mask  # (E, T) has an attribute of the same family that excludes it, though it may mean the same


def label_things(asked: Ids, named: Named, said: Said, table: PhraseTable, words: PhraseWords) -> Verdicts:
    """Returns the verdicts on things (U,) of the data set, (U, B)."""
    code, numbers, rules = words.code, words.rules.numbers, words.rules
    head = np.searchsorted(named.head, table.head[asked])
    entries = _entries(asked, said, table, words)
    true = named.true[head][:, said.mention_of_thing]  # (U, T)
    close = true | named.near[head][:, said.mention_of_thing]
    counts, counts_said = rules.quantity_kind[table.quantity[asked]], rules.quantity_kind[table.quantity[said.thing]]
    alike = table.attributes[asked][:, None] == table.attributes[said.thing]  # (U, T) one description
    lacking = _lacking(asked, said, table, words)
    counted = rules.kind_entails.T[counts][:, counts_said] & (alike | ~rules.kind_exact[counts][:, None]) & lacking
    is_true, nowhere = named.is_true[head], named.nowhere[head]
    several = said.mentions.any((named.true | named.near) & said.several)[head]

    verdicts = Verdicts(len(asked), said.images)
    verdicts.settle(~is_true & said.denied_heads[table.head[asked]], code["denied"], numbers["SAID"])
    verdicts.settle(named.absent[head], code["absent_head"], 1.0 - rules.left_out[table.head[asked]][:, None])
    verdicts.settle(nowhere, code["often_unmentioned"], numbers["UNDECIDED"])

    same = table.head[asked][:, None] == table.head[said.thing]
    every = _every(entries.thing, entries.said_so)
    verdicts.settle(said.things.any(same & every & counted), code["contained"], numbers["SAID"])
    every = _every(entries.thing, entries.true)
    verdicts.settle(said.things.any(true & every & counted), code["compatible"], numbers["IMPLIED"])
    # What several captions say of the one thing that there is can be joined.
    joined = _every(entries.thing, said.things.any(true[entries.thing.owner] & entries.true))
    one = said.mentions.sum(named.true.astype(np.int32))[head] == 1
    one &= ~said.mentions.any(named.true & said.several)[head]
    plain = (table.quantity[asked] == 0) & (table.lacking[asked] == 0)
    verdicts.settle(is_true & one & plain[:, None] & joined, code["compatible"], numbers["IMPLIED"])

    known = said.things.any(close[entries.thing.owner] & entries.true)  # (E, B)
    excluded = _excluded(entries, close, known, said, words)
    sure = np.where(excluded == code["denied"], numbers["SAID"], numbers["CONFLICT"])
    verdicts.settle(~several & (excluded != NONE), excluded, sure)
    differing = rules.kind_differs.T[counts][:, counts_said] & alike
    verdicts.settle(said.things.any(true & differing), code["count_conflict"], numbers["CONFLICT"])
    verdicts.settle(~is_true, code["possible_head"], numbers["UNDECIDED"])
    unseen = ~_every(entries.thing, known) | (table.quantity[asked] == 0)[:, None]
    verdicts.settle(unseen, code["attribute_unseen"], numbers["UNDECIDED"])
    verdicts.settle(verdicts.open, code["count_unseen"], numbers["UNDECIDED"])
    return verdicts


def _entries(asked: Ids, said: Said, table: PhraseTable, words: PhraseWords) -> _Entries:
    """Compares each attribute that is asked for with what is said of each thing."""
    owner, value = table.sets.of(table.attributes[asked])
    among = table.attributes[asked][owner]
    among[np.bincount(owner, minlength=len(asked))[owner] == 1] = 0  # alone, whatever the set
    keys, entry = np.unique(value * len(table.sets.offsets) + among, return_inverse=True)
    distinct, among = keys // len(table.sets.offsets), keys % len(table.sets.offsets)
    thing, told = table.sets.of(table.attributes[said.thing])
    of_thing = Owners(thing, len(said.thing))
    mention, deed = said.doings
    order = np.argsort(mention, kind="stable")
    of_mention = Owners(mention[order], len(said.head))
    words_said, place = np.unique(np.concatenate([told, deed[order]]), return_inverse=True)
    told, deed = place[: len(told)], place[len(told) :]
    true = words.attribute_true_by.block(distinct, words_said)
    conflict = words.attribute_conflict.values(distinct, words_said, NONE)
    near = words.attribute_near.block(distinct, words_said)
    has = of_thing.any(true[:, told]) | of_mention.any(true[:, deed])[:, said.mention_of_thing]
    # An attribute that may mean the same excludes nothing, nor does one that is asked for too: blue and silver.
    row, beside = table.sets.of(among)
    place = positions(words_said, len(words.rules.attributes))[beside]
    near[row[place >= 0], place[place >= 0]] = True
    reasons = of_thing.minimum(np.where(near, NONE, conflict).astype(np.uint8)[:, told], NONE)
    rival = of_thing.any((conflict != NONE)[:, told])
    said_so = of_thing.any((distinct[:, None] == words_said)[:, told])
    thing, denied = table.sets.of(table.lacking[said.thing])
    lacks = Owners(thing, len(said.thing)).any(distinct[:, None] == denied)
    return _Entries(Owners(owner, len(asked)), said_so[entry], has[entry], lacks[entry], reasons[entry], rival[entry])


def _lacking(asked: Ids, said: Said, table: PhraseTable, words: PhraseWords) -> Mask:
    """Returns (U, T): whether all that is asked to be denied of a thing is denied of it."""
    owner, value = table.sets.of(table.lacking[asked])
    thing, denied = table.sets.of(table.lacking[said.thing])
    lacks = Owners(thing, len(said.thing)).any(value[:, None] == denied)
    return _every(Owners(owner, len(asked)), lacks)


def _every(things: Owners, entries: Mask) -> Mask:
    """Returns (U, n): whether all of a thing's entries (E, n) are true; true for a thing without any."""
    found: Mask = ~things.any(~entries.T).T
    return found


def _excluded(entries: _Entries, close: Mask, known: Mask, said: Said, words: PhraseWords) -> NDArray[np.uint8]:
    """Returns (U, B): why what is said of the things excludes an attribute, NONE for nothing that does."""
    code, owner = words.code, entries.thing.owner
    things = close[owner]  # (E, T)
    denied = said.things.any(things & entries.denied)
    reason = said.things.minimum(np.where(things, entries.conflict, NONE).astype(np.uint8), NONE)
    # Sizes and states are said in passing and change: a thing named without one may be another thing.
    passing = np.isin(reason, [code[name] for name in LOOSE]) & said.things.any(things & ~entries.rival)
    reason = np.where(denied, code["denied"], np.where(passing, NONE, reason))
    reason = np.where(known, NONE, reason)
    # Entries of a thing are in the order of the alphabet.
    first = np.arange(len(owner))[:, None] * (NONE + 1) + reason
    first = np.where(reason == NONE, np.iinfo(np.int64).max, first)
    found = entries.thing.minimum(first.T, np.iinfo(np.int64).max).T
    return np.where(found == np.iinfo(np.int64).max, NONE, found % (NONE + 1)).astype(np.uint8)
