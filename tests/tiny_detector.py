"""Small detectron2 models with seeded random weights, real in every part, for tests of what lies around them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from detectron2.config import get_cfg
from numpy.typing import NDArray

from transforms.detector import build_model, save_detector

OBJECTS = ("ball", "box", "cat", "dog")
ATTRIBUTES = ("red", "blue", "small", "large", "striped", "wooden")


def c4_config() -> Any:
    """Returns the settings of an R50-C4 with few channels: features are res5's, mean-pooled, 256 numbers."""
    cfg = get_cfg()
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.RESNETS.STEM_OUT_CHANNELS = cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 32
    cfg.MODEL.RESNETS.WIDTH_PER_GROUP = 8
    cfg.MODEL.PIXEL_STD = [58.0, 57.0, 57.0]
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = len(OBJECTS)
    cfg.MODEL.RPN.POST_NMS_TOPK_TEST = 100
    cfg.INPUT.MIN_SIZE_TEST = 64
    cfg.INPUT.MAX_SIZE_TEST = 128
    return cfg


def fpn_config() -> Any:
    """Returns the settings of an R50-FPN with few channels: features are the box head's output, 48 numbers."""
    cfg = c4_config()
    levels = ["res2", "res3", "res4", "res5"]
    cfg.MODEL.BACKBONE.NAME = "build_resnet_fpn_backbone"
    cfg.MODEL.RESNETS.OUT_FEATURES = cfg.MODEL.FPN.IN_FEATURES = levels
    cfg.MODEL.FPN.OUT_CHANNELS = 16
    cfg.MODEL.ANCHOR_GENERATOR.SIZES = [[8], [16], [32], [64], [128]]
    cfg.MODEL.RPN.IN_FEATURES = ["p2", "p3", "p4", "p5", "p6"]
    cfg.MODEL.ROI_HEADS.NAME = "StandardROIHeads"
    cfg.MODEL.ROI_HEADS.IN_FEATURES = ["p2", "p3", "p4", "p5"]
    cfg.MODEL.ROI_BOX_HEAD.NAME = "FastRCNNConvFCHead"
    cfg.MODEL.ROI_BOX_HEAD.NUM_FC = 2
    cfg.MODEL.ROI_BOX_HEAD.FC_DIM = 48
    cfg.MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION = 7
    return cfg


def seeded_model(cfg: Any, *, num_attributes: int = len(ATTRIBUTES), seed: int = 0) -> Any:
    """Returns an evaluating model whose classes, attributes and boxes differ clearly from region to region."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build_model(cfg, num_attributes).eval()
        predictor = model.roi_heads.box_predictor
        with torch.no_grad():
            # Nothing has learned a scale yet: these keep activations near one and scores apart.
            for name, tensor in model.named_buffers():
                if name.endswith("conv3.norm.weight"):
                    tensor.fill_(0.3)
            torch.nn.init.normal_(predictor.cls_score.weight, std=1.5)
            if num_attributes:
                torch.nn.init.normal_(predictor.attribute_head.attr_linear2.weight, std=1.0)
            torch.nn.init.normal_(model.proposal_generator.rpn_head.objectness_logits.weight, std=0.1)
    return model


def write_detector(folder: Path, cfg: Any, *, seed: int = 0) -> Path:
    """Returns `folder` after writing a seeded detector into it."""
    model = seeded_model(cfg, seed=seed)
    save_detector(folder, model, cfg, object_names=OBJECTS, attribute_names=ATTRIBUTES)
    return folder


def photo(height: int, width: int, *, seed: int = 0) -> NDArray[np.uint8]:
    """Returns an RGB picture (H, W, 3) of large and small coloured blocks."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 256, (height // 16 + 1, width // 16 + 1, 3), dtype=np.uint8)
    picture = blocks.repeat(16, axis=0).repeat(16, axis=1)[:height, :width]
    noise = random.integers(0, 32, picture.shape, dtype=np.uint8)
    return np.ascontiguousarray(picture // 2 + noise)
