"""Bits that do not depend on the number of cores."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from transforms.determinism import one_thread


def fail_in_one_thread() -> None:
    with one_thread():
        raise KeyError(torch.get_num_threads())


def test_one_thread_puts_the_number_back_after_an_error() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    with pytest.raises(KeyError, match="1"):
        fail_in_one_thread()
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)


def test_fix_algorithms_turns_every_freedom_off() -> None:
    script = """
import torch
from transforms.determinism import fix_algorithms
cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
cudnn.benchmark = cudnn.allow_tf32 = matmul.allow_tf32 = True
fix_algorithms()
print(cudnn.benchmark, cudnn.allow_tf32, matmul.allow_tf32, cudnn.deterministic)
"""
    # A process of its own, since the switches are for the whole process.
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False", "False", "True"]
