"""Imported scene graphs on a real runner: every image a row, every failure a dead letter."""

from __future__ import annotations

import json
from pathlib import Path

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from schemas.records import ImageRelations
from schemas.relation_shard import read_relation_shard
from schemas.sidecar import Sidecar
from tests.transforms.test_scene_graph_dump import GOOD, write_dump
from tests.transforms.test_write_relations import SHARDS, sides, target  # noqa: F401  # fixtures
from transforms.import_relations import ImportRelations
from transforms.publish import Target
from transforms.scene_graph_dump import INFO, frame_size

PHOTO = (60, 100)  # of every image of test_write_relations


def dump(folder: Path) -> str:
    """Writes predictions for im0-0 (its boxes, in the frame), im0-1 (damaged) and a photo of nobody."""
    folder.mkdir()
    scale = frame_size(PHOTO)[0] / PHOTO[0]
    boxes = [[scale * x for x in box] for box in ([10, 10, 20, 30], [5, 25, 30, 45])]
    write_dump(folder, GOOD | {"bbox": boxes}, GOOD | {"rel_labels": [99, 1]}, GOOD)
    info = json.loads((folder / INFO).read_text())
    info["idx_to_files"] = ["x/im0-0.jpg", "x/im0-1.jpg", "x/nobody.jpg"]
    (folder / INFO).write_text(json.dumps(info))
    return str(folder)


def run(target: Target, sides: tuple[list[Sidecar], list[Sidecar]], folder: str) -> None:  # noqa: F811
    with beam.Pipeline(runner=FnApiRunner()) as p:
        features, graphs = (p | name >> beam.Create(side) for name, side in zip("fg", sides, strict=True))
        _ = (features, graphs) | "ImportRelations" >> ImportRelations(target, folder)


def test_import_relations_places_graphs_and_keeps_every_row(
    target: Target,  # noqa: F811
    sides: tuple[list[Sidecar], list[Sidecar]],  # noqa: F811
    tmp_path: Path,
) -> None:
    run(target, sides, dump(tmp_path / "dump"))
    found: dict[str, ImageRelations] = {}
    for path in sorted(Path(target.out).glob("relations-*.parquet")):
        found |= {image.image_id: image for image in read_relation_shard(path)}
    assert len(found) == 12 * SHARDS
    assert [(r.subject, r.predicate, r.object) for r in found["im0-0"].relations] == [(0, "riding", 1), (1, "near", 0)]
    assert all(not image.relations for image_id, image in found.items() if image_id != "im0-0")
    letters = [
        json.loads(line)
        for path in Path(target.out).glob("relations-*.rejected.jsonl")
        for line in path.read_text().splitlines()
    ]
    reasons = {letter["record_id"]: letter["reason"] for letter in letters}
    assert len(reasons) == 12 * SHARDS - 1
    assert reasons.pop("im0-1") == "bad_prediction"
    assert set(reasons.values()) == {"missing_prediction"}
