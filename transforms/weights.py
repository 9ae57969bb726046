"""A model's weights from a file, without running what the file says: pickles may hold tensors and containers only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

_ANCHORS = "anchor_generator"
_MILVLG = "roi_heads.box_predictor.attr_linear1.weight"  # whose heads carry their layers themselves

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
    """Copies a file's tensors into a model; see copy_tensors. Raises WeightsError."""
    copy_tensors(model, read_weights(path), path)


def copy_tensors(model: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Copies tensors into a model; raises WeightsError, naming the path, unless names and shapes are the model's.

    As detectron2 reads its checkpoints: anchors that come along are used, frozen batch norms may come without the
    statistics that are folded into their weights, and what the settings determine besides is left out.
    """
    if _MILVLG in tensors:
        raise WeightsError(
            f"{path}: a checkpoint of MILVLG's bottom-up-attention.pytorch, whose network differs: "
            "take its features (--regions npz:DIR), or the weights of py-bottom-up-attention"
        )
    wanted, buffers = model.state_dict(), dict(model.named_buffers())
    tensors = {_own_name(name): tensor for name, tensor in tensors.items()}
    anchors = {name for name in tensors if _ANCHORS in name and name in buffers}
    given = {name: tensor for name, tensor in tensors.items() if name in wanted or not _is_derived(name)}
    missing = sorted(name for name in wanted.keys() - given.keys() if not _is_folded(model, name))
    surplus = sorted(given.keys() - wanted.keys())
    if missing or surplus:
        raise WeightsError(f"{path}: not this model's weights: missing {missing[:5]}, not known {surplus[:5]}")
    for name in sorted({*given, *anchors}):
        expected = (wanted | buffers)[name].shape
        if tensors[name].shape != expected:
            raise WeightsError(f"{path}: {name} is {tuple(tensors[name].shape)}, the model's is {tuple(expected)}")
    model.load_state_dict(given)
    for name in anchors:
        buffers[name].copy_(tensors[name])


def _own_name(name: str) -> str:
    """Returns what this project calls a tensor of a published checkpoint of bottom-up attention."""
    predictor, _, rest = name.partition("box_predictor.")
    layer, _, kind = rest.partition(".")
    return f"{predictor}box_predictor.attribute_head.{_LAYERS[layer]}.{kind}" if layer in _LAYERS else name


def _is_derived(name: str) -> bool:
    """Returns whether older detectron2 checkpoints store the tensor although the config determines it."""
    return name in ("pixel_mean", "pixel_std") or _ANCHORS in name


def _is_folded(model: nn.Module, name: str) -> bool:
    """Returns whether the tensor is a statistic of a frozen batch norm, which then counts as 0 or 1."""
    module, _, kind = name.rpartition(".")
    frozen = type(model.get_submodule(module)).__name__ == "FrozenBatchNorm2d"
    return frozen and kind in ("running_mean", "running_var")


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
