"""The end of a run: what the shards amount to is written down, and only then is the folder called complete."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from schemas.manifest import DEAD_LETTERS, MANIFEST, SUCCESS, RunRecord, manifest_json, success_text
from schemas.sidecar import FileEntry, Sidecar
from transforms.storage import names_in, publish_text, read_text, remove

# Names that this project gives to files of a shard; what matches and is in no sidecar is left over from a retry.
_SHARD_FILE = re.compile(r"(features|graphs|labels|relations)-\d{5}-of-\d{5}(\.rejected\.jsonl|\.h5|\.parquet|\.json)")


def commit(
    out: str,
    run: RunRecord,
    sidecars: Sequence[Sidecar],
    artifacts: Sequence[FileEntry],
    products: Sequence[str],
    description: Mapping[str, Any],
) -> str:
    """Writes dead_letters.jsonl, manifest.json and _SUCCESS, and returns the manifest.

    Raises ValueError where a shard is missing or its counts do not add up: then the folder is not complete.
    """
    have = {(s.product, s.shard) for s in sidecars}
    need = {(product, k) for product in products for k in range(sidecars[0].n_shards)}
    if have != need:
        raise ValueError(f"{len(need - have)} shards are missing, the first: {sorted(need - have)[:3]}")
    for sidecar in sidecars:
        for stage, c in sidecar.counts.items():
            if c.entered != c.left + c.rejected:
                raise ValueError(f"{sidecar.name}: {stage}: {c.entered} in, {c.left} out and {c.rejected} rejected")
    _remove_leftovers(out, sidecars)
    letters = publish_text(_all_dead_letters(out, sidecars), out, DEAD_LETTERS)
    manifest = manifest_json(run, sidecars, [*artifacts, letters], description)
    publish_text(manifest, out, MANIFEST)
    publish_text(success_text(manifest), out, SUCCESS)
    return manifest


def _all_dead_letters(out: str, sidecars: Sequence[Sidecar]) -> str:
    names = (entry.name for s in sidecars for entry in s.files if entry.name.endswith(".rejected.jsonl"))
    lines = [line for name in names for line in read_text(FileSystems.join(out, name)).splitlines()]
    return "".join(line + "\n" for line in sorted(lines, key=_place))


def _place(line: str) -> tuple[str, str, str]:
    letter = json.loads(line)
    return letter["stage"], letter["record_id"], line


def _remove_leftovers(out: str, sidecars: Sequence[Sidecar]) -> None:
    known = {s.name for s in sidecars} | {entry.name for s in sidecars for entry in s.files}
    remove(out, [name for name in names_in(out) if _SHARD_FILE.fullmatch(name) and name not in known])


@dataclass
class WriteManifest(beam.PTransform):
    """Completes the folder once every shard of every product is there: Sidecar -> manifest."""

    out: str
    run: RunRecord
    products: tuple[str, ...]
    description: Mapping[str, Any]

    def expand(self, inputs: tuple[beam.PCollection, beam.PCollection]) -> beam.PCollection:
        sidecars, artifacts = inputs
        return (
            sidecars
            | "AnyKey" >> beam.WithKeys(0)
            | "All" >> beam.GroupByKey()  # (0, [Sidecar])
            | "Commit"
            >> beam.ParDo(_Commit(self.out, self.run, self.products, self.description), beam.pvalue.AsList(artifacts))
        )


class _Commit(beam.DoFn):
    def __init__(self, out: str, run: RunRecord, products: Sequence[str], description: Mapping[str, Any]) -> None:
        self._out, self._run, self._products, self._description = out, run, products, description

    def process(self, element: tuple[int, Iterable[Sidecar]], artifacts: Sequence[FileEntry]) -> Iterator[str]:
        sidecars = sorted(element[1], key=lambda s: (s.product, s.shard))
        yield commit(self._out, self._run, sidecars, artifacts, self._products, self._description)
