"""The token table: what every sentence parser's output is turned into, and all that the grammar reads.

Tags are Penn Treebank tags, labels are the ClearNLP dependency labels (`nsubj`, `dobj`, `prep`, `pobj`, ...), the
vocabulary of spaCy's English models; `universal_dependencies` maps the other tradition onto it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.records import Span


class MissingModelError(RuntimeError):
    """A language model is not installed; the message says how to install it."""


@dataclass(slots=True)
class TokenTable:
    """One parsed sentence; every list has one entry per token. The grammar's repairs change it in place."""

    words: list[str]  # lower case
    tags: list[str]  # Penn Treebank
    labels: list[str]  # ClearNLP dependency label
    heads: list[int]  # index of the head token; a root is its own head
    spans: tuple[Span, ...]  # character span of each token


class SentenceParser(Protocol):
    """A tagger and dependency parser."""

    fingerprint: str  # changes with the model's files and with whatever else changes the parses

    def tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        """Returns the token table of each sentence, in order."""
        ...


def token_words(sentence: str, spans: Sequence[Span]) -> list[str]:
    """Returns the tokens of a sentence in lower case."""
    return [sentence[a:b].lower() for a, b in spans]
