"""Shards and their sidecars reach the output folder whole or not at all, on any Beam file system."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from schemas.records import DeadLetter
from schemas.sharding import shard_stem
from schemas.sidecar import Sidecar, StageCount, rejected_name, sidecar_name
from transforms.progress import count
from transforms.storage import exists, publish_file, publish_text, read_text, remove, size_of, spool


@dataclass(frozen=True, slots=True)
class Target:
    """Where the shards of one run go, and what a shard must carry to count as done."""

    out: str
    n_shards: int
    fingerprint: str
    retry: bool = False  # shards with dead letters are not done


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of shard file."""

    name: str  # the first part of its files' names
    extension: str
    stage: str  # the stage that makes it
    counter: str  # where its progress is counted, in that stage's units


@dataclass(frozen=True, slots=True)
class ShardContent:
    """What was built for one shard, next to the data file itself."""

    rows: int
    counts: Mapping[str, StageCount]
    rejected: Sequence[DeadLetter]
    notes: Mapping[str, int] = field(default_factory=dict)  # see Sidecar


def publish_shard(
    target: Target, product: Product, shard: int, inputs: str, build: Callable[[Path], ShardContent]
) -> Sidecar:
    """Returns the sidecar of a shard: the one that is there where the shard is done, else that of what build writes.

    `build` writes the data file to the local path it is given. The order of the renames makes a crash harmless: a
    shard without its sidecar is not done. So is a second attempt at the same time, which a cluster may make: what the
    faster one has published stays, and both write the same bytes. Raises OSError (BeamIOError) where the output cannot
    be written.
    """
    done = finished_sidecar(target, product.name, shard, inputs)
    if done is not None:
        count(product.counter, done.counts[product.stage].entered)
        return done
    name = shard_stem(product.name, shard, target.n_shards) + product.extension
    with spool(target.out) as folder:
        local = folder / name
        content = build(local)
        # A late attempt must not take back the sidecar of a shard that is done: it may be killed before the next line.
        if (done := finished_sidecar(target, product.name, shard, inputs)) is not None:
            return done
        # From here to the new sidecar the shard is not done: an old sidecar must not vouch for new files.
        withdraw_sidecar(target, product.name, shard)
        files = [publish_file(local, target.out, name)]
        if content.rejected:
            letters = folder / rejected_name(product.name, shard, target.n_shards)
            letters.write_text(dead_letter_lines(content.rejected), encoding="utf-8")
            files.append(publish_file(letters, target.out, letters.name))
    sidecar = Sidecar(
        product.name,
        shard,
        target.n_shards,
        content.rows,
        target.fingerprint,
        inputs,
        tuple(files),
        dict(content.counts),
        dict(content.notes),
    )
    publish_text(sidecar.to_json(), target.out, sidecar.name)
    return sidecar


def finished_sidecar(target: Target, product: str, shard: int, inputs: str) -> Sidecar | None:
    """Returns the sidecar of a shard that needs no work: same fingerprint and inputs, every file there in full size."""
    sidecar = read_sidecar(target, product, shard)
    if sidecar is None or (sidecar.fingerprint, sidecar.inputs) != (target.fingerprint, inputs):
        return None
    if target.retry and sidecar.rejected:
        return None
    try:
        whole = all(size_of(target.out, entry.name) == entry.bytes for entry in sidecar.files)
    except OSError:  # a file is missing
        return None
    return sidecar if whole else None


def read_sidecar(target: Target, product: str, shard: int) -> Sidecar | None:
    """Returns the sidecar of a shard, None where there is none or one that cannot be read."""
    path = FileSystems.join(target.out, sidecar_name(product, shard, target.n_shards))
    if not exists(path):
        return None
    try:
        return Sidecar.from_json(read_text(path))
    except FileNotFoundError:
        return None  # another attempt at the same shard has just withdrawn it
    except ValueError:
        return None  # damaged: as good as absent, the shard is made again


def withdraw_sidecar(target: Target, product: str, shard: int) -> None:
    """Removes the sidecar of a shard, if there is one."""
    remove(target.out, [sidecar_name(product, shard, target.n_shards)])


def dead_letter_lines(letters: Sequence[DeadLetter]) -> str:
    """Returns the dead letters as JSON lines, in an order that does not depend on how they came about."""
    lines = (json.dumps(asdict(letter), sort_keys=True) + "\n" for letter in letters)
    return "".join(sorted(lines))
