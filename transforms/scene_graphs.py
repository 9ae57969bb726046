"""Captions -> scene graphs: parse the sentence, then read the parse by the grammar's rules in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol

from schemas.records import SceneGraph
from transforms.fragments import complete, strip_completion
from transforms.grammar_nouns import name_objects
from transforms.grammar_prepositions import relate_possessors, relate_prepositions
from transforms.grammar_reading import Reading
from transforms.grammar_references import resolve_pronouns
from transforms.grammar_repairs import repair
from transforms.grammar_verbs import relate_verbs
from transforms.graph_json import graph_json
from transforms.tokens import TokenTable

DEFAULT = "spacy:en_core_web_sm"
CHUNK = 4096  # captions that are deduplicated together; bounds the memory
LONGEST = 5_000  # characters; a longer text is no caption


class SentenceParser(Protocol):
    """A tagger and dependency parser."""

    fingerprint: str

    def tables(self, texts: Iterable[str]) -> Iterator[TokenTable]:
        """Yields the token table of each text, in order."""
        ...


def read(table: TokenTable) -> SceneGraph:
    """Returns the scene graph of a parsed caption: the rules in their order."""
    repair(table)
    r = Reading(table)
    name_objects(r)
    resolve_pronouns(r)
    relate_verbs(r)
    relate_prepositions(r)
    relate_possessors(r)
    return r.graph()


class CaptionParser:
    """Captions to scene graphs, with one sentence parser."""

    def __init__(self, sentences: SentenceParser) -> None:
        self._sentences = sentences
        self.fingerprint = sentences.fingerprint

    def parse(self, texts: Iterable[str]) -> Iterator[SceneGraph]:
        """Yields the scene graph of each caption, in order; equal captions of a chunk are parsed once.

        A caption that cannot be parsed gets an empty graph with a note that says why.
        """
        captions = iter(texts)
        while chunk := list(islice(captions, CHUNK)):
            unique = list(dict.fromkeys(t for t in chunk if not refusal(t)))
            graphs = dict(zip(unique, map(read, self._tables(unique)), strict=True))
            for text in chunk:
                yield graphs[text] if text in graphs else SceneGraph((), (), (), refusal(text))

    def _tables(self, texts: list[str]) -> Iterator[TokenTable]:
        """Yields the token table of each text, parsed as the sentence that it stands for."""
        completed = [complete(text) for text in texts]
        tables = self._sentences.tables(sentence for sentence, _ in completed)
        for text, (_, before), table in zip(texts, completed, tables, strict=True):
            yield strip_completion(table, before, len(text))


def refusal(text: str) -> str:
    """Returns why a text cannot be parsed as a caption, "" where it can."""
    if not text.strip():
        return "empty"
    if len(text) > LONGEST:
        return "too_long"
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "no_words"
    if sum(c.isascii() for c in letters) * 2 < len(letters):
        return "not_english"
    return ""


def load_parser(spec: str = DEFAULT) -> CaptionParser:
    """Returns the parser named by "spacy:<model>" or "stanza:<folder>".

    Raises:
        ValueError: the spec names no known kind of parser.
        MissingModelError: the model is not installed; the message says how to install it.
    """
    kind, _, model = spec.partition(":")
    if kind == "spacy" and model:
        from transforms.spacy_parser import SpacyParser

        return CaptionParser(SpacyParser(model))
    raise ValueError(f"parser {spec!r} is not of the form spacy:<model> or stanza:<folder>")


@lru_cache(1)
def default_parser() -> CaptionParser:
    """Returns the parser of `DEFAULT`, loaded once a process."""
    return load_parser()


def parse(captions: Iterable[str]) -> list[SceneGraph]:
    """Returns the scene graph of each caption: `parse(["a man on a horse"])`."""
    return list(default_parser().parse(captions))


def parse_lines(lines: Iterable[str], parser: CaptionParser) -> Iterator[dict[str, Any]]:
    """Yields the JSON object of each line's caption, in order (see `graph_json`)."""
    captions = (line.rstrip("\r\n") for line in lines)
    while chunk := list(islice(captions, CHUNK)):
        for caption, graph in zip(chunk, parser.parse(chunk), strict=True):
            yield graph_json(caption, graph)
