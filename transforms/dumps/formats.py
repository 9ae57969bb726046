"""The formats that dumps of region features come in; the names are also those of the files here that read them."""

from __future__ import annotations

from typing import Literal, get_args

DumpFormat = Literal["tsv", "npz", "precomp", "lmdb", "h5"]
FORMATS: tuple[DumpFormat, ...] = get_args(DumpFormat)
