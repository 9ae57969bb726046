"""The whole flow, for real: Beam, detectron2, spaCy, PyArrow, h5py."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from multigrain import Shards
from multigrain.phrase_mask import PhraseLabeller
from pipeline.__main__ import REJECTED, WRONG, main
from schemas.sharding import row_key, shard_of
from tests.pipeline.conftest import World, entries, write_world
from transforms.detector import load_detector
from transforms.images import decode_image
from transforms.region_selection import SelectionOptions
from transforms.scene_graphs import parse

ReadAll = Callable[[Path], dict[str, bytes]]


def test_run_equals_plain_functions_in_a_loop(world: World, finished: Path) -> None:
    detector, selection = load_detector(world.detector), SelectionOptions(6, 6)
    expected = {str(e["filename"]).removesuffix(".png"): e for e in entries()}
    images = list(Shards(finished))
    assert {image.image_id for image in images} == set(expected)
    for image in images:
        entry = expected[image.image_id]
        regions = detector.detect(decode_image((world.images / str(entry["filename"])).read_bytes()), selection)
        np.testing.assert_array_equal(image.features, regions.features.astype(np.float16))
        np.testing.assert_array_equal(image.boxes, regions.boxes)
        assert [c.text for c in image.graphs.captions] == entry["sentences"]
        assert list(image.graphs.graphs) == parse(entry["sentences"])  # type: ignore[arg-type]
        assert image.graphs.split == entry["split"]


def test_run_puts_images_where_their_ids_belong(finished: Path) -> None:
    for shard in range(4):
        with h5py.File(finished / f"features-{shard:05}-of-00004.h5") as file:
            keys = [row_key("", bytes(i).decode()) for i in file["image_id"][:]]
        assert keys == sorted(keys)
        assert {shard_of(key, 4) for key in keys} <= {shard}


def test_run_labels_only_captions_of_the_same_split(finished: Path) -> None:
    images = list(Shards(finished))
    splits = {image.image_id: image.graphs.split for image in images}
    candidates = [(image, c) for image in images for c in image.labels.candidates]
    assert candidates
    for image, candidate in candidates:
        assert candidate.image_id != image.image_id
        assert splits[candidate.image_id] == image.graphs.split


def test_run_counts_add_up(finished: Path) -> None:
    counts = json.loads((finished / "manifest.json").read_text())["counts"]
    assert counts["ReadAnnotations"]["entered"] == sum(len(e["sentences"]) for e in entries())  # type: ignore[arg-type]
    assert counts["ExtractRegions"]["entered"] == counts["MinePhraseLabels"]["entered"] == len(entries())
    assert all(c["entered"] == c["left"] + c["rejected"] for c in counts.values())


def test_run_ends_with_a_report(finished: Path) -> None:
    text = (finished / "report.html").read_text()
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    assert len(data["examples"]) == json.loads((finished / "manifest.json").read_text())["rows"]


def test_run_gives_the_same_bytes_for_shuffled_input(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    shuffled = entries()
    random.Random(1).shuffle(shuffled)
    other = replace(world, annotations=write_world(tmp_path, shuffled))
    assert other.run(tmp_path / "out") == 0
    assert read_all(tmp_path / "out") == read_all(finished)


def test_run_gives_the_same_bytes_with_two_workers(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    command = [sys.executable, "-m", "pipeline", *world.arguments(tmp_path / "out", "--workers", "2")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert read_all(tmp_path / "out") == read_all(finished)


def test_run_resumes_without_touching_finished_shards(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    for name in ("_SUCCESS", "manifest.json", "features-00001-of-00004.json", "labels-00002-of-00004.parquet"):
        (out / name).unlink()
    (out / ".tmp-0123").mkdir()
    (out / ".tmp-0123" / "features-00001-of-00004.h5").write_bytes(b"half a file")
    kept = (out / "features-00002-of-00004.h5").stat()
    assert world.run(out) == 0
    assert read_all(out) == read_all(finished)
    assert (out / "features-00002-of-00004.h5").stat().st_ino == kept.st_ino


def test_run_makes_a_damaged_sidecar_anew(world: World, finished: Path, tmp_path: Path, read_all: ReadAll) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    (out / "graphs-00001-of-00004.json").write_text('{"product": "graphs"')
    assert world.run(out) == 0
    assert read_all(out) == read_all(finished)


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [("--boxes", "5", "selection"), ("--salt", "x", "salt"), ("--candidates", "2", "candidates")],
)
def test_run_refuses_to_mix_options(
    world: World,
    finished: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    named: str,
) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    assert world.run(out, option, value) == WRONG
    assert named in capsys.readouterr().err
    assert (out / "_SUCCESS").exists()


def test_run_refuses_another_weight_file(
    world: World, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.tiny_detector import fpn_config, write_detector

    out = shutil.copytree(finished, tmp_path / "out")
    other = replace(world, detector=write_detector(tmp_path / "detector", fpn_config(), seed=1))
    assert other.run(out) == WRONG
    assert "detector: " in capsys.readouterr().err


def test_run_refuses_a_folder_with_files_of_others(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert world.run(tmp_path) == WRONG
    assert "thesis.txt" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shards", "0"], "--shards"),
        (["--images", "/nowhere"], "/nowhere"),
        (["--boxes", "9:3"], "min_boxes=9"),
        (["--detector", "/nowhere"], "/nowhere"),
        (["--parser", "spacy:en_no_such_model"], "en_no_such_model"),
        (["--parser", "java"], "java"),
        (["--out", "bucket://folder"], "--out"),
        (["--images", "bucket://folder"], "--images"),
        (["--out", "out[1]"], "--out"),
    ],
)
def test_run_refuses_bad_options_before_any_work(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert world.run(tmp_path / "out", *options) == WRONG
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_run_without_images_writes_no_features(world: World, tmp_path: Path) -> None:
    assert main(["run", str(world.annotations), "--out", str(tmp_path / "out"), "--shards", "2"]) == 0
    assert not list((tmp_path / "out").glob("*.h5"))
    images = list(Shards(tmp_path / "out"))
    assert len(images) == len(entries())
    assert all(len(image.features) == len(image.boxes) == 0 for image in images)


def test_run_makes_only_the_text_anew_where_captions_changed(world: World, finished: Path, tmp_path: Path) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    before = {path.name: path.stat().st_ino for path in out.iterdir()}
    changed = entries()
    changed[0]["sentences"] = ["A green boat."]
    assert replace(world, annotations=write_world(tmp_path, changed)).run(out) == 0
    after = {path.name: path.stat().st_ino for path in out.iterdir()}
    assert all(after[name] == before[name] for name in before if name.endswith(".h5"))
    texts = {image.image_id: image.graphs.captions[0].text for image in Shards(out)}
    assert texts["photo00"] == "A green boat."


def break_photos(world: World, folder: Path) -> World:
    """Returns the world with one photo cut off, one empty and one missing."""
    images = shutil.copytree(world.images, folder / "images")
    data = (images / "photo03.png").read_bytes()
    (images / "photo03.png").write_bytes(data[: len(data) // 2])
    (images / "photo04.png").write_bytes(b"")
    (images / "photo05.png").unlink()
    return replace(world, images=images)


def test_run_keeps_rejected_images_as_empty_rows_with_dead_letters(world: World, tmp_path: Path) -> None:
    assert break_photos(world, tmp_path).run(tmp_path / "out") == REJECTED
    letters = [json.loads(line) for line in (tmp_path / "out" / "dead_letters.jsonl").read_text().splitlines()]
    assert {(x["record_id"], x["reason"]) for x in letters} == {
        ("photo03", "truncated_image"),
        ("photo04", "empty_file"),
        ("photo05", "missing_image"),
    }
    empty = {i.image_id for i in Shards(tmp_path / "out") if len(i.features) == 0}
    assert empty == {"photo03", "photo04", "photo05"}
    counts = json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]["ExtractRegions"]
    assert (counts["entered"], counts["left"], counts["rejected"]) == (18, 15, 3)


def test_retry_of_mended_photos_equals_a_run_of_whole_ones(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    broken = break_photos(world, tmp_path)
    assert broken.run(tmp_path / "out") == REJECTED
    shutil.copytree(world.images, broken.images, dirs_exist_ok=True)
    assert main(["retry", str(tmp_path / "out")]) == 0
    assert read_all(tmp_path / "out") == read_all(finished)


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_retry_keeps_nothing_of_a_damaged_file(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll, damage: str
) -> None:
    broken, out = break_photos(world, tmp_path), tmp_path / "out"
    assert broken.run(out) == REJECTED
    shutil.copytree(world.images, broken.images, dirs_exist_ok=True)
    letters = [json.loads(line)["record_id"] for line in (out / "dead_letters.jsonl").read_text().splitlines()]
    path = out / f"features-{shard_of(row_key('', letters[0]), 4):05}-of-00004.h5"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data if damage == "flip" else data[:100]))
    if damage == "remove":
        path.unlink()
    assert main(["retry", str(out)]) == 0
    assert read_all(out) == read_all(finished)


def test_run_leaves_a_finished_data_set_alone_where_the_captions_are_cut_off(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    out = shutil.copytree(finished, tmp_path / "out")
    cut = tmp_path / "captions.jsonl.gz"
    cut.write_bytes(gzip.compress(world.annotations.read_bytes())[:-20])
    assert replace(world, annotations=cut).run(out) == WRONG
    assert read_all(out) == read_all(finished)


def test_retry_looks_only_at_what_was_rejected(world: World, tmp_path: Path) -> None:
    broken = break_photos(world, tmp_path)
    assert broken.run(tmp_path / "out") == REJECTED
    before = (tmp_path / "out" / "dead_letters.jsonl").read_text()
    for path in broken.images.iterdir():  # whoever looks at a photo that was fine finds it missing now
        if path.name not in ("photo03.png", "photo04.png"):
            path.unlink()
    assert main(["retry", str(tmp_path / "out")]) == REJECTED
    assert (tmp_path / "out" / "dead_letters.jsonl").read_text() == before


def test_retry_refuses_a_folder_of_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retry", str(tmp_path)]) == WRONG
    assert "run.json" in capsys.readouterr().err


def test_run_refuses_a_folder_that_another_run_is_writing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.folder import locked

    with locked(str(tmp_path / "out")):
        assert world.run(tmp_path / "out") == WRONG
    assert "being written by another run" in capsys.readouterr().err


def test_run_writes_rules_that_give_the_stored_labels(finished: Path) -> None:
    labeller, images = PhraseLabeller(finished), list(Shards(finished))
    ids = [caption.caption_id for image in images for caption in image.graphs.captions]
    mask = labeller(range(len(images)), range(len(ids)))
    stored = [(row, candidate) for row, image in enumerate(images) for candidate in image.labels.candidates]
    assert stored
    for row, candidate in stored:
        reasons = mask.reason[row, ids.index(candidate.caption_id)]
        assert [labeller.reasons[i] for i in reasons[: len(candidate.labels)]] == [i.reason for i in candidate.labels]
