"""Data sets through the whole command line to the formats that others train on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from multigrain import Shards
from pipeline.__main__ import OK, WRONG, main
from tests.pipeline.conftest import World, entries, write_world
from tests.pipeline.dumped_world import PHOTOS, arguments, tsv_of
from transforms.dumps.open_dump import open_dump
from transforms.dumps.tsv import LONG, SHORT


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
