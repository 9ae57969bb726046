"""The scene graphs of a shard as flat columns, for whoever wants all of a kind at once and not a record an image.

Legend: N images, C captions, O objects, T attributes, M relations of the shard.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

Offsets = NDArray[np.int64]


class GraphColumns(NamedTuple):
    captions: Offsets  # (N + 1,) image i has the captions [captions[i], captions[i + 1]); likewise below
    caption_ids: pa.Array  # (C,)
    objects: Offsets  # (C + 1,) of each caption
    heads: pa.Array  # (O,)
    quantities: pa.Array  # (O,) null where the caption states none
    attributes: Offsets  # (O + 1,) of each object
    values: pa.Array  # (T,)
    values_negated: NDArray[np.bool_]  # (T,)
    relations: Offsets  # (C + 1,) of each caption
    subjects: NDArray[np.int64]  # (M,) index of the object in the caption
    predicates: pa.Array  # (M,)
    ends: NDArray[np.int64]  # (M,) index of the relation's object in the caption
    relations_negated: NDArray[np.bool_]  # (M,)


class Words(NamedTuple):
    """The words that scene graphs are made of."""

    heads: frozenset[str]  # in lower case
    attributes: frozenset[str]
    quantities: frozenset[str]
    predicates: frozenset[str]


def graph_columns(images: pa.Array) -> GraphColumns:
    """Returns the columns of a shard from its column `captions`, a list an image."""
    captions, image_captions = flat_list(images)
    objects, caption_objects = flat_list(_field(captions, "objects"))
    relations, caption_relations = flat_list(_field(captions, "relations"))
    attributes, object_attributes = flat_list(_field(objects, "attributes"))
    return GraphColumns(
        image_captions,
        _field(captions, "caption_id"),
        caption_objects,
        _field(objects, "head"),
        _field(objects, "quantity"),
        object_attributes,
        _field(attributes, "value"),
        numbers(attributes, "negated", np.bool_),
        caption_relations,
        numbers(relations, "subject", np.int64),
        _field(relations, "predicate"),
        numbers(relations, "object", np.int64),
        numbers(relations, "negated", np.bool_),
    )


def read_graph_columns(path: str | Path) -> GraphColumns:
    """Returns the columns of a file of scene graphs."""
    column = pq.read_table(path, columns=["captions"])["captions"]
    return graph_columns(pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type))


def graph_words(columns: GraphColumns) -> Words:
    """Returns the words of a shard."""

    def of(array: pa.Array) -> frozenset[str]:
        return frozenset(word for word in pc.unique(array).to_pylist() if word is not None)

    heads = frozenset(word.lower() for word in of(columns.heads))
    return Words(heads, of(columns.values), of(columns.quantities), of(columns.predicates))


def flat_list(array: pa.ListArray) -> tuple[pa.Array, Offsets]:
    """Returns the values of all lists, one after the other, and the offsets of the lists, one more than lists."""
    if not len(array):
        return array.flatten(), np.zeros(1, np.int64)
    offsets = array.offsets.to_numpy().astype(np.int64)
    return array.flatten(), offsets - offsets[0]


def numbers(array: pa.StructArray, name: str, dtype: Any) -> NDArray[Any]:
    """Returns a field of numbers or truth values, none of them null."""
    return np.asarray(_field(array, name).to_numpy(zero_copy_only=False), dtype)


def _field(array: pa.StructArray, name: str) -> pa.Array:
    return pc.struct_field(array, name)  # unlike .field(), right for a slice
