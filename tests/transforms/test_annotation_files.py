"""Opening annotation files, through Beam's file systems."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.folder_filesystem import FolderFileSystem
from transforms.annotation_files import AnnotationFileError, open_annotation_file, read_head, read_lines


def test_open_annotation_file_reads_a_uri(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"text"))
    with FolderFileSystem.serving(tmp_path), open_annotation_file("folder://a.txt.gz") as file:
        assert file.read() == b"text"


def test_open_annotation_file_says_that_a_uri_is_missing(tmp_path: Path) -> None:
    with (
        FolderFileSystem.serving(tmp_path),
        pytest.raises(AnnotationFileError, match=r"folder://a\.txt: no such file"),
        open_annotation_file("folder://a.txt"),
    ):
        pass


def test_read_lines_yields_numbers_and_ends(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\n\r\ntwo")
    assert list(read_lines(str(tmp_path / "a.txt"))) == [(1, "one\n"), (2, "\r\n"), (3, "two")]


def test_read_head_leaves_out_a_cut_character(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("aé".encode())
    assert read_head(str(tmp_path / "a.txt"), 2) == "a"
