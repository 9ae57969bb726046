"""NumPy's own files, read without unpickling what is no array or container, and without believing their headers."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from transforms.array_pickle import load_arrays
from transforms.dumps.rows import DumpError, RowError

_MAX_BYTES = 1 << 30  # of all arrays of an .npz
# What a damaged archive ends in depends on the byte that is damaged.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


@dataclass(frozen=True, slots=True)
class NpyRows:
    """A large .npy file, read a row at a time; nothing of it stays in memory."""

    path: Path
    offset: int  # bytes before the first row
    shape: tuple[int, ...]
    dtype: str

    def row(self, index: int) -> NDArray[Any]:
        """Returns one row. Raises OSError where the file became shorter."""
        size = prod(self.shape[1:]) * np.dtype(self.dtype).itemsize
        with self.path.open("rb") as file:
            file.seek(self.offset + index * size)
            data = file.read(size)
        if len(data) != size:
            raise OSError(f"{self.path} became shorter while it was read")
        return np.frombuffer(data, self.dtype).reshape(self.shape[1:])


def open_npy(path: Path) -> NpyRows:
    """Returns a .npy file of numbers in rows. Raises DumpError where it is none, or its size is not its header's."""
    try:
        with path.open("rb") as file:
            shape, fortran, dtype = _header(file)
            offset, size = file.tell(), path.stat().st_size
    except OSError as error:
        raise DumpError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise DumpError(f"{path}: not a .npy file: {error}") from error
    if dtype.kind not in "fiu" or fortran or not shape:
        order = "in columns" if fortran else "in rows"
        raise DumpError(f"{path}: {dtype} of shape {shape} {order}; numbers in rows expected")
    expected = offset + prod(shape) * dtype.itemsize
    if size != expected:
        raise DumpError(f"{path}: {size} bytes, {dtype} of shape {shape} takes {expected}")
    return NpyRows(path, offset, shape, dtype.str)


def parse_npy(data: bytes, place: str) -> Any:
    """Returns the array of a .npy file, or the plain Python value of one that holds a pickled object.

    Raises RowError: damaged_array, also where a pickle names anything but arrays and containers.
    """
    file = io.BytesIO(data)
    try:
        shape, fortran, dtype = _header(file)
        if dtype.hasobject:
            return load_arrays(file).item() if shape == () else load_arrays(file)
        body = data[file.tell() :]
        if len(body) != prod(shape) * dtype.itemsize:
            raise ValueError(f"{len(body)} bytes, {dtype} of shape {shape} takes {prod(shape) * dtype.itemsize}")
        return np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    # Which exception a damaged pickle ends in depends on the byte that is damaged.
    except Exception as error:
        raise RowError("damaged_array", f"{place}: {type(error).__name__}: {error}") from error


def parse_npz(source: Path | bytes, place: str) -> dict[str, Any]:
    """Returns the arrays of an .npz file by name. Raises RowError: damaged_array, missing_file."""
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except FileNotFoundError as error:
        raise RowError("missing_file", f"{place}: no such file") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            if size > _MAX_BYTES:
                raise RowError("damaged_array", f"{place}: {size} bytes when unpacked, at most {_MAX_BYTES} allowed")
            members = {}
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                members[name] = parse_npy(archive.read(info), f"{place}: {name}")
            return members
    # The bytes are in memory, so whatever the archive's library raises is the content's fault.
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        RuntimeError,
        ValueError,
        OSError,
        struct.error,
    ) as error:
        raise RowError("damaged_array", f"{place}: not an .npz file: {error}") from error


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Returns (shape, whether in columns, dtype). Raises ValueError where it is none."""
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"version {version}")
    try:
        shape, fortran, dtype = _HEADERS[version](file)
    except (SyntaxError, TokenError, RecursionError, MemoryError) as error:  # it is parsed as Python
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if any(length < 0 for length in shape):
        raise ValueError(f"shape {shape}")
    return shape, fortran, dtype
