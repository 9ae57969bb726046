"""Pickles of arrays and plain containers, read without running anything that they say."""

from __future__ import annotations

import collections
import pickle
from typing import IO, Any

import numpy as np

# What numpy's own pickles name, under the module names of numpy 1 and of numpy 2.
_ALLOWED_GLOBALS: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    **{
        (f"numpy.{core}.{module}", name): builder
        for core in ("core", "_core")
        for module, name, builder in (
            ("multiarray", "_reconstruct", np.empty(0).__reduce__()[0]),
            ("multiarray", "scalar", np.float32(0).__reduce__()[0]),
            ("numeric", "_frombuffer", np.empty(1).__reduce_ex__(5)[0]),
        )
    },
}


def load_arrays(file: IO[bytes]) -> Any:
    """Returns what a pickle of arrays and plain containers holds.

    Raises pickle.UnpicklingError where it names anything else, before anything of that is run; which exception a
    damaged pickle ends in depends on the byte that is damaged.
    """
    # latin1: what Python 2 pickled (detectron2's model zoo in part, most dumps of region features).
    return _ArrayUnpickler(file, encoding="latin1").load()


def _latin1_encode(text: str, encoding: str) -> bytes:
    """Returns what `_codecs.encode` does in numpy's protocol 2 pickles, and nothing else that it can do."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"_codecs.encode with encoding {encoding!r}")
    return text.encode("latin1")


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return _latin1_encode
        try:
            return _ALLOWED_GLOBALS[module, name]
        except KeyError:
            refusal = f"it asks for {module}.{name}, which is neither an array nor a container"
            raise pickle.UnpicklingError(refusal) from None
