"""Hostile images and annotation files through the whole command line: no crash, none lost, each reason right."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from multigrain import Shards
from pipeline.__main__ import OK, REJECTED, WRONG, main
from tests.hostile import HostileFile, encode, hostile_files, hostile_images, picture
from tests.pipeline.conftest import World

FILES = hostile_files()


def letters_of(out: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (out / "dead_letters.jsonl").read_text().splitlines()]


def test_run_survives_hostile_images(world: World, tmp_path: Path) -> None:
    images, hostile = tmp_path / "images", hostile_images()
    assert len(hostile) >= 30
    images.mkdir()
    (images / "fine.png").write_bytes(encode(picture(), "PNG"))
    expected = {}
    lines = [{"image": "fine.png", "image_id": "fine", "caption": "a picture"}]
    for number, one in enumerate(hostile):
        name = f"{number:02}_{Path(one.name).name}"
        (images / name).write_bytes(one.data)
        expected[str(number)] = one.reason
        lines.append({"image": name, "image_id": str(number), "caption": "a picture"})
    annotations = tmp_path / "captions.jsonl"
    annotations.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "out"
    run = ["run", str(annotations), "--images", str(images), "--detector", str(world.detector), "--out", str(out)]
    assert main([*run, "--shards", "2", "--boxes", "6"]) == REJECTED
    assert {x["record_id"]: x["reason"] for x in letters_of(out) if x["stage"] == "ExtractRegions"} == expected
    found = {image.image_id: image.features for image in Shards(out)}
    assert len(found) == len(hostile) + 1
    assert {image_id for image_id, features in found.items() if len(features)} == {"fine"}
    assert main(["verify", str(out)]) == OK


@pytest.mark.parametrize("file", [f for f in FILES if f.error], ids=lambda f: f.name)
def test_run_refuses_hostile_annotation_files(
    file: HostileFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)
    assert main(["run", str(path), "--out", str(tmp_path / "out"), "--shards", "1"]) == WRONG
    assert file.name in capsys.readouterr().err
    assert not (tmp_path / "out" / "_SUCCESS").exists()


def test_run_survives_annotation_files_with_hostile_entries(tmp_path: Path) -> None:
    """All of them in one run, each in a folder of its own, so that every entry has its own place and image ids."""
    readable = [file for file in FILES if not file.error]
    assert len(readable) >= 30
    for file in readable:
        path = tmp_path / file.name
        path.write_bytes(file.data)
        out = tmp_path / f"out-{file.name}"
        rejected = sum(file.reasons.values())
        assert main(["run", str(path), "--out", str(out), "--shards", "1", "--max-rejected", "1"]) == OK
        read = [x for x in letters_of(out) if x["stage"] == "ReadAnnotations"]
        assert Counter(x["reason"] for x in read) == file.reasons, file.name
        counts = json.loads((out / "manifest.json").read_text())["counts"]["ReadAnnotations"]
        assert (counts["entered"], counts["rejected"]) == (file.accepted + rejected, rejected), file.name
