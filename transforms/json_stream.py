"""Streams the entries of the top-level arrays of a JSON file: flat memory, and errors with line and column.

Only the standard library's scanner is used: it keeps unpaired surrogates and NaN as they are, so that the entry
that holds them can be refused instead of the file.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator
from typing import BinaryIO

from transforms.annotation_files import AnnotationFileError, open_annotation_file, without_mark

CHUNK_BYTES = 2**20
MAX_ENTRY_CHARACTERS = 64 * 2**20
_SPACE = " \t\r\n"
_LONGEST_LITERAL = len("-Infinity")


def read_arrays(path: str, keys: Collection[str]) -> Iterator[tuple[str, int, object]]:
    """Yields (key, index, entry) of each entry of the arrays `keys` of the object that the file holds.

    Raises:
        AnnotationFileError: not JSON, or not an object, or a value of `keys` that is no array.
    """
    with open_annotation_file(path) as file:
        window = _Window(path, file)
        window.take("{")
        closed = window.peek() == "}" and bool(window.take("}"))
        while not closed:
            if window.peek() != '"':
                raise window.error("a key in double quotes expected")
            key = window.value()
            window.take(":")
            if window.peek() == "[":
                for index, entry in enumerate(window.array()):
                    if key in keys:
                        yield str(key), index, entry
            elif key in keys:
                raise window.error(f"{key!r} is not an array")
            else:
                window.value()
            closed = window.take(",}") == "}"
        if window.peek():
            raise window.error("the end of the file expected")


def read_members(path: str) -> Iterator[tuple[str, object]]:
    """Yields (key, value) of each member of the object that the file holds, one in memory at a time.

    Raises:
        AnnotationFileError: not JSON, or not an object.
    """
    with open_annotation_file(path) as file:
        window = _Window(path, file)
        window.take("{")
        closed = window.peek() == "}" and bool(window.take("}"))
        while not closed:
            if window.peek() != '"':
                raise window.error("a key in double quotes expected")
            key = window.value()
            window.take(":")
            yield str(key), window.value()
            closed = window.take(",}") == "}"
        if window.peek():
            raise window.error("the end of the file expected")


class _Window:
    """The part of a JSON text that is in memory, and a position in it."""

    def __init__(self, path: str, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._scan = json.JSONDecoder().raw_decode
        self._line, self._column = 1, 1  # of the first character in memory
        self._text, self._at = "", 0
        self._text = self._decode(without_mark(path, file.read(CHUNK_BYTES)))

    def peek(self) -> str:
        """Returns the next character that is not white space, "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Returns the next character, which must be one of `expected`, and steps over it."""
        found = self.peek()
        if not found or found not in expected:
            raise self.error(" or ".join(map(repr, expected)) + " expected")
        self._at += 1
        return found

    def array(self) -> Iterator[object]:
        """Yields the entries of the array that begins here."""
        self.take("[")
        closed = self.peek() == "]" and bool(self.take("]"))
        while not closed:
            yield self.value()
            closed = self.take(",]") == "]"

    def value(self) -> object:
        """Returns the value that begins here, and steps over it."""
        self.peek()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated string") or error.pos + _LONGEST_LITERAL > len(self._text)
                if cut and self._more():
                    continue
                raise self.error(error.msg, error.pos) from error
            except (ValueError, RecursionError) as error:  # thousands of digits, or of brackets
                raise self.error(str(error)) from error
            if len(self._text) - end <= len("e+") and self._more():  # a number may go on: 1|e+5
                continue
            self._at = end
            return value

    def error(self, message: str, at: int | None = None) -> AnnotationFileError:
        """Returns an error for a position in memory (default: the next character)."""
        at = self._at if at is None else at
        line, column = self._place(at)
        found = repr(self._text[at : at + 20]) if at < len(self._text) else "the end of the file"
        return AnnotationFileError(f"{self._path}: line {line} column {column}: {message}, found {found}")

    def _place(self, at: int) -> tuple[int, int]:
        line_start = self._text.rfind("\n", 0, at) + 1
        column = at - line_start + (1 if line_start else self._column)
        return self._line + self._text.count("\n", 0, at), column

    def _more(self) -> bool:
        """Drops what was read and adds at least as much as is kept, so that long values cost linear time.

        Returns False, with nothing changed, at the end of the file.
        """
        kept = len(self._text) - self._at
        if kept > MAX_ENTRY_CHARACTERS:
            raise self.error(f"a value of more than {MAX_ENTRY_CHARACTERS} characters")
        data = self._file.read(max(CHUNK_BYTES, kept))
        text = self._decode(data)
        if not data:
            return False
        self._line, self._column = self._place(self._at)
        self._text, self._at = self._text[self._at :] + text, 0
        return True

    def _decode(self, data: bytes) -> str:
        try:
            return self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            line = self._place(len(self._text))[0] + error.object.count(b"\n", 0, error.start)
            bad = error.object[error.start : error.start + 4]
            raise AnnotationFileError(f"{self._path}: line {line}: {bad!r} is not UTF-8") from error
