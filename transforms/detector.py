"""The detectron2 detector: builds it, reads it from a folder, and turns one photo into regions.

The only file that imports detectron2; nothing imports this file before a stage starts.

Legend: P proposals, R regions, K object classes, M attributes, D feature size. Boxes are xyxy pixels of the photo,
unless they are called *scaled*: then of the resized image that the network sees.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import detectron2
import numpy as np
import torch
from detectron2.config import CfgNode, configurable, get_cfg
from detectron2.data.transforms import ResizeShortestEdge
from detectron2.layers import cat
from detectron2.modeling import build_model as build_detectron2
from detectron2.modeling.meta_arch import GeneralizedRCNN
from detectron2.modeling.roi_heads import FastRCNNOutputLayers, Res5ROIHeads, StandardROIHeads
from detectron2.structures import Boxes, Instances
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from schemas.records import Regions
from transforms.attribute_head import AttributeHead, attribute_loss
from transforms.detector_folder import CONFIG, NAMES, DetectorError, changed_settings, read_folder, write_folder
from transforms.determinism import fix_algorithms, one_thread
from transforms.region_selection import SelectionOptions, clip_boxes, select_regions
from transforms.weights import fill_model

# detectron2 calls torch.meshgrid the old way, for every image.
warnings.filterwarnings("ignore", message="torch.meshgrid", category=UserWarning)

ATTRIBUTES_PER_REGION = 5  # as many as are written, best first, where the detector knows that many


class AttributePredictor(FastRCNNOutputLayers):
    """detectron2's box predictor with an attribute head beside it, for every ROI head that holds one predictor.

    Training wants the targets' field gt_attributes, (N, M) of zeros and ones, and returns loss_attribute too.
    """

    @configurable
    def __init__(self, input_shape: Any, *, num_attributes: int, **arguments: Any) -> None:
        super().__init__(input_shape, **arguments)
        self.attribute_head = AttributeHead(self.cls_score.in_features, self.num_classes, num_attributes)

    @classmethod
    def from_config(cls, cfg: CfgNode, input_shape: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = super().from_config(cfg, input_shape)
        return arguments

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns class logits (P, K + 1), box deltas (P, 4 K) and the features (P, D) themselves, for the losses."""
        x = torch.flatten(x, start_dim=1)
        logits, deltas = super().forward(x)
        return logits, deltas, x

    def losses(self, predictions: tuple[Tensor, Tensor, Tensor], proposals: list[Instances]) -> dict[str, Tensor]:
        logits, deltas, features = predictions
        losses: dict[str, Tensor] = super().losses((logits, deltas), proposals)
        truth, classes = [], []
        for instances in proposals:  # an image without objects has no gt_attributes: all its proposals are background
            width = self.attribute_head.attr_linear2.out_features
            none = features.new_zeros(len(instances), width)
            truth.append(instances.gt_attributes.to(features) if instances.has("gt_attributes") else none)
            classes.append(instances.gt_classes)
        all_classes = cat(classes)
        objects = (all_classes >= 0) & (all_classes < self.num_classes)
        attribute_logits = self.attribute_head(features[objects], all_classes[objects])
        losses["loss_attribute"] = attribute_loss(attribute_logits, cat(truth)[objects])
        return losses

    def inference(self, predictions: tuple[Tensor, Tensor, Tensor], proposals: list[Instances]) -> Any:
        return super().inference(predictions[:2], proposals)


def build_model(cfg: CfgNode, num_attributes: int) -> GeneralizedRCNN:
    """Returns a Faster R-CNN with weights from torch's random state, and an attribute head unless there are none.

    C4 (features are res5's, mean-pooled) and FPN or C5 (the box head's output) are known; others raise DetectorError.
    """
    model = build_detectron2(cfg)
    heads = getattr(model, "roi_heads", None)
    predictor = getattr(heads, "box_predictor", None)
    if not isinstance(heads, Res5ROIHeads | StandardROIHeads) or not isinstance(predictor, FastRCNNOutputLayers):
        raise DetectorError(
            f"MODEL.META_ARCHITECTURE {cfg.MODEL.META_ARCHITECTURE} with MODEL.ROI_HEADS.NAME "
            f"{cfg.MODEL.ROI_HEADS.NAME} is not a Faster R-CNN with one box predictor"
        )
    if num_attributes:
        shape = predictor.cls_score.in_features
        heads.box_predictor = AttributePredictor(cfg, shape, num_attributes=num_attributes).to(cfg.MODEL.DEVICE)
    return model


@dataclass(frozen=True, eq=False)
class RegionDetector:
    """A detector ready to look at photos; safe to share between threads.

    Images go through one at a time: padding a batch to one size would change features with what else is in it.
    """

    model: GeneralizedRCNN
    cfg: CfgNode
    object_names: tuple[str, ...]
    attribute_names: tuple[str, ...]
    sha256: str  # of config, names and weights

    @property
    def feature_size(self) -> int:
        """Returns D."""
        size: int = self.model.roi_heads.box_predictor.cls_score.in_features
        return size

    def detect(self, image: NDArray[np.uint8], selection: SelectionOptions) -> Regions:
        """Returns the regions that the detector finds in an RGB photo (H, W, 3).

        A region's feature, attributes and box belong together: the feature is pooled from the refined box that is
        returned, so describe() gives the same for it. Raises FloatingPointError where the network's output is not
        finite, and whatever torch raises where memory does not suffice.
        """
        size = _size(image)
        with one_thread(), torch.inference_mode():
            scaled, maps, shape = self._backbone(image)
            proposals, _ = self.model.proposal_generator(scaled, maps, None)
            features = self._pool(maps, proposals[0].proposal_boxes)  # (P, D)
            logits, deltas = self.model.roi_heads.box_predictor(features)[:2]
            boxes = self.model.roi_heads.box_predictor.predict_boxes((logits, deltas), proposals)[0]
            scores = logits.softmax(dim=1)[:, :-1].cpu()  # (P, K)
            boxes = boxes.view(len(boxes), -1, 4).cpu() / _ratio(size, shape)  # (P, K or 1, 4)
            _check_finite(boxes=boxes, scores=scores)
            chosen = select_regions(boxes, scores, size, selection)
            return self._describe(maps, shape, size, chosen.boxes, (chosen.object_ids, chosen.scores))

    def describe(self, image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> Regions:
        """Returns the regions at given boxes (R, 4), in the order given, each with the class that it looks most like.

        Boxes are moved inside the photo; one that is then empty, or not finite, raises ValueError.
        """
        size = _size(image)
        if boxes.ndim != 2 or boxes.shape[1] != 4 or not np.isfinite(boxes).all():
            raise ValueError(f"boxes are finite and (R, 4), not {boxes.shape}: {boxes}")
        given = clip_boxes(torch.from_numpy(boxes.astype(np.float32)), size)
        empty = (given[:, 2:] <= given[:, :2]).any(dim=1)
        if empty.any():
            raise ValueError(f"boxes are empty inside a photo of {size[0]} x {size[1]}: {boxes[empty.numpy()]}")
        with one_thread(), torch.inference_mode():
            _, maps, shape = self._backbone(image)
            return self._describe(maps, shape, size, given, None)

    def _backbone(self, image: NDArray[np.uint8]) -> tuple[Any, dict[str, Tensor], tuple[int, int]]:
        """Returns the resized image, its feature maps and its (height, width), as detectron2's own predictor does."""
        height, width = resized_shape(_size(image), self.cfg)
        resized = np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
        channels = resized if self.cfg.INPUT.FORMAT == "RGB" else resized[:, :, ::-1]
        pixels = torch.from_numpy(np.ascontiguousarray(channels.transpose(2, 0, 1), dtype=np.float32))
        scaled = self.model.preprocess_image([{"image": pixels}])
        return scaled, self.model.backbone(scaled.tensor), (height, width)

    def _pool(self, maps: dict[str, Tensor], boxes: Boxes) -> Tensor:
        """Returns the features (B, D) of scaled boxes."""
        heads = self.model.roi_heads
        if len(boxes) == 0:  # a photo of a few pixels may leave no proposal
            return torch.zeros(0, self.feature_size, device=self.model.device)
        inputs = [maps[name] for name in heads.in_features]
        if isinstance(heads, Res5ROIHeads):
            pooled: Tensor = heads.res5(heads.pooler(inputs, [boxes])).mean(dim=[2, 3])
            return pooled
        pooled = heads.box_head(heads.box_pooler(inputs, [boxes]))
        return torch.flatten(pooled, start_dim=1)

    def _describe(
        self,
        maps: dict[str, Tensor],
        shape: tuple[int, int],
        size: tuple[int, int],
        boxes: Tensor,
        found: tuple[Tensor, Tensor] | None,
    ) -> Regions:
        """Returns the regions at boxes (R, 4), with the (ids, scores) found for them, or else with their own."""
        device = self.model.device
        predictor = self.model.roi_heads.box_predictor
        features = self._pool(maps, Boxes((boxes * _ratio(size, shape)).to(device)))  # (R, D)
        if found is None:
            best = predictor.cls_score(features).softmax(dim=1)[:, :-1].max(dim=1)
            found = best.indices, best.values
        ids, scores = found
        attribute_scores = torch.zeros(len(boxes), 0)
        attribute_ids = torch.zeros(len(boxes), 0, dtype=torch.int64)
        if self.attribute_names:
            likely = predictor.attribute_head(features, ids.to(device)).sigmoid().cpu()  # (R, M)
            attribute_ids = likely.argsort(dim=1, descending=True, stable=True)[:, :ATTRIBUTES_PER_REGION]
            attribute_scores = likely.gather(1, attribute_ids)
        _check_finite(features=features, object_scores=scores, attribute_scores=attribute_scores)
        return Regions(
            features=features.cpu().numpy(),
            boxes=boxes.numpy(),
            object_ids=ids.cpu().numpy().astype(np.int32),
            object_scores=scores.cpu().numpy(),
            attribute_ids=attribute_ids.numpy().astype(np.int32),
            attribute_scores=attribute_scores.numpy(),
            image_size=size,
        )


def load_detector(folder: str | Path, *, device: str = "cpu") -> RegionDetector:
    """Returns the detector of a folder (see transforms.detector_folder), on the CPU or on "cuda".

    Raises DetectorError or WeightsError where a part is missing, unreadable or does not fit the others.
    """
    files = read_folder(Path(folder))
    cfg = get_cfg()
    try:
        # detectron2's own default would fall back to YAML tags that run code.
        cfg.merge_from_file(str(files.config), allow_unsafe=False)
    except (KeyError, ValueError, AssertionError) as error:
        raise DetectorError(f"{files.config}: not a detectron2 config: {type(error).__name__}: {error}") from error
    if len(files.object_names) != cfg.MODEL.ROI_HEADS.NUM_CLASSES:
        raise DetectorError(
            f"{folder}: {NAMES} names {len(files.object_names)} objects, "
            f"MODEL.ROI_HEADS.NUM_CLASSES in {CONFIG} is {cfg.MODEL.ROI_HEADS.NUM_CLASSES}"
        )
    cfg.MODEL.DEVICE = device
    model = build_model(cfg, len(files.attribute_names))
    fill_model(model, files.weights)
    model.eval().requires_grad_(False)
    if device != "cpu":
        fix_algorithms()
    return RegionDetector(model, cfg, files.object_names, files.attribute_names, files.sha256)


def save_detector(
    folder: str | Path,
    model: GeneralizedRCNN,
    cfg: CfgNode,
    *,
    object_names: Sequence[str],
    attribute_names: Sequence[str],
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes a folder that load_detector reads; `dtype` is that in which floating-point weights are stored."""
    settings = cfg.clone()
    settings.defrost()
    settings.MODEL.DEVICE = get_cfg().MODEL.DEVICE  # said when the detector is loaded
    write_folder(
        Path(folder),
        {**changed_settings(settings, get_cfg()), "VERSION": cfg.VERSION},
        object_names=object_names,
        attribute_names=attribute_names,
        tensors=model.state_dict(),
        dtype=dtype,
    )


def resized_shape(size: tuple[int, int], cfg: CfgNode) -> tuple[int, int]:
    """Returns the (height, width) at which the network sees a photo of (height, width): its shorter side is
    INPUT.MIN_SIZE_TEST unless the longer one would pass INPUT.MAX_SIZE_TEST."""
    height, width = ResizeShortestEdge.get_output_shape(*size, cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST)
    return max(height, 1), max(width, 1)


def self_check() -> str:
    """Returns detectron2's version once a small model of it, with random weights, has looked at an image."""
    cfg = get_cfg()
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = 2
    cfg.MODEL.RESNETS.STEM_OUT_CHANNELS = cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 8
    cfg.MODEL.RESNETS.WIDTH_PER_GROUP = 2
    cfg.INPUT.MIN_SIZE_TEST = 64
    detector = RegionDetector(build_model(cfg, 2).eval(), cfg, ("a", "b"), ("c", "d"), sha256="")
    detector.detect(np.zeros((48, 64, 3), np.uint8), SelectionOptions(max_boxes=10))
    version: str = detectron2.__version__
    return version


def _size(image: NDArray[np.uint8]) -> tuple[int, int]:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"an image is uint8 (H, W, 3), not {image.dtype} {image.shape}")
    return image.shape[0], image.shape[1]


def _ratio(size: tuple[int, int], shape: tuple[int, int]) -> Tensor:
    """Returns what turns photo pixels into scaled ones, as (4,) for xyxy."""
    y, x = shape[0] / size[0], shape[1] / size[1]
    return torch.tensor([x, y, x, y], dtype=torch.float32)


def _check_finite(**tensors: Tensor) -> None:
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise FloatingPointError(f"{name} of the detector are not finite")
