"""Files of the output folder, on any Beam file system: they appear whole or not at all, and are checked when read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from schemas.sidecar import FileEntry

BLOCK = 1 << 20
TEMPORARY = ".tmp-"  # marks names that a killed run may leave behind; the next run removes them


def publish_file(local: Path, out: str, name: str) -> FileEntry:
    """Moves a file of a spool into the output folder, whole or not at all: it appears by a rename."""
    final = FileSystems.join(out, name)
    if is_local(out):  # the spool lies in the output folder
        with local.open("rb") as source:
            entry = FileEntry(name, local.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest())
        os.replace(local, final)
        return entry
    hasher, size = sha256(), 0
    temporary = FileSystems.join(out, f"{TEMPORARY}{uuid.uuid4().hex}-{name}")
    with local.open("rb") as source, open_for_writing(temporary) as sink:
        while block := source.read(BLOCK):
            hasher.update(block)
            sink.write(block)
            size += len(block)
    FileSystems.rename([temporary], [final])
    return FileEntry(name, size, hasher.hexdigest())


def is_local(path: str) -> bool:
    """Returns whether a path is one of this machine's files, not a URI of another file system."""
    return "://" not in path


@contextmanager
def spool(out: str) -> Iterator[Path]:
    """Yields a folder for files on their way; in the output folder where that is local, so that they are renamed."""
    if is_local(out):
        with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=out) as name:
            yield Path(name)
    else:
        with tempfile.TemporaryDirectory(prefix="multigrain-") as name:
            yield Path(name)


def names_in(out: str) -> list[str]:
    """Returns the names of what lies in the output folder, sorted."""
    if is_local(out):
        return sorted(os.listdir(out))
    found = FileSystems.match([FileSystems.join(out, "*")])[0].metadata_list
    return sorted(FileSystems.split(m.path)[1] for m in found)


def remove(out: str, names: Sequence[str]) -> None:
    """Removes files and local folders of the output folder; what is gone already is no error."""
    if not is_local(out):
        if names:
            FileSystems.delete([FileSystems.join(out, name) for name in names])
        return
    for name in names:
        path = Path(out, name)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def publish_text(text: str, out: str, name: str) -> FileEntry:
    """Writes a small UTF-8 file into the output folder, whole or not at all."""
    with spool(out) as folder:
        (folder / name).write_text(text, encoding="utf-8")
        return publish_file(folder / name, out, name)


def open_for_writing(path: str):  # type: ignore[no-untyped-def]  # Beam's file objects have no common type
    return FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)


def read_text(path: str) -> str:
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
        return str(source.read().decode("utf-8"))


class DamagedFileError(OSError):
    """A file of the output folder that is not the one its sidecar speaks of; the message names it."""


def fetch_file(out: str, entry: FileEntry, local: Path) -> None:
    """Copies a file of the output folder to a local path.

    Raises OSError where it is not there, DamagedFileError where it is not what its sidecar says.
    """
    path = FileSystems.join(out, entry.name)
    hasher = sha256()
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source, local.open("wb") as sink:
        while block := source.read(BLOCK):
            hasher.update(block)
            sink.write(block)
    if hasher.hexdigest() != entry.sha256:
        raise DamagedFileError(f"{path} is damaged: its sha256 is not its sidecar's; delete the file and run again")


def size_of(out: str, name: str) -> int:
    """Returns the bytes of a file of the output folder. Raises OSError where it is not there."""
    path = FileSystems.join(out, name)
    return os.stat(path).st_size if is_local(out) else int(FileSystems.get_filesystem(path).size(path))
