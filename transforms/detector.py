"""The detector: loaded, saved, and asked for the regions of a photo.

Legend: P proposals, R regions, K object classes, M attributes, D feature size. Boxes are xyxy pixels of the photo,
unless they are called *scaled*: then of the resized image that the network sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from schemas.records import Regions
from transforms.detector_choice import Precision
from transforms.detector_folder import changed_settings, write_folder
from transforms.detector_source import open_source
from transforms.detectron import (
    VERSION,
    Boxes,
    CfgNode,
    GeneralizedRCNN,
    Res5ROIHeads,
    build_model,
    new_settings,
    resized_shape,
)
from transforms.determinism import fix_algorithms, one_thread
from transforms.region_selection import Selection, SelectionOptions, clip_boxes, select_regions
from transforms.weights import fill_model

ATTRIBUTES_PER_REGION = 5  # as many as are written, best first, where the detector knows that many


_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class ResizedPhoto(NamedTuple):
    """A photo as the network sees it."""

    pixels: NDArray[np.uint8]  # (3, h, w), channels in the network's order
    size: tuple[int, int]  # (height, width) of the photo itself

    @property
    def shape(self) -> tuple[int, int]:
        """Returns (h, w)."""
        return self.pixels.shape[1], self.pixels.shape[2]


@dataclass(frozen=True, eq=False)
class RegionDetector:
    """A detector ready to look at photos; safe to share between threads.

    Photos of one resized size may go through together; others not: padding them to one size would change features
    with what else is in the batch. `precision` is that of the backbone and of the regions' head; proposals, scores and
    boxes are computed in float32 always.
    """

    model: GeneralizedRCNN
    cfg: CfgNode
    object_names: tuple[str, ...]
    attribute_names: tuple[str, ...]
    sha256: str  # of config, names and weights
    precision: Precision = "fp32"

    @property
    def feature_size(self) -> int:
        """Returns D."""
        size: int = self.model.roi_heads.box_predictor.cls_score.in_features
        return size

    @cached_property
    def on_cpu(self) -> RegionDetector:
        """The same detector on the CPU: itself, if it is there."""
        return self if self.model.device.type == "cpu" else self.copy_to("cpu")

    def copy_to(self, device: str) -> RegionDetector:
        """Returns the same detector on another device; nothing is allocated on its own, whose memory may be full."""
        cfg = self.cfg.clone()
        cfg.defrost()
        cfg.MODEL.DEVICE = device
        model = build_model(cfg, len(self.attribute_names))
        model.load_state_dict(self.model.state_dict())
        return replace(self, model=model.eval().requires_grad_(False), cfg=cfg)

    def resize(self, image: NDArray[np.uint8]) -> ResizedPhoto:
        """Returns an RGB photo (H, W, 3) as the network sees it, resized as detectron2's own predictor does."""
        size = _size(image)
        height, width = resized_shape(size, self.cfg)
        resized = np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
        channels = resized if self.cfg.INPUT.FORMAT == "RGB" else resized[:, :, ::-1]
        return ResizedPhoto(np.ascontiguousarray(channels.transpose(2, 0, 1)), size)

    def detect(self, image: NDArray[np.uint8], selection: SelectionOptions) -> Regions:
        """Returns the regions that the detector finds in an RGB photo (H, W, 3).

        A region's feature, attributes and box belong together: the feature is pooled from the refined box that is
        returned, so describe() gives the same for it. Raises FloatingPointError where the network's output is not
        finite, and whatever torch raises where memory does not suffice.
        """
        return self.detect_many([self.resize(image)], selection)[0]

    def detect_many(self, photos: Sequence[ResizedPhoto], selection: SelectionOptions) -> list[Regions]:
        """Returns the regions of photos that have one resized shape, as detect() does, up to rounding: how a sum is
        split depends on the size of the batch."""
        with one_thread(), torch.inference_mode():
            scaled, maps, shape = self._backbone(photos)
            proposals, _ = self.model.proposal_generator(scaled, maps, None)
            features = self._pool(maps, [found.proposal_boxes for found in proposals])  # (P of all photos, D)
            predictor = self.model.roi_heads.box_predictor
            logits, deltas = predictor(features)[:2]
            scores = logits.softmax(dim=1)[:, :-1].cpu().split([len(found) for found in proposals])  # (P, K) each
            chosen = []
            for photo, boxes, likely in zip(
                photos, predictor.predict_boxes((logits, deltas), proposals), scores, strict=True
            ):
                refined = boxes.view(len(boxes), -1, 4).cpu() / _ratio(photo.size, shape)  # (P, K or 1, 4)
                _check_finite(boxes=refined, scores=likely)
                chosen.append(select_regions(refined, likely, photo.size, selection))
            return self._describe(maps, shape, [photo.size for photo in photos], [c.boxes for c in chosen], chosen)

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
            _, maps, shape = self._backbone([self.resize(image)])
            return self._describe(maps, shape, [size], [given], None)[0]

    def _backbone(self, photos: Sequence[ResizedPhoto]) -> tuple[Any, dict[str, Tensor], tuple[int, int]]:
        """Returns the photos as detectron2 holds them, their feature maps and their (h, w)."""
        shapes = {photo.shape for photo in photos}
        if len(shapes) != 1:
            raise ValueError(f"photos of a batch have one resized shape, not {sorted(shapes)}")
        # Bytes travel to the device, and become float32 there as the mean is subtracted.
        scaled = self.model.preprocess_image([{"image": torch.from_numpy(photo.pixels)} for photo in photos])
        with self._reduced():
            maps = self.model.backbone(scaled.tensor)
        return scaled, {name: values.float() for name, values in maps.items()}, shapes.pop()

    def _reduced(self) -> torch.autocast:
        device = self.model.device.type
        return torch.autocast(device, _DTYPES[self.precision], enabled=self.precision != "fp32")

    def _pool(self, maps: dict[str, Tensor], boxes: Sequence[Boxes]) -> Tensor:
        """Returns the features (B, D) of the scaled boxes of all photos."""
        heads = self.model.roi_heads
        if not any(map(len, boxes)):  # a photo of a few pixels may leave no proposal
            return torch.zeros(0, self.feature_size, device=self.model.device)
        inputs = [maps[name] for name in heads.in_features]
        if isinstance(heads, Res5ROIHeads):
            pooled = heads.pooler(inputs, boxes)
            with self._reduced():
                features: Tensor = heads.res5(pooled)
            return features.float().mean(dim=[2, 3])
        pooled = heads.box_pooler(inputs, boxes)
        with self._reduced():
            features = heads.box_head(pooled)
        return torch.flatten(features.float(), start_dim=1)

    def _describe(
        self,
        maps: dict[str, Tensor],
        shape: tuple[int, int],
        sizes: Sequence[tuple[int, int]],
        boxes: Sequence[Tensor],
        found: Sequence[Selection] | None,
    ) -> list[Regions]:
        """Returns the regions of photos of (height, width) each, at boxes (R, 4), with the ids and scores that were
        found for them, or with their own."""
        device = self.model.device
        predictor = self.model.roi_heads.box_predictor
        scaled = [Boxes((b * _ratio(size, shape)).to(device)) for b, size in zip(boxes, sizes, strict=True)]
        features = self._pool(maps, scaled)  # (R of all photos, D)
        if found is None:
            best = predictor.cls_score(features).softmax(dim=1)[:, :-1].max(dim=1)
            ids, scores = best.indices.cpu(), best.values.cpu()
        else:
            ids, scores = torch.cat([f.object_ids for f in found]), torch.cat([f.scores for f in found])
        attribute_scores = torch.zeros(len(ids), 0)
        attribute_ids = torch.zeros(len(ids), 0, dtype=torch.int64)
        if self.attribute_names:
            likely = predictor.attribute_head.probabilities(features, ids.to(device)).cpu()  # (R, M)
            attribute_ids = likely.argsort(dim=1, descending=True, stable=True)[:, :ATTRIBUTES_PER_REGION]
            attribute_scores = likely.gather(1, attribute_ids)
        _check_finite(features=features, object_scores=scores, attribute_scores=attribute_scores)
        columns = (features.cpu(), ids.int(), scores, attribute_ids.int(), attribute_scores)
        parts = (column.split([len(b) for b in boxes]) for column in columns)
        return [
            Regions(
                features=feature.numpy(),
                boxes=box.numpy(),
                object_ids=object_id.numpy(),
                object_scores=score.numpy(),
                attribute_ids=attribute_id.numpy(),
                attribute_scores=attribute_score.numpy(),
                image_size=size,
            )
            for size, box, feature, object_id, score, attribute_id, attribute_score in zip(
                sizes, boxes, *parts, strict=True
            )
        ]


def load_detector(
    detector: str | Path, *, weights: str | None = None, device: str = "cpu", precision: Precision = "fp32"
) -> RegionDetector:
    """Returns the detector of a folder, of detectron2's zoo or of bottom-up attention, on the CPU or on "cuda".

    What `detector` and `weights` may say stands with transforms.detector_source.open_source. Raises DetectorError or
    WeightsError where a part is missing, unreadable or does not fit the others.
    """
    source = open_source(str(detector), weights)
    cfg = source.settings
    cfg.MODEL.DEVICE = device
    model = build_model(cfg, len(source.attribute_names))
    fill_model(model, source.weights)
    model.eval().requires_grad_(False)
    if device != "cpu":
        fix_algorithms()
    return RegionDetector(model, cfg, source.object_names, source.attribute_names, source.sha256, precision)


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
    settings.MODEL.DEVICE = new_settings().MODEL.DEVICE  # said when the detector is loaded
    write_folder(
        Path(folder),
        {**changed_settings(settings, new_settings()), "VERSION": cfg.VERSION},
        object_names=object_names,
        attribute_names=attribute_names,
        tensors=model.state_dict(),
        dtype=dtype,
    )


def self_check() -> str:
    """Returns detectron2's version once a small model of it, with random weights, has looked at an image."""
    cfg = new_settings()
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.ROI_HEADS.NUM_CLASSES = 2
    cfg.MODEL.RESNETS.STEM_OUT_CHANNELS = cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 8
    cfg.MODEL.RESNETS.WIDTH_PER_GROUP = 2
    cfg.INPUT.MIN_SIZE_TEST = 64
    detector = RegionDetector(build_model(cfg, 2).eval(), cfg, ("a", "b"), ("c", "d"), sha256="")
    detector.detect(np.zeros((48, 64, 3), np.uint8), SelectionOptions(max_boxes=10))
    return VERSION


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
