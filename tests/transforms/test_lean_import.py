"""PyTorch stays out of runs that do not use it, and works where it comes later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def printed(code: str) -> list[str]:
    """Returns the words that a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_without_torch_keeps_it_out_of_spacy_and_lets_it_in_later() -> None:
    code = (
        "import sys; from pipeline.identity import open_parser; from transforms.scene_graphs import DEFAULT;"
        "open_parser(DEFAULT); print('spacy' in sys.modules, 'torch' in sys.modules);"
        "import torch; print(int(torch.ones(3).sum()))"
    )
    assert printed(code) == ["True", "False", "3"]


def test_without_torch_leaves_a_loaded_one_alone() -> None:
    code = (
        "import torch; from transforms.lean_import import without_torch\n"
        "with without_torch():\n    import torch as again\nprint(again is torch)"
    )
    assert printed(code) == ["True"]
