"""Dumps of region features through the whole command line, in and out again."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
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
from tests.pipeline.conftest import SIZES, World, entries, write_world
from transforms.dumps.open_dump import open_dump
from transforms.dumps.tsv import LONG, SHORT

ReadAll = Callable[[Path], dict[str, bytes]]
GOLDEN = Path(__file__).parents[3] / "shared" / "data" / "butd"

PHOTOS = [
    seen(str(entry["filename"]).removesuffix(".png"), height=SIZES[i % 3][0], width=SIZES[i % 3][1])
    for i, entry in enumerate(entries())
]
LARGER = [  # the photos in double size, as a detector on other copies would see them
    Seen(p.image_id, 2 * p.height, 2 * p.width, p.features, 2 * p.boxes, p.object_ids, p.object_scores,
         p.attribute_ids, p.attribute_scores) for p in PHOTOS
]  # fmt: skip


def arguments(annotations: Path, out: Path, dump: str, *more: str) -> list[str]:
    fixed = ["run", str(annotations), "--regions", dump, "--out", str(out), "--shards", "3", "--boxes", "6"]
    return [*fixed, "--candidates", "1", "--feature-dtype", "float32", *more]


def tsv_of(folder: Path, photos: Sequence[Seen] = PHOTOS, columns: Sequence[str] = LONG) -> str:
    return f"tsv:{write_tsv(folder / 'dump.tsv', photos, columns)}"


def manifest_of(out: Path) -> dict[str, object]:
    manifest: dict[str, object] = json.loads((out / "manifest.json").read_text())
    return manifest


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


@pytest.fixture(scope="module")
def imported(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete data set made of a TSV; tests that change it work on a copy. The dump lies beside it."""
    folder = tmp_path_factory.mktemp("imported")
    assert main(arguments(world.annotations, folder / "out", tsv_of(folder))) == OK
    return folder / "out"


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


@pytest.mark.parametrize("columns", [SHORT, LONG])
def test_export_of_a_tsv_that_came_in_is_that_tsv(world: World, tmp_path: Path, columns: tuple[str, ...]) -> None:
    dump = tsv_of(tmp_path, PHOTOS, columns)
    assert main(arguments(world.annotations, tmp_path / "out", dump)) == OK
    assert main(["export", str(tmp_path / "out"), f"tsv:{tmp_path / 'again.tsv'}"]) == OK
    again = (tmp_path / "again.tsv").read_bytes().splitlines()
    assert sorted(again) == sorted((tmp_path / "dump.tsv").read_bytes().splitlines())


def test_export_to_precomp_comes_in_again_with_its_captions(world: World, imported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "precomp"
    assert main(["export", str(imported), f"precomp:{folder}"]) == OK
    splits = ("train", "dev", "test")
    dumps = [option for split in splits for option in ("--regions", f"precomp:{folder / f'{split}_ims.npy'}")]
    captions = [str(folder / f"{split}_caps.txt") for split in splits]
    run = ["run", *captions, *dumps, "--out", str(tmp_path / "out"), "--shards", "3", "--boxes", "6"]
    assert main([*run, "--feature-dtype", "float32", "--max-rejected", "1"]) == OK
    before, after = list(Shards(imported)), list(Shards(tmp_path / "out"))
    assert [i.image_id for i in after] == [i.image_id for i in before]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(new.features, old.features)
        np.testing.assert_array_equal(new.boxes, old.boxes)
        assert new.graphs.split == old.graphs.split
        texts = [caption.text for caption in old.graphs.captions]
        assert [c.text for c in new.graphs.captions] == [texts[k % len(texts)] for k in range(5)]


def test_export_to_precomp_pairs_captions_and_images_as_scan_and_vse_infinity_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their loaders read {split}_caps.txt and {split}_ims.npy of one folder alone: caption k is of image k // 5, or of
    image k where there are as many images as captions; of dev they take 5,000 captions, however many there are."""
    said = {i: [f"A dog looks at {i} cups beside {k} plates." for k in range(5)] for i in range(len(PHOTOS))}
    annotations = write_world(tmp_path, [entry | {"sentences": said[i]} for i, entry in enumerate(entries())])
    assert main(arguments(annotations, tmp_path / "out", tsv_of(tmp_path))) == OK
    assert main(["export", str(tmp_path / "out"), f"precomp:{tmp_path}"]) == OK
    assert "warning: dev has 5 images; SCAN and VSE-infinity read 5,000 captions of it" in capsys.readouterr().out
    by_caption = {caption: PHOTOS[i] for i, captions in said.items() for caption in captions}
    read = 0
    for split in ("train", "dev", "test"):
        captions = [line.strip() for line in (tmp_path / f"{split}_caps.txt").open(encoding="utf-8")]
        images = np.load(tmp_path / f"{split}_ims.npy")
        each = 5 if len(images) != len(captions) else 1
        assert (images.dtype, images.shape[1:]) == (np.float32, (6, 16))
        for k, caption in enumerate(captions):
            np.testing.assert_array_equal(images[k // each], by_caption[caption].features)
            read += 1
    assert read == 5 * len(PHOTOS)


def test_export_of_detected_regions_leaves_out_images_without(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = shutil.copytree(world.images, tmp_path / "images")
    (images / "photo04.png").unlink()
    out = tmp_path / "out"
    assert world.run(out, "--images", str(images), "--max-rejected", "1", "--feature-dtype", "float32") == OK
    capsys.readouterr()
    assert main(["export", str(out), f"tsv:{tmp_path / 'dump.tsv'}"]) == OK
    assert capsys.readouterr().out.startswith("warning: 1 images left out: they have no regions\n17 images")
    dump = open_dump(f"tsv:{tmp_path / 'dump.tsv'}")
    for image in Shards(out):
        row = dump.find([image.image_id])
        assert (row is None) == (image.image_id == "photo04")
        if row is not None:
            np.testing.assert_array_equal(dump.read(row).features, image.features)


@pytest.mark.parametrize(
    ("damage", "target", "message"),
    [
        ("_SUCCESS", "tsv:x.tsv", "not a complete data set"),
        (None, "csv:x.csv", "neither tsv:FILE nor precomp:DIR"),
        (None, "tsv:/nowhere/x.tsv", "No such file"),
    ],
)
def test_export_refuses_what_it_cannot_do(
    imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str | None, target: str, message: str
) -> None:
    out = shutil.copytree(imported, tmp_path / "out")
    if damage:
        (out / damage).unlink()
    assert main(["export", str(out), target]) == WRONG
    assert message in capsys.readouterr().err


def test_export_refuses_a_data_set_of_captions_only(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(world.annotations), "--out", str(tmp_path / "out"), "--shards", "2"]) == OK
    assert main(["export", str(tmp_path / "out"), "tsv:x.tsv"]) == WRONG
    assert "has no region features" in capsys.readouterr().err


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
