"""Relations of regions through the whole command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.__main__ import WRONG, main
from schemas.feature_shard import SPATIAL_RELATIONS
from schemas.relation_shard import read_relation_shard
from tests.pipeline.conftest import World, entries
from transforms.relation_prior import RelationPrior
from transforms.scene_graph_dump import INFO, PREDICTION


def test_run_writes_a_row_of_relations_an_image(finished: Path) -> None:
    images = [image for path in sorted(finished.glob("relations-*.parquet")) for image in read_relation_shard(path)]
    assert len(images) == len(entries())
    manifest = json.loads((finished / "manifest.json").read_text())
    assert manifest["counts"]["PredictRelations"] == {"entered": 18, "left": 18, "rejected": 0}
    assert manifest["vocabularies"]["spatial_relations"] == list(SPATIAL_RELATIONS)
    prior = RelationPrior.from_json((finished / "relation_prior.json").read_text())
    assert list(prior.objects) == manifest["vocabularies"]["objects"]


def write_dump(folder: Path, names: list[str]) -> Path:
    """Writes predictions of one relation for each file name: the whole photo is on its left half."""
    info = {"idx_to_files": names, "ind_to_classes": ["thing"], "ind_to_predicates": ["__background__", "on"]}
    boxes = [[0.0, 0.0, 800.0, 800.0], [0.0, 0.0, 300.0, 800.0]]
    one = {"bbox": boxes, "rel_pairs": [[0, 1]], "rel_labels": [1], "rel_scores": [0.5], "rel_all_scores": [[0.5, 0.5]]}
    folder.mkdir()
    (folder / INFO).write_text(json.dumps(info))
    (folder / PREDICTION).write_text(json.dumps({str(i): one for i in range(len(names))}))
    return folder


def test_run_imports_relations(world: World, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump", [str(entry["filename"]) for entry in entries()])
    out = tmp_path / "out"
    assert world.run(out, "--relations", str(dump)) == 0
    assert main(["verify", str(out)]) == 0
    counts = json.loads((out / "manifest.json").read_text())["counts"]
    assert counts["ImportRelations"] == {"entered": 18, "left": 18, "rejected": 0}
    assert not (out / "relation_prior.json").exists()


def test_run_refuses_another_dump_of_relations(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [str(entry["filename"]) for entry in entries()]
    out = tmp_path / "out"
    assert world.run(out, "--relations", str(write_dump(tmp_path / "dump", names))) == 0
    shutil.rmtree(tmp_path / "dump")
    assert world.run(out, "--relations", str(write_dump(tmp_path / "dump", names[::-1]))) == WRONG
    assert "relations: " in capsys.readouterr().err


def test_run_refuses_a_folder_without_scene_graphs(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.run(tmp_path / "out", "--relations", str(tmp_path)) == WRONG
    assert INFO in capsys.readouterr().err
