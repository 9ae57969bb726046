"""The files that speak for a whole output folder: run.json first, manifest.json last, then _SUCCESS."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from schemas.sharding import FORMAT_VERSION
from schemas.sidecar import FileEntry, Sidecar, StageCount, canonical_json, digest

RUN = "run.json"
MANIFEST = "manifest.json"
SUCCESS = "_SUCCESS"
DEAD_LETTERS = "dead_letters.jsonl"
REPORT = "report.html"  # in no manifest: it names paths and shows photos


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a folder was started with: the identity that no later run may change, and the options to start it again."""

    identity: Mapping[str, Any]  # everything that decides bytes: code, libraries, options, weights, model
    options: Mapping[str, Any]  # the command line, paths included

    @property
    def fingerprint(self) -> str:
        return digest(self.identity)

    def to_json(self) -> str:
        return canonical_json({"format_version": FORMAT_VERSION, **asdict(self)})

    @staticmethod
    def from_json(text: str) -> RunRecord:
        """Returns the record. Raises ValueError where the text is none."""
        fields = json.loads(text)
        if not isinstance(fields, dict) or not all(isinstance(fields.get(k), dict) for k in ("identity", "options")):
            raise ValueError("not the record of a run: no identity or options")
        return RunRecord(fields["identity"], fields["options"])

    def differences(self, other: RunRecord) -> list[str]:
        """Returns a line for each part of the identity that the two do not share: "key: ours -> theirs"."""
        keys = sorted({*self.identity, *other.identity})
        return [
            f"{key}: {json.dumps(self.identity.get(key))} -> {json.dumps(other.identity.get(key))}"
            for key in keys
            if self.identity.get(key) != other.identity.get(key)
        ]


def manifest_json(
    run: RunRecord, sidecars: Sequence[Sidecar], artifacts: Sequence[FileEntry], description: Mapping[str, Any]
) -> str:
    """Returns manifest.json: the identity, the counts and every file with its size and sha256.

    Holds no path, time or machine, so that equal data sets have equal manifests. `description` adds what a reader
    needs besides: vocabularies, layout of the features.
    """
    sidecars = sorted(sidecars, key=lambda s: (s.product, s.shard))
    files = [
        {"product": s.product, "shard": s.shard, "rows": s.rows, **asdict(entry)}
        for s in sidecars
        for entry in (*s.files, FileEntry(s.name, len(s.to_json().encode()), sha256(s.to_json().encode()).hexdigest()))
    ]
    return canonical_json(
        {
            "format_version": FORMAT_VERSION,
            "fingerprint": run.fingerprint,
            "identity": run.identity,
            **description,
            "products": sorted({s.product for s in sidecars}),
            "n_shards": sidecars[0].n_shards,
            "rows": sum(s.rows for s in sidecars if s.product == "graphs"),
            "counts": {stage: asdict(count) for stage, count in total_counts(sidecars).items()},
            "notes": total_notes(sidecars),
            "files": files,
            "artifacts": [asdict(entry) for entry in sorted(artifacts, key=lambda a: a.name)],
        }
    )


def success_text(manifest: str) -> str:
    """Returns the content of _SUCCESS: the sha256 of the manifest, which holds that of every file."""
    return sha256(manifest.encode()).hexdigest() + "\n"


def total_counts(sidecars: Iterable[Sidecar]) -> dict[str, StageCount]:
    """Returns the counts of each stage summed over all shards."""
    totals: dict[str, StageCount] = {}
    for sidecar in sidecars:
        for stage, count in sidecar.counts.items():
            totals[stage] = totals.get(stage, StageCount(0, 0, 0)) + count
    return totals


def total_notes(sidecars: Iterable[Sidecar]) -> dict[str, int]:
    """Returns how many records were taken, but not as they came, by reason, summed over all shards."""
    totals: Counter[str] = Counter()
    for sidecar in sidecars:
        totals.update(sidecar.notes)
    return dict(totals)
