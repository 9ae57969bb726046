"""Weight files: every format read, no code run."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from detectron2.layers import FrozenBatchNorm2d
from safetensors.torch import save_file
from torch import nn

from transforms.weights import WeightsError, fill_model, read_weights

ARRAY = np.arange(6, dtype=np.float32).reshape(2, 3)


class Trap:
    """Unpickled without care, it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_read_weights_reads_safetensors(tmp_path: Path) -> None:
    save_file({"a": torch.from_numpy(ARRAY)}, tmp_path / "model.safetensors")
    assert torch.equal(read_weights(tmp_path / "model.safetensors")["a"], torch.from_numpy(ARRAY))


@pytest.mark.parametrize("legacy", [True, False])
def test_read_weights_reads_pytorch_checkpoints(tmp_path: Path, legacy: bool) -> None:
    content = {"model": OrderedDict(a=torch.from_numpy(ARRAY)), "iteration": 7}
    torch.save(content, tmp_path / "model.pth", _use_new_zipfile_serialization=not legacy)
    weights = read_weights(tmp_path / "model.pth")
    assert list(weights) == ["a"]
    assert torch.equal(weights["a"], torch.from_numpy(ARRAY))


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_read_weights_reads_model_zoo_pickles(tmp_path: Path, protocol: int) -> None:
    content = {"model": {"a": ARRAY, "count": np.int64(3)}, "__author__": "zoo", "matching_heuristics": True}
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(content, protocol))
    weights = read_weights(tmp_path / "model.pkl")
    assert torch.equal(weights["a"], torch.from_numpy(ARRAY))
    assert weights["count"] == 3


def test_read_weights_reads_pickles_of_numpy_1(tmp_path: Path) -> None:
    data = pickle.dumps({"a": ARRAY}, 2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert b"numpy.core.multiarray" in data
    (tmp_path / "model.pkl").write_bytes(data)
    assert torch.equal(read_weights(tmp_path / "model.pkl")["a"], torch.from_numpy(ARRAY))


@pytest.mark.parametrize("nested", [True, False])
def test_read_weights_refuses_code_in_a_pickle(tmp_path: Path, nested: bool) -> None:
    trap = Trap(tmp_path / "trapped")
    content: Any = {"a": np.array([trap], dtype=object)} if nested else {"a": ARRAY, "b": trap}
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(WeightsError, match=r"model\.pkl.*mkdir, which is neither an array nor a container"):
        read_weights(tmp_path / "model.pkl")
    assert not (tmp_path / "trapped").exists()


def test_read_weights_refuses_code_in_a_pytorch_checkpoint(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(1), "b": Trap(tmp_path / "trapped")}, tmp_path / "model.pth")
    with pytest.raises(WeightsError, match=r"model\.pth"):
        read_weights(tmp_path / "model.pth")
    assert not (tmp_path / "trapped").exists()


def test_read_weights_refuses_other_codecs(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(b"c_codecs\nencode\n(Vabc\nVrot13\ntR.")
    with pytest.raises(WeightsError, match="rot13"):
        read_weights(tmp_path / "model.pkl")


@pytest.mark.parametrize("content", [[1, 2], {}, {"a": "text"}, {3: ARRAY}, {"a": {"b": ARRAY}}])
def test_read_weights_refuses_what_is_no_dict_of_tensors(tmp_path: Path, content: Any) -> None:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(WeightsError, match=r"model\.pkl: "):
        read_weights(tmp_path / "model.pkl")


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".pkl"])
@pytest.mark.parametrize("data", [b"", b"\x80\x04\x95", b"not weights at all" * 9])
def test_read_weights_names_a_damaged_file(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="not readable as weights"):
        read_weights(path)


def test_read_weights_refuses_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"not '\.onnx'"):
        read_weights(tmp_path / "model.onnx")


def saved(tmp_path: Path, **tensors: torch.Tensor) -> Path:
    save_file(tensors, tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


def test_fill_model_copies_weights_and_leaves_out_what_the_config_determines(tmp_path: Path) -> None:
    model = nn.Linear(3, 2)
    path = saved(tmp_path, weight=torch.from_numpy(ARRAY), bias=torch.ones(2), pixel_mean=torch.ones(3))
    fill_model(model, path)
    assert torch.equal(model.weight, torch.from_numpy(ARRAY))


def test_fill_model_names_missing_and_surplus_tensors(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"missing \['bias'\], not known \['scale'\]"):
        fill_model(nn.Linear(3, 2), saved(tmp_path, weight=torch.ones(2, 3), scale=torch.ones(2)))


def test_fill_model_names_a_tensor_of_another_shape(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"weight is \(3, 2\), the model's is \(2, 3\)"):
        fill_model(nn.Linear(3, 2), saved(tmp_path, weight=torch.ones(3, 2), bias=torch.ones(2)))


class Network(nn.Module):
    """A frozen batch norm, and anchors as detectron2 holds them."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = FrozenBatchNorm2d(3)
        self.anchor_generator = nn.Module()
        self.anchor_generator.register_buffer("cell_anchors", torch.zeros(2, 4), persistent=False)


def test_fill_model_uses_the_anchors_of_a_checkpoint(tmp_path: Path) -> None:
    model, anchors = Network(), torch.arange(8.0).reshape(2, 4)
    fill_model(model, saved(tmp_path, **model.state_dict(), **{"anchor_generator.cell_anchors": anchors}))
    assert torch.equal(model.anchor_generator.cell_anchors, anchors)


def test_fill_model_names_anchors_of_another_shape(tmp_path: Path) -> None:
    model = Network()
    path = saved(tmp_path, **model.state_dict(), **{"anchor_generator.cell_anchors": torch.zeros(3, 4)})
    with pytest.raises(WeightsError, match=r"cell_anchors is \(3, 4\), the model's is \(2, 4\)"):
        fill_model(model, path)


def test_fill_model_takes_a_frozen_norm_without_statistics(tmp_path: Path) -> None:
    model = Network()
    fill_model(model, saved(tmp_path, **{"norm.weight": torch.full((3,), 2.0), "norm.bias": torch.ones(3)}))
    found = model.norm(torch.full((1, 3, 1, 1), 5.0)).flatten()
    torch.testing.assert_close(found, torch.full((3,), 11.0), rtol=1e-4, atol=0)


def test_fill_model_wants_the_statistics_of_other_norms(tmp_path: Path) -> None:
    path = saved(tmp_path, weight=torch.ones(3), bias=torch.ones(3))
    with pytest.raises(WeightsError, match=r"missing \['num_batches_tracked', 'running_mean', 'running_var'\]"):
        fill_model(nn.BatchNorm2d(3), path)


def test_fill_model_knows_the_checkpoints_of_another_network(tmp_path: Path) -> None:
    path = saved(tmp_path, **{"roi_heads.box_predictor.attr_linear1.weight": torch.zeros(2, 3)})
    with pytest.raises(WeightsError, match=r"MILVLG's .*--regions npz:DIR"):
        fill_model(nn.Linear(3, 2), path)
