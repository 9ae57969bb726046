"""Files of lines, or the standard streams, that a command reads and writes."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

STREAM = "-"  # stands for standard input or output


@contextmanager
def reading(source: str) -> Iterator[Iterator[bytes]]:
    """Gives the lines of a file, or of standard input."""
    if source == STREAM:
        yield iter(sys.stdin.buffer)
        return
    with open(source, "rb") as file:
        yield iter(file)


@contextmanager
def writing(sink: str) -> Iterator[IO[str]]:
    """Gives a file that appears whole or not at all, or standard output."""
    if sink == STREAM:
        yield sys.stdout
        return
    temporary = Path(sink).with_name(f".tmp-{uuid.uuid4().hex}-{Path(sink).name}")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            yield file
        os.replace(temporary, sink)
    finally:
        temporary.unlink(missing_ok=True)
