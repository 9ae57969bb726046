from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from multigrain.scoring import on_device
from tests.multigrain.models_data import photos


@dataclass
class Recorder:
    """Stands for a batch, and for a GPU's stream and event, as a machine for tests has no GPU: notes what is asked."""

    said: list[str]

    def to(self, device: torch.device) -> str:
        self.said.append("copy")
        return "moved"

    def record_event(self) -> Recorder:
        return self

    def synchronize(self) -> None:
        self.said.append("wait")


def test_on_device_waits_for_the_copy_before_it_asks_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: Recorder(said))

    def batches() -> Iterator[Any]:
        for _ in range(2):
            said.append("fill")
            yield Recorder(said)

    for _ in on_device(batches(), torch.device("cuda")):
        said.append("encode")
    assert said == ["fill", "copy", "encode", "wait"] * 2


def test_on_device_yields_what_does_not_share_the_buffer() -> None:
    batch = photos(3)
    (moved,) = on_device([batch], torch.device("cpu"))
    assert torch.equal(moved.features, batch.features)
    batch.features.zero_()
    assert moved.features.any()
