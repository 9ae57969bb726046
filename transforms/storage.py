"""Files of the output folder, on any Beam file system: they appear whole or not at all, and are checked when read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from schemas.sidecar import FileEntry
from transforms.patience import patiently

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
    return patiently(lambda: _upload(local, out, name, final))


def _upload(local: Path, out: str, name: str, final: str) -> FileEntry:
    """Copies a file under a name of its own and renames it; what a failure leaves behind goes at the end of the run."""
    hasher, size = sha256(), 0
    temporary = FileSystems.join(out, f"{TEMPORARY}{uuid.uuid4().hex}-{name}")
    with local.open("rb") as source, open_for_writing(temporary) as sink:
        while block := source.read(BLOCK):
            hasher.update(block)
            sink.write(block)
            size += len(block)
        if not size and temporary.startswith("s3://"):
            # S3 refuses a file of no parts, and Beam sends none for an empty file: it is told to send an empty one.
            sink.raw._uploader._write_to_s3(b"")
    deleting(temporary, lambda: FileSystems.rename([temporary], [final]))
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
    found = patiently(lambda: FileSystems.match([FileSystems.join(out, "*")])[0].metadata_list)
    return sorted(FileSystems.split(m.path)[1] for m in found)


def remove(out: str, names: Sequence[str]) -> None:
    """Removes files and local folders of the output folder; what is gone already is no error."""
    if not is_local(out):
        for name in names:
            patiently(partial(_delete, FileSystems.join(out, name)))
        return
    for name in names:
        path = Path(out, name)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _delete(path: str) -> None:
    if FileSystems.exists(path):
        deleting(path, lambda: FileSystems.delete([path]))


def deleting(path: str, call: Callable[[], None]) -> None:
    """Makes a call that ends with a file's deletion, be it that the file has gone before.

    Where the answer to a deletion was lost, boto3 asks again, some servers' second answer says nothing of the file, and
    Beam then raises KeyError. Raises it where the file is still there.
    """
    try:
        call()
    except KeyError:
        if FileSystems.exists(path):
            raise


def exists(path: str) -> bool:
    return bool(patiently(lambda: FileSystems.exists(path)))


def publish_text(text: str, out: str, name: str) -> FileEntry:
    """Writes a small UTF-8 file into the output folder, whole or not at all."""
    with spool(out) as folder:
        (folder / name).write_text(text, encoding="utf-8")
        return publish_file(folder / name, out, name)


def open_for_writing(path: str):  # type: ignore[no-untyped-def]  # Beam's file objects have no common type
    return FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)


def read_text(path: str) -> str:
    """Returns a small UTF-8 file. Raises OSError where it cannot be read."""

    def read() -> str:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
            return str(source.read().decode("utf-8"))

    return read() if is_local(path) else patiently(read)


class DamagedFileError(OSError):
    """A file of the output folder that is not the one its sidecar speaks of; the message names it."""


def fetch_file(out: str, entry: FileEntry, local: Path) -> None:
    """Copies a file of the output folder to a local path.

    Raises OSError where it is not there, DamagedFileError where it is not what its sidecar says.
    """
    path = FileSystems.join(out, entry.name)
    digest = _download(path, local) if is_local(out) else patiently(lambda: _download(path, local))
    if digest != entry.sha256:
        raise DamagedFileError(f"{path} is damaged: its sha256 is not its sidecar's; delete the file and run again")


def _download(path: str, local: Path) -> str:
    hasher = sha256()
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source, local.open("wb") as sink:
        while block := source.read(BLOCK):
            hasher.update(block)
            sink.write(block)
    return hasher.hexdigest()


def size_of(out: str, name: str) -> int:
    """Returns the bytes of a file of the output folder. Raises OSError where it is not there."""
    path = FileSystems.join(out, name)
    if is_local(out):
        return os.stat(path).st_size
    return int(patiently(lambda: FileSystems.get_filesystem(path).size(path)))
