import os
import subprocess
import sys
from pathlib import Path

import pytest

from transforms.progress import VARIABLE, count, totals


def test_count_adds_over_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    code = "from transforms.progress import count; [count('images_done') for _ in range(5)]"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
    count("images_done", 3)
    count("labelled")
    assert totals(tmp_path)["images_done"] == 13
    assert totals(tmp_path)["labelled"] == 1


def test_count_does_nothing_where_nobody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    count("images_done")
    assert list(tmp_path.iterdir()) == []
