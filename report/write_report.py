"""report.html of a finished data set: a page that needs no network, no server and, once made, no photos."""

from __future__ import annotations

import json
import os
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from report.data_set import DataSet, ReportError
from report.distributions import compatible_pairs, distributions
from report.examples import examples
from report.page import page
from report.sample import LIMIT, Chosen, choose
from report.statistics import Statistics, collect, rejected_images
from report.thumbnails import thumbnails
from report.words import Naming
from schemas.manifest import REPORT
from schemas.records import DeadLetter
from transforms.storage import publish_text

CORPUS = "corpus.json"
LETTERS = 200  # rejected records that the page lists


def write_report(out: Path, limit: int = LIMIT) -> Path:
    """Writes report.html into a complete data set and returns its path. Raises ReportError, OSError.

    The same bytes for the same data set, photos and path. It is no file of the manifest, because it names paths and
    holds photos, which are no part of the data set.
    """
    data = DataSet(out)
    corpus = _corpus(out)
    pairs = compatible_pairs(corpus)
    naming = Naming(data.objects, ((left, right) for left, right, how, _ in pairs if how == "same"))
    letters = rejected_images(data.letters)
    total = collect(data, data.objects, naming)
    chosen = choose(total, letters, limit)
    shown = examples(data, chosen, naming)
    photos = _photos(data, [str(one["uri"]) for one in shown["examples"]])
    content = {
        "name": out.resolve().parent.name + "/" + out.resolve().name,
        "facts": facts(data, total),
        "counts": data.manifest["counts"],
        "notes": data.manifest["notes"],
        "reasons": reasons(data.letters),
        "letters": data.letters[:LETTERS],
        "letters_left": max(0, len(data.letters) - LETTERS),
        "retry": f"python -m pipeline retry {shlex.quote(str(out.resolve()))}",
        "charts": distributions(total, pairs),
        "options": flat(data.run.options),
        "identity": flat(data.run.identity),
        "fingerprint": data.manifest["fingerprint"],
        "images": total.images,
        "shown": len(chosen),
        "kinds": kinds(chosen),
        "splits": sorted(total.splits),
    }
    text = page(content, shown, photos)
    publish_text(text, os.fspath(out), REPORT)
    return out / REPORT


def facts(data: DataSet, total: Statistics) -> list[tuple[str, str]]:
    """Returns the headline numbers: (number, what of)."""
    phrases = Counter[str]()
    for (label, _), n in total.labels.items():
        phrases[label] += n
    size = sum(f["bytes"] for f in data.manifest["files"])
    found = [
        (f"{total.images:,}", "images"),
        (f"{total.captions:,}", "captions"),
        (f"{sum(n * count for n, count in total.boxes.items()):,}", "regions"),
        (f"{sum(n * count for n, count in total.objects.items()):,}", "objects named"),
        (f"{sum(n * count for n, count in total.relations.items()):,}", "relations named"),
        (f"{sum(phrases.values()):,}", "phrases labelled"),
        (f"{len(data.letters):,}", "records rejected"),
        (f"{size / 2**20:,.1f} MiB", f"in {data.n_shards} shards"),
    ]
    return [fact for fact in found if fact[0] != "0" or fact[1] == "records rejected"]


def reasons(letters: Sequence[DeadLetter]) -> list[tuple[str, str, int]]:
    """Returns (stage, reason, how often) of the rejected records, the most frequent first."""
    counts = Counter((letter.stage, letter.reason) for letter in letters)
    return [(stage, reason, n) for (stage, reason), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def kinds(chosen: Sequence[Chosen]) -> list[tuple[str, int]]:
    """Returns how many of the shown images are of each kind that there is."""
    counts = Counter(kind for one in chosen for kind in one.why)
    return [(kind, counts[kind]) for kind in ("rejected", "suspicious", "rare") if counts[kind]]


def flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Returns nested values as (dotted name, JSON) in the order of the names."""
    found: list[tuple[str, str]] = []
    for key, value in sorted(values.items()):
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found += flat(value, f"{name}.")
        else:
            found.append((name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return found


def _photos(data: DataSet, uris: Sequence[str]) -> list[str]:
    folder = data.run.options.get("images")
    return thumbnails(folder, uris) if folder else [""] * len(uris)


def _corpus(out: Path) -> dict[str, Any]:
    try:
        corpus = json.loads((out / CORPUS).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(f"{out / CORPUS} cannot be read: {error}") from error
    return corpus if isinstance(corpus, dict) else {}
