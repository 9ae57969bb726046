"""Opens annotation files wherever Beam finds them, gunzips them, and says what is wrong with a file as a whole."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

MAX_LINE_BYTES = 16 * 2**20  # a longer line is no annotation, and would have to be held in memory whole


class AnnotationFileError(ValueError):
    """An annotation file that is wrong as a whole; the message names the file, the place and what was expected."""


@contextmanager
def open_annotation_file(path: str) -> Iterator[BinaryIO]:
    """Returns the file's bytes as a seekable stream, gunzipped where the content (not the name) says gzip.

    Raises:
        AnnotationFileError: missing, a folder, not readable, or a damaged gzip stream (also later, while reading).
    """
    if not FileSystems.exists(path):
        raise AnnotationFileError(f"{path}: no such file")
    try:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            magic = file.read(2)
            file.seek(0)
            yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if magic == b"\x1f\x8b" else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise AnnotationFileError(f"{path}: damaged gzip stream: {error}") from error
    except OSError as error:
        raise AnnotationFileError(f"{path}: {error.strerror or error}") from error


def read_head(path: str, size: int) -> str:
    """Returns up to `size` bytes of the file's beginning as text; a character cut or damaged there is left out.

    Raises:
        AnnotationFileError: an empty file, or one in UTF-16.
    """
    with open_annotation_file(path) as file:
        head = file.read(size)
    if not head:
        raise AnnotationFileError(f"{path}: empty file")
    return without_mark(path, head).decode(errors="ignore")


def read_lines(path: str) -> Iterator[tuple[int, str]]:
    """Yields (number from 1, line with its end), one line in memory at a time.

    Raises:
        AnnotationFileError: a line that is not UTF-8, or too long.
    """
    with open_annotation_file(path) as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise AnnotationFileError(f"{path}:{number}: a line of more than {MAX_LINE_BYTES} bytes")
            if number == 1:
                line = without_mark(path, line)
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                bad = line[error.start : error.start + 4]
                raise AnnotationFileError(f"{path}:{number}: byte {error.start + 1}: {bad!r} is not UTF-8") from error
            yield number, text


def without_mark(path: str, beginning: bytes) -> bytes:
    """Returns the beginning of a file without the UTF-8 mark that some programs put first."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise AnnotationFileError(f"{path}: UTF-16; UTF-8 expected")
    return beginning.removeprefix(codecs.BOM_UTF8)
