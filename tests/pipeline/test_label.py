"""The command that labels captions in a file."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.__main__ import OK, REJECTED, WRONG, main
from transforms.knowledge_tables import write_tables

GOOD = {"id": "a", "positives": ["A man rides a brown horse."], "captions": ["A man rides a white horse."]}


def test_label_writes_a_line_for_a_line(tmp_path: Path) -> None:
    source, sink = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps({**GOOD, "id": i}) + "\n" for i in range(70)))
    assert main(["label", str(source), str(sink)]) == OK
    answers = [json.loads(line) for line in sink.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == list(range(70))
    phrases = {phrase["text"]: phrase for phrase in answers[0]["captions"][0]["phrases"]}
    assert phrases["white horse"].keys() == {"text", "span", "kind", "label", "reason", "confidence"}
    assert phrases["white horse"]["label"] == "negative"
    assert phrases["man ride horse"]["kind"] == "relation"


def test_label_names_the_lines_that_it_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, sink = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(json.dumps(GOOD).encode() + b'\n{"id": 2\n\n{"id": 3, "captions": []}\n\xff\n')
    assert main(["label", str(source), str(sink)]) == REJECTED
    assert len(sink.read_text().splitlines()) == 1
    said = capsys.readouterr().err
    assert all(f"in.jsonl:{line}: " in said for line in (2, 4, 5))
    assert "1 records labelled, 3 rejected" in said


def test_label_reads_and_writes_streams(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(GOOD).encode())))
    assert main(["label", "-", "-"]) == OK
    assert json.loads(capsys.readouterr().out)["id"] == "a"


def test_label_goes_by_the_tables_of_a_run(tmp_path: Path) -> None:
    source, sink, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "run"
    out.mkdir()
    row = ["dax", "wug", "same", 9, 1.0, 1.0, 0.0, 9.0]
    empty = [("head", [row]), *((name, []) for name in ("attribute", "predicate", "associations", "mentions"))]
    (out / "corpus.json").write_text(write_tables(empty))
    source.write_text(json.dumps({"id": 1, "positives": ["There is a dax."], "captions": ["There is a wug."]}))
    assert main(["label", str(source), str(sink), "--artifacts", str(out)]) == OK
    assert json.loads(sink.read_text())["captions"][0]["phrases"][0]["reason"] == "compatible"


@pytest.mark.parametrize("what", ["source", "sink", "artifacts", "tables"])
def test_label_refuses_what_it_cannot_open(tmp_path: Path, what: str) -> None:
    source, sink = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(GOOD))
    (tmp_path / "corpus.json").write_text("{}")
    arguments = {
        "source": [str(tmp_path / "none.jsonl"), str(sink)],
        "sink": [str(source), str(tmp_path / "none" / "out.jsonl")],
        "artifacts": [str(source), str(sink), "--artifacts", str(tmp_path / "none")],
        "tables": [str(source), str(sink), "--artifacts", str(tmp_path)],
    }
    assert main(["label", *arguments[what]]) == WRONG
    assert not sink.exists()
