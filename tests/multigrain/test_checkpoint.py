from __future__ import annotations

from pathlib import Path

import pytest
import torch

from multigrain.checkpoint import load_checkpoint, save_checkpoint


def _trained(seed: int, steps: int) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    for step in range(steps):
        _step(model, optimizer, step)
    return model, optimizer


def _step(model: torch.nn.Module, optimizer: torch.optim.Optimizer, step: int) -> float:
    torch.manual_seed(step)
    loss = model(torch.randn(8, 3)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def test_load_checkpoint_goes_on_with_the_same_losses(tmp_path: Path) -> None:
    model, optimizer = _trained(0, 3)
    save_checkpoint(tmp_path / "c.safetensors", model, {"step": 3, "name": "x"}, optimizer)
    expected = [_step(model, optimizer, step) for step in range(3, 6)]
    other, other_optimizer = _trained(1, 1)
    assert load_checkpoint(tmp_path / "c.safetensors", other, other_optimizer) == {"step": 3, "name": "x"}
    assert [_step(other, other_optimizer, step) for step in range(3, 6)] == expected


def test_save_checkpoint_leaves_the_old_one_until_the_new_is_whole(tmp_path: Path) -> None:
    model, _ = _trained(0, 1)
    path = tmp_path / "c.safetensors"
    save_checkpoint(path, model, {"step": 1})
    with pytest.raises(TypeError):
        save_checkpoint(path, model, {"step": object()})
    assert load_checkpoint(path, model) == {"step": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["c.safetensors"]


def test_save_checkpoint_leaves_out_what_is_frozen(tmp_path: Path) -> None:
    model, _ = _trained(0, 1)
    model[0].weight.requires_grad_(False)
    save_checkpoint(tmp_path / "c.safetensors", model, {})
    other, _ = _trained(1, 1)
    other[0].weight.requires_grad_(False)
    before = other[0].weight.clone()
    load_checkpoint(tmp_path / "c.safetensors", other)
    assert torch.equal(other[0].weight, before)
    assert torch.equal(other[2].weight, model[2].weight)


def test_load_checkpoint_refuses_another_model(tmp_path: Path) -> None:
    model, _ = _trained(0, 1)
    save_checkpoint(tmp_path / "c.safetensors", model, {})
    with pytest.raises(ValueError, match=r"0\.weight is \(4, 3\), here \(4, 2\)"):
        load_checkpoint(tmp_path / "c.safetensors", torch.nn.Sequential(torch.nn.Linear(2, 4), *model[1:]))
    with pytest.raises(ValueError, match=r"not of this model: 3\.bias, 3\.weight"):
        load_checkpoint(tmp_path / "c.safetensors", torch.nn.Sequential(*model, torch.nn.Linear(1, 1)))
