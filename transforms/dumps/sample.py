"""A cheap identity for large files: their sizes, and a hash of pieces spread evenly over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

PIECES, PIECE = 256, 1 << 18  # up to 64 MiB are hashed whole


def sample_digest(paths: Sequence[Path]) -> str:
    """Returns a sha256 over names, sizes and content of files, taken as one stream in the order given.

    Of a stream of more than PIECES * PIECE bytes only that many are read: pieces at even distances, the first and the
    last byte among them. Another extraction differs everywhere and is told apart; a flipped bit may not be.
    """
    sizes = [path.stat().st_size for path in paths]
    hasher = sha256()
    for path, size in zip(paths, sizes, strict=True):
        hasher.update(f"{path.name}\0{size}\0".encode("utf-8", "surrogatepass"))
    starts, total = list(accumulate(sizes, initial=0)), sum(sizes)
    pieces = _pieces(total)
    start, end = next(pieces)
    for path, low, size in zip(paths, starts, sizes, strict=False):
        if start >= low + size:
            continue
        with path.open("rb") as file:
            while start < low + size:
                file.seek(start - low)
                data = file.read(min(end, low + size) - start)
                if not data:
                    raise OSError(f"{path} became shorter while it was read")
                hasher.update(data)
                start += len(data)
                if start == end:
                    start, end = next(pieces, (total, total))
    return hasher.hexdigest()


def _pieces(total: int) -> Iterator[tuple[int, int]]:
    """Yields the (start, end) of each piece, ascending; at least one, empty where there is nothing."""
    if total <= PIECES * PIECE:
        yield 0, total
        return
    for k in range(PIECES):
        start = k * (total - PIECE) // (PIECES - 1)
        yield start, start + PIECE
