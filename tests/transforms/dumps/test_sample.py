"""The cheap identity of large files."""

from __future__ import annotations

from pathlib import Path

import pytest

from transforms.dumps import sample
from transforms.dumps.sample import sample_digest


def write(folder: Path, contents: list[bytes]) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.bin" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def test_sample_digest_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    contents = [b"abc", b"", b"defg"]
    first = sample_digest(write(tmp_path / "x", contents))
    assert sample_digest(write(tmp_path / "y", contents)) == first


def test_sample_digest_of_small_files_sees_every_byte(tmp_path: Path) -> None:
    paths = write(tmp_path / "x", [bytes(50), b"", bytes(50)])
    found = {sample_digest(paths)}
    for position in range(100):
        data = bytearray(50)
        data[position % 50] = 1
        path = paths[0 if position < 50 else 2]
        path.write_bytes(bytes(data))
        found.add(sample_digest(paths))
        path.write_bytes(bytes(50))
    assert len(found) == 101


def test_sample_digest_tells_where_a_file_ends(tmp_path: Path) -> None:
    assert sample_digest(write(tmp_path / "x", [b"ab", b"c"])) != sample_digest(write(tmp_path / "y", [b"a", b"bc"]))


@pytest.mark.parametrize("cut", [[200], [60, 140], [10] * 20])
def test_sample_digest_of_large_files_reads_pieces_with_first_and_last_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: list[int]
) -> None:
    monkeypatch.setattr(sample, "PIECES", 4)
    monkeypatch.setattr(sample, "PIECE", 8)
    contents = [bytes(size) for size in cut]
    paths = write(tmp_path / "x", contents)
    whole, seen = sample_digest(paths), set()
    for position in range(200):
        number, start = 0, 0
        while position >= start + cut[number]:
            start += cut[number]
            number += 1
        data = bytearray(contents[number])
        data[position - start] = 1
        paths[number].write_bytes(bytes(data))
        if sample_digest(paths) != whole:
            seen.add(position)
        paths[number].write_bytes(contents[number])
    assert len(seen) == 32
    assert {0, 199} <= seen
