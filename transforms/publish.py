"""Shards and their sidecars reach the output folder whole or not at all, on any Beam file system."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from schemas.records import DeadLetter
from schemas.sharding import shard_stem
from schemas.sidecar import FileEntry, Sidecar, StageCount, rejected_name, sidecar_name
from transforms.progress import count

BLOCK = 1 << 20
TEMPORARY = ".tmp-"  # marks names that a killed run may leave behind; the next run removes them


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
    shard without its sidecar is not done. Raises OSError (BeamIOError) where the output cannot be written.
    """
    done = finished_sidecar(target, product.name, shard, inputs)
    if done is not None:
        count(product.counter, done.counts[product.stage].entered)
        return done
    name = shard_stem(product.name, shard, target.n_shards) + product.extension
    with tempfile.TemporaryDirectory(prefix="multigrain-") as spool:
        local = Path(spool, name)
        content = build(local)
        files = [publish_file(local, target.out, name)]
        if content.rejected:
            letters = Path(spool, rejected_name(product.name, shard, target.n_shards))
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
    paths = [FileSystems.join(target.out, entry.name) for entry in sidecar.files]
    sizes = {m.path: m.size_in_bytes for found in FileSystems.match(paths) for m in found.metadata_list}
    whole = all(sizes.get(path) == entry.bytes for path, entry in zip(paths, sidecar.files, strict=True))
    return sidecar if whole else None


def read_sidecar(target: Target, product: str, shard: int) -> Sidecar | None:
    """Returns the sidecar of a shard, None where there is none or one that cannot be read."""
    path = FileSystems.join(target.out, sidecar_name(product, shard, target.n_shards))
    if not FileSystems.exists(path):
        return None
    try:
        return Sidecar.from_json(read_text(path))
    except ValueError:
        return None  # damaged: as good as absent, the shard is made again


def dead_letter_lines(letters: Sequence[DeadLetter]) -> str:
    """Returns the dead letters as JSON lines, in an order that does not depend on how they came about."""
    lines = (json.dumps(asdict(letter), sort_keys=True, ensure_ascii=False) + "\n" for letter in letters)
    return "".join(sorted(lines))


def publish_file(local: Path, out: str, name: str) -> FileEntry:
    """Copies a local file into the output folder under a temporary name, hashing on the way, and renames it."""
    final = FileSystems.join(out, name)
    temporary = FileSystems.join(out, f"{TEMPORARY}{uuid.uuid4().hex}-{name}")
    hasher, size = sha256(), 0
    with local.open("rb") as source, open_for_writing(temporary) as sink:
        while block := source.read(BLOCK):
            hasher.update(block)
            sink.write(block)
            size += len(block)
    FileSystems.rename([temporary], [final])
    return FileEntry(name, size, hasher.hexdigest())


def publish_text(text: str, out: str, name: str) -> FileEntry:
    """Writes a small UTF-8 file into the output folder, whole or not at all."""
    with tempfile.TemporaryDirectory(prefix="multigrain-") as spool:
        local = Path(spool, name)
        local.write_text(text, encoding="utf-8")
        return publish_file(local, out, name)


def open_for_writing(path: str):  # type: ignore[no-untyped-def]  # Beam's file objects have no common type
    return FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)


def read_text(path: str) -> str:
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
        return str(source.read().decode("utf-8"))


def fetch_file(out: str, name: str, local: Path) -> None:
    """Copies a file of the output folder to a local path. Raises OSError where it is not there."""
    path = FileSystems.join(out, name)
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source, local.open("wb") as sink:
        shutil.copyfileobj(source, sink, BLOCK)
