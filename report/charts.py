"""Charts as static SVG, drawn by Vega-Lite: no script, colours that the page's style decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import vl_convert

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "g", "path", "line", "text"}
UNSAID = re.compile(r"role|aria-.*|class|cursor|pointer-events|font-family|version")
LABEL = 34  # characters of a name on an axis
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what no SVG may hold
WIDTH, STEP, HEIGHT = 400, 19, 160  # pixels: the whole picture, a bar, the bars of a histogram
TOP = 15  # bars of a chart of names
COLUMNS = 40  # of a histogram, at most
BAR = {"type": "bar"}
INK, GRID = "currentColor", "var(--line)"
LABEL_COLOURS = {"positive": "var(--positive)", "negative": "var(--negative)", "unknown": "var(--unknown)"}
CONFIG = {
    "background": None,
    "autosize": {"type": "fit-x", "contains": "padding"},
    "padding": {"left": 16, "right": 8, "top": 2, "bottom": 2},
    "view": {"stroke": None},
    "font": "sans-serif",
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 190,
    },
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, and the numbers behind it for those who cannot see it."""

    title: str
    svg: str  # safe markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    left_out: int = 0  # names with smaller numbers, which have no bar

    @property
    def summary(self) -> str:
        """Returns what a screen reader says in place of the picture."""
        most = max(self.rows, key=lambda row: int(row[-1]))
        return f"{self.title}: {len(self.rows)} values, the largest {most[0]} with {int(most[-1]):,}"


def bars(title: str, ranked: Sequence[tuple[str, int]], unit: str) -> Chart:
    """Returns lying bars, a name each, in the order given; only the first TOP are drawn."""
    counts = ranked[:TOP]
    values = [{"name": name, "n": n} for name, (_, n) in zip(_labels([n for n, _ in counts]), counts, strict=True)]
    svg = draw(_lying(values, unit) | {"mark": BAR | {"color": "var(--bar)"}})
    return Chart(title, svg, ("", unit), tuple(counts), len(ranked) - len(counts))


def label_bars(title: str, counts: Sequence[tuple[str, str, int]], unit: str) -> Chart:
    """Returns bars of (label, reason, number), coloured by label; the label stands in words too."""
    names = _labels([f"{reason.replace('_', ' ')} ({label})" for label, reason, _ in counts])
    values = [{"name": name, "n": n, "label": label} for name, (label, _, n) in zip(names, counts, strict=True)]
    spec = _lying(values, unit) | {"mark": BAR}
    spec["encoding"]["color"] = {
        "field": "label",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(LABEL_COLOURS), "range": list(LABEL_COLOURS.values())},
    }
    return Chart(title, draw(spec), ("label", "reason", unit), tuple(counts))


def histogram(title: str, counts: Mapping[int, int], axis: str, unit: str, scale: float = 1.0) -> Chart:
    """Returns upright bars over whole numbers, gaps included; with a `scale` the numbers are those of bins."""
    low, high = min(counts), max(counts)
    width = -(-(high - low + 1) // COLUMNS)
    binned = dict.fromkeys(range(low // width, high // width + 1), 0)
    for value, n in counts.items():
        binned[value // width] += n
    rows = tuple((_bin(k * width, width, scale), n) for k, n in binned.items())
    spec = {
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": [{"bin": name, "n": n} for name, n in rows]},
        "mark": {"type": "bar", "color": "var(--bar)"},
        "encoding": {
            "x": {
                "field": "bin",
                "type": "nominal",
                "sort": None,
                "title": axis,
                "axis": {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 6, "ticks": False},
            },
            "y": {"field": "n", "type": "quantitative", "title": unit, "axis": {"tickCount": 4, "format": ",.0f"}},
        },
    }
    return Chart(title, draw(spec), (axis, unit), rows)


def _lying(values: list[dict[str, Any]], unit: str) -> dict[str, Any]:
    """Returns a chart of lying bars but for the mark: a bar a name, in the order of the values."""
    return {
        "width": WIDTH,
        "height": {"step": STEP},
        "data": {"values": values},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
            "x": {"field": "n", "type": "quantitative", "title": unit, "axis": {"tickCount": 4, "format": ",.0f"}},
        },
    }


def draw(spec: dict[str, Any]) -> str:
    """Returns a Vega-Lite chart as SVG markup that holds shapes and escaped text, and nothing else."""
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg({**spec, "config": CONFIG}))
    for parent in list(root.iter()):
        for name in [name for name in parent.attrib if UNSAID.fullmatch(name)]:
            del parent.attrib[name]
        for child in list(parent):
            if child.tag.removeprefix(SVG) not in ALLOWED:
                raise ValueError(f"a chart with an element {child.tag}")
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
    root.attrib.pop("width"), root.attrib.pop("height")
    root.attrib |= {"aria-hidden": "true", "focusable": "false"}
    return ElementTree.tostring(root, "unicode")


def _labels(names: Sequence[str]) -> list[str]:
    """Returns the names cut to fit an axis, no two alike: equal ones would become one bar."""
    found: dict[str, None] = {}
    for name in names:
        clean = CONTROL.sub("?", name)
        label = short = clean if len(clean) <= LABEL else clean[: LABEL - 1] + "…"
        number = 2
        while label in found:
            label, number = f"{short} ({number})", number + 1
        found[label] = None
    return list(found)


def _bin(low: int, width: int, scale: float) -> str:
    if scale != 1.0:
        return f"{low * scale:.2g}"
    return str(low) if width == 1 else f"{low}-{low + width - 1}"
