"""A folder behind a URI: a file system of Beam's that is not the local one, as cloud storage is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from apache_beam.io.localfilesystem import LocalFileSystem


class FolderFileSystem(LocalFileSystem):
    """folder://a/b.jpg is a/b.jpg of the folder that is served; a missing file raises what only this class knows."""

    folder = Path()
    refusal: Exception | None = None  # what opening raises

    class NotThereError(Exception):
        pass

    @classmethod
    @contextmanager
    def serving(cls, folder: Path, refusal: Exception | None = None) -> Iterator[None]:
        cls.folder, cls.refusal = folder, refusal
        yield

    @classmethod
    def scheme(cls) -> str:
        return "folder"

    def _local(self, path: str) -> Path:
        return self.folder / path.removeprefix("folder://")

    def join(self, basepath: str, *paths: str) -> str:
        return basepath + ("" if basepath.endswith("/") else "/") + "/".join(paths)

    def exists(self, path: str) -> bool:
        return self._local(path).exists()

    def open(self, path: str, mime_type: str = "", compression_type: str = "") -> BinaryIO:
        if self.refusal:
            raise self.refusal
        if not self.exists(path):
            raise self.NotThereError(path)
        return self._local(path).open("rb")
