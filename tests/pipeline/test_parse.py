"""The command that parses captions in a file."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.dom.minidom import parseString

import pytest

from pipeline.__main__ import OK, WRONG, main

CAPTIONS = ["A man rides a brown horse.", "", "Zwei Hunde spielen mit dem Ball auf der Wiese"]


def test_parse_writes_a_line_for_a_line(tmp_path: Path) -> None:
    source, sink = tmp_path / "c.txt", tmp_path / "g.jsonl"
    source.write_text("".join(caption + "\n" for caption in CAPTIONS))
    assert main(["parse", str(source), str(sink)]) == OK
    graphs = [json.loads(line) for line in sink.read_text().splitlines()]
    assert [g["caption"] for g in graphs] == CAPTIONS
    assert [g.get("note") for g in graphs] == [None, "empty", "not_english"]


def test_parse_reads_captions_of_json_lines(tmp_path: Path) -> None:
    source, sink = tmp_path / "c.jsonl", tmp_path / "g.jsonl"
    source.write_text("".join(json.dumps({"caption": caption}) + "\n" for caption in CAPTIONS))
    assert main(["parse", str(source), str(sink)]) == OK
    assert [json.loads(line)["caption"] for line in sink.read_text().splitlines()] == CAPTIONS


def test_parse_reads_and_writes_streams(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("A café by a río\n".encode())))
    assert main(["parse", "-", "-"]) == OK
    out, said = capsys.readouterr()
    assert json.loads(out)["caption"] == "A café by a río"
    assert "1 captions: -" in said


def test_parse_draws_the_first_caption(tmp_path: Path) -> None:
    source, sink, svg = tmp_path / "c.txt", tmp_path / "g.jsonl", tmp_path / "p.svg"
    source.write_text("\n".join(CAPTIONS))
    assert main(["parse", str(source), str(sink), "--svg", str(svg)]) == OK
    texts = [node.firstChild.data for node in parseString(svg.read_text()).getElementsByTagName("text")]
    assert texts == [CAPTIONS[0], "ride", "man", "horse", "brown"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("c.txt", b"a dog\n\xff\n", "c.txt:2: not UTF-8"),
        ("c.jsonl", b'{"caption": "a dog"}\n{"text": "a cat"}\n', 'c.jsonl:2: not {"caption": ...}'),
        ("c.jsonl", b'{"caption": 3}\n', 'c.jsonl:1: not {"caption": ...}: its caption is no text'),
        ("c.jsonl", b"a dog\n", 'c.jsonl:1: not {"caption": ...}'),
    ],
)
def test_parse_names_the_line_that_it_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, message: str
) -> None:
    source, sink = tmp_path / name, tmp_path / "g.jsonl"
    source.write_bytes(data)
    assert main(["parse", str(source), str(sink)]) == WRONG
    assert message in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def test_parse_names_the_file_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(tmp_path / "none.txt"), str(tmp_path / "g.jsonl")]) == WRONG
    assert "none.txt: No such file" in capsys.readouterr().err
