"""Reading image files: inside the folder, from any file system, with a reason where it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.folder_filesystem import FolderFileSystem
from transforms.images import ImageError, read_image


def test_read_image_reads_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "é.jpg").write_bytes(b"data")
    assert read_image(str(tmp_path), "a b/é.jpg") == b"data"


def test_read_image_does_not_gunzip(tmp_path: Path) -> None:
    (tmp_path / "a.jpg.gz").write_bytes(b"\x1f\x8b")
    assert read_image(str(tmp_path), "a.jpg.gz") == b"\x1f\x8b"


@pytest.mark.parametrize("uri", ["none.jpg", "folder", "pipe", "a.jpg/b.jpg", "n" * 5000])
def test_read_image_says_that_an_image_is_missing(tmp_path: Path, uri: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.jpg").write_bytes(b"data")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImageError) as caught:
        read_image(str(tmp_path), uri)
    assert caught.value.reason == "missing_image"
    assert uri in caught.value.detail


@pytest.mark.parametrize(
    "uri", ["../secret.jpg", "images/../../secret.jpg", "{root}/secret.jpg", "link.jpg", "link/secret.jpg"]
)
def test_read_image_stays_inside_the_folder(tmp_path: Path, uri: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (tmp_path / "images" / "link").symlink_to(tmp_path)
    with pytest.raises(ImageError) as caught:
        read_image(str(tmp_path / "images"), uri.format(root=tmp_path))
    assert caught.value.reason == "path_outside_images"


def test_read_image_follows_links_that_stay_inside(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_bytes(b"data")
    (tmp_path / "images" / "link.jpg").symlink_to("a.jpg")
    (tmp_path / "root").symlink_to("images")
    assert read_image(str(tmp_path / "root"), "link.jpg") == b"data"


def test_read_image_allows_exactly_max_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(bytes(3 * 2**20))
    assert len(read_image(str(tmp_path), "a.jpg", max_bytes=3 * 2**20)) == 3 * 2**20
    with pytest.raises(ImageError) as caught:
        read_image(str(tmp_path), "a.jpg", max_bytes=3 * 2**20 - 1)
    assert caught.value.reason == "too_many_bytes"


@pytest.mark.parametrize("root", ["folder://", "folder://images", "folder://images/"])
def test_read_image_reads_a_uri(tmp_path: Path, root: str) -> None:
    for folder in (tmp_path, tmp_path / "images"):
        folder.mkdir(exist_ok=True)
        (folder / "a.jpg").write_bytes(b"data")
    with FolderFileSystem.serving(tmp_path):
        assert read_image(root, "a.jpg") == b"data"


def test_read_image_says_that_a_uri_is_missing(tmp_path: Path) -> None:
    with FolderFileSystem.serving(tmp_path), pytest.raises(ImageError) as caught:
        read_image("folder://images", "a.jpg")
    assert (caught.value.reason, caught.value.detail) == ("missing_image", "a.jpg: no such file")


def test_read_image_says_that_an_image_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"data")
    refusal = PermissionError(13, "Permission denied")
    with FolderFileSystem.serving(tmp_path, refusal), pytest.raises(ImageError) as caught:
        read_image("folder://", "a.jpg")
    assert caught.value.reason == "unreadable_image"


def test_read_image_leaves_faults_of_the_file_system_to_the_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.patience.PATIENCE", 0.0)
    (tmp_path / "a.jpg").write_bytes(b"data")
    refusal = ConnectionError("reset")
    with FolderFileSystem.serving(tmp_path, refusal), pytest.raises(ConnectionError):
        read_image("folder://", "a.jpg")
