"""All that a batch says of photos but their features, compiled once into flat arrays.

Legend: N images of the data set, R regions, E relations of all images together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from multigrain.flat_cache import Arrays
from multigrain.shards import DataSetError, Shards, list_offsets

SPLITS = ("train", "val", "test")
# of one shard: relations each image has; regions (subject, object), predicate and score of each relation
Related = tuple[NDArray[np.int64], NDArray[np.int32], list[str], NDArray[np.float32]]
FROM_FEATURES = {  # array: the data set of the feature shards that it joins
    "num_boxes": "num_boxes",  # (N,)
    "boxes": "boxes",  # (N, R, 4)
    "image_size": "image_size",  # (N, 2)
    "object_ids": "object_ids",  # (N, R)
    "spatial": "relations",  # (N, R, R)
}


def compile_photos(shards: Shards) -> Arrays:
    """Returns the arrays of FROM_FEATURES, and:

    shard (N,), row (N,): where the photo's features are; split (N,) index into SPLITS;
    relation_offsets (N + 1,): relations[relation_offsets[i] : relation_offsets[i + 1]] are image i's, best first;
    relations (E, 3): subject, object, index into predicates; relation_scores (E,): score * related;
    predicates: UTF-8 names, sorted.

    Raises DataSetError where the files of a shard are of other images, or say what cannot be.
    """
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("shard", "row", "split", *FROM_FEATURES)}
    related: list[Related] = []
    for shard in range(shards.n_shards):
        features, graphs = shards.features(shard), shards.table("graphs", shard, "image_id", "split")
        ids = graphs["image_id"].to_pylist()
        if [bytes(i).decode() for i in features["image_id"]] != ids:
            raise DataSetError(f"{shards.folder}: features and graphs of shard {shard} are of other images")
        for name, source in FROM_FEATURES.items():
            parts[name].append(features[source])
        parts["shard"].append(np.full(len(ids), shard, np.int32))
        parts["row"].append(np.arange(len(ids), dtype=np.int32))
        parts["split"].append(np.array([SPLITS.index(s) for s in graphs["split"].to_pylist()], np.int8))
        related.append(_relations(shards, shard, ids, features["num_boxes"]))
    names = sorted({name for _, _, predicates, _ in related for name in predicates})
    numbers = {name: number for number, name in enumerate(names)}
    triples = [
        np.column_stack([pairs, [numbers[p] for p in predicates]]) if len(pairs) else np.empty((0, 3), np.int32)
        for _, pairs, predicates, _ in related
    ]
    return {
        **{name: np.concatenate(arrays) for name, arrays in parts.items()},
        "relation_offsets": np.cumsum(np.concatenate([[0], *(counts for counts, _, _, _ in related)])),
        "relations": np.concatenate(triples).astype(np.int32),
        "relation_scores": np.concatenate([scores for _, _, _, scores in related]).astype(np.float32),
        "predicates": np.array([name.encode() for name in names], np.bytes_),
    }


def _relations(shards: Shards, shard: int, ids: list[str], num_boxes: NDArray[np.int32]) -> Related:
    if "relations" not in shards.manifest["products"]:
        return np.zeros(len(ids), np.int64), np.empty((0, 2), np.int32), [], np.empty(0, np.float32)
    table = shards.table("relations", shard, "image_id", "relations")
    if table["image_id"].to_pylist() != ids:
        raise DataSetError(f"{shards.folder}: features and relations of shard {shard} are of other images")
    counts = np.diff(list_offsets(table["relations"]))
    values = table["relations"].flatten()
    subject, object_, score, related = (
        values.field(name).to_numpy() for name in ("subject", "object", "score", "related")
    )
    pairs = np.column_stack([subject, object_])
    if len(pairs) and (pairs.min() < 0 or (pairs >= np.repeat(num_boxes, counts)[:, None]).any()):
        raise DataSetError(f"{shards.folder}: relations of shard {shard} name regions that are not there")
    return counts, pairs, values.field("predicate").to_pylist(), score * related
