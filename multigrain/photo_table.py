"""All that a batch says of photos but their features, compiled once: a record a photo, so that a copy gets it all.

Legend: N images of the data set, R regions, E relations kept an image.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from multigrain.flat_cache import Arrays
from multigrain.shards import DataSetError, Shards, list_offsets
from schemas.records import Split

SPLITS: tuple[Split, ...] = ("train", "val", "test")


def photo_record(max_boxes: int, max_relations: int, *, quantised: bool) -> np.dtype[np.void]:
    """Returns what is known of a photo; the fields of multigrain.batch.Photos are as they are there.

    In the smallest types that hold it, as every byte is copied for every batch.
    """
    r, e = max_boxes, max_relations
    return np.dtype(
        [
            ("shard", "<i4"),  # where its features are
            ("row", "<i4"),
            ("split", "<i4"),  # index into SPLITS
            ("num_boxes", "<i4"),
            ("image_size", "<f4", (2,)),
            ("boxes", "<f4", (r, 4)),
            *([("feature_range", "<f4", (r, 2))] if quantised else []),
            ("relation_score", "<f4", (e,)),
            ("object_ids", "<i4", (r,)),
            ("relation_predicate", "<i4", (e,)),
            ("relation_pairs", "<i2", (e, 2)),
            ("spatial", "|u1", (r, r)),
        ],
        align=True,  # a tensor steps from record to record in whole elements
    )


def compile_photos(shards: Shards, max_boxes: int, max_relations: int) -> Arrays:
    """Returns photos (N,) of photo_record, and predicates: the names that relation_predicate indexes, UTF-8, sorted.

    Raises DataSetError where the files of a shard are of other images, or say what cannot be.
    """
    parts: list[NDArray[np.void]] = []
    predicates: list[list[str]] = []  # of each shard, photo by photo
    for shard in range(shards.n_shards):
        features, graphs = shards.features(shard), shards.table("graphs", shard, "image_id", "split")
        ids = graphs["image_id"].to_pylist()
        if [bytes(i).decode() for i in features["image_id"]] != ids:
            raise DataSetError(f"{shards.folder}: features and graphs of shard {shard} are of other images")
        photos = np.zeros(len(ids), photo_record(max_boxes, max_relations, quantised="feature_range" in features))
        photos["shard"], photos["row"] = shard, np.arange(len(ids))
        photos["split"] = [SPLITS.index(split) for split in graphs["split"].to_pylist()]
        for name in ("image_size", "boxes", "num_boxes", "object_ids"):
            photos[name] = features[name]
        photos["spatial"] = features["relations"]
        if "feature_range" in features:
            photos["feature_range"] = features["feature_range"]
        predicates.append(_read_relations(shards, shard, ids, photos))
        parts.append(photos)
    names = sorted({name for shard_names in predicates for name in shard_names})
    numbers = {name: number for number, name in enumerate(names)}
    for photos, shard_names in zip(parts, predicates, strict=True):
        held = photos["relation_predicate"] >= 0
        photos["relation_predicate"][held] = [numbers[name] for name in shard_names]
    return {"photos": np.concatenate(parts), "predicates": np.array([name.encode() for name in names], np.bytes_)}


def _read_relations(shards: Shards, shard: int, ids: list[str], photos: NDArray[np.void]) -> list[str]:
    """Fills in the best relations of a shard's photos, and returns their predicates in order, those held being 0."""
    photos["relation_pairs"] = photos["relation_predicate"] = -1
    if "relations" not in shards.manifest["products"]:
        return []
    table = shards.table("relations", shard, "image_id", "relations")
    if table["image_id"].to_pylist() != ids:
        raise DataSetError(f"{shards.folder}: features and relations of shard {shard} are of other images")
    counts = np.diff(list_offsets(table["relations"]))
    values = table["relations"].flatten()
    pairs = np.column_stack([values.field(name).to_numpy() for name in ("subject", "object")])
    if (pairs < 0).any() or (pairs >= np.repeat(photos["num_boxes"], counts)[:, None]).any():
        raise DataSetError(f"{shards.folder}: relations of shard {shard} name regions that are not there")
    photo = np.repeat(np.arange(len(ids)), counts)
    place = np.arange(len(photo)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = place < photos["relation_predicate"].shape[1]
    at = (photo[kept], place[kept])
    photos["relation_pairs"][at] = pairs[kept]
    photos["relation_score"][at] = (values.field("score").to_numpy() * values.field("related").to_numpy())[kept]
    photos["relation_predicate"][at] = 0
    return [name for name, keep in zip(values.field("predicate").to_pylist(), kept.tolist(), strict=True) if keep]
