"""From what a user types to the dump it names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from transforms.dumps.dump import Dump
from transforms.dumps.formats import FORMATS, DumpFormat
from transforms.dumps.h5 import open_h5
from transforms.dumps.lmdb import open_lmdb
from transforms.dumps.npz import open_npz
from transforms.dumps.precomp import open_precomp
from transforms.dumps.rows import DumpError
from transforms.dumps.tsv import open_tsv

_OPENERS: dict[DumpFormat, Callable[[Path], Dump]] = {
    "tsv": open_tsv,
    "npz": open_npz,
    "precomp": open_precomp,
    "lmdb": open_lmdb,
    "h5": open_h5,
}


def open_dump(spec: str) -> Dump:
    """Returns the dump of "<format>:<path>", of precomp also "precomp:<array>,<ids>". Raises DumpError."""
    text, _, path = spec.partition(":")
    name = next((known for known in FORMATS if known == text), None)
    if name is None or not path:
        raise DumpError(f"{spec!r} is none of {', '.join(f'{known}:PATH' for known in FORMATS)}")
    if not Path(path).exists() and name == "precomp" and "," in path:
        array, _, ids = path.rpartition(",")
        return open_precomp(Path(array), Path(ids))
    if not Path(path).exists():
        raise DumpError(f"{path}: no such file or folder")
    return _OPENERS[name](Path(path))
