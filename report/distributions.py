"""The charts of a page, those with anything to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from report.charts import Chart, bars, histogram, label_bars
from report.statistics import SCORE_BINS, Statistics

LABEL_ORDER = ("positive", "negative", "unknown")
Pair = tuple[str, str, str, int]  # word, other word, how they relate, images


def distributions(total: Statistics, pairs: Sequence[Pair]) -> list[Chart]:
    """Returns the charts in reading order."""
    regions = total.seen or total.scores or set(total.boxes) - {0}
    charts: list[Chart | None] = [
        _top("Objects in captions", total.heads, "mentions"),
        _top("Attributes in captions", total.attributes, "mentions"),
        _top("Relations in captions", total.predicates, "mentions"),
        _top("Objects that the detector saw", total.seen, "regions"),
        _labels(total),
        _top("Relations between regions", total.region_predicates, "pairs of regions"),
        bars("Words for the same thing", [_pair(p) for p in pairs], "images") if pairs else None,
        _numbers("Words a caption", total.words, "words", "captions"),
        _numbers("Objects a caption", total.objects, "objects", "captions"),
        _numbers("Relations a caption", total.relations, "relations", "captions"),
        _numbers("Regions a photo", total.boxes, "regions", "photos") if regions else None,
        histogram("Object scores", total.scores, "score", "regions", 1 / SCORE_BINS) if total.scores else None,
        _top("Images by split", total.splits, "images"),
        _top("Graphs not to be trusted", total.notes, "captions"),
    ]
    return [chart for chart in charts if chart is not None]


def compatible_pairs(corpus: dict[str, Any]) -> list[Pair]:
    """Returns the pairs of heads that a corpus.json takes for the same thing, those of most images first."""
    rows = [(str(left), str(right), str(how), int(n)) for left, right, how, n, *_ in corpus.get("head", ())]
    return sorted((row for row in rows if row[2] != "maybe"), key=lambda row: (-row[3], row))


def _pair(pair: Pair) -> tuple[str, int]:
    left, right, how, n = pair
    return f"{left} {'=' if how == 'same' else '→' if how == 'implies' else '←'} {right}", n


def _top(title: str, counts: Counter[str], unit: str) -> Chart | None:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return bars(title, ranked, unit) if ranked else None


def _numbers(title: str, counts: Counter[int], axis: str, unit: str) -> Chart | None:
    return histogram(title, counts, axis, unit) if counts else None


def _labels(total: Statistics) -> Chart | None:
    ranked = sorted(total.labels.items(), key=lambda item: (LABEL_ORDER.index(item[0][0]), -item[1], item[0]))
    rows = [(label, reason, n) for (label, reason), n in ranked]
    return label_bars("Labels of phrases", rows, "phrases") if rows else None
