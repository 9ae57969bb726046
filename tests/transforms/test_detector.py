"""The detector, with the real detectron2 and small seeded models."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import detectron2
import numpy as np
import pytest
import torch
from detectron2.config import get_cfg
from detectron2.data.transforms import ResizeShortestEdge
from detectron2.structures import Boxes, Instances
from detectron2.utils.events import EventStorage

from schemas.records import Regions
from tests.tiny_detector import ATTRIBUTES, OBJECTS, c4_config, fpn_config, photo, seeded_model, write_detector
from transforms.detector import RegionDetector, build_model, load_detector, save_detector, self_check
from transforms.detector_folder import DetectorError
from transforms.determinism import one_thread
from transforms.region_selection import SelectionOptions
from transforms.weights import WeightsError

CONFIGS = {"C4": c4_config, "FPN": fpn_config}
FIXED = SelectionOptions(min_boxes=12, max_boxes=12)


@pytest.fixture(scope="module", params=CONFIGS)
def detector(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RegionDetector:
    return load_detector(write_detector(tmp_path_factory.mktemp(request.param), CONFIGS[request.param]()))


def assert_same(first: Regions, second: Regions) -> None:
    for field in fields(Regions):
        assert np.array_equal(getattr(first, field.name), getattr(second, field.name)), field.name


def test_detect_returns_sound_regions(detector: RegionDetector) -> None:
    regions = detector.detect(photo(90, 120), FIXED)
    assert regions.features.shape == (12, detector.feature_size)
    assert regions.image_size == (90, 120)
    assert (regions.boxes[:, :2] >= 0).all()
    assert (regions.boxes[:, 2:] <= [120, 90]).all()
    assert (regions.boxes[:, 2:] > regions.boxes[:, :2]).all()
    assert (np.diff(regions.object_scores) <= 0).all()
    assert set(regions.object_ids) <= set(range(len(OBJECTS)))
    assert regions.attribute_ids.shape == regions.attribute_scores.shape == (12, 5)
    assert set(regions.attribute_ids.flat) <= set(range(len(ATTRIBUTES)))
    assert (np.diff(regions.attribute_scores, axis=1) <= 0).all()
    types = {field.name: getattr(regions, field.name).dtype for field in fields(Regions) if field.name != "image_size"}
    integers = {"object_ids", "attribute_ids"}
    assert types == {name: np.int32 if name in integers else np.float32 for name in types}


def test_detect_agrees_with_detectron2_itself(detector: RegionDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    image = photo(90, 120)
    resized = ResizeShortestEdge([64, 64], 128).get_transform(image).apply_image(image[:, :, ::-1])
    pixels = torch.from_numpy(np.ascontiguousarray(resized.transpose(2, 0, 1), np.float32))
    predictor = detector.model.roi_heads.box_predictor
    # Above a half, a proposal has one class, so that the two ways of counting regions are one.
    for name, value in {"test_score_thresh": 0.5, "test_nms_thresh": 0.3, "test_topk_per_image": -1}.items():
        monkeypatch.setattr(predictor, name, value)
    with torch.inference_mode(), one_thread():
        theirs = detector.model.inference([{"image": pixels, "height": 90, "width": 120}])[0]["instances"]
    ours = detector.detect(image, SelectionOptions(min_boxes=0, max_boxes=1000, score_threshold=0.5))
    assert len(ours.boxes) >= 5
    assert ours.object_ids.tolist() == theirs.pred_classes.tolist()
    np.testing.assert_allclose(ours.object_scores, theirs.scores, rtol=1e-5)
    np.testing.assert_allclose(ours.boxes, theirs.pred_boxes.tensor, atol=1e-3)


def test_describe_gives_a_found_region_the_same_feature(detector: RegionDetector) -> None:
    found = detector.detect(photo(90, 120), FIXED)
    described = detector.describe(photo(90, 120), found.boxes)
    assert np.array_equal(described.features, found.features)
    assert np.array_equal(described.boxes, found.boxes)


def test_describe_keeps_the_given_order(detector: RegionDetector) -> None:
    boxes = np.array([[5, 5, 60, 70], [0, 0, 120, 90], [30, 10, 100, 50]], np.float32)
    forward = detector.describe(photo(90, 120), boxes)
    backward = detector.describe(photo(90, 120), boxes[::-1])
    np.testing.assert_allclose(forward.features, backward.features[::-1], rtol=1e-4, atol=1e-5)
    assert np.array_equal(forward.boxes, boxes)


def test_describe_takes_no_boxes(detector: RegionDetector) -> None:
    regions = detector.describe(photo(40, 40), np.zeros((0, 4), np.float32))
    assert regions.features.shape == (0, detector.feature_size)
    assert regions.attribute_ids.shape == (0, 5)


@pytest.mark.parametrize("box", [[50, 50, 50, 60], [200, 10, 300, 20], [0, 0, np.nan, 5]])
def test_describe_refuses_a_box_without_pixels(detector: RegionDetector, box: list[float]) -> None:
    with pytest.raises(ValueError, match="boxes are"):
        detector.describe(photo(90, 120), np.array([box], np.float32))


def test_detect_gives_the_same_bits_whatever_the_threads(detector: RegionDetector) -> None:
    images = [photo(64 + 8 * i, 96, seed=i) for i in range(4)]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    alone = [detector.detect(image, FIXED) for image in images]
    torch.set_num_threads(2)
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(detector.detect, images * 3, [FIXED] * 12))
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)
    for first, second in zip(alone * 3, together, strict=True):
        assert_same(first, second)


@pytest.mark.parametrize("size", [(1, 1), (2, 2000), (2000, 1), (7, 31)])
def test_detect_copes_with_degenerate_photos(detector: RegionDetector, size: tuple[int, int]) -> None:
    regions = detector.detect(photo(*size), FIXED)
    assert len(regions.boxes) <= 12
    assert np.isfinite(regions.features).all()
    assert (regions.boxes[:, 2:] <= [size[1], size[0]]).all()


@pytest.mark.parametrize("image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_detect_refuses_what_is_no_rgb_image(detector: RegionDetector, image: Any) -> None:
    with pytest.raises(ValueError, match="an image is uint8"):
        detector.detect(image, FIXED)


def test_detect_raises_where_the_output_is_not_finite(tmp_path: Path) -> None:
    cfg = fpn_config()
    model = seeded_model(cfg)
    model.roi_heads.box_predictor.cls_score.bias.data[0] = float("nan")
    save_detector(tmp_path, model, cfg, object_names=OBJECTS, attribute_names=ATTRIBUTES)
    with pytest.raises(FloatingPointError, match="scores of the detector are not finite"):
        load_detector(tmp_path).detect(photo(64, 64), FIXED)


@pytest.mark.parametrize(("config", "size"), [("Base-RCNN-C4", 2048), ("Base-RCNN-FPN", 1024)])
def test_detect_runs_the_full_size_networks(config: str, size: int) -> None:
    cfg = get_cfg() if config == "Base-RCNN-C4" else fpn_config()
    if config == "Base-RCNN-FPN":  # detectron2's defaults are C4's
        cfg.MODEL.RESNETS.STEM_OUT_CHANNELS, cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 64, 256
        cfg.MODEL.RESNETS.WIDTH_PER_GROUP, cfg.MODEL.FPN.OUT_CHANNELS = 64, 256
        cfg.MODEL.ROI_BOX_HEAD.FC_DIM = 1024
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.PIXEL_STD = [58.0, 57.0, 57.0]
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = len(OBJECTS)
    cfg.MODEL.RPN.POST_NMS_TOPK_TEST = 30
    cfg.INPUT.MIN_SIZE_TEST = 96
    detector = RegionDetector(seeded_model(cfg), cfg, OBJECTS, ATTRIBUTES, sha256="")
    regions = detector.detect(photo(96, 128), SelectionOptions(min_boxes=5, max_boxes=20))
    assert detector.feature_size == regions.features.shape[1] == size
    assert len(regions.boxes) >= 5


def training_batch() -> list[dict[str, Any]]:
    described, empty = Instances((64, 64)), Instances((64, 64))
    described.gt_boxes = Boxes(torch.tensor([[4.0, 4, 40, 40], [20, 10, 60, 62]]))
    described.gt_classes = torch.tensor([1, 3])
    described.gt_attributes = torch.tensor([[1, 0, 0, 1, 0, 0], [0, 1, 1, 0, 0, 0]])
    empty.gt_boxes = Boxes(torch.zeros(0, 4))
    empty.gt_classes = torch.zeros(0, dtype=torch.int64)
    empty.gt_attributes = torch.zeros(0, 6)
    images = [torch.from_numpy(photo(64, 64, seed=i).transpose(2, 0, 1).astype(np.float32)) for i in range(2)]
    return [{"image": image, "instances": truth} for image, truth in zip(images, (described, empty), strict=True)]


@pytest.mark.parametrize("name", ["faster_rcnn_R_50_C4_1x", "faster_rcnn_R_50_FPN_1x"])
def test_load_detector_takes_a_model_zoo_config_and_checkpoint(tmp_path: Path, name: str) -> None:
    cfg = get_cfg()
    cfg.merge_from_file(str(Path(detectron2.__file__).parent / "model_zoo/configs/COCO-Detection" / f"{name}.yaml"))
    cfg.merge_from_list(
        ["MODEL.DEVICE", "cpu", "MODEL.RESNETS.RES2_OUT_CHANNELS", 16, "MODEL.RESNETS.WIDTH_PER_GROUP", 4]
    )
    cfg.merge_from_list(["MODEL.ROI_BOX_HEAD.FC_DIM", 32, "INPUT.MIN_SIZE_TEST", 64])  # the real ones are 130 MB
    model = seeded_model(cfg, num_attributes=0)
    tensors = {key: tensor.numpy() for key, tensor in model.state_dict().items()}
    checkpoint = {"model": tensors | {"pixel_mean": np.zeros(3)}, "__author__": "Detectron2 Model Zoo"}
    (tmp_path / "config.yaml").write_text(cfg.dump())
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(checkpoint))
    (tmp_path / "names.json").write_text(json.dumps({"objects": [f"thing {i}" for i in range(80)], "attributes": []}))
    expected = RegionDetector(model, cfg, (), (), sha256="").detect(photo(90, 120), FIXED)
    assert_same(load_detector(tmp_path).detect(photo(90, 120), FIXED), expected)


@pytest.mark.parametrize("config", CONFIGS)
def test_build_model_learns_attributes(config: str) -> None:
    with torch.random.fork_rng(), one_thread(), EventStorage():
        torch.manual_seed(0)
        model = build_model(CONFIGS[config](), len(ATTRIBUTES)).train()
        optimiser = torch.optim.AdamW(model.roi_heads.box_predictor.parameters(), 3e-3)
        history = []
        for _ in range(12):
            losses = model(training_batch())
            optimiser.zero_grad()
            sum(losses.values()).backward()
            optimiser.step()
            history.append(float(losses["loss_attribute"].detach()))
    assert {"loss_cls", "loss_box_reg", "loss_attribute", "loss_rpn_cls", "loss_rpn_loc"} == set(losses)
    assert history[-1] < 0.7 * history[0]


def test_build_model_without_attributes_is_plain_detectron2() -> None:
    model = seeded_model(c4_config(), num_attributes=0)
    assert not any("attribute" in name for name in model.state_dict())
    detector = RegionDetector(model, c4_config(), OBJECTS, (), sha256="")
    assert detector.detect(photo(64, 64), FIXED).attribute_ids.shape == (12, 0)


def test_build_model_refuses_other_architectures() -> None:
    cfg = fpn_config()
    cfg.MODEL.ROI_HEADS.NAME = "CascadeROIHeads"
    cfg.MODEL.ROI_BOX_HEAD.CLS_AGNOSTIC_BBOX_REG = True
    with pytest.raises(DetectorError, match="CascadeROIHeads"):
        build_model(cfg, 0)


def test_load_detector_returns_what_was_saved(tmp_path: Path) -> None:
    cfg = fpn_config()
    original = RegionDetector(seeded_model(cfg), cfg, OBJECTS, ATTRIBUTES, sha256="")
    loaded = load_detector(write_detector(tmp_path, cfg))
    assert (loaded.object_names, loaded.attribute_names) == (OBJECTS, ATTRIBUTES)
    assert_same(loaded.detect(photo(70, 90), FIXED), original.detect(photo(70, 90), FIXED))


def test_load_detector_reads_halved_weights(tmp_path: Path) -> None:
    cfg = fpn_config()
    model = seeded_model(cfg)
    save_detector(tmp_path, model, cfg, object_names=OBJECTS, attribute_names=ATTRIBUTES, dtype=torch.float16)
    weight = load_detector(tmp_path).model.roi_heads.box_predictor.cls_score.weight
    assert weight.dtype == torch.float32
    assert torch.equal(weight, model.roi_heads.box_predictor.cls_score.weight.half().float())


def test_load_detector_sha256_tells_detectors_apart(tmp_path: Path) -> None:
    digests = [load_detector(write_detector(tmp_path / str(i), fpn_config(), seed=i % 2)).sha256 for i in range(3)]
    assert digests[0] == digests[2] != digests[1]


def test_load_detector_refuses_an_unknown_setting(tmp_path: Path) -> None:
    config = write_detector(tmp_path, fpn_config()) / "config.yaml"
    config.write_text(config.read_text() + "NO_SUCH_SETTING: 1\n")
    with pytest.raises(DetectorError, match=r"config\.yaml.*NO_SUCH_SETTING"):
        load_detector(tmp_path)


def test_load_detector_refuses_names_that_do_not_fit(tmp_path: Path) -> None:
    (write_detector(tmp_path, fpn_config()) / "names.json").write_text('{"objects": ["one"], "attributes": []}')
    with pytest.raises(DetectorError, match=r"names 1 objects.*NUM_CLASSES.* is 4"):
        load_detector(tmp_path)


def test_load_detector_refuses_weights_of_another_model(tmp_path: Path) -> None:
    write_detector(tmp_path / "c4", c4_config())
    write_detector(tmp_path / "fpn", fpn_config())
    (tmp_path / "c4" / "model.safetensors").replace(tmp_path / "fpn" / "model.safetensors")
    with pytest.raises(WeightsError, match=r"model\.safetensors: not this model's weights: missing"):
        load_detector(tmp_path / "fpn")


def test_self_check_runs_a_model() -> None:
    assert self_check()
