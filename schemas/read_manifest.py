"""A finished folder's manifest, believed only where it is sealed and says what a manifest says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.manifest import MANIFEST, SUCCESS, success_text
from schemas.sharding import FORMAT_VERSION, MAX_SHARDS

_PRODUCTS = {"features", "graphs", "labels", "relations"}
_SIZES = ("max_boxes", "feature_size", "attributes")


class ManifestError(ValueError):
    """A folder that is no complete data set of this format; the message names the folder or file."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Returns the manifest of a complete data set. Raises ManifestError where it is unfinished, changed or none."""
    try:
        data, sealed = (folder / MANIFEST).read_bytes(), (folder / SUCCESS).read_bytes()
    except OSError as error:
        raise ManifestError(f"{folder} is not a complete data set: {error.filename}: {error.strerror}") from error
    try:
        text = data.decode()
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{folder / MANIFEST}: not JSON: {error}") from error
    if success_text(text).encode().strip() != sealed.strip():
        raise ManifestError(f"{folder}: {MANIFEST} is not the one that {SUCCESS} was written for")
    if isinstance(manifest, dict) and manifest.get("format_version") != FORMAT_VERSION:
        raise ManifestError(f"{folder}: format {manifest.get('format_version')}, this reader knows {FORMAT_VERSION}")
    if problem := manifest_problem(manifest):
        raise ManifestError(f"{folder / MANIFEST}: {problem}")
    return manifest  # type: ignore[no-any-return]


def manifest_problem(manifest: Any) -> str:
    """Returns what is wrong with a manifest's structure, "" where readers can rely on it.

    Whoever can seal a manifest can write anything into it: file names that lead out of the folder, shards that are
    not there, numbers that are none.
    """
    if not isinstance(manifest, dict):
        return "not an object"
    shards: Any = manifest.get("n_shards")
    products = manifest.get("products")
    if not _is_count(shards) or not 1 <= shards <= MAX_SHARDS:
        return f"n_shards is {shards!r:.80}"
    if not isinstance(products, list) or not {"graphs", "labels"} <= set(map(str, products)) <= _PRODUCTS:
        return f"products are {products!r:.80}"
    if not _is_count(manifest.get("rows")):
        return f"rows are {manifest.get('rows')!r:.80}"
    checks = (_identity_problem, _counts_problem, _vocabularies_problem, _features_problem)
    found = next(filter(None, (check(manifest) for check in checks)), "")
    return found or _files_problem(manifest, shards, products)


def _identity_problem(manifest: Mapping[str, Any]) -> str:
    identity = manifest.get("identity")
    if not isinstance(identity, dict) or not isinstance(identity.get("salt", ""), str):
        return "no identity, or a salt that is no text"
    salt = identity.get("salt", "")
    if len(salt.encode(errors="replace")) > 64 or any("\ud800" <= c <= "\udfff" for c in salt):
        return "a salt of more than 64 bytes, or none that can be written"
    return "" if isinstance(manifest.get("fingerprint"), str) else "no fingerprint"


def _counts_problem(manifest: Mapping[str, Any]) -> str:
    counts, notes = manifest.get("counts"), manifest.get("notes")
    wanted = {"entered", "left", "rejected"}
    if not isinstance(counts, dict) or not all(
        isinstance(c, dict) and set(c) == wanted and all(map(_is_count, c.values())) for c in counts.values()
    ):
        return "counts are not those of stages"
    return "" if isinstance(notes, dict) and all(map(_is_count, notes.values())) else "notes are not counts"


def _vocabularies_problem(manifest: Mapping[str, Any]) -> str:
    vocabularies = manifest.get("vocabularies")
    if not isinstance(vocabularies, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in vocabularies.values()
    ):
        return "vocabularies are not lists of names"
    return ""


def _features_problem(manifest: Mapping[str, Any]) -> str:
    layout = manifest.get("features")
    if "features" not in manifest["products"] or layout is None:
        return ""
    if not isinstance(layout, dict) or not all(_is_count(layout.get(name)) for name in _SIZES):
        return "features are not a layout"
    regions = manifest.get("regions", {"boxes": True, "classes": True})
    if not isinstance(regions, dict) or not {"boxes", "classes"} <= set(regions):
        return "regions do not say what is known of boxes and classes"
    return ""


def _files_problem(manifest: Mapping[str, Any], shards: int, products: list[str]) -> str:
    files, artifacts = manifest.get("files"), manifest.get("artifacts")
    if not isinstance(files, list) or not isinstance(artifacts, list):
        return "files or artifacts are no lists"
    for entry in [*files, *artifacts]:
        if not isinstance(entry, dict) or not _is_entry(entry):
            return f"a file without plain name, bytes and sha256: {entry!r:.120}"
    rows: dict[tuple[str, int], list[int]] = {}
    for entry in files:
        if not (_is_count(entry.get("shard")) and _is_count(entry.get("rows")) and entry.get("product") in products):
            return f"a file of no shard: {entry!r:.120}"
        if entry["name"].endswith((".h5", ".parquet")):
            rows.setdefault((entry["product"], entry["shard"]), []).append(entry["rows"])
    if set(rows) != {(product, k) for product in products for k in range(shards)}:
        return f"not one file for each of {shards} shards of {', '.join(products)}"
    for k in range(shards):
        if len({tuple(rows[product, k]) for product in products}) > 1 or len(rows["graphs", k]) > 1:
            return f"files of shard {k} have different numbers of rows"
    total = sum(rows["graphs", k][0] for k in range(shards))
    return "" if total == manifest["rows"] else f"{manifest['rows']} rows, the shards have {total}"


def _is_entry(entry: Mapping[str, Any]) -> bool:
    """Returns whether a file is described, and lies in the folder itself."""
    name = entry.get("name")
    if not isinstance(name, str) or len(name.encode(errors="replace")) > 255:
        return False
    plain = name not in ("", ".", "..") and not set(name) & set("/\\\0")
    return plain and _is_count(entry.get("bytes")) and isinstance(entry.get("sha256"), str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
