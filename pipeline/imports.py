"""What --regions and --vocabulary name: dumps opened, checked against each other, and what a run says of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.options import OptionError, RunOptions
from schemas.feature_shard import SPATIAL_RELATIONS, FeatureLayout
from schemas.sidecar import digest
from transforms.dumps.dump import Dump
from transforms.dumps.open_dump import open_dump
from transforms.dumps.rows import DumpError
from transforms.dumps.vocabulary import read_vocabulary
from transforms.import_regions import Names


@dataclass(frozen=True)
class Imports:
    dumps: tuple[Dump, ...]
    names: Names
    layout: FeatureLayout
    identity: dict[str, Any]
    description: dict[str, Any]


def plan_imports(options: RunOptions) -> Imports:
    """Returns the dumps of a run. Raises OptionError where one is none, or they do not fit together."""
    try:
        dumps = tuple(open_dump(spec) for spec in options.regions)
    except (DumpError, OSError) as error:
        raise OptionError(f"--regions: {error}") from error
    sizes = sorted({dump.feature_size for dump in dumps})
    if len(sizes) > 1:
        raise OptionError(f"--regions: features of {sizes} numbers; dumps of one run have one size")
    objects, attributes = _vocabulary(options)
    layout = FeatureLayout(options.max_boxes, sizes[0], max(dump.attributes for dump in dumps), options.feature_dtype)
    return Imports(
        dumps,
        Names(len(objects) if objects else None, len(attributes) if attributes else None),
        layout,
        {
            "regions": [dump.identity() for dump in dumps],
            "vocabulary": digest([objects, attributes]),
            "photos": options.images is not None,
            "selection": asdict(options.selection()),
            "feature_dtype": options.feature_dtype,
        },
        {
            "features": asdict(layout),
            "regions": {
                "formats": sorted({dump.format for dump in dumps}),
                "boxes": all(dump.boxes for dump in dumps),
                "unit_boxes": options.images is None and any(dump.unit_boxes for dump in dumps),
                "classes": all(dump.classes for dump in dumps),
            },
            "vocabularies": {
                "objects": objects,
                "attributes": attributes,
                "spatial_relations": SPATIAL_RELATIONS,
            },
        },
    )


def _vocabulary(options: RunOptions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if options.vocabulary is None:
        return (), ()
    try:
        return read_vocabulary(Path(options.vocabulary))
    except DumpError as error:
        raise OptionError(f"--vocabulary: {error}") from error
