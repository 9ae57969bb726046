"""MILVLG's folder of .npz files (bottom-up-attention.pytorch), an image a file; UNITER's .npz files read the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from transforms.dumps.dump import Dump, make_dump
from transforms.dumps.index import index_rows
from transforms.dumps.npy import parse_npz
from transforms.dumps.rows import DumpError, DumpRow, row_of_arrays


@dataclass(frozen=True, slots=True, eq=False)
class NpzReader:
    folder: Path
    names: tuple[str, ...]  # relative to the folder, sorted

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        name = self.names[row]
        arrays = parse_npz(self.folder / name, name)
        info = arrays.get("info")
        if isinstance(info, dict):  # MILVLG keeps the classes in a pickled dict; what the file has itself counts
            arrays = {str(key): value for key, value in info.items()} | arrays
        return row_of_arrays(arrays, name, feature_size)


def open_npz(folder: Path) -> Dump:
    """Returns the dump of a folder of .npz files, subfolders included. Raises DumpError where there is none."""
    if not folder.is_dir():
        raise DumpError(f"{folder}: not a folder")
    paths = sorted(folder.rglob("*.npz"))
    if not paths:
        raise DumpError(f"{folder}: no .npz file in it")
    names = tuple(path.relative_to(folder).as_posix() for path in paths)
    # The id is the path without extensions: a.jpg.npz is found as a.jpg (exactly) and as a (loosely).
    index = index_rows((name.removesuffix(".npz"),) for name in names)
    return make_dump("npz", str(folder), tuple(paths), index, NpzReader(folder, names))
