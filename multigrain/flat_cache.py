"""Arrays that are computed once and mapped ever after: a folder of .npy files that appears by rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


def cache_folder() -> Path:
    """Returns where caches of this user belong: $XDG_CACHE_HOME/multigrain, by default ~/.cache/multigrain."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "multigrain"


def cached_arrays(folder: Path, compute: Callable[[], Arrays]) -> Arrays:
    """Returns the arrays of a folder, mapped read-only; computes and writes them where the folder is not there yet.

    Whoever comes first wins: processes that compute the same at the same time do not disturb each other.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder.parent))
        try:
            for name, array in compute().items():
                np.save(new / f"{name}.npy", array)
            try:
                new.rename(folder)
            except OSError:
                if not folder.is_dir():
                    raise
        finally:
            shutil.rmtree(new, ignore_errors=True)
    # As plain arrays: indexing a np.memmap costs microseconds more each time.
    return {path.stem: np.asarray(np.load(path, mmap_mode="r")) for path in sorted(folder.glob("*.npy"))}
