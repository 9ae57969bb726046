"""The folder that a detector is kept in: config.yaml (detectron2 settings), names.json and one file of weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml  # type: ignore[import-untyped]
from torch import Tensor

CONFIG, NAMES = "config.yaml", "names.json"
WEIGHTS = ("model.safetensors", "model.pth", "model.pkl")


class DetectorError(ValueError):
    """A detector's folder is not one, or its parts do not fit together; the message names file and value."""


@dataclass(frozen=True)
class DetectorFolder:
    """What a folder says besides its weights; the settings are not looked at yet."""

    config: Path
    object_names: tuple[str, ...]
    attribute_names: tuple[str, ...]


def read_folder(folder: Path) -> DetectorFolder:
    """Returns a detector's folder; raises DetectorError where a part is missing or is not what it should be."""
    config, names = folder / CONFIG, folder / NAMES
    _check_config(config)
    return DetectorFolder(config, *_read_names(names))


def folder_weights(folder: Path) -> Path:
    """Returns the one file of weights in a folder; raises DetectorError unless there is one."""
    weights = [folder / name for name in WEIGHTS if (folder / name).is_file()]
    if len(weights) != 1:
        raise DetectorError(f"{folder}: one of {', '.join(WEIGHTS)} was expected, {len(weights)} found")
    return weights[0]


def write_folder(
    folder: Path,
    settings: Mapping[str, Any],
    *,
    object_names: Sequence[str],
    attribute_names: Sequence[str],
    tensors: Mapping[str, Tensor],
    dtype: torch.dtype,
) -> None:
    """Writes a folder that read_folder reads; `dtype` is that in which floating-point weights are stored."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(yaml.safe_dump(dict(settings)), "utf-8")
    names = {"objects": list(object_names), "attributes": list(attribute_names)}
    (folder / NAMES).write_text(json.dumps(names, indent=1, ensure_ascii=False) + "\n", "utf-8")
    stored = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in tensors.items()
    }
    save_file(stored, folder / WEIGHTS[0])


def changed_settings(settings: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the nested settings that differ from the defaults: a short file, which fits other versions too."""
    changed: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            if inner := changed_settings(value, defaults[key]):
                changed[key] = inner
        elif value != defaults[key]:
            changed[key] = list(value) if isinstance(value, tuple) else value
    return changed


def _check_config(path: Path) -> None:
    """Raises DetectorError unless the file is plain YAML that stands alone: a base would escape the checksum, and
    tags that construct Python objects would run code."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DetectorError(f"{path}: not readable as plain YAML: {error}") from error
    if not isinstance(content, dict):
        raise DetectorError(f"{path}: holds {type(content).__name__}, detectron2 settings were expected")
    if "_BASE_" in content:
        raise DetectorError(f"{path}: _BASE_ names another file; write the settings out (detectron2's cfg.dump())")


def _read_names(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DetectorError(f"{path}: not readable as JSON: {error}") from error
    if not isinstance(content, dict):
        raise DetectorError(f'{path}: holds {type(content).__name__}, {{"objects", "attributes"}} was expected')
    return _name_list(path, "objects", content), _name_list(path, "attributes", content)


def _name_list(path: Path, key: str, content: dict[str, Any]) -> tuple[str, ...]:
    names = content.get(key)
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise DetectorError(f'{path}: "{key}" must be a list of names')
    return tuple(names)
