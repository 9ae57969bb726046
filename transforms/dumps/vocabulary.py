"""The names behind the class ids of a dump: a name a line, its synonyms behind commas."""

from __future__ import annotations

from pathlib import Path

from transforms.dumps.rows import DumpError

OBJECTS, ATTRIBUTES = "objects_vocab.txt", "attributes_vocab.txt"


def read_vocabulary(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the object and the attribute names of a folder, each the first of its line's synonyms.

    Line i is class i, so a blank line before the last is an error. Raises DumpError, also where there are no objects;
    a vocabulary of attributes may be missing.
    """
    attributes = folder / ATTRIBUTES
    return _names(folder / OBJECTS), _names(attributes) if attributes.exists() else ()


def _names(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text("utf-8").rstrip("\n").split("\n")
    except OSError as error:
        raise DumpError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DumpError(f"{path}: not UTF-8: {error}") from error
    names = tuple(line.split(",")[0].strip() for line in lines)
    if "" in names:
        raise DumpError(f"{path}:{names.index('') + 1}: no name; line i names class i")
    return names
