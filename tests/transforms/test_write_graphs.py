from __future__ import annotations

import threading
from pathlib import Path

from schemas.graph_shard import read_graph_shard
from schemas.records import Caption, ImageRecord
from transforms.publish import Target
from transforms.scene_graphs import DEFAULT, parse
from transforms.shard_records import Shard
from transforms.write_graphs import _Parse

WORDS = ("man", "dog", "horse", "cup", "bench", "ball", "car", "girl", "tree", "house", "boat", "kite", "hat", "shoe")


def shard(index: int) -> Shard:
    """A shard whose captions are of other words than those of other shards, so that nothing is cached."""
    texts = [f"A {a}{index} {b} sits on the {c}{index}." for a in WORDS for b in WORDS for c in WORDS[:2]]
    records = [ImageRecord(f"{index}-{i}", "a.jpg", "train", (Caption(f"{i}#0", t),)) for i, t in enumerate(texts)]
    return Shard(index, tuple(records), (), ())


def test_parse_gives_the_same_graphs_in_threads_of_one_process(tmp_path: Path) -> None:
    """As where a TaskManager is lost and its tasks move to the other, or a machine with a GPU has one process."""

    def work(index: int) -> None:
        try:
            list(stage.process(shard(index)))
        except Exception as error:
            errors.append(error)

    errors: list[Exception] = []
    stage = _Parse(Target(str(tmp_path), 4, "fingerprint"), DEFAULT)
    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for index in range(4):
        images = list(read_graph_shard(tmp_path / f"graphs-{index:05}-of-00004.parquet"))
        assert [graph for image in images for graph in image.graphs] == parse(
            [caption.text for image in images for caption in image.captions]
        )
