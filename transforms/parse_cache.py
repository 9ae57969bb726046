"""Parses kept on disk by model and sentence, so that changed rules re-run without parsing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from transforms.tokens import SentenceParser, TokenTable, token_words

PATIENCE = 60.0  # seconds to wait for another worker's write


class ParseCacheError(ValueError):
    """A file that is no cache of parses, or a damaged one; the message names it."""


class CachedParser:
    """A sentence parser that parses no sentence twice, whatever process asks.

    The file is SQLite, keyed by a hash of the parser's fingerprint and the sentence, so models never mix in it.
    """

    def __init__(self, parser: SentenceParser, path: Path) -> None:
        self.fingerprint = parser.fingerprint
        """Opens the file, or makes it. Raises ParseCacheError where it is something else."""
        self._parser, self._path = parser, path
        self._file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        with self._readable():
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            self._file.execute("CREATE TABLE IF NOT EXISTS parses (key BLOB PRIMARY KEY, parse TEXT) WITHOUT ROWID")

    def close(self) -> None:
        self._file.close()

    def tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        """Returns the token table of each sentence, in order; parses what the file does not hold, and adds it.

        Raises ParseCacheError where the file is damaged.
        """
        with self._readable():
            return self._tables(sentences)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            self._file.close()
            raise ParseCacheError(f"{self._path}: not a readable cache of parses ({error}); delete it") from error

    def _tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        keys = [self._key(s) for s in sentences]
        marks = ",".join("?" * len(keys))
        rows = self._file.execute(f"SELECT key, parse FROM parses WHERE key IN ({marks})", keys)
        asked = dict(zip(keys, sentences, strict=True))
        # What does not read as a parse of its sentence is damage, and as good as absent.
        tables = {key: table for key, line in rows if (table := from_json(line, asked[key])) is not None}
        new = [(key, sentence) for key, sentence in asked.items() if key not in tables]
        if new:
            parsed = self._parser.tables([sentence for _, sentence in new])
            added = [(key, to_json(table)) for (key, _), table in zip(new, parsed, strict=True)]
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT OR REPLACE INTO parses VALUES (?, ?)", added)
            self._file.execute("COMMIT")
            tables |= dict(zip((key for key, _ in new), parsed, strict=True))
        return [_copy(tables[key]) for key in keys]

    def _key(self, sentence: str) -> bytes:
        return blake2b(f"{self.fingerprint}\0{sentence}".encode(errors="surrogatepass"), digest_size=16).digest()


def _copy(table: TokenTable) -> TokenTable:
    """Returns a table of its own for a sentence that stands there twice: the grammar changes what it is given."""
    return TokenTable(list(table.words), list(table.tags), list(table.labels), list(table.heads), table.spans)


def to_json(table: TokenTable) -> str:
    """Returns a token table as a line of JSON, without its words, which are the sentence's."""
    return json.dumps([table.tags, table.labels, table.heads, table.spans], separators=(",", ":"))


def from_json(line: object, sentence: str) -> TokenTable | None:
    """Returns the token table that `to_json` wrote for a sentence, None where the line is no such table."""
    try:
        tags, labels, heads, spans = json.loads(line)  # type: ignore[arg-type]
        n = len(heads)
        whole = len(tags) == len(labels) == len(spans) == n and all(type(x) is str for x in (*tags, *labels))
        if not whole or not all(type(head) is int and 0 <= head < n for head in heads):
            return None
        pairs = tuple((a, b) for a, b in spans)
        if not all(type(a) is type(b) is int and 0 <= a < b <= len(sentence) for a, b in pairs):
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    return TokenTable(token_words(sentence, pairs), tags, labels, heads, pairs)
