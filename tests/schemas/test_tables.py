import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.checksums import table_crcs
from schemas.graph_shard import GRAPHS, graph_table, read_graph_shard, write_graph_shard
from schemas.label_shard import LABELS, read_label_shard, write_label_shard
from tests.synthetic import image_graphs, image_labels


@pytest.mark.parametrize("count", [0, 1, 300])
def test_write_graph_shard_round_trips(tmp_path: Path, count: int) -> None:
    rng = random.Random(count)
    images = [image_graphs(rng, i) for i in range(count)]
    write_graph_shard(tmp_path / "g.parquet", images)
    assert list(read_graph_shard(tmp_path / "g.parquet")) == images


@pytest.mark.parametrize("count", [0, 1, 300])
def test_write_label_shard_round_trips(tmp_path: Path, count: int) -> None:
    rng = random.Random(count)
    images = [image_labels(rng, i) for i in range(count)]
    write_label_shard(tmp_path / "l.parquet", images)
    assert list(read_label_shard(tmp_path / "l.parquet")) == images


def test_write_graph_shard_writes_the_same_bytes_again(tmp_path: Path) -> None:
    images = [image_graphs(random.Random(i), i) for i in range(50)]
    for name in "ab":
        write_graph_shard(tmp_path / name, images)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_written_schemas_are_the_declared_ones(tmp_path: Path) -> None:
    rng = random.Random(0)
    write_graph_shard(tmp_path / "g", [image_graphs(rng, 0)])
    write_label_shard(tmp_path / "l", [image_labels(rng, 0)])
    crc = pa.field("crc32c", pa.uint32(), nullable=False)
    assert pq.read_schema(tmp_path / "g").equals(GRAPHS.append(crc))
    assert pq.read_schema(tmp_path / "l").equals(LABELS.append(crc))


def test_table_crcs_do_not_depend_on_the_chunks() -> None:
    table = graph_table([image_graphs(random.Random(i), i) for i in range(40)])
    chunked = pa.concat_tables([table.slice(0, 7), table.slice(7, 20), table.slice(27)])
    assert table_crcs(chunked).tolist() == table_crcs(table).tolist()


def test_table_crcs_differ_for_rows_that_differ_in_one_value() -> None:
    # Two columns whose concatenated bytes agree: only the lengths tell them apart.
    table = pa.table({"a": ["ab", "a"], "b": ["c", "bc"], "c": pa.array([None, None], pa.string())})
    first, second = table_crcs(table).tolist()
    assert first != second


def test_table_crcs_tell_null_from_empty() -> None:
    first, second = table_crcs(pa.table({"a": [None, ""]})).tolist()
    assert first != second


def test_table_crcs_do_not_depend_on_the_neighbours() -> None:
    words = ["a", "", "b", None]
    table = pa.table({"word": words, "list": [[w, "x"] for w in words]})
    one_by_one = [table_crcs(table.slice(i, 1))[0] for i in range(4)]
    assert table_crcs(table).tolist() == one_by_one
