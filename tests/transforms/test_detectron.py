"""Bottom-up attention's network on detectron2: architecture, names of tensors, attribute head."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.tiny_detector import c4_config, fpn_config, photo, seeded_model
from transforms.detector import RegionDetector, load_detector
from transforms.detector_folder import DetectorError
from transforms.detectron import bottom_up_settings, build_model
from transforms.region_selection import SelectionOptions
from transforms.weights import WeightsError, copy_tensors

OBJECTS, ATTRIBUTES = tuple(f"object {i}" for i in range(5)), ("red", "wooden", "tall")
ANCHORS = "proposal_generator.anchor_generator.cell_anchors.0"
PUBLISHED = {"cls_embed": "cls_embedding", "attr_linear1": "fc_attr", "attr_linear2": "attr_score"}
FIXED = SelectionOptions(min_boxes=8, max_boxes=8)


def small_settings() -> Any:
    """Returns bottom-up attention's settings with few channels and small images."""
    cfg = bottom_up_settings(len(OBJECTS), len(ATTRIBUTES))
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.RESNETS.STEM_OUT_CHANNELS = cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 16
    cfg.MODEL.RESNETS.WIDTH_PER_GROUP = 4
    cfg.MODEL.RPN.POST_NMS_TOPK_TEST = 40
    cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST = 96, 160
    return cfg


@pytest.fixture(scope="module")
def model() -> Any:
    return seeded_model(small_settings(), num_attributes=len(ATTRIBUTES))


@pytest.fixture(scope="module")
def detector(model: Any) -> RegionDetector:
    return RegionDetector(model, small_settings(), OBJECTS, ATTRIBUTES, sha256="")


def published(model: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Returns the model's tensors under the names of the published checkpoints, with what else these hold."""
    tensors = {}
    for name, tensor in model.state_dict().items():
        for ours, theirs in PUBLISHED.items():
            name = name.replace(f"attribute_head.{ours}.", f"{theirs}.")
        tensors[name] = tensor.numpy()
    (anchors,) = model.proposal_generator.anchor_generator.cell_anchors
    return tensors | {"pixel_mean": np.zeros((3, 1, 1)), ANCHORS: anchors.numpy()}


def published_shapes() -> dict[str, tuple[int, ...]]:
    """Returns the names and shapes of faster_rcnn_from_caffe_attr.pkl, as the modules of airsplay's
    py-bottom-up-attention make them (resnet.py, rpn.py, roi_heads.py, fast_rcnn.py of its detectron2/modeling)."""
    shapes: dict[str, tuple[int, ...]] = {}

    def conv(name: str, out: int, inputs: int, size: int) -> None:
        shapes[f"{name}.weight"] = (out, inputs, size, size)
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.norm.{part}"] = (out,)

    conv("backbone.stem.conv1", 64, 3, 7)
    inputs = 64
    for number, blocks in zip((2, 3, 4, 5), (3, 4, 23, 3), strict=True):
        inner, out = 16 * 2**number, 64 * 2**number
        stage = f"backbone.res{number}" if number < 5 else "roi_heads.res5"
        for block in range(blocks):
            if block == 0:
                conv(f"{stage}.0.shortcut", out, inputs, 1)
            conv(f"{stage}.{block}.conv1", inner, inputs, 1)
            conv(f"{stage}.{block}.conv2", inner, inner, 3)
            conv(f"{stage}.{block}.conv3", out, inner, 1)
            inputs = out
    layers = {
        "proposal_generator.rpn_head.conv": (512, 1024, 3, 3),
        "proposal_generator.rpn_head.objectness_logits": (12, 512, 1, 1),
        "proposal_generator.rpn_head.anchor_deltas": (48, 512, 1, 1),
        "roi_heads.box_predictor.cls_score": (1601, 2048),
        "roi_heads.box_predictor.bbox_pred": (6400, 2048),
        "roi_heads.box_predictor.fc_attr": (512, 2304),
        "roi_heads.box_predictor.attr_score": (401, 512),
    }
    for name, shape in layers.items():
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = shape, shape[:1]
    shapes["roi_heads.box_predictor.cls_embedding.weight"] = (1601, 256)
    return shapes | {ANCHORS: (12, 4)}


def test_copy_tensors_takes_every_tensor_of_the_published_checkpoint() -> None:
    """All names and shapes of the real file, in full size, without numbers behind them."""
    cfg = bottom_up_settings(1600, 400)
    cfg.MODEL.DEVICE = "meta"
    with torch.device("meta"):
        model = build_model(cfg, 400)
        tensors = {name: torch.empty(shape) for name, shape in published_shapes().items()}
    assert len(tensors) == 5 * 104 + 2 * 7 + 2
    copy_tensors(model, tensors, Path("published"))
    for name in ("backbone.res4.22.conv3.weight", "roi_heads.box_predictor.fc_attr.bias"):
        with pytest.raises(WeightsError, match="missing"):
            copy_tensors(model, {key: tensor for key, tensor in tensors.items() if key != name}, Path("published"))


def test_build_model_has_the_published_shapes_at_full_size() -> None:
    cfg = bottom_up_settings(1600, 400)
    cfg.MODEL.DEVICE = "meta"
    with torch.device("meta"):
        shapes = {name: tuple(tensor.shape) for name, tensor in build_model(cfg, 400).state_dict().items()}
    predictor = "roi_heads.box_predictor."
    assert shapes[predictor + "cls_score.weight"] == (1601, 2048)
    assert shapes[predictor + "bbox_pred.weight"] == (6400, 2048)
    assert shapes[predictor + "attribute_head.cls_embed.weight"] == (1601, 256)
    assert shapes[predictor + "attribute_head.attr_linear1.weight"] == (512, 2304)
    assert shapes[predictor + "attribute_head.attr_linear2.weight"] == (401, 512)
    assert shapes["proposal_generator.rpn_head.conv.weight"] == (512, 1024, 3, 3)
    assert shapes["proposal_generator.rpn_head.anchor_deltas.weight"] == (48, 512, 1, 1)
    assert sum(name.startswith("backbone.res4.") and name.endswith("conv2.weight") for name in shapes) == 23


def test_build_model_pools_its_stem_as_caffe_does(model: Any) -> None:
    stem, pixels = model.backbone.stem, torch.rand(1, 3, 66, 70)
    with torch.inference_mode():
        conv = functional.relu(stem.conv1(pixels))
        expected = torch.stack(
            [
                torch.stack([conv[0, :, y : y + 3, x : x + 3].amax((1, 2)) for x in range(0, conv.shape[3] - 1, 2)], 1)
                for y in range(0, conv.shape[2] - 1, 2)
            ],
            1,
        )
        assert torch.equal(stem(pixels)[0], expected)


def test_build_model_keeps_the_resolution_of_regions_in_res5(model: Any) -> None:
    width = model.roi_heads.res5[0].conv1.in_channels
    with torch.inference_mode():
        assert model.roi_heads.res5(torch.zeros(1, width, 14, 14)).shape[2:] == (14, 14)
        usual = build_model(c4_config(), 0).roi_heads.res5
        assert usual(torch.zeros(1, usual[0].conv1.in_channels, 14, 14)).shape[2:] == (7, 7)


def test_detect_with_bottom_up_attention_gives_sound_regions(detector: RegionDetector) -> None:
    regions = detector.detect(photo(90, 130), FIXED)
    assert regions.features.shape == (8, detector.feature_size) == (8, 128)
    assert (regions.boxes[:, 2:] <= [130, 90]).all()
    assert set(regions.object_ids) <= set(range(5))
    np.testing.assert_allclose(regions.attribute_scores.sum(1), 1, rtol=1e-5)  # all three are kept: a softmax
    assert (np.diff(regions.attribute_scores, axis=1) <= 0).all()


def test_detect_many_with_bottom_up_attention_equals_one_photo_at_a_time(detector: RegionDetector) -> None:
    photos = [photo(90, 130, seed=seed) for seed in range(3)]
    together = detector.detect_many([detector.resize(image) for image in photos], FIXED)
    for image, many in zip(photos, together, strict=True):
        one = detector.detect(image, FIXED)
        assert np.array_equal(many.object_ids, one.object_ids)
        for name in ("features", "boxes", "object_scores", "attribute_scores"):
            a, b = getattr(many, name), getattr(one, name)
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-4 * max(1.0, float(np.abs(b).max())), err_msg=name)


def test_describe_with_bottom_up_attention_gives_a_found_region_the_same_feature(detector: RegionDetector) -> None:
    found = detector.detect(photo(90, 130), FIXED)
    given = detector.describe(photo(90, 130), found.boxes)
    assert np.array_equal(given.features, found.features)
    assert np.array_equal(given.boxes, found.boxes)


def test_detect_rates_attributes_as_the_published_code_does(detector: RegionDetector) -> None:
    regions = detector.detect(photo(90, 130), FIXED)
    head = detector.model.roi_heads.box_predictor.attribute_head
    features, ids = torch.from_numpy(regions.features), torch.from_numpy(regions.object_ids).long()
    with torch.inference_mode():
        known = torch.cat([features, head.cls_embed(ids)], dim=1)
        every = head.attr_linear2(functional.relu(head.attr_linear1(known)))  # the last one is "none"
    likely = every[:, :-1].softmax(-1).max(-1)
    assert regions.attribute_ids[:, 0].tolist() == likely.indices.tolist()
    np.testing.assert_allclose(regions.attribute_scores[:, 0], likely.values, rtol=1e-5)


def test_detect_uses_the_class_order_of_the_published_checkpoints(detector: RegionDetector) -> None:
    described = detector.describe(photo(90, 130), np.array([[10, 10, 90, 80]], np.float32))
    with torch.inference_mode():
        logits = detector.model.roi_heads.box_predictor.cls_score(torch.from_numpy(described.features))
    assert described.object_ids[0] == int(logits[0, :-1].argmax())  # the background comes last


@pytest.mark.parametrize("explicit", [True, False])
def test_load_detector_takes_a_published_checkpoint(model: Any, tmp_path: Path, explicit: bool) -> None:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps({"model": published(model), "__author__": "caffe"}))
    if explicit:  # a config as the publishers wrote it, in one file
        settings = small_settings()
        settings.VERSION = 2
        (tmp_path / "config.yaml").write_text(settings.dump())
        (tmp_path / "names.json").write_text(
            f'{{"objects": {list(OBJECTS)}, "attributes": {list(ATTRIBUTES)}}}'.replace("'", '"')
        )
        loaded = load_detector(tmp_path)
    else:
        (tmp_path / "objects_vocab.txt").write_text("\n".join(OBJECTS))
        (tmp_path / "attributes_vocab.txt").write_text("\n".join(ATTRIBUTES))
        monkey = pytest.MonkeyPatch()
        monkey.setattr("transforms.detector_source.bottom_up_settings", lambda objects, attributes: small_settings())
        loaded = load_detector(f"vg:{tmp_path}")
        monkey.undo()
    expected = RegionDetector(model, small_settings(), OBJECTS, ATTRIBUTES, sha256="").detect(photo(90, 130), FIXED)
    found = loaded.detect(photo(90, 130), FIXED)
    assert np.array_equal(found.features, expected.features)
    assert np.array_equal(found.attribute_scores, expected.attribute_scores)


def test_build_model_says_which_number_of_attributes_does_not_fit() -> None:
    with pytest.raises(DetectorError, match="NUM_ATTRS is 3, 2 attributes are named"):
        build_model(small_settings(), 2)


def test_build_model_pools_an_fpns_stem_as_caffe_does_too() -> None:
    cfg = fpn_config()
    plain = build_model(cfg, 0).backbone.bottom_up.stem(torch.zeros(1, 3, 65, 65)).shape
    from transforms.detectron import new_settings

    full = new_settings()
    full.merge_from_other_cfg(cfg)
    full.MODEL.CAFFE_MAXPOOL = True
    assert build_model(full, 0).backbone.bottom_up.stem(torch.zeros(1, 3, 65, 65)).shape < plain
