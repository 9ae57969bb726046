"""Dumps of region features through the whole command line into a data set."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from multigrain import Shards
from pipeline.__main__ import OK, REJECTED, WRONG, main
from tests.dump_files import (
    ATTRIBUTES,
    OBJECTS,
    Seen,
    seen,
    write_h5,
    write_lmdb,
    write_npz,
    write_precomp,
    write_tsv,
    write_vocabulary,
)
from tests.pipeline.conftest import World, entries, write_world
from tests.pipeline.dumped_world import PHOTOS, arguments, manifest_of, tsv_of
from transforms.dumps.open_dump import open_dump
from transforms.dumps.tsv import LONG

ReadAll = Callable[[Path], dict[str, bytes]]
GOLDEN = Path(__file__).parents[3] / "shared" / "data" / "butd"

LARGER = [  # the photos in double size, as a detector on other copies would see them
    Seen(p.image_id, 2 * p.height, 2 * p.width, p.features, 2 * p.boxes, p.object_ids, p.object_scores,
         p.attribute_ids, p.attribute_scores) for p in PHOTOS
]  # fmt: skip


def letters_of(out: Path) -> set[tuple[str, str, str]]:
    lines = (out / "dead_letters.jsonl").read_text().splitlines()
    return {(x["stage"], x["record_id"], x["reason"]) for x in map(json.loads, lines)}


WRITERS: dict[str, Callable[[Path], str]] = {
    "tsv": tsv_of,
    "npz": lambda folder: f"npz:{write_npz(folder / 'npz', PHOTOS)}",
    "precomp": lambda folder: f"precomp:{write_precomp(folder, 'dev', PHOTOS, rows=5, boxes='boxes')}",
    "lmdb": lambda folder: f"lmdb:{write_lmdb(folder / 'all', PHOTOS)}",
    "h5": lambda folder: f"h5:{write_h5(folder / 'any.h5', PHOTOS)}",
}


@pytest.mark.parametrize("dump_format", WRITERS)
def test_run_takes_regions_from_a_dump_of_each_format(world: World, tmp_path: Path, dump_format: str) -> None:
    vocabulary = ("--vocabulary", str(write_vocabulary(tmp_path / "names")))
    dump = WRITERS[dump_format](tmp_path)
    assert main(arguments(world.annotations, tmp_path / "out", dump, *vocabulary)) == OK
    by_id = {photo.image_id: photo for photo in PHOTOS}
    images = list(Shards(tmp_path / "out"))
    assert {image.image_id for image in images} == set(by_id)
    for image in images:
        photo = by_id[image.image_id]
        np.testing.assert_array_equal(image.features, photo.features)
        size = np.array([photo.width, photo.height] * 2)
        if dump_format == "lmdb":  # fractions in float16, of photos whose size nobody told
            np.testing.assert_allclose(image.boxes, photo.boxes / size, atol=5e-4)
        else:
            np.testing.assert_array_equal(image.boxes, photo.boxes)
    manifest = manifest_of(tmp_path / "out")
    counts = manifest["counts"]["ImportRegions"]  # type: ignore[index]
    assert counts == {"entered": 18, "left": 18, "rejected": 0}
    assert manifest["vocabularies"]["objects"] == [f"thing{i}" for i in range(OBJECTS)]  # type: ignore[index]
    assert manifest["vocabularies"]["attributes"] == [f"kind{i}" for i in range(ATTRIBUTES)]  # type: ignore[index]
    assert manifest["notes"] == {}
    assert main(["verify", str(tmp_path / "out")]) == OK


def test_run_gives_the_same_bytes_for_shuffled_input_and_two_workers(
    imported: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    shuffled = entries()
    random.Random(1).shuffle(shuffled)
    dump = f"tsv:{imported.parent / 'dump.tsv'}"
    more = arguments(write_world(tmp_path, shuffled), tmp_path / "out", dump, "--workers", "2")
    done = subprocess.run([sys.executable, "-m", "pipeline", *more], capture_output=True, text=True, check=False)
    assert done.returncode == OK, done.stderr
    assert read_all(tmp_path / "out") == read_all(imported)


def test_run_resumes_without_touching_finished_shards(
    world: World, imported: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    out = shutil.copytree(imported, tmp_path / "out")
    for name in ("_SUCCESS", "manifest.json", "features-00001-of-00003.json"):
        (out / name).unlink()
    kept = (out / "features-00002-of-00003.h5").stat()
    assert main(arguments(world.annotations, out, f"tsv:{imported.parent / 'dump.tsv'}")) == OK
    assert read_all(out) == read_all(imported)
    assert (out / "features-00002-of-00003.h5").stat().st_ino == kept.st_ino


def test_run_refuses_to_mix_dumps(
    world: World, imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(imported, tmp_path / "out")
    other = tsv_of(tmp_path, [*PHOTOS[:-1], LARGER[-1]])
    assert main(arguments(world.annotations, out, other)) == WRONG
    assert "regions: " in capsys.readouterr().err
    assert (out / "_SUCCESS").exists()


def test_run_keeps_images_without_a_row_as_dead_letters(world: World, tmp_path: Path) -> None:
    dump = tsv_of(tmp_path, [photo for photo in PHOTOS if photo.image_id not in ("photo02", "photo09")])
    assert main(arguments(world.annotations, tmp_path / "out", dump)) == REJECTED
    assert letters_of(tmp_path / "out") == {
        ("ImportRegions", "photo02", "missing_regions"),
        ("ImportRegions", "photo09", "missing_regions"),
    }
    empty = {i.image_id for i in Shards(tmp_path / "out") if i.features is not None and not len(i.features)}
    assert empty == {"photo02", "photo09"}


def test_run_rescales_boxes_to_photos_of_another_size_and_counts_them(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = tsv_of(tmp_path, [*LARGER[:5], *PHOTOS[5:]])
    assert main(arguments(world.annotations, tmp_path / "out", dump, "--images", str(world.images))) == OK
    assert "warning: 5 images had another size than the dump says" in capsys.readouterr().out
    by_id = {photo.image_id: photo for photo in PHOTOS}
    for image in Shards(tmp_path / "out"):
        np.testing.assert_allclose(image.boxes, by_id[image.image_id].boxes, rtol=1e-6)  # type: ignore[arg-type]


def test_run_lays_fractions_onto_the_photos(world: World, tmp_path: Path) -> None:
    dump = WRITERS["lmdb"](tmp_path)
    assert main(arguments(world.annotations, tmp_path / "out", dump, "--images", str(world.images))) == OK
    by_id = {photo.image_id: photo for photo in PHOTOS}
    for image in Shards(tmp_path / "out"):
        np.testing.assert_allclose(image.boxes, by_id[image.image_id].boxes, atol=0.05)  # type: ignore[arg-type]


def test_retry_of_mended_photos_equals_a_run_of_whole_ones(world: World, tmp_path: Path, read_all: ReadAll) -> None:
    images, dump = shutil.copytree(world.images, tmp_path / "images"), tsv_of(tmp_path, LARGER)
    (images / "photo03.png").write_bytes(b"")
    (images / "photo05.png").unlink()
    with_images = ("--images", str(images))
    assert main(arguments(world.annotations, tmp_path / "out", dump, *with_images)) == REJECTED
    assert {reason for _, _, reason in letters_of(tmp_path / "out")} == {"empty_file", "missing_image"}
    shutil.copytree(world.images, images, dirs_exist_ok=True)
    assert main(["retry", str(tmp_path / "out")]) == OK
    assert main(arguments(world.annotations, tmp_path / "whole", dump, *with_images)) == OK
    assert read_all(tmp_path / "out") == read_all(tmp_path / "whole")
    assert manifest_of(tmp_path / "out")["notes"] == {"boxes_rescaled": 18}


def test_run_takes_several_dumps(world: World, tmp_path: Path) -> None:
    first = tsv_of(tmp_path, PHOTOS[:7])
    second = f"npz:{write_npz(tmp_path / 'npz', PHOTOS[7:])}"
    assert main(arguments(world.annotations, tmp_path / "out", first, "--regions", second)) == OK
    assert not letters_of(tmp_path / "out")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--regions", "xyz:/nowhere"], "'xyz:/nowhere' is none of tsv:PATH"),
        (["--regions", "tsv:"], "is none of"),
        (["--regions", "tsv:/nowhere"], "/nowhere: no such file or folder"),
        (["--regions", "tsv:{folder}/dump.tsv", "--vocabulary", "/nowhere"], "objects_vocab.txt"),
        (["--regions", "tsv:{folder}/dump.tsv", "--regions", "tsv:{folder}/other.tsv"], "features of [8, 16] numbers"),
        (["--vocabulary", "{folder}"], "--vocabulary names the classes of --regions"),
    ],
)
def test_run_refuses_bad_options_before_any_work(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    tsv_of(tmp_path)
    write_tsv(tmp_path / "other.tsv", [seen("a", size=8)], LONG)
    run = ["run", str(world.annotations), "--out", str(tmp_path / "out")]
    assert main([*run, *(option.format(folder=tmp_path) for option in options)]) == WRONG
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_golden_rows_come_in_exactly_and_go_out_as_they_came(tmp_path: Path) -> None:
    """The first rows of a real bottom-up-attention dump, read here by hand."""
    import base64

    source = GOLDEN / "train2014_obj36_3rows.tsv"
    if not source.exists():
        pytest.skip("no real bottom-up-attention rows beside the repository")
    golden = {line.split("\t")[0]: line.split("\t") for line in source.read_text().splitlines()}
    names = (GOLDEN / "vocab_1600_400_20" / "objects_vocab.txt").read_text().split("\n")
    annotations = write_world(tmp_path, [{"filename": f"{i}.jpg", "caption": "a photo"} for i in golden])
    out, vocabulary = tmp_path / "out", ("--vocabulary", str(GOLDEN / "vocab_1600_400_20"), "--boxes", "36")
    assert main(arguments(annotations, out, f"tsv:{source}", *vocabulary)) == OK
    images = list(Shards(out))
    assert {image.image_id for image in images} == set(golden)
    dump = open_dump(f"h5:{out}")
    for image in images:
        fields = golden[image.image_id]
        height, width = int(fields[1]), int(fields[2])
        features = np.frombuffer(base64.b64decode(fields[9]), np.float32).reshape(36, 2048)
        boxes = np.frombuffer(base64.b64decode(fields[8]), np.float32).reshape(36, 4)
        np.testing.assert_array_equal(image.features, features)
        np.testing.assert_array_equal(image.boxes, boxes)
        assert (image.boxes >= 0).all()  # type: ignore[operator]
        assert (image.boxes <= [width, height] * 2).all()  # type: ignore[operator]
        row = dump.find([image.image_id])
        assert row is not None
        ids = dump.read(row).object_ids
        np.testing.assert_array_equal(ids, np.frombuffer(base64.b64decode(fields[3]), np.int64))
        vocabularies = manifest_of(out)["vocabularies"]
        known = [vocabularies["objects"][i] for i in ids]  # type: ignore[index,union-attr]
        assert known == [names[i].split(",")[0] for i in ids]  # type: ignore[union-attr]
    assert main(["export", str(out), f"tsv:{tmp_path / 'again.tsv'}"]) == OK
    again = (tmp_path / "again.tsv").read_bytes().splitlines(keepends=True)
    assert sorted(again) == sorted(source.read_bytes().splitlines(keepends=True))


def test_run_options_make_the_paths_of_dumps_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`retry` may be called from another folder."""
    from argparse import ArgumentParser

    from pipeline.options import RunOptions, add_run_arguments, run_options

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b.tsv").write_text("")
    parser = ArgumentParser()
    add_run_arguments(parser)
    dumps = ["--regions", "tsv:a,b.tsv", "--regions", "precomp:x/ims.npy,y/ids.txt"]
    options = run_options(parser.parse_args(["c.jsonl", "--out", "o", *dumps]))
    assert options.regions == (f"tsv:{tmp_path}/a,b.tsv", f"precomp:{tmp_path}/x/ims.npy,{tmp_path}/y/ids.txt")
    assert RunOptions.from_dict(json.loads(json.dumps(options.to_dict()))) == options
