"""What decides the bytes of a run: code, libraries, options, model, weights."""

from __future__ import annotations

from collections import deque
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import multigrain
import rules
import schemas
import transforms
from pipeline.imports import Imports, plan_imports
from pipeline.options import OptionError, RunOptions
from schemas.feature_shard import SPATIAL_RELATIONS, FeatureLayout
from schemas.manifest import RunRecord
from transforms.annotation_files import AnnotationFileError
from transforms.annotations import read_annotations
from transforms.detector_choice import DetectorChoice
from transforms.lean_import import without_torch
from transforms.scene_graph_dump import INFO, PREDICTION
from transforms.scene_graphs import CaptionParser, load_parser
from transforms.spacy_parser import MissingModelError
from transforms.wordnet import read_wordnet

TEXT_LIBRARIES = ("numpy", "pyarrow", "spacy", "lemminflect")
IMPORT_LIBRARIES = ("h5py", "pillow")
IMAGE_LIBRARIES = (*IMPORT_LIBRARIES, "torch", "torchvision", "detectron2")
BATCHES = {"cpu": 1, "cuda": 8}  # on the CPU photos run side by side, each on a core of its own


@dataclass(frozen=True)
class Plan:
    """Options whose models were looked at: everything the flow needs."""

    options: RunOptions
    run: RunRecord
    detector: DetectorChoice  # meaningless without images
    batch: int  # photos that the detector takes at once
    layout: FeatureLayout | None  # None without images and dumps
    description: dict[str, Any]  # what the manifest says besides
    imports: Imports | None = None  # the dumps that stand in for a detector

    @property
    def objects(self) -> tuple[str, ...]:
        """Returns the names of the objects that the regions are of, by id; none where a dump came without."""
        return tuple(self.description["vocabularies"].get("objects", ()))


def make_plan(options: RunOptions, *, check_files: bool = True, here: bool = True) -> Plan:
    """Returns the plan of a run. Raises OptionError where an annotation file, a detector or a parser is none.

    Without `check_files` annotation files are not opened. `here` says that the work is done on this machine, which then
    must have the device that is asked for.
    """
    if check_files:
        check_annotations(options)
    imports = plan_imports(options) if options.regions else None
    libraries = IMPORT_LIBRARIES if imports else IMAGE_LIBRARIES if options.images else ()
    identity: dict[str, Any] = {
        "code": code_version(),
        "libraries": library_versions(TEXT_LIBRARIES + libraries),
        "parser": open_parser(options.parser).fingerprint,
        "candidates": options.candidates,
        "shards": options.shards,
        "salt": options.salt,
        "split": options.split,
        "relations": None if options.relations is None else relations_digest(options.relations),
    }
    if options.wordnet is not None:
        identity["wordnet"] = wordnet_digest(options.wordnet)
    choice, batch, layout = DetectorChoice(options.detector), 1, None
    description: dict[str, Any] = {"vocabularies": {}}
    if imports is not None:
        run = RunRecord(identity | imports.identity, options.to_dict())
        return Plan(options, run, choice, batch, imports.layout, imports.description, imports)
    if options.images is not None:
        device = _device(options.device, here)
        batch = options.batch or BATCHES[device]
        choice = DetectorChoice(options.detector, options.weights, device, options.precision)
        from transforms.detector import ATTRIBUTES_PER_REGION
        from transforms.detector_handler import DetectorHandler

        try:
            # Only looked at, and a machine that submits may have no GPU.
            detector = DetectorHandler(replace(choice, device="cpu"), options.selection()).load_model()
        except (ValueError, OSError, ImportError) as error:
            raise OptionError(f"--detector: {error}") from error
        attributes = min(ATTRIBUTES_PER_REGION, len(detector.attribute_names))
        layout = FeatureLayout(options.max_boxes, detector.feature_size, attributes, options.feature_dtype)
        identity |= {
            "detector": detector.sha256,
            "device": device,
            "precision": options.precision,
            "batch": batch,
            "selection": asdict(options.selection()),
            "feature_dtype": options.feature_dtype,
        }
        description = {
            "features": asdict(layout),
            "vocabularies": {
                "objects": detector.object_names,
                "attributes": detector.attribute_names,
                "spatial_relations": SPATIAL_RELATIONS,
            },
        }
    return Plan(options, RunRecord(identity, options.to_dict()), choice, batch, layout, description)


def check_annotations(options: RunOptions) -> None:
    """Raises OptionError for an annotation file that is wrong as a whole: then a finished data set stays as it is.

    Reads the files to their ends (some seconds for a million captions), since a file may be cut off.
    """
    for path in options.annotations:
        try:
            deque(read_annotations(path, file_format=options.format, split=options.split), maxlen=0)
        except (AnnotationFileError, OSError) as error:
            raise OptionError(str(error)) from error


def code_version() -> str:
    """Returns the version with a hash of the source files that make records and shards, so that no edit goes unseen."""
    hasher = sha256()
    for package in (schemas, rules, transforms):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            hasher.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{multigrain.__version__}+{hasher.hexdigest()[:12]}"


def relations_digest(folder: str) -> str:
    """Returns a digest of a folder of scene graphs. Raises OptionError where it is none."""
    hasher = sha256()
    try:
        for name in (INFO, PREDICTION):
            with Path(folder, name).open("rb") as file:
                hasher.update(file_digest(file, "sha256").digest())
    except OSError as error:
        raise OptionError(f"--relations: {error.filename}: {error.strerror}") from error
    return hasher.hexdigest()


def wordnet_digest(folder: str) -> str:
    """Returns a digest of WordNet's nouns. Raises OptionError where a folder holds none, or damaged ones."""
    try:
        return read_wordnet(folder).sha256
    except OSError as error:
        raise OptionError(f"--wordnet: {error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise OptionError(f"--wordnet: {error}") from error


def library_versions(names: tuple[str, ...]) -> dict[str, str]:
    """Returns the installed versions; "missing" for a library that is not installed."""
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "missing"
    return versions


def open_parser(spec: str) -> CaptionParser:
    """Returns the parser that --parser names. Raises OptionError where there is none."""
    try:
        with without_torch() if spec.startswith("spacy:") else nullcontext():
            return load_parser(spec)
    except (ValueError, OSError, ImportError, MissingModelError) as error:
        raise OptionError(f"--parser: {error}") from error


def _device(name: str, here: bool) -> str:
    import torch

    if name == "auto":
        return "cuda" if here and torch.cuda.is_available() else "cpu"
    if name == "cuda" and here and not torch.cuda.is_available():
        raise OptionError("--device cuda: torch finds no CUDA device")
    return name
