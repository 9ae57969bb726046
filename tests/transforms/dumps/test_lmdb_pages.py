"""LMDB's pages, against the library that writes them."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import lmdb
import pytest

from transforms.dumps.lmdb_pages import LmdbError, read_values

PAGE = 4096


def write(folder: Path, count: int, largest: int) -> dict[bytes, bytes]:
    """Writes in three transactions, with deletions, and returns what is in the database at the end."""
    rng, wanted = random.Random(count), {}
    environment = lmdb.open(str(folder), map_size=1 << 28)
    for _ in range(3):
        with environment.begin(write=True) as transaction:
            for _ in range(count):
                key, value = f"{rng.random()}.npz".encode(), rng.randbytes(rng.randrange(largest))
                transaction.put(key, value)
                wanted[key] = value
            for key in list(wanted)[::7]:
                transaction.delete(key)
                del wanted[key]
    environment.close()
    return wanted


@pytest.mark.parametrize(("count", "largest"), [(0, 1), (1, 10), (800, 60), (300, 9_000), (20, 100_000)])
def test_read_values_finds_what_the_library_wrote(tmp_path: Path, count: int, largest: int) -> None:
    wanted = write(tmp_path, count, largest)
    data = (tmp_path / "data.mdb").read_bytes()
    found = {v.key: data[v.start : v.start + v.size] for v in read_values(tmp_path / "data.mdb")}
    assert found == wanted
    assert list(found) == sorted(wanted)


def damaged(tmp_path: Path, page: int, at: int, value: bytes) -> Path:
    write(tmp_path, 40, 60)
    path = tmp_path / "data.mdb"
    data = bytearray(path.read_bytes())
    data[page * PAGE + at : page * PAGE + at + len(value)] = value
    path.write_bytes(data)
    return path


def root_page(tmp_path: Path) -> int:
    write(tmp_path / "other", 40, 60)
    metas = [(tmp_path / "other" / "data.mdb").read_bytes()[i * PAGE : (i + 1) * PAGE] for i in (0, 1)]
    latest = max(metas, key=lambda meta: struct.unpack_from("<Q", meta, 16 + 24 + 96 + 8))
    return int(struct.unpack_from("<Q", latest, 16 + 24 + 48 + 40)[0])


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (0, struct.pack("<Q", 999), "is called 999"),
        (10, struct.pack("<H", 0x40), "has flags"),
        (12, struct.pack("<H", 5000), "nodes from"),
        (16, struct.pack("<H", 3), "a node at 3"),
    ],
)
def test_read_values_believes_no_page_that_cannot_be(tmp_path: Path, at: int, value: bytes, message: str) -> None:
    path = damaged(tmp_path, root_page(tmp_path), at, value)
    with pytest.raises(LmdbError, match=message):
        list(read_values(path))


def test_read_values_ends_where_a_tree_goes_in_circles(tmp_path: Path) -> None:
    write(tmp_path, 800, 60)
    path = tmp_path / "data.mdb"
    data = bytearray(path.read_bytes())
    branches = [p for p in range(2, len(data) // PAGE) if struct.unpack_from("<H", data, p * PAGE + 10)[0] & 1]
    for page in branches:  # the first child of each branch is the branch itself
        node = page * PAGE + struct.unpack_from("<H", data, page * PAGE + 16)[0]
        struct.pack_into("<HHH", data, node, page, 0, 0)
    path.write_bytes(data)
    with pytest.raises(LmdbError, match="or there twice"):
        list(read_values(path))


@pytest.mark.parametrize("data", [b"", b"nothing of the kind" * 1000, bytes(10_000)])
def test_read_values_refuses_what_is_no_database(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "data.mdb").write_bytes(data)
    with pytest.raises(LmdbError, match="not an LMDB file"):
        list(read_values(tmp_path / "data.mdb"))
