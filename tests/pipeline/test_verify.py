"""`verify` on real data sets: one changed byte is found, wherever it is."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import h5py
import pyarrow.parquet as pq
import pytest

from pipeline.__main__ import DAMAGED, main
from schemas.verify import verify


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    """A copy of a complete data set, to be damaged."""
    return shutil.copytree(finished, tmp_path / "out")


def flip(path: Path, position: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << bit
    path.write_bytes(bytes(data))


def test_verify_finds_nothing_in_a_whole_data_set(out: Path) -> None:
    assert list(verify(out)) == []
    assert main(["verify", str(out)]) == 0


@pytest.mark.parametrize("product", ["features", "graphs", "labels", "relations"])
def test_verify_names_the_file_of_any_flipped_byte(out: Path, product: str) -> None:
    rng = random.Random(product)
    path = next(p for p in sorted(out.glob(f"{product}-*")) if p.suffix in (".h5", ".parquet"))
    whole = path.read_bytes()
    for _ in range(60):
        flip(path, rng.randrange(len(whole)), rng.randrange(8))
        problems = list(verify(out))
        assert problems
        assert {problem.file for problem in problems} == {path.name}
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["features", "boxes", "object_scores", "relations", "attribute_ids", "crc32c"])
def test_verify_names_the_row_of_a_flipped_byte_in_features(out: Path, name: str) -> None:
    path = sorted(out.glob("features-*.h5"))[0]
    with h5py.File(path) as file:
        dataset = file[name]
        rows, start, size = len(dataset), dataset.id.get_offset(), dataset.nbytes
    for row in range(rows):
        whole = path.read_bytes()
        flip(path, start + row * size // rows + 1)
        assert [(p.file, p.row) for p in verify(out)] == [(path.name, row)]
        path.write_bytes(whole)


def test_verify_names_the_row_of_a_flipped_byte_in_a_caption(out: Path) -> None:
    path = next(p for p in sorted(out.glob("graphs-*.parquet")) if pq.read_metadata(p).num_rows > 2)
    ids = pq.read_table(path, columns=["image_id"])["image_id"].to_pylist()
    for row, image_id in enumerate(ids):
        whole = path.read_bytes()
        flip(path, whole.index(f"{image_id}#0".encode()) + 2, 7)  # no UTF-8 any more
        flip(path, whole.index(f"{image_id}#0".encode()) + 3)
        assert [(p.file, p.row) for p in verify(out)] == [(path.name, row)]
        path.write_bytes(whole)


def test_verify_names_every_kind_of_wrong_file(out: Path) -> None:
    (out / "labels-00001-of-00004.parquet").unlink()
    with (out / "graphs-00002-of-00004.parquet").open("ab") as file:
        file.write(b"more")
    (out / "notes.txt").write_text("foreign")
    flip(out / "features-00000-of-00004.json", 30)
    (out / "corpus.json").write_text("{}")
    files = {problem.file for problem in verify(out)}
    assert files == {
        "labels-00001-of-00004.parquet",
        "graphs-00002-of-00004.parquet",
        "notes.txt",
        "features-00000-of-00004.json",
        "corpus.json",
    }


def test_verify_refuses_a_manifest_that_was_changed(out: Path) -> None:
    text = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(text.replace('"rows": 18', '"rows": 17'))
    assert [problem.file for problem in verify(out)] == ["manifest.json"]


@pytest.mark.parametrize("name", ["_SUCCESS", "manifest.json", "run.json"])
def test_verify_says_that_a_run_is_not_complete(out: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (out / name).unlink()
    assert main(["verify", str(out)]) == DAMAGED
    assert "not a complete data set" in capsys.readouterr().out


def test_verify_finds_rows_of_another_shard(out: Path) -> None:
    """A file that is whole by its own checksums, but stands in another's place."""
    import hashlib
    import json

    from schemas.manifest import success_text

    shutil.copy(out / "graphs-00001-of-00004.parquet", out / "graphs-00000-of-00004.parquet")
    manifest = json.loads((out / "manifest.json").read_text())
    data = (out / "graphs-00000-of-00004.parquet").read_bytes()
    for entry in manifest["files"]:
        if entry["name"] == "graphs-00000-of-00004.parquet":
            entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (out / "manifest.json").write_text(json.dumps(manifest))
    (out / "_SUCCESS").write_text(success_text(json.dumps(manifest)))
    problems = [str(problem) for problem in verify(out)]
    assert any("does not belong here" in problem for problem in problems)
    assert any("other images" in problem for problem in problems)
