"""Rows as TSV lines: byte by byte what bottom-up-attention's own writer gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.dump_files import seen, write_tsv
from transforms.dumps.rows import DumpRow
from transforms.dumps.tsv import LONG, SHORT, open_tsv
from transforms.export_tsv import tsv_line

PHOTOS = [seen(f"photo{n}", regions=2 + n) for n in range(3)]


@pytest.mark.parametrize("columns", [SHORT, LONG])
def test_tsv_line_of_a_row_that_was_read_is_the_line(tmp_path: Path, columns: tuple[str, ...]) -> None:
    path = write_tsv(tmp_path / "a.tsv", PHOTOS, columns)
    dump = open_tsv(path)
    lines = [tsv_line(p.image_id, dump.read(i), classes=columns == LONG) for i, p in enumerate(PHOTOS)]
    assert b"".join(lines) == path.read_bytes().replace(b"\r\n", b"\n")


def test_tsv_line_refuses_to_make_up_classes() -> None:
    with pytest.raises(ValueError, match="no classes"):
        tsv_line("a", DumpRow(np.zeros((1, 2), np.float32)), classes=True)


def test_golden_rows_go_out_as_they_came_in() -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "butd" / "train2014_obj36_3rows.tsv"
    if not path.exists():
        pytest.skip("no real bottom-up-attention rows beside the repository")
    dump = open_tsv(path)
    ids = [line.split(b"\t")[0].decode() for line in path.read_bytes().splitlines()]
    assert b"".join(tsv_line(i, dump.read(row), classes=True) for row, i in enumerate(ids)) == path.read_bytes()
