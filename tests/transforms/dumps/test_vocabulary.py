"""The names behind class ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from transforms.dumps.rows import DumpError
from transforms.dumps.vocabulary import read_vocabulary


@pytest.mark.parametrize("end", ["", "\n"])
def test_read_vocabulary_takes_the_first_of_the_synonyms(tmp_path: Path, end: str) -> None:
    (tmp_path / "objects_vocab.txt").write_text("yolk\nstop sign,stopsign" + end)
    (tmp_path / "attributes_vocab.txt").write_text("gray,grey\nred" + end)
    assert read_vocabulary(tmp_path) == (("yolk", "stop sign"), ("gray", "red"))


def test_read_vocabulary_needs_no_attributes(tmp_path: Path) -> None:
    (tmp_path / "objects_vocab.txt").write_text("yolk")
    assert read_vocabulary(tmp_path) == (("yolk",), ())


def test_read_vocabulary_needs_objects(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"objects_vocab\.txt: No such file"):
        read_vocabulary(tmp_path)


def test_read_vocabulary_refuses_a_line_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "objects_vocab.txt").write_text("yolk\n\ngoal\n")
    with pytest.raises(DumpError, match=r"objects_vocab\.txt:2: no name"):
        read_vocabulary(tmp_path)
