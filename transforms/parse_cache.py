"""Parses kept on disk by model and sentence, so that changed rules re-run without parsing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from transforms.tokens import SentenceParser, TokenTable, token_words

PATIENCE = 60.0  # seconds to wait for another worker's write


class CachedParser:
    """A sentence parser that parses no sentence twice, whatever process asks.

    The file is SQLite, keyed by a hash of the parser's fingerprint and the sentence, so models never mix in it.
    """

    def __init__(self, parser: SentenceParser, path: Path) -> None:
        self.fingerprint = parser.fingerprint
        self._parser = parser
        self._file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.execute("CREATE TABLE IF NOT EXISTS parses (key BLOB PRIMARY KEY, parse TEXT) WITHOUT ROWID")

    def tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        """Returns the token table of each sentence, in order; parses what the file does not hold, and adds it."""
        keys = [self._key(s) for s in sentences]
        marks = ",".join("?" * len(keys))
        rows = self._file.execute(f"SELECT key, parse FROM parses WHERE key IN ({marks})", keys)
        known: dict[bytes, str] = dict(rows)
        new = [(k, s) for k, s in dict(zip(keys, sentences, strict=True)).items() if k not in known]
        parsed = dict(zip((k for k, _ in new), self._parser.tables([s for _, s in new]), strict=True)) if new else {}
        if parsed:
            added = [(key, to_json(table)) for key, table in parsed.items()]
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT OR IGNORE INTO parses VALUES (?, ?)", added)
            self._file.execute("COMMIT")
            known.update(added)
        return [from_json(known[key], sentence) for key, sentence in zip(keys, sentences, strict=True)]

    def _key(self, sentence: str) -> bytes:
        return blake2b(f"{self.fingerprint}\0{sentence}".encode(errors="surrogatepass"), digest_size=16).digest()


def to_json(table: TokenTable) -> str:
    """Returns a token table as a line of JSON, without its words, which are the sentence's."""
    return json.dumps([table.tags, table.labels, table.heads, table.spans], separators=(",", ":"))


def from_json(line: str, sentence: str) -> TokenTable:
    """Returns the token table that `to_json` wrote for a sentence."""
    tags, labels, heads, spans = json.loads(line)
    return TokenTable(token_words(sentence, spans), tags, labels, heads, tuple((a, b) for a, b in spans))
