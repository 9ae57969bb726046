"""What this project takes from detectron2: settings, model zoo, and networks with an attribute head.

The only file that imports detectron2; nothing imports this file before a stage starts.

Legend: P proposals, K object classes, M attributes, D feature size.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import detectron2
import torch
from detectron2.config import CfgNode, configurable, get_cfg
from detectron2.data import MetadataCatalog
from detectron2.data.transforms import ResizeShortestEdge
from detectron2.layers import cat
from detectron2.modeling import build_model as build_detectron2
from detectron2.modeling.backbone.resnet import BasicStem
from detectron2.modeling.meta_arch import GeneralizedRCNN
from detectron2.modeling.roi_heads import FastRCNNOutputLayers, Res5ROIHeads, StandardROIHeads
from detectron2.structures import Boxes, Instances
from detectron2.utils.file_io import PathManager
from torch import Tensor
from torch.nn import functional

from transforms.attribute_head import AttributeHead, attribute_loss
from transforms.detector_folder import DetectorError

__all__ = ["VERSION", "Boxes", "CfgNode", "GeneralizedRCNN", "Res5ROIHeads"]

# detectron2 calls torch.meshgrid the old way, for every image.
warnings.filterwarnings("ignore", message="torch.meshgrid", category=UserWarning)

VERSION: str = detectron2.__version__


class AttributePredictor(FastRCNNOutputLayers):
    """detectron2's box predictor with an attribute head beside it, for every ROI head that holds one predictor.

    Training wants the targets' field gt_attributes, (N, M) of zeros and ones, and returns loss_attribute too.
    """

    @configurable
    def __init__(self, input_shape: Any, *, num_attributes: int, exclusive: bool, **arguments: Any) -> None:
        super().__init__(input_shape, **arguments)
        size, classes = self.cls_score.in_features, self.num_classes
        self.attribute_head = AttributeHead(size, classes, num_attributes, exclusive=exclusive)

    @classmethod
    def from_config(cls, cfg: CfgNode, input_shape: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = super().from_config(cfg, input_shape)
        return arguments | {"exclusive": cfg.MODEL.ROI_BOX_HEAD.ATTR}

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
            none = features.new_zeros(len(instances), self.attribute_head.num_attributes)
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
    cfg = _upstream(cfg)
    if cfg.MODEL.ROI_BOX_HEAD.ATTR and num_attributes != cfg.MODEL.ROI_BOX_HEAD.NUM_ATTRS:
        raise DetectorError(
            f"MODEL.ROI_BOX_HEAD.NUM_ATTRS is {cfg.MODEL.ROI_BOX_HEAD.NUM_ATTRS}, {num_attributes} attributes are named"
        )
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
    if cfg.MODEL.CAFFE_MAXPOOL:
        getattr(model.backbone, "bottom_up", model.backbone).stem.__class__ = _CaffeStem
    if not cfg.MODEL.ROI_BOX_HEAD.RES5HALVE and isinstance(heads, Res5ROIHeads):
        _keep_resolution(heads)
    return model


class _CaffeStem(BasicStem):
    """A stem that pools as Caffe does: without padding, and with a last window that reaches over the edge."""

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu_(self.conv1(x))
        return functional.max_pool2d(x, kernel_size=3, stride=2, padding=0, ceil_mode=True)


def _keep_resolution(heads: Res5ROIHeads) -> None:
    """Has res5 look at each region in full resolution, dilated, as the Caffe network of bottom-up attention does."""
    heads.res5[0].conv1.stride = heads.res5[0].shortcut.stride = (1, 1)
    for block in heads.res5:
        block.conv2.padding = block.conv2.dilation = (2, 2)


def new_settings() -> CfgNode:
    """Returns detectron2's defaults with the settings that bottom-up attention adds (those, by name and meaning, of
    airsplay/py-bottom-up-attention, whose configs then load as they are)."""
    cfg = get_cfg()
    cfg.MODEL.CAFFE_MAXPOOL = False
    cfg.MODEL.PROPOSAL_GENERATOR.HID_CHANNELS = -1
    cfg.MODEL.ROI_BOX_HEAD.RES5HALVE = True
    cfg.MODEL.ROI_BOX_HEAD.ATTR = False
    cfg.MODEL.ROI_BOX_HEAD.NUM_ATTRS = -1
    return cfg


def _upstream(cfg: CfgNode) -> CfgNode:
    """Returns the settings, complete, with HID_CHANNELS under the name that detectron2 has for it today."""
    full = new_settings()
    full.merge_from_other_cfg(cfg)
    if full.MODEL.PROPOSAL_GENERATOR.HID_CHANNELS != -1:
        full.MODEL.RPN.CONV_DIMS = [full.MODEL.PROPOSAL_GENERATOR.HID_CHANNELS]
    return full


def bottom_up_settings(objects: int, attributes: int) -> CfgNode:
    """Returns the settings of bottom-up attention's detector: ResNet-101 C4 as in Caffe, with an attribute head where
    there are attributes; images of 600 pixels, 1000 at most, in BGR."""
    cfg = new_settings()  # whose network is a C4
    cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST = 600, 1000
    cfg.MODEL.MASK_ON = False
    cfg.MODEL.CAFFE_MAXPOOL = True
    cfg.MODEL.PIXEL_MEAN = [102.9801, 115.9465, 122.7717]
    cfg.MODEL.RESNETS.DEPTH = 101
    cfg.MODEL.PROPOSAL_GENERATOR.HID_CHANNELS = 512
    cfg.MODEL.ANCHOR_GENERATOR.SIZES = [[64, 128, 256, 512]]
    cfg.MODEL.RPN.POST_NMS_TOPK_TEST = 300
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = objects
    cfg.MODEL.ROI_BOX_HEAD.POOLER_TYPE = "ROIPool"
    cfg.MODEL.ROI_BOX_HEAD.RES5HALVE = False
    cfg.MODEL.ROI_BOX_HEAD.ATTR = attributes > 0
    cfg.MODEL.ROI_BOX_HEAD.NUM_ATTRS = attributes or -1
    return cfg


def read_settings(path: Path) -> CfgNode:
    """Returns the settings of a config file that stands alone. Raises DetectorError where detectron2 has no such."""
    cfg = new_settings()
    try:
        # detectron2's own default would fall back to YAML tags that run code.
        cfg.merge_from_file(str(path), allow_unsafe=False)
    except (KeyError, ValueError, AssertionError) as error:
        raise DetectorError(f"{path}: not a detectron2 config: {type(error).__name__}: {error}") from error
    return cfg


def zoo_settings(name: str) -> tuple[CfgNode, tuple[str, ...]]:
    """Returns settings and object names of a model of detectron2's zoo, e.g. "COCO-Detection/faster_rcnn_R_50_C4_1x".

    Raises DetectorError where the zoo has none of that name, or detectron2 does not know what its classes are called.
    """
    path = Path(detectron2.__file__).parent / "model_zoo" / "configs" / f"{name}.yaml"
    if not path.is_file():
        raise DetectorError(f"detectron2's model zoo, as it is installed here, has no {name!r}: no file {path}")
    cfg = new_settings()
    cfg.merge_from_file(str(path))
    data = cfg.DATASETS.TRAIN[0] if cfg.DATASETS.TRAIN else ""
    names = MetadataCatalog.get(data).get("thing_classes") if data in MetadataCatalog else None
    if names is None:
        raise DetectorError(f"{name}: detectron2 does not say what the classes of {data!r} are called")
    return cfg, tuple(names)


def zoo_weights(name: str) -> str:
    """Returns the URL of the weights of a model of the zoo. Raises DetectorError where there are none."""
    try:
        from detectron2 import model_zoo  # imports pkg_resources, which setuptools dropped in version 81

        url: str | None = model_zoo.get_checkpoint_url(f"{name}.yaml")
    except (ImportError, RuntimeError) as error:
        raise DetectorError(
            f"the weights of {name!r} cannot be looked up, name them with --weights: {error}"
        ) from error
    if url is None:
        raise DetectorError(f"detectron2's model zoo has no weights of {name!r}")
    return url


def download(url: str) -> Path:
    """Returns the local copy of a URL, kept in iopath's cache. Raises OSError where it cannot be had."""
    return Path(PathManager.get_local_path(url))


def resized_shape(size: tuple[int, int], cfg: CfgNode) -> tuple[int, int]:
    """Returns the (height, width) at which the network sees a photo of (height, width): its shorter side is
    INPUT.MIN_SIZE_TEST unless the longer one would pass INPUT.MAX_SIZE_TEST."""
    height, width = ResizeShortestEdge.get_output_shape(*size, cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST)
    return max(height, 1), max(width, 1)
