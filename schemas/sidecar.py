"""The JSON beside each shard: what it is made of, so that a run can be resumed and a file verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from schemas.sharding import FORMAT_VERSION, shard_stem


@dataclass(frozen=True, slots=True)
class FileEntry:
    name: str  # relative to the output folder
    bytes: int
    sha256: str  # hex


@dataclass(frozen=True, slots=True)
class StageCount:
    """Records of one stage; what came in either went out or was rejected with a dead letter."""

    entered: int
    left: int
    rejected: int

    def __add__(self, other: StageCount) -> StageCount:
        return StageCount(self.entered + other.entered, self.left + other.left, self.rejected + other.rejected)


@dataclass(frozen=True, slots=True)
class Sidecar:
    product: str  # "features" | "graphs" | "labels" | "relations"
    shard: int
    n_shards: int
    rows: int
    fingerprint: str  # of code, options, weights; see RunRecord
    inputs: str  # digest of the records that the shard was made of
    files: tuple[FileEntry, ...]
    counts: Mapping[str, StageCount]  # by stage
    notes: Mapping[str, int] = field(default_factory=dict)  # records that were taken, but not as they came, by reason

    @property
    def name(self) -> str:
        return sidecar_name(self.product, self.shard, self.n_shards)

    @property
    def rejected(self) -> int:
        return sum(count.rejected for count in self.counts.values())

    def to_json(self) -> str:
        return canonical_json({"format_version": FORMAT_VERSION, **asdict(self)})

    @staticmethod
    def from_json(text: str) -> Sidecar:
        """Returns the sidecar. Raises ValueError where the text is not one of this format version."""
        try:
            fields = json.loads(text)
            if fields.pop("format_version") != FORMAT_VERSION:
                raise ValueError("another format version")
            fields["files"] = tuple(FileEntry(**entry) for entry in fields["files"])
            fields["counts"] = {stage: StageCount(**count) for stage, count in fields["counts"].items()}
            return Sidecar(**fields)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"not a sidecar: {error}") from error


def sidecar_name(product: str, shard: int, n_shards: int) -> str:
    return shard_stem(product, shard, n_shards) + ".json"


def rejected_name(product: str, shard: int, n_shards: int) -> str:
    """Returns the name of one shard's dead letters, a JSON object a line; the file exists only if there are any."""
    return shard_stem(product, shard, n_shards) + ".rejected.jsonl"


def canonical_json(value: Any) -> str:
    """Returns the same text for equal values: sorted keys, one trailing newline."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def digest(value: Any) -> str:
    """Returns a digest of anything JSON can hold."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()
