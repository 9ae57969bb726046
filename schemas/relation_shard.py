"""The Parquet layout of relations between regions: a row an image, its best pairs with predicate and score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import ImageRelations, RegionRelation
from schemas.tables import lists, split_lists, struct, write_table

RELATION = [
    pa.field("subject", pa.int32()),  # box of the features' row
    pa.field("predicate", pa.string()),
    pa.field("object", pa.int32()),  # box of the features' row
    pa.field("score", pa.float32()),  # probability of the predicate if the two are related
    pa.field("related", pa.float32()),  # probability that they are related at all
]
RELATIONS = pa.schema(
    [
        pa.field("image_id", pa.string()),
        pa.field("relations", pa.list_(pa.struct(RELATION))),  # best first
    ],
    metadata={"multigrain_format": "1", "multigrain_product": "relations"},
)
PLAIN = ("image_id", "relations.list.element.score", "relations.list.element.related", "crc32c")


def relation_table(images: Sequence[ImageRelations]) -> pa.Table:
    """Returns the images as an Arrow table of the schema RELATIONS, in their order."""
    relations = [relation for image in images for relation in image.relations]
    array = struct(
        RELATION,
        [r.subject for r in relations],
        [r.predicate for r in relations],
        [r.object for r in relations],
        [r.score for r in relations],
        [r.related for r in relations],
    )
    ids = pa.array([image.image_id for image in images], pa.string())
    return pa.Table.from_arrays([ids, lists((len(i.relations) for i in images), array)], schema=RELATIONS)


def write_relation_shard(path: Path, images: Sequence[ImageRelations]) -> None:
    """Writes one shard of relations, row i being images[i]."""
    write_table(path, relation_table(images), PLAIN)


def read_relation_shard(path: str | Path) -> Iterator[ImageRelations]:
    """Yields the images of one shard in row order, a row group in memory at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield from read_relation_table(file.read_row_group(group))


def read_relation_table(table: pa.Table) -> list[ImageRelations]:
    """Returns the records of an Arrow table of the schema RELATIONS."""
    if not table.num_rows:
        return []
    column = {name: pa.concat_arrays(table[name].chunks) for name in RELATIONS.names}
    return list(map(ImageRelations, column["image_id"].to_pylist(), split_lists(column["relations"], _relations)))


def _relations(array: pa.StructArray) -> list[RegionRelation]:
    columns = (array.field(name).to_pylist() for name in ("subject", "predicate", "object", "score", "related"))
    return list(map(RegionRelation, *columns))
