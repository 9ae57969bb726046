"""What all captions of a data set claim and deny, as flat arrays of ids: compiled once when the data set is opened.

Legend: N images, C captions, T distinct things (object phrases), F distinct facts (triples), L phrases of all captions.
A content is what a phrase claims: thing t has the id t, fact f the id T + f. Equal contents have equal ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from multigrain.labelling.relations import Ids, spread
from multigrain.shards import Shards
from schemas.graph_columns import graph_columns, numbers
from schemas.phrase_rules import PhraseRules


@dataclass(frozen=True, eq=False)
class Lists:
    """A list of ids for each of n owners."""

    offsets: Ids  # (n + 1,)
    values: Ids

    def of(self, owners: Ids) -> tuple[Ids, Ids]:
        """Returns (index into `owners`, value) of all that they have, in their order."""
        starts = self.offsets[owners]
        which, items = spread(starts, self.offsets[owners + 1] - starts)
        return which, self.values[items]

    def one(self, owner: int) -> Ids:
        return self.values[self.offsets[owner] : self.offsets[owner + 1]]


@dataclass(frozen=True, eq=False)
class PhraseTable:
    captions: Ids  # (N + 1,) image i has the captions [captions[i], captions[i + 1])
    phrases: Lists  # contents of each caption, in the order of its phrases
    head: Ids  # (T,)
    attributes: Ids  # (T,) which set of attributes
    lacking: Ids  # (T,) which set of denied attributes
    quantity: Ids  # (T,)
    sets: Lists  # attributes of each set, ascending
    facts: Ids  # (F, 3) subject's head, predicate, object's head
    denied_heads: Lists  # of each image
    denied_facts: Lists  # of each image: contents


@dataclass(frozen=True, eq=False)
class _Shard:
    """A shard's rows in ids of words: O objects, M relations."""

    captions: Ids
    heads: Ids  # (O,)
    sets: tuple[Ids, Ids]  # (object, attribute), sorted and distinct
    denied_sets: tuple[Ids, Ids]
    quantities: Ids
    triples: Ids  # (M, 3)
    negated: NDArray[np.bool_]  # (M,)
    missing: NDArray[np.bool_]  # (O,) what the caption says is not there
    caption_of_object: Ids
    caption_of_relation: Ids
    claimed: tuple[Ids, NDArray[np.bool_], Ids]  # caption, whether a fact, relation or object of each phrase


def read_phrase_table(shards: Shards, rules: PhraseRules) -> PhraseTable:
    """Returns the phrases of a data set. Raises DataSetError where a file is damaged, ValueError at an unknown word."""
    return _join([_read_shard(shards, shard, rules) for shard in range(shards.n_shards)])


def _read_shard(shards: Shards, shard: int, rules: PhraseRules) -> _Shard:
    columns = graph_columns(shards.table("graphs", shard, "captions")["captions"])
    positives = shards.table("labels", shard, "positives")["positives"].flatten()
    caption_of_object = _owners(columns.objects)
    caption_of_relation = _owners(columns.relations)
    object_of_value = _owners(columns.attributes)
    heads = _ids(columns.heads, rules.heads, str.lower)
    values = _ids(columns.values, rules.attributes)
    starts = columns.objects[caption_of_relation]
    ends = [heads[starts + columns.subjects], _ids(columns.predicates, rules.predicates), heads[starts + columns.ends]]
    denied = columns.values_negated
    caption = _ids(pc.struct_field(positives, "caption_id"), columns.caption_ids)
    subject, relation = numbers(positives, "subject", np.int64), numbers(positives, "relation", np.int64)
    is_fact = relation >= 0
    item = np.where(is_fact, columns.relations[caption] + relation, columns.objects[caption] + subject)
    missing = np.ones(len(heads), np.bool_)
    missing[item[~is_fact]] = False
    return _Shard(
        columns.captions,
        heads,
        _distinct(object_of_value[~denied], values[~denied]),
        _distinct(object_of_value[denied], values[denied]),
        _ids(pc.fill_null(columns.quantities, ""), rules.quantities),
        np.stack(ends, 1),
        columns.relations_negated,
        missing,
        caption_of_object,
        caption_of_relation,
        (caption, is_fact, item),
    )


def _join(shards: Sequence[_Shard]) -> PhraseTable:
    captions_before = _before(s.captions[-1] for s in shards)
    objects_before = _before(len(s.heads) for s in shards)
    relations_before = _before(len(s.triples) for s in shards)
    heads = np.concatenate([s.heads for s in shards])
    sets = [
        _shifted([s.sets for s in shards], objects_before),
        _shifted([s.denied_sets for s in shards], objects_before),
    ]
    attributes, lacking, members = _number_sets(sets, len(heads))
    quantities = np.concatenate([s.quantities for s in shards])
    things, thing_of_object = _unique_rows(np.stack([heads, attributes, lacking, quantities], 1))
    facts, fact_of_relation = _unique_rows(np.concatenate([s.triples for s in shards]))
    captions = np.concatenate([[0], *(s.captions[1:] + n for s, n in zip(shards, captions_before, strict=True))])
    image = _owners(captions)
    caption_of_object = np.concatenate([s.caption_of_object + n for s, n in zip(shards, captions_before, strict=True)])
    caption_of_relation = np.concatenate(
        [s.caption_of_relation + n for s, n in zip(shards, captions_before, strict=True)]
    )
    contents, owner = [], []
    for s, c, o, r in zip(shards, captions_before, objects_before, relations_before, strict=True):
        caption, is_fact, item = s.claimed
        content = np.empty(len(item), np.int64)
        content[~is_fact] = thing_of_object[item[~is_fact] + o]
        content[is_fact] = len(things) + fact_of_relation[item[is_fact] + r]
        contents.append(content)
        owner.append(caption + c)
    # What is denied with attributes ("no red chair") leaves other such things possible.
    missing = np.concatenate([s.missing for s in shards]) & (attributes == 0)
    negated = np.concatenate([s.negated for s in shards])
    return PhraseTable(
        captions,
        _lists(np.concatenate(owner), np.concatenate(contents), len(image)),
        things[:, 0],
        things[:, 1],
        things[:, 2],
        things[:, 3],
        members,
        facts,
        _lists(*_distinct(image[caption_of_object[missing]], heads[missing]), len(captions) - 1),
        _lists(
            *_distinct(image[caption_of_relation[negated]], len(things) + fact_of_relation[negated]), len(captions) - 1
        ),
    )


def _number_sets(sets: Sequence[tuple[Ids, Ids]], objects: int) -> tuple[Ids, Ids, Lists]:
    """Returns each object's sets of attributes and of denied ones, and the members of each set; set 0 is empty."""
    owner = np.concatenate([which + i * objects for i, (which, _) in enumerate(sets)])
    values = np.concatenate([value for _, value in sets])
    counts = np.bincount(owner, minlength=len(sets) * objects)
    starts = np.cumsum(counts) - counts
    number, total = np.zeros(len(sets) * objects, np.int64), 1
    # A set is numbered by its first members, then by one more, and so on.
    for k in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > k)
        pairs = np.stack([number[longer], values[starts[longer] + k]], 1)
        found, which = _unique_rows(pairs)
        number[longer] = which + total
        total += len(found)
    used, first, number = np.unique(np.concatenate([[0], number]), return_index=True, return_inverse=True)
    first = first[1:] - 1  # an object with each set; the empty one has no members to look for
    which, items = spread(starts[first], counts[first])
    attributes, lacking = number[1 : objects + 1], number[objects + 1 :]
    return attributes, lacking, _lists(which + 1, values[items], len(used))


def _ids(words: pa.Array, vocabulary: Sequence[str] | pa.Array, spelt: Callable[[str], str] = str) -> Ids:
    """Returns the place of each word, spelt so, in the vocabulary. Raises ValueError where one is not there."""
    known = vocabulary if isinstance(vocabulary, pa.Array) else pa.array(vocabulary, pa.string())
    encoded = words.dictionary_encode()
    distinct = pa.array([spelt(word) for word in encoded.dictionary.to_pylist()], pa.string())
    found = pc.index_in(distinct, known)
    if found.null_count:
        word = distinct.filter(pc.is_null(found))[0].as_py()
        raise ValueError(f"{word!r} is not among the {len(known)} that are known")
    places = found.to_numpy(zero_copy_only=False).astype(np.int64)
    ids: Ids = places[encoded.indices.to_numpy(zero_copy_only=False)]
    return ids


def _owners(offsets: Ids) -> Ids:
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def _before(counts: object) -> list[int]:
    sums = np.cumsum([0, *counts])  # type: ignore[misc]
    return [int(n) for n in sums[:-1]]


def _shifted(pairs: Sequence[tuple[Ids, Ids]], before: Sequence[int]) -> tuple[Ids, Ids]:
    owners = [owner + n for (owner, _), n in zip(pairs, before, strict=True)]
    return np.concatenate(owners), np.concatenate([value for _, value in pairs])


def _distinct(owner: Ids, values: Ids) -> tuple[Ids, Ids]:
    """Returns the distinct pairs, sorted."""
    pairs, _ = _unique_rows(np.stack([owner, values], 1))
    return pairs[:, 0], pairs[:, 1]


def _unique_rows(rows: Ids) -> tuple[Ids, Ids]:
    """Returns the distinct rows, sorted, and which of them each row is."""
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(1)
    which = np.empty(len(rows), np.int64)
    which[order] = np.cumsum(new) - 1
    return ordered[new], which


def _lists(owner: Ids, values: Ids, count: int) -> Lists:
    """Returns the lists of values whose owners ascend."""
    return Lists(np.searchsorted(owner, np.arange(count + 1)).astype(np.int64), values)
