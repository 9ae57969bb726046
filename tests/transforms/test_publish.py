import json
from pathlib import Path

import pytest

from schemas.records import DeadLetter
from schemas.sidecar import StageCount
from transforms.publish import Product, ShardContent, Target, finished_sidecar, publish_shard

GRAPHS = Product("graphs", ".parquet", "Stage", "captions_done")


def target(out: Path, fingerprint: str = "f", retry: bool = False) -> Target:
    return Target(str(out), 2, fingerprint, retry)


def build(path: Path) -> ShardContent:
    path.write_bytes(b"data")
    return ShardContent(1, {"Stage": StageCount(1, 1, 0)}, [])


def build_with_letters(path: Path) -> ShardContent:
    path.write_bytes(b"data")
    letters = [DeadLetter("Stage", name, "reason", "detail") for name in ("b", "a")]
    return ShardContent(2, {"Stage": StageCount(2, 0, 2)}, letters)


def never(path: Path) -> ShardContent:
    raise AssertionError("a finished shard is not built again")


def fails(path: Path) -> ShardContent:
    path.write_bytes(b"half")
    raise RuntimeError("in the middle")


def test_publish_shard_writes_the_file_then_its_sidecar(tmp_path: Path) -> None:
    sidecar = publish_shard(target(tmp_path), GRAPHS, 1, "inputs", build)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["graphs-00001-of-00002.json", "graphs-00001-of-00002.parquet"]
    assert finished_sidecar(target(tmp_path), "graphs", 1, "inputs") == sidecar


def test_publish_shard_skips_a_finished_shard(tmp_path: Path) -> None:
    first = publish_shard(target(tmp_path), GRAPHS, 1, "inputs", build)
    assert publish_shard(target(tmp_path), GRAPHS, 1, "inputs", never) == first


@pytest.mark.parametrize(("fingerprint", "inputs"), [("other", "inputs"), ("f", "other")])
def test_publish_shard_builds_again_what_was_made_of_something_else(
    tmp_path: Path, fingerprint: str, inputs: str
) -> None:
    publish_shard(target(tmp_path), GRAPHS, 1, "inputs", build)
    sidecar = publish_shard(target(tmp_path, fingerprint), GRAPHS, 1, inputs, build_with_letters)
    assert sidecar.rejected == 2


def test_publish_shard_builds_again_what_lost_its_file(tmp_path: Path) -> None:
    publish_shard(target(tmp_path), GRAPHS, 1, "inputs", build)
    (tmp_path / "graphs-00001-of-00002.parquet").write_bytes(b"dat")
    publish_shard(target(tmp_path), GRAPHS, 1, "inputs", build)
    assert (tmp_path / "graphs-00001-of-00002.parquet").read_bytes() == b"data"


def test_publish_shard_leaves_nothing_where_building_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        publish_shard(target(tmp_path), GRAPHS, 1, "inputs", fails)
    assert list(tmp_path.iterdir()) == []


def test_publish_shard_writes_dead_letters_in_order(tmp_path: Path) -> None:
    publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build_with_letters)
    lines = (tmp_path / "graphs-00000-of-00002.rejected.jsonl").read_text().splitlines()
    assert [json.loads(line)["record_id"] for line in lines] == ["a", "b"]


def test_publish_shard_builds_rejected_shards_again_only_in_a_retry(tmp_path: Path) -> None:
    publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build_with_letters)
    publish_shard(target(tmp_path), GRAPHS, 0, "inputs", never)
    assert publish_shard(target(tmp_path, retry=True), GRAPHS, 0, "inputs", build).rejected == 0


def test_publish_shard_of_old_and_new_files_never_counts_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between a new data file and its sidecar: the old sidecar, of the same size and inputs, is gone by then."""
    publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("transforms.publish.finished_sidecar", lambda *_: None)
        patch.setattr("transforms.publish.publish_text", killed)
        with pytest.raises(KeyboardInterrupt):
            publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build)
    assert (tmp_path / "graphs-00000-of-00002.parquet").exists()
    assert finished_sidecar(target(tmp_path), "graphs", 0, "inputs") is None


def test_publish_shard_writes_a_line_a_dead_letter_whatever_its_text(tmp_path: Path) -> None:
    def build_strange(path: Path) -> ShardContent:
        path.write_bytes(b"data")
        return ShardContent(1, {"Stage": StageCount(1, 0, 1)}, [DeadLetter("Stage", "a\u2028b\x85c", "reason", "d")])

    publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build_strange)
    lines = (tmp_path / "graphs-00000-of-00002.rejected.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["record_id"] for line in lines] == ["a\u2028b\x85c"]


def test_publish_shard_keeps_what_a_faster_attempt_has_published(tmp_path: Path) -> None:
    def build_late(path: Path) -> ShardContent:
        publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build)
        kept.update({file.name: file.stat().st_ino for file in tmp_path.iterdir() if file.is_file()})
        return build(path)

    kept: dict[str, int] = {}
    publish_shard(target(tmp_path), GRAPHS, 0, "inputs", build_late)
    assert len(kept) == 2
    assert {file.name: file.stat().st_ino for file in tmp_path.iterdir()} == kept
