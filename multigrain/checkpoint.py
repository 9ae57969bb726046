"""Checkpoints: tensors in a safetensors file, the rest as JSON in its header. Nothing in them runs code when read.

One file, put in its place by renaming: after a kill there is the old checkpoint or the new one, never half of one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

_MODEL, _OPTIMIZER, _STATE = "model.", "optimizer.", "state"


def save_checkpoint(
    path: Path, model: nn.Module, state: dict[str, Any], optimizer: torch.optim.Optimizer | None = None
) -> None:
    """Writes the weights, the optimizer's tensors if one is given, and a state of plain data."""
    tensors = {_MODEL + name: tensor for name, tensor in _saved(model).items()}
    if optimizer is not None:
        for name, parameter in _named(model, optimizer):
            for key, value in optimizer.state[parameter].items():
                tensors[f"{_OPTIMIZER}{name}/{key}"] = torch.as_tensor(value)
    # Copies: tensors that share memory are refused by the format.
    tensors = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    partial = path.with_name(f".tmp-{path.name}")
    save_file(tensors, partial, {_STATE: json.dumps(state)})
    with open(partial, "rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)


def load_checkpoint(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer | None = None) -> dict[str, Any]:
    """Puts a checkpoint into a model (and optimizer) of the same shape, and returns its state.

    Raises ValueError where the weights are not those of the model.
    """
    with safe_open(path, "pt") as file:
        state: dict[str, Any] = json.loads(file.metadata()[_STATE])
        names = set(file.keys())
        weights = {name[len(_MODEL) :]: file.get_tensor(name) for name in names if name.startswith(_MODEL)}
        own = _saved(model)
        if differing := sorted(own.keys() ^ weights.keys()):
            raise ValueError(f"{path} is not of this model: {', '.join(differing[:5])}")
        for name, tensor in own.items():
            if tensor.shape != weights[name].shape:
                raise ValueError(f"{path}: {name} is {tuple(weights[name].shape)}, here {tuple(tensor.shape)}")
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(weights[name])
        if optimizer is not None:
            for name, parameter in _named(model, optimizer):
                prefix = f"{_OPTIMIZER}{name}/"
                stored = {key[len(prefix) :]: file.get_tensor(key) for key in names if key.startswith(prefix)}
                optimizer.state[parameter] = {
                    key: value if key == "step" else value.to(parameter.device) for key, value in stored.items()
                }
    return state


def _saved(model: nn.Module) -> dict[str, Tensor]:
    """Returns the weights that training changes: those of a frozen BERT come from where they came from."""
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {name: tensor for name, tensor in model.state_dict().items() if name not in frozen}


def _named(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[tuple[str, nn.Parameter]]:
    held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    return [(name, parameter) for name, parameter in model.named_parameters() if id(parameter) in held]
