"""The token table: what every parser's output is turned into, and all that the grammar reads.

Tags are Penn Treebank tags, labels are the ClearNLP dependency labels (`nsubj`, `dobj`, `prep`, `pobj`, ...), the
vocabulary of spaCy's English models; `stanza_parser` maps Universal Dependencies onto it.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.records import Span


@dataclass(slots=True)
class TokenTable:
    """One parsed caption; every list has one entry per token. The grammar's repairs change it in place."""

    words: list[str]  # lower case
    tags: list[str]  # Penn Treebank
    labels: list[str]  # ClearNLP dependency label
    heads: list[int]  # index of the head token; a root is its own head
    spans: tuple[Span, ...]  # character span of each token
