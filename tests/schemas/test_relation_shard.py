"""Relations through Parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import ImageRelations, RegionRelation
from schemas.relation_shard import read_relation_shard, relation_table, write_relation_shard

SCORES = st.floats(0, 1, width=32)
RELATION = st.builds(RegionRelation, st.integers(0, 99), st.sampled_from(["ride", "à côté"]), st.integers(0, 99),
                     SCORES, SCORES)  # fmt: skip
IMAGES = [
    ImageRelations("a", (RegionRelation(0, "ride", 1, 0.5, 0.25), RegionRelation(1, "under", 0, 0.25, 1.0))),
    ImageRelations("b", ()),
]


@given(st.lists(st.builds(ImageRelations, st.text(max_size=3), st.lists(RELATION, max_size=3).map(tuple)), max_size=4))
def test_relation_table_holds_what_it_was_made_of(images: list[ImageRelations]) -> None:
    table = relation_table(images)
    assert table["image_id"].to_pylist() == [image.image_id for image in images]
    rows = [[(r["subject"], r["predicate"], r["object"]) for r in row] for row in table["relations"].to_pylist()]
    assert rows == [[(r.subject, r.predicate, r.object) for r in image.relations] for image in images]


def test_read_relation_shard_returns_what_was_written(tmp_path: Path) -> None:
    write_relation_shard(tmp_path / "relations.parquet", IMAGES)
    assert list(read_relation_shard(tmp_path / "relations.parquet")) == IMAGES


def test_write_relation_shard_writes_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_relation_shard(tmp_path / name, IMAGES)
    assert np.array_equal(*(np.fromfile(tmp_path / name, np.uint8) for name in ("one", "two")))


def test_read_relation_shard_reads_more_than_a_row_group(tmp_path: Path) -> None:
    images = [ImageRelations(str(i), IMAGES[i % 2].relations) for i in range(600)]
    write_relation_shard(tmp_path / "relations.parquet", images)
    assert list(read_relation_shard(tmp_path / "relations.parquet")) == images
