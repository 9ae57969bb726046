"""Ways to be wrong: bytes and values that nobody should have sent, drawn from a seed."""

from __future__ import annotations

import random
import struct
from typing import Any

EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)
STRANGE_TEXTS = (
    "",
    " ",
    "\0",
    "\x1b[2J\x07",
    "\u202e\u2066",
    "\ud83d",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "C:\\a.jpg",
    "file:///etc/passwd",
    "a\nb\tc,d\"e'f;g",
    "#1#2#",
    "NaN",
    "1e999",
    "-1",
    "__proto__",
    "null",
    "{{7*7}}",
    "🚲" * 300,
    "a" * 20_000,
    "word " * 5_000,
)


def strange_value(rng: random.Random, depth: int = 0) -> Any:
    """Returns a JSON value that no field expects: of a wrong type, size or content."""
    kinds = 7 if depth < 3 else 5
    kind = rng.randrange(kinds)
    if kind == 0:
        return rng.choice((None, True, False, 0, -1, 2**31, -(2**63), 2**64, 10**400))
    if kind == 1:
        return rng.choice((float("nan"), float("inf"), -0.0, 1e308, 0.5, -1.5))
    if kind in (2, 3, 4):
        return rng.choice(STRANGE_TEXTS)
    items = [strange_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return items if kind == 5 else {rng.choice(STRANGE_TEXTS): item for item in items}


def mutated_value(rng: random.Random, value: Any, changes: int = 1) -> Any:
    """Returns a JSON value with some of its nodes replaced, left out or doubled."""
    for _ in range(changes):
        value = _changed(rng, value)
    return value


def _changed(rng: random.Random, value: Any) -> Any:
    if not isinstance(value, (dict, list)) or not value or rng.random() < 0.1:
        return strange_value(rng)
    if isinstance(value, dict):
        key = rng.choice(sorted(value, key=str))
        way = rng.randrange(8)
        if way == 0:
            return {k: v for k, v in value.items() if k != key}
        if way == 1:
            return value | {rng.choice(STRANGE_TEXTS): strange_value(rng)}
        return value | {key: _changed(rng, value[key])}
    at = rng.randrange(len(value))
    way = rng.randrange(8)
    if way == 0:
        return value[:at] + value[at + 1 :]
    if way == 1:
        return value[:at] + [value[at]] * rng.choice((2, 3, 50)) + value[at + 1 :]
    if way == 2:
        return [*value[:at], strange_value(rng), *value[at:]]
    return [*value[:at], _changed(rng, value[at]), *value[at + 1 :]]


def mutated_bytes(rng: random.Random, data: bytes, changes: int = 3) -> bytes:
    """Returns the bytes with up to so many changes of the kinds that disks, networks and attackers make."""
    damaged = bytearray(data)
    for _ in range(rng.randint(1, changes)):
        _damage(rng, damaged)
    return bytes(damaged)


def _damage(rng: random.Random, data: bytearray) -> None:
    size = len(data)
    if not size:
        data += rng.randbytes(rng.randrange(1, 64))
        return
    # Headers decide more than bodies, so half of the damage is done at an end.
    at = rng.choice((rng.randrange(size), rng.randrange(min(size, 128)), size - 1 - rng.randrange(min(size, 128))))
    length = rng.choice((1, 2, 4, 8, 64, 512, size // 4))
    way = rng.randrange(9)
    if way == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif way == 1:
        data[at : at + length] = rng.randbytes(len(data[at : at + length]))
    elif way == 2:
        del data[at : at + length]
    elif way == 3:
        del data[at:]
    elif way == 4:
        data[at:at] = data[at : at + length]
    elif way == 5:
        data[at:at] = rng.randbytes(length)
    elif way == 6:
        data[at : at + length] = bytes(len(data[at : at + length]))
    else:
        width = rng.choice((1, 2, 4, 8))
        number = rng.choice(EXTREMES) & ((1 << 8 * width) - 1)
        order = rng.choice("<>")
        packed = struct.pack(order + {1: "B", 2: "H", 4: "I", 8: "Q"}[width], number)
        data[at : at + width] = packed[: len(data[at : at + width])]
