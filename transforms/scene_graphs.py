"""Captions -> scene graphs: parse the sentence, then read the parse by the grammar's rules in one order."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.records import SceneGraph
from transforms.fragments import complete, refusal, strip_completion
from transforms.grammar_nouns import name_objects
from transforms.grammar_prepositions import relate_possessors, relate_prepositions
from transforms.grammar_reading import Reading
from transforms.grammar_references import resolve_pronouns
from transforms.grammar_repairs import repair
from transforms.grammar_verbs import relate_verbs
from transforms.graph_json import graph_json
from transforms.tokens import SentenceParser, TokenTable

if TYPE_CHECKING:
    from transforms.spacy_parser import Gemm

DEFAULT = "spacy:en_core_web_sm"
BLOCK = 256  # captions parsed and deduplicated at a time; 512 fall out of the processor's cache


def read(table: TokenTable, before: int, length: int) -> SceneGraph:
    """Returns the scene graph of a parsed caption: the rules in their order. Changes the table.

    Args:
        table: the parse of the completed caption.
        before: characters put before the caption to complete it (see `fragments.complete`).
        length: characters of the caption.
    """
    repair(table)
    r = Reading(strip_completion(table, before, length))
    name_objects(r)
    resolve_pronouns(r)
    relate_verbs(r)
    relate_prepositions(r)
    relate_possessors(r)
    return r.graph()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keeps the garbage collector from walking a block's tables and graphs again and again: none of them is a cycle."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class CaptionParser:
    """Captions to scene graphs, with one sentence parser."""

    def __init__(self, sentences: SentenceParser) -> None:
        self._sentences = sentences
        self.fingerprint = sentences.fingerprint

    def parse(self, texts: Iterable[str]) -> Iterator[SceneGraph]:
        """Yields the scene graph of each caption, in order; memory does not grow with their number.

        A caption that cannot be parsed gets an empty graph with a note that says why. Equal captions of a block are
        parsed once.
        """
        captions = iter(texts)
        while block := list(islice(captions, BLOCK)):
            with collector_paused():
                graphs = self._parse_block(block)
            yield from graphs

    def _parse_block(self, texts: list[str]) -> list[SceneGraph]:
        graphs: dict[str, SceneGraph] = {}
        for text in texts:
            if text not in graphs:
                graphs[text] = SceneGraph((), (), (), refusal(text))
        wanted = [text for text, graph in graphs.items() if not graph.note]
        completed = [complete(text) for text in wanted]
        tables = self._sentences.tables([sentence for sentence, _ in completed]) if wanted else []
        for text, (_, before), table in zip(wanted, completed, tables, strict=True):
            graphs[text] = read(table, before, len(text))
        return [graphs[text] for text in texts]


def load_parser(spec: str = DEFAULT, *, gemm: Gemm = "numpy", cache: Path | None = None) -> CaptionParser:
    """Returns the parser named by "spacy:<model>" or "stanza:<folder>".

    Args:
        spec: kind and model.
        gemm: the matrix multiplication that spaCy uses (see `spacy_parser.resolve_gemm`).
        cache: a file that keeps parses for the next run (see `parse_cache`).

    Raises:
        ValueError: the spec names no known kind of parser, or the model lacks a tagger or a parser.
        MissingModelError: the model is not installed; the message says how to install it.
    """
    kind, _, model = spec.partition(":")
    sentences: SentenceParser
    if kind == "spacy" and model:
        from transforms.spacy_parser import SpacyParser

        sentences = SpacyParser(model, gemm=gemm)
    elif kind == "stanza" and model:
        from transforms.stanza_parser import StanzaParser

        sentences = StanzaParser(Path(model))
    else:
        raise ValueError(f"parser {spec!r} is not of the form spacy:<model> or stanza:<folder>")
    if cache is not None:
        from transforms.parse_cache import CachedParser

        sentences = CachedParser(sentences, cache)
    return CaptionParser(sentences)


@lru_cache(1)
def default_parser() -> CaptionParser:
    """Returns the parser of `DEFAULT`, loaded once a process."""
    return load_parser()


def parse(captions: str | Iterable[str]) -> list[SceneGraph]:
    """Returns the scene graph of each caption: `parse(["a man on a horse"])`; of one, where it is given alone."""
    return list(default_parser().parse([captions] if isinstance(captions, str) else captions))


def parse_lines(lines: Iterable[str], parser: CaptionParser) -> Iterator[dict[str, Any]]:
    """Yields the JSON object of each line's caption, in order (see `graph_json`)."""
    captions = (line.rstrip("\r\n") for line in lines)
    while block := list(islice(captions, BLOCK)):
        for caption, graph in zip(block, parser.parse(block), strict=True):
            yield graph_json(caption, graph)
