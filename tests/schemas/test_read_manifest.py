import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.manifest import MANIFEST, SUCCESS, success_text
from schemas.read_manifest import ManifestError, read_manifest
from tests.report.folders import Folder, MadeImage, write_data_set

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data_set(tmp_path_factory.mktemp("written") / "out", Folder([MadeImage("a"), MadeImage("b")]))


def sealed(folder: Path, manifest: object) -> Path:
    """Writes a manifest with the seal that belongs to it, as somebody could who means harm."""
    text = json.dumps(manifest)
    (folder / MANIFEST).write_text(text)
    (folder / SUCCESS).write_text(success_text(text))
    return folder


def test_read_manifest_returns_what_was_written(written: Path) -> None:
    assert read_manifest(written) == json.loads((written / MANIFEST).read_text())


def test_read_manifest_refuses_a_broken_seal(written: Path, tmp_path: Path) -> None:
    sealed(tmp_path, json.loads((written / MANIFEST).read_text()))
    (tmp_path / MANIFEST).write_text((tmp_path / MANIFEST).read_text() + " ")
    with pytest.raises(ManifestError, match="is not the one that _SUCCESS was written for"):
        read_manifest(tmp_path)


CHANGES: dict[str, Change] = {
    "a file with": lambda m: m["files"][0].update(name="../../etc/passwd"),
    "a file without plain name": lambda m: m["files"][0].update(name="a/b.h5"),
    "plain name, bytes": lambda m: m["files"][0].update(bytes=-1),
    "a file of no shard": lambda m: m["files"][0].update(shard="0"),
    "not one file for each": lambda m: m["files"].pop(0),
    "different numbers of rows": lambda m: m["files"][0].update(rows=77),
    "n_shards is 0": lambda m: m.update(n_shards=0),
    "n_shards is True": lambda m: m.update(n_shards=True),
    "n_shards is 1000": lambda m: m.update(n_shards=10**9),
    "products are": lambda m: m.update(products=["graphs"]),
    "rows, the shards have 2": lambda m: m.update(rows=3),
    "a salt that is no text": lambda m: m["identity"].update(salt=7),
    "salt of more than": lambda m: m["identity"].update(salt="x" * 65),
    "vocabularies are not": lambda m: m["vocabularies"].update(objects=[1]),
    "counts are not": lambda m: m["counts"].update(x={"entered": 1}),
    "notes are not": lambda m: m.update(notes=[]),
    "format 2": lambda m: m.update(format_version=2),
}


@pytest.mark.parametrize("message", sorted(set(CHANGES) - {"a file with"}))
def test_read_manifest_refuses_what_readers_cannot_rely_on(written: Path, tmp_path: Path, message: str) -> None:
    manifest = json.loads((written / MANIFEST).read_text())
    CHANGES[message](manifest)
    with pytest.raises(ManifestError, match=message):
        read_manifest(sealed(tmp_path, manifest))


def test_read_manifest_refuses_names_that_lead_out_of_the_folder(written: Path, tmp_path: Path) -> None:
    manifest = json.loads((written / MANIFEST).read_text())
    CHANGES["a file with"](manifest)
    with pytest.raises(ManifestError, match=r"\.\./\.\./etc/passwd"):
        read_manifest(sealed(tmp_path, manifest))


@pytest.mark.parametrize("value", [None, [], "text", 7, {}])
def test_read_manifest_refuses_what_is_no_manifest(tmp_path: Path, value: object) -> None:
    with pytest.raises(ManifestError):
        read_manifest(sealed(tmp_path, value))
