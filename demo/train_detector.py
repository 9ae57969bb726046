"""Trains the demo's detector: `python -m demo.train_detector DATA WEIGHTS`.

DATA is a folder that `python -m demo.generate` made, WEIGHTS the detector's folder that results. The network is a
narrow Faster R-CNN (ResNet-50 layout with FPN, a quarter of the usual width) with an attribute head, trained from
scratch: AdamW, one cycle of the learning rate. The weights' moving average is stored, as float16.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from demo.lexicon import ATTRIBUTES, KINDS
from demo.truth_images import TruthImage, read_truth

_DECAY = 0.05  # of weights
_MAX_GRADIENT = 5.0
_AVERAGING = 0.995  # share of the old average that a step keeps


def detector_config(device: str) -> Any:
    """Returns detectron2's settings of the narrow network."""
    from transforms.detectron import new_settings

    cfg = new_settings()
    cfg.MODEL.DEVICE = device
    cfg.MODEL.WEIGHTS = ""
    cfg.MODEL.PIXEL_MEAN, cfg.MODEL.PIXEL_STD = [150.0, 150.0, 150.0], [60.0, 60.0, 60.0]
    cfg.INPUT.FORMAT = "RGB"
    cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST = 224, 400
    cfg.MODEL.BACKBONE.NAME, cfg.MODEL.BACKBONE.FREEZE_AT = "build_resnet_fpn_backbone", 0
    cfg.MODEL.RESNETS.DEPTH, cfg.MODEL.RESNETS.NORM = 50, "BN"
    cfg.MODEL.RESNETS.OUT_FEATURES = ["res2", "res3", "res4", "res5"]
    cfg.MODEL.RESNETS.STEM_OUT_CHANNELS, cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 32, 64
    cfg.MODEL.RESNETS.WIDTH_PER_GROUP = 16
    cfg.MODEL.FPN.IN_FEATURES = ["res2", "res3", "res4", "res5"]
    cfg.MODEL.FPN.OUT_CHANNELS = 64
    cfg.MODEL.ANCHOR_GENERATOR.SIZES = [[20], [40], [80], [140], [220]]
    cfg.MODEL.RPN.IN_FEATURES = ["p2", "p3", "p4", "p5", "p6"]
    cfg.MODEL.RPN.PRE_NMS_TOPK_TRAIN, cfg.MODEL.RPN.PRE_NMS_TOPK_TEST = 500, 300
    cfg.MODEL.RPN.POST_NMS_TOPK_TRAIN, cfg.MODEL.RPN.POST_NMS_TOPK_TEST = 300, 150
    cfg.MODEL.ROI_HEADS.NAME, cfg.MODEL.ROI_HEADS.NUM_CLASSES = "StandardROIHeads", len(KINDS)
    cfg.MODEL.ROI_HEADS.IN_FEATURES = ["p2", "p3", "p4", "p5"]
    cfg.MODEL.ROI_HEADS.BATCH_SIZE_PER_IMAGE = 64
    cfg.MODEL.ROI_BOX_HEAD.NAME = "FastRCNNConvFCHead"
    cfg.MODEL.ROI_BOX_HEAD.NUM_FC, cfg.MODEL.ROI_BOX_HEAD.FC_DIM = 2, 256
    cfg.MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION = 7
    cfg.MODEL.ROI_BOX_HEAD.CLS_AGNOSTIC_BBOX_REG = True
    return cfg


def _batches(images: Sequence[TruthImage], size: int, rng: np.random.Generator) -> Iterator[list[TruthImage]]:
    """Yields batches for ever, each of photos of one size, so that nothing is padded."""
    groups: dict[tuple[int, int], list[TruthImage]] = {}
    for image in images:
        groups.setdefault(image.scene.size, []).append(image)
    while True:
        epoch = []
        for group in groups.values():
            order = rng.permutation(len(group))
            epoch += [[group[i] for i in order[k : k + size]] for k in range(0, len(order) - size + 1, size)]
        for k in rng.permutation(len(epoch)):
            yield epoch[k]


def _input(image: TruthImage, rng: np.random.Generator) -> dict[str, Any]:
    """Returns a photo as detectron2 takes it, mirrored half of the time, its light and contrast changed a little."""
    from detectron2.structures import Boxes, Instances

    pixels, boxes = image.pixels().astype(np.float32), image.boxes
    height, width = image.scene.size
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)
    pixels = np.clip((pixels - 128) * rng.uniform(0.9, 1.1) + 128 + rng.uniform(-10, 10), 0, 255)
    instances = Instances((height, width))
    instances.gt_boxes = Boxes(torch.from_numpy(boxes))
    instances.gt_classes = torch.from_numpy(image.object_ids)
    instances.gt_attributes = torch.from_numpy(image.attributes)
    tensor = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32))
    return {"image": tensor, "instances": instances}


def train(
    data: Path,
    weights: Path,
    *,
    start: Path | None,
    steps: int,
    batch: int,
    rate: float,
    seed: int,
    device: str,
    save_every: int,
) -> None:
    """Trains on every scene of `data`, from the detector in `start` if given; writes the detector's folder as it goes.

    A folder that exists at `weights` is overwritten every `save_every` steps and at the end.
    """
    from detectron2.utils.events import EventStorage

    from transforms.detector import save_detector
    from transforms.detectron import build_model
    from transforms.weights import fill_model

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    cfg = detector_config(device)
    model = build_model(cfg, len(ATTRIBUTES)).train().to(memory_format=torch.channels_last)  # a third faster on CPUs
    if start is not None:
        fill_model(model, start / "model.safetensors")
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=steps, pct_start=0.15)
    # The moving average of the weights is what is kept: it is good at any moment, not only where the cycle ends.
    blend = get_ema_multi_avg_fn(_AVERAGING)  # type: ignore[no-untyped-call]
    average = AveragedModel(model, multi_avg_fn=blend, use_buffers=True)
    batches = _batches(read_truth(data), batch, rng)
    began = time.monotonic()
    for step in range(1, steps + 1):
        with EventStorage():  # detectron2's losses want one to count in
            losses = model([_input(image, rng) for image in next(batches)])
        total = sum(losses.values())
        if not torch.isfinite(total):
            raise FloatingPointError(f"step {step}: losses are not finite: {losses}")
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), _MAX_GRADIENT)
        optimizer.step()
        schedule.step()
        average.update_parameters(model)
        if step % 20 == 0 or step == steps:
            said = " ".join(f"{name.removeprefix('loss_')} {float(loss):.3f}" for name, loss in losses.items())
            print(f"step {step}/{steps} {time.monotonic() - began:.0f} s  {said}", file=sys.stderr, flush=True)
        if step % save_every == 0 or step == steps:
            save_detector(
                weights, average.module, cfg, object_names=KINDS, attribute_names=ATTRIBUTES, dtype=torch.float16
            )


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.train_detector", description="Train the demo's detector.")
    parser.add_argument("data", type=Path, help="a folder of python -m demo.generate")
    parser.add_argument("weights", type=Path, help="the detector's folder, written")
    parser.add_argument("--start", type=Path, help="a detector's folder to train further; none: from scratch")
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--save-every", type=int, default=200, help="steps between writes of the folder")
    args = parser.parse_args(argv)
    train(
        args.data,
        args.weights,
        start=args.start,
        steps=args.steps,
        batch=args.batch,
        rate=args.rate,
        seed=args.seed,
        device=args.device,
        save_every=args.save_every,
    )


if __name__ == "__main__":
    main()
