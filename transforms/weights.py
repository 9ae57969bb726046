"""A model's weights from a file, without running what the file says: pickles may hold tensors and containers only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from transforms.array_pickle import load_arrays


class WeightsError(ValueError):
    """A weight file cannot be read or is not one; the message names the file and what was found."""


def _read_safetensors(path: Path) -> Any:
    from safetensors.torch import load_file

    return load_file(path)


def _read_torch(path: Path) -> Any:
    return torch.load(path, map_location="cpu", weights_only=True)


def _read_pickle(path: Path) -> Any:
    with open(path, "rb") as file:
        return load_arrays(file)


# Layers of the attribute head under the names of airsplay/py-bottom-up-attention.
_LAYERS = {"cls_embedding": "cls_embed", "fc_attr": "attr_linear1", "attr_score": "attr_linear2"}

_READERS: dict[str, Callable[[Path], Any]] = {
    ".safetensors": _read_safetensors,
    ".pth": _read_torch,
    ".pkl": _read_pickle,
}


def read_weights(path: Path) -> dict[str, Tensor]:
    """Returns the tensors of a .safetensors, .pth (PyTorch) or .pkl (detectron2 model zoo) file by name, on the CPU.

    Training checkpoints keep their tensors under "model"; everything else in them is left out. Raises WeightsError,
    also where a pickle names anything but arrays and plain containers, in which case nothing of it has run.
    """
    reader = _READERS.get(path.suffix)
    if reader is None:
        raise WeightsError(f"{path}: weights end in {', '.join(_READERS)}, not {path.suffix!r}")
    try:
        content = reader(path)
    # Which exception a damaged pickle ends in depends on the byte that is damaged.
    except Exception as error:
        raise WeightsError(f"{path}: not readable as weights: {type(error).__name__}: {error}") from error
    if isinstance(content, dict) and isinstance(content.get("model"), dict):
        content = content["model"]
    if not isinstance(content, dict) or not content:
        raise WeightsError(f"{path}: holds {type(content).__name__}, a dict of named tensors was expected")
    return {_name(path, name): _tensor(path, name, value) for name, value in content.items()}


def fill_model(model: nn.Module, path: Path) -> None:
    """Copies a file's tensors into a model; raises WeightsError unless their names and shapes are the model's."""
    wanted = model.state_dict()
    tensors = {_own_name(name): tensor for name, tensor in read_weights(path).items()}
    given = {name: tensor for name, tensor in tensors.items() if name in wanted or not _is_derived(name)}
    missing, surplus = sorted(wanted.keys() - given.keys()), sorted(given.keys() - wanted.keys())
    if missing or surplus:
        raise WeightsError(f"{path}: not this model's weights: missing {missing[:5]}, not known {surplus[:5]}")
    for name, tensor in given.items():
        if tensor.shape != wanted[name].shape:
            raise WeightsError(f"{path}: {name} is {tuple(tensor.shape)}, the model's is {tuple(wanted[name].shape)}")
    model.load_state_dict(given)


def _own_name(name: str) -> str:
    """Returns what this project calls a tensor of a published checkpoint of bottom-up attention."""
    predictor, _, rest = name.partition("box_predictor.")
    layer, _, kind = rest.partition(".")
    return f"{predictor}box_predictor.attribute_head.{_LAYERS[layer]}.{kind}" if layer in _LAYERS else name


def _is_derived(name: str) -> bool:
    """Returns whether older detectron2 checkpoints store the tensor although the config determines it."""
    return name in ("pixel_mean", "pixel_std") or "anchor_generator" in name


def _name(path: Path, name: object) -> str:
    if not isinstance(name, str):
        raise WeightsError(f"{path}: a tensor is named {name!r}, names are text")
    return name


def _tensor(path: Path, name: str, value: object) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiub":
        return torch.from_numpy(np.array(value))
    raise WeightsError(f"{path}: {name} is {type(value).__name__}, tensors of numbers were expected")
