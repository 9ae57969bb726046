"""Streaming arrays out of a JSON file, against the standard library reading it whole."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms import json_stream
from transforms.annotation_files import AnnotationFileError
from transforms.json_stream import read_arrays

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=9,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    before=VALUES, images=st.lists(VALUES), after=VALUES, indent=st.none() | st.integers(0, 2), ascii_only=st.booleans()
)
@pytest.mark.parametrize("chunk", [1, 7, 2**20])
def test_read_arrays_yields_what_json_load_does(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
    before: object,
    images: list[object],
    after: object,
    indent: int | None,
    ascii_only: bool,
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", chunk)
    document = {"before": before, "images": images, "after": after}
    (tmp_path / "a.json").write_bytes(json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode())
    expected = [("images", index, value) for index, value in enumerate(images)]
    assert list(read_arrays(str(tmp_path / "a.json"), ("images",))) == expected


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(images=st.lists(VALUES, min_size=1), where=st.floats(0, 1, exclude_max=True))
@pytest.mark.parametrize("chunk", [1, 2**20])
def test_read_arrays_refuses_every_truncation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, images: list[object], where: float
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", chunk)
    whole = json.dumps({"images": images}).encode()
    (tmp_path / "a.json").write_bytes(whole[: int(where * len(whole))])
    with pytest.raises(AnnotationFileError):
        list(read_arrays(str(tmp_path / "a.json"), ("images",)))


@pytest.mark.parametrize("chunk", [1, 5, 2**20])
def test_read_arrays_counts_lines_and_columns_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", chunk)
    (tmp_path / "a.json").write_text('{"images": [\n  1,\n  {"é": 2},\n  oops]}')
    with pytest.raises(AnnotationFileError, match="line 4 column 3: Expecting value, found 'oops"):
        list(read_arrays(str(tmp_path / "a.json"), ("images",)))


def test_read_arrays_says_in_which_line_a_byte_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"images": [\n1,\n"\xff"]}')
    with pytest.raises(AnnotationFileError, match=r"line 3: b'\\xff\"\]\}' is not UTF-8"):
        list(read_arrays(str(tmp_path / "a.json"), ("images",)))


def test_read_arrays_keeps_what_only_one_entry_should_answer_for(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"images": [NaN, "\\ud800"]}')
    [(_, _, first), (_, _, second)] = read_arrays(str(tmp_path / "a.json"), ("images",))
    assert isinstance(first, float)
    assert math.isnan(first)
    assert second == "\ud800"


def test_read_arrays_refuses_an_endless_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", 100)
    monkeypatch.setattr(json_stream, "MAX_ENTRY_CHARACTERS", 1_000)
    (tmp_path / "a.json").write_text('{"images": ["' + "a" * 9_999)
    with pytest.raises(AnnotationFileError, match="line 1 column 13: a value of more than 1000 characters"):
        list(read_arrays(str(tmp_path / "a.json"), ("images",)))
