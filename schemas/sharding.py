"""Which shard and which row an image belongs to: a pure function of (salt, image id)."""

from __future__ import annotations

from hashlib import blake2b

FORMAT_VERSION = 1
MAX_SHARDS = 99_999  # five digits in the file names


def row_key(salt: str, image_id: str) -> int:
    """Returns the 64-bit key that orders the data set: rows of a shard ascend by (key, image id)."""
    salted = blake2b(image_id.encode(), digest_size=8, key=salt.encode())
    return int.from_bytes(salted.digest(), "big")


def shard_of(key: int, n_shards: int) -> int:
    """Returns the shard of a row key: n_shards equal ranges of the key space."""
    return key * n_shards >> 64


def shard_stem(product: str, shard: int, n_shards: int) -> str:
    """Returns a file name without extension: "features-00003-of-00016"."""
    return f"{product}-{shard:05d}-of-{n_shards:05d}"
