"""Where a detector comes from: a folder, detectron2's model zoo, or bottom-up attention's published files."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.detector_folder import CONFIG, NAMES, DetectorError, changed_settings, folder_weights, read_folder
from transforms.detectron import bottom_up_settings, download, new_settings, read_settings, zoo_settings, zoo_weights
from transforms.dumps.vocabulary import read_vocabulary
from transforms.weights import WeightsError

ZOO, BOTTOM_UP = "zoo:", "vg:"
_CHECKED_URL = re.compile(r"(?P<url>\w+://[^#]+)#sha256=(?P<sha256>[0-9a-f]{64})")


@dataclass(frozen=True, eq=False)
class DetectorSource:
    """A detector's parts, which fit together as far as their sizes say so."""

    settings: Any  # detectron2's CfgNode
    weights: Path
    object_names: tuple[str, ...]
    attribute_names: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Returns the digest of settings, names and weights; where they came from does not count."""
        said = [changed_settings(self.settings, new_settings()), self.object_names, self.attribute_names]
        digest = hashlib.sha256(json.dumps([self.weights.suffix, *said], sort_keys=True).encode())
        with open(self.weights, "rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def open_source(detector: str, weights: str | None) -> DetectorSource:
    """Returns the detector that is named, its weights on this machine.

    Args:
        detector: a folder of config.yaml, names.json and weights; "zoo:<config name>" for a model of detectron2's zoo,
            with the zoo's weights; or "vg:<folder>" for bottom-up attention, the folder holding objects_vocab.txt,
            attributes_vocab.txt (without it there is no attribute head) and weights.
        weights: a file or "<URL>#sha256=<hex>", instead of those.

    Raises DetectorError or WeightsError where a part is missing, unreadable or does not fit the others.
    """
    attributes: tuple[str, ...] = ()
    if detector.startswith(ZOO):
        name = detector.removeprefix(ZOO).removesuffix(".yaml")
        settings, objects = zoo_settings(name)
        path = _download(zoo_weights(name)) if weights is None else _given(weights)
        says = f"the names of {name}"
    elif detector.startswith(BOTTOM_UP):
        folder = Path(detector.removeprefix(BOTTOM_UP))
        objects, attributes = read_vocabulary(folder)
        settings = bottom_up_settings(len(objects), len(attributes))
        path = folder_weights(folder) if weights is None else _given(weights)
        says = f"the vocabulary of {folder}"
    else:
        folder = Path(detector)
        files = read_folder(folder)
        settings, objects, attributes = read_settings(files.config), files.object_names, files.attribute_names
        path = folder_weights(folder) if weights is None else _given(weights)
        says = f"{folder}: {NAMES}"
    if len(objects) != settings.MODEL.ROI_HEADS.NUM_CLASSES:
        raise DetectorError(
            f"{says} names {len(objects)} objects, "
            f"MODEL.ROI_HEADS.NUM_CLASSES in {CONFIG} is {settings.MODEL.ROI_HEADS.NUM_CLASSES}"
        )
    return DetectorSource(settings, path, objects, attributes)


def _given(weights: str) -> Path:
    """Returns the local file of weights that were named."""
    if "://" not in weights:
        path = Path(weights)
        if not path.is_file():
            raise WeightsError(f"{path}: no such file of weights")
        return path
    if (match := _CHECKED_URL.fullmatch(weights)) is None:
        raise WeightsError(f"{weights}: weights from a URL are named with their checksum: URL#sha256=<64 hex digits>")
    path = _download(match["url"])
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != match["sha256"]:
        raise WeightsError(f"{match['url']}: its sha256 is {found}, not {match['sha256']} (kept as {path})")
    return path


def _download(url: str) -> Path:
    try:
        return download(url)
    except (OSError, ValueError, AssertionError) as error:
        raise WeightsError(
            f"{url}: cannot be downloaded ({type(error).__name__}: {error}); "
            "get the file another way and name it with --weights"
        ) from error
