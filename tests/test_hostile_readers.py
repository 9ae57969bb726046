"""A few of the hostile inputs of benchmarks/hostile.py for every reader: refused by the error it promises, or read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.hostile import READERS, Outcome

INPUTS = 8


@pytest.mark.parametrize("name", READERS)
def test_reader_is_not_upset(name: str, tmp_path: Path) -> None:
    reader = READERS[name](tmp_path)
    for number in range(INPUTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        trial = reader.make(random.Random(f"test {name} {number}"), folder)
        try:
            outcome = trial()
        except reader.promised:
            continue
        assert outcome in (Outcome(), Outcome(refused=outcome.refused)), f"input {number}"
