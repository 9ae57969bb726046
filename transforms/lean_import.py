"""Imports of libraries that would load PyTorch only because it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

# Where one of these is installed, a spaCy model may want PyTorch after all.
_USERS = ("spacy_transformers", "spacy_curated_transformers")


@contextmanager
def without_torch() -> Iterator[None]:
    """Hides PyTorch until the block ends, unless it is loaded already or spaCy models may use it.

    spaCy's thinc imports it on sight: 450 MB of memory and seconds that no pipe of a plain model uses. Imported later
    it works as ever.
    """
    if "torch" in sys.modules or any(map(find_spec, _USERS)):
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # Python's own way to say that there is none
    try:
        yield
    finally:
        del sys.modules["torch"]
