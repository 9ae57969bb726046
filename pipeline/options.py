"""The options of a run, in one place: checked before any work starts, kept in run.json."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_args

from apache_beam.io.filesystems import FileSystems

import demo
from schemas.feature_shard import FeatureDtype
from schemas.records import Split
from schemas.sharding import MAX_SHARDS
from transforms.annotation_formats import Format
from transforms.detector_choice import Precision
from transforms.dumps.formats import FORMATS
from transforms.region_selection import SelectionOptions
from transforms.scene_graphs import DEFAULT as DEFAULT_PARSER

DEMO_DETECTOR = str(Path(demo.__file__).parent / "weights")


class OptionError(ValueError):
    """An option that cannot be meant; the message says which, its value, and what would do."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    annotations: tuple[str, ...]
    out: str
    images: str | None = None  # the image folder; None: captions only
    format: Format | None = None
    split: Split | None = None  # of annotation files that name none
    regions: tuple[str, ...] = ()  # "<format>:<path>" of dumps, which then stand in for a detector
    vocabulary: str | None = None  # folder of the names behind the dumps' class ids
    detector: str = DEMO_DETECTOR  # folder, "zoo:<config>" or "vg:<folder>"
    weights: str | None = None  # file or URL#sha256=..., instead of the detector's own
    device: str = "auto"
    relations: str | None = None  # folder of scene graphs; None: predicted by a prior
    precision: Precision = "fp32"  # of the detector's heavy parts
    batch: int | None = None  # photos at once; None: as suits the device
    min_boxes: int = 36
    max_boxes: int = 36
    score_threshold: float = 0.2
    nms_threshold: float = 0.3
    feature_dtype: FeatureDtype = "float16"
    parser: str = DEFAULT_PARSER
    wordnet: str | None = None  # folder of its nouns, which then add to the words that are learned
    candidates: int = 5  # captions of other images that are labelled, an image
    shards: int = 16
    salt: str = ""
    workers: int = 1
    max_rejected: float = 0.05  # fraction of a stage's records

    def __post_init__(self) -> None:
        if not self.annotations:
            raise OptionError("no annotation file given")
        if not 1 <= self.shards <= MAX_SHARDS:
            raise OptionError(f"--shards must lie in 1..{MAX_SHARDS}, not {self.shards}")
        if not 1 <= self.workers <= 256:
            raise OptionError(f"--workers must lie in 1..256, not {self.workers}")
        if self.precision not in get_args(Precision):
            raise OptionError(f"--precision must be one of {get_args(Precision)}, not {self.precision!r}")
        if self.batch is not None and not 1 <= self.batch <= 256:
            raise OptionError(f"--batch must lie in 1..256, not {self.batch}")
        if not 0 <= self.candidates <= 1000:
            raise OptionError(f"--candidates must lie in 0..1000, not {self.candidates}")
        if not 0 <= self.max_rejected <= 1:
            raise OptionError(f"--max-rejected is a fraction in 0..1, not {self.max_rejected}")
        if len(self.salt.encode()) > 64:
            raise OptionError(f"--salt must not be longer than 64 bytes, it has {len(self.salt.encode())}")
        if self.feature_dtype not in get_args(FeatureDtype):
            raise OptionError(f"--feature-dtype must be one of {get_args(FeatureDtype)}, not {self.feature_dtype!r}")
        for option, path in (("--out", self.out), ("--images", self.images)):
            _check_scheme(option, path)
        if "://" not in self.out and set(self.out) & set("*?["):
            raise OptionError(f"--out must not hold *, ? or [, which file systems take for patterns: {self.out!r}")
        if self.images is not None and "://" not in self.images and not os.path.isdir(self.images):
            raise OptionError(f"--images: {self.images!r} is not a folder")
        if self.relations is not None and self.images is None and not self.regions:
            raise OptionError("--relations are between regions: --images or --regions must be given too")
        if self.vocabulary is not None and not self.regions:
            raise OptionError("--vocabulary names the classes of --regions; a detector brings its own names")
        try:
            self.selection()
        except ValueError as error:
            raise OptionError(f"--boxes, --score-threshold, --nms-threshold: {error}") from error

    def selection(self) -> SelectionOptions:
        return SelectionOptions(self.min_boxes, self.max_boxes, self.score_threshold, self.nms_threshold)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> RunOptions:
        """Returns the options kept in a run.json. Raises OptionError where they are another version's."""
        unknown = set(values) ^ {field.name for field in fields(RunOptions)}
        if unknown:
            raise OptionError(f"the options of this folder were written by another version: {sorted(unknown)}")
        lists = {name: tuple(values[name]) for name in ("annotations", "regions")}
        return RunOptions(**{**values, **lists})


def add_run_arguments(parser: ArgumentParser) -> None:
    """Adds the arguments of `run` to a parser."""
    parser.add_argument(
        "annotations", nargs="+", metavar="ANNOTATIONS", help="caption files; see docs/input_formats.md"
    )
    parser.add_argument("--out", required=True, metavar="OUT", help="output folder; started anew or resumed")
    parser.add_argument("--images", metavar="DIR", help="image folder; without it only captions are processed")
    parser.add_argument("--format", choices=get_args(Format), help="of the caption files (told by content)")
    parser.add_argument("--split", choices=get_args(Split), help="for caption files that name no split")
    parser.add_argument(
        "--detector",
        metavar="DIR|zoo:CONFIG|vg:DIR",
        default=DEMO_DETECTOR,
        help="detector folder, model of detectron2's zoo or bottom-up attention (the demo's); see docs/regions.md",
    )
    parser.add_argument("--weights", metavar="FILE|URL#sha256=HEX", help="of --detector, instead of its own")
    parser.add_argument(
        "--regions",
        action="append",
        default=[],
        metavar="FORMAT:PATH",
        help=f"take region features from a dump, instead of a detector: {', '.join(FORMATS)}; may be repeated; "
        "see docs/precomputed_regions.md",
    )
    parser.add_argument("--vocabulary", metavar="DIR", help="objects_vocab.txt, attributes_vocab.txt of --regions")
    parser.add_argument("--relations", metavar="DIR", help="take relations from Scene-Graph-Benchmark's predictions")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--precision", choices=get_args(Precision), default="fp32", help="of the detector (fp32)")
    parser.add_argument("--batch", type=int, metavar="N", help="photos that the detector takes at once (cpu 1, cuda 8)")
    parser.add_argument("--boxes", type=_box_range, default=(36, 36), metavar="N|MIN:MAX", help="boxes an image (36)")
    parser.add_argument("--score-threshold", type=float, default=0.2, metavar="P", help="for boxes past MIN (0.2)")
    parser.add_argument("--nms-threshold", type=float, default=0.3, metavar="IOU", help="within a class (0.3)")
    parser.add_argument("--feature-dtype", choices=get_args(FeatureDtype), default="float16")
    parser.add_argument("--parser", default=DEFAULT_PARSER, metavar="SPEC", help="spacy:<model> or stanza:<folder>")
    parser.add_argument("--wordnet", metavar="DIR", help="words also from WordNet; see docs/phrase_labels.md")
    parser.add_argument("--candidates", type=int, default=5, metavar="M", help="labelled captions an image (5)")
    parser.add_argument("--shards", type=int, default=16, metavar="N", help="number of shards (16)")
    parser.add_argument("--salt", default="", help="changes which image falls into which shard")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes on this machine (1)")
    parser.add_argument(
        "--max-rejected", type=float, default=0.05, metavar="F", help="exit with 3 if a stage rejects more (0.05)"
    )


def run_options(arguments: Namespace) -> RunOptions:
    """Returns the options of a parsed command line. Raises OptionError."""
    low, high = arguments.boxes
    paths = {
        "annotations",
        "images",
        "out",
        "regions",
        "vocabulary",
        "detector",
        "weights",
        "relations",
        "parser",
        "wordnet",
    }
    names = {field.name for field in fields(RunOptions)} - {*paths, "min_boxes", "max_boxes"}
    return RunOptions(
        annotations=tuple(_absolute(path) for path in arguments.annotations),
        out=_absolute(arguments.out),
        images=None if arguments.images is None else _absolute(arguments.images),
        regions=tuple(_absolute_dump(spec) for spec in arguments.regions),
        vocabulary=None if arguments.vocabulary is None else _absolute(arguments.vocabulary),
        detector=_absolute_detector(arguments.detector),
        relations=None if arguments.relations is None else _absolute(arguments.relations),
        weights=None if arguments.weights is None else _absolute(arguments.weights),
        parser=_absolute_parser(arguments.parser),
        wordnet=None if arguments.wordnet is None else _absolute(arguments.wordnet),
        min_boxes=low,
        max_boxes=high,
        **{name: getattr(arguments, name) for name in names},
    )


def _check_scheme(option: str, path: str | None) -> None:
    """Raises OptionError for a URI whose file system is not installed."""
    try:
        FileSystems.get_filesystem(path or "")
    except ValueError as error:
        raise OptionError(f"{option}: {error}") from error


def _absolute(path: str) -> str:
    """Returns a path that means the same from any working directory: `retry` may be called from another one."""
    return path if "://" in path else os.path.abspath(path)


def _absolute_parser(spec: str) -> str:
    kind, _, path = spec.partition(":")
    return f"{kind}:{_absolute(path)}" if kind == "stanza" and path else spec


def _absolute_detector(spec: str) -> str:
    kind, _, path = spec.rpartition(":")
    return {"zoo": spec, "vg": f"vg:{_absolute(path)}"}.get(kind) or _absolute(spec)


def _absolute_dump(spec: str) -> str:
    """Returns a "<format>:<path>[,<path>]" whose paths mean the same from any working directory."""
    name, _, path = spec.partition(":")
    paths = [path] if os.path.exists(path) else path.split(",")
    return f"{name}:{','.join(os.path.abspath(part) for part in paths)}" if path else spec


def _box_range(text: str) -> tuple[int, int]:
    low, _, high = text.partition(":")
    try:
        return int(low), int(high or low)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is neither a number nor MIN:MAX") from None
