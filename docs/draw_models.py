"""Draws the figures of docs/models.md: `python docs/draw_models.py` writes docs/model_*.svg.

Each model is two columns, the photo's and the caption's, that meet in scores and losses. The colour of a box says whose
idea it is: stated by the paper, near to it in its authors' or others' public code, or ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

Whose = Literal["stated", "near", "ours"]
FILL = {"stated": "#d7ecd9", "near": "#d8e6f5", "ours": "#fbe7c6"}
EDGE = {"stated": "#3f8f4b", "near": "#3a72b0", "ours": "#c07f16"}
WIDTH, BOX, LINE, GAP, TOP = 860, 380, 17, 22, 52


@dataclass(frozen=True)
class Box:
    whose: Whose
    title: str
    lines: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        return 16 + LINE * (1 + len(self.lines))


@dataclass(frozen=True)
class Figure:
    name: str
    title: str
    photo: tuple[Box, ...]
    caption: tuple[Box, ...]
    scores: tuple[Box, ...]
    losses: tuple[Box, ...]


REGIONS = Box(
    "near", "Region encoder", ("linear + perceptron of the feature, + box, layer norm", "R regions -> (R, D)")
)
TOKENS = Box("near", "Text encoder", ("BERT and linear map, or word vectors and BiGRU", "T tokens -> (T, D)"))

FIGURES = (
    Figure(
        "vse",
        "VSE-infinity (the baseline)",
        (
            Box("near", "Region encoder", ("linear + perceptron of the feature", "R regions -> (R, D)")),
            Box("stated", "GPO", ("sorted values, learned weights -> (D)",)),
        ),
        (TOKENS, Box("stated", "GPO", ("sorted values, learned weights -> (D)",))),
        (Box("stated", "cosine"),),
        (Box("stated", "triplet, hardest negative"),),
    ),
    Figure(
        "ssamt",
        "SSAMT",
        (
            REGIONS,
            Box("ours", "+ photo node", ("mean of the regions",)),
            Box(
                "stated", "Transformer, attention between regions", ("edge types: 11 spatial classes (ours), L layers",)
            ),
        ),
        (
            TOKENS,
            Box("stated", "+ phrase nodes: objects and triples", ("mean of their words + kind (ours); sentence node",)),
            Box(
                "stated", "Transformer, attention by the semantic structure", ("which edges there are: ours, L layers",)
            ),
        ),
        (
            Box("stated", "global score", ("cos(photo node, sentence node) (+ GPO: ours)",)),
            Box("ours", "local score", ("s_k: phrase k attends to regions; sum as evidence: ours",)),
        ),
        (
            Box("stated", "multi-scale loss", ("triplet(global) + alpha triplet(local)",)),
            Box(
                "stated",
                "mismatched phrases are penalised",
                ("log(1 + e^z) where false, log(1 + e^-z) where true: ours",),
            ),
        ),
    ),
    Figure(
        "cmsei",
        "CMSEI",
        (
            REGIONS,
            Box("stated", "Spatial graph | semantic graph", ("edges typed by position | by confident predicates",)),
            Box("ours", "relational attention on each, fused by a gate"),
        ),
        (TOKENS,),
        (
            Box("stated", "inter-modal interactive attention", ("v' = v + attended words, u' = u + attended regions",)),
            Box("stated", "cross-level attention", ("sentence asks objects v', photo asks words u'",)),
        ),
        (
            Box("ours", "score", ("cos(wholes) + w (object-sentence + word-image)",)),
            Box("stated", "triplet, hardest negative"),
        ),
    ),
    Figure(
        "resg",
        "ReSG",
        (
            REGIONS,
            Box("near", "25 relation nodes", ("subject, object, predicate, box around both (ours)",)),
            Box(
                "stated", "VReG: context of objects and relations", ("L rounds objects -> relations -> objects (ours)",)
            ),
        ),
        (
            TOKENS,
            Box("near", "object and relation nodes", ("object phrases; the predicate's tokens (ours)",)),
            Box(
                "stated", "TReG: context of objects and relations", ("L rounds objects -> relations -> objects (ours)",)
            ),
        ),
        (
            Box("near", "node-level score", ("each text node's best visual node, added up as evidence",)),
            Box("ours", "+ delta cos(pooled photo, pooled caption)"),
        ),
        (
            Box("stated", "triplet + centre hinge", ("form of the centre hinge: ours",)),
            Box("stated", "positive-negative margin", ("on nodes, by the phrase labels: ours",)),
        ),
    ),
)


def draw(figure: Figure) -> str:
    """Returns the figure as SVG."""
    parts: list[str] = []
    left, right = 30, WIDTH - 30 - BOX
    ends = []
    for x, heading, boxes in ((left, "photo", figure.photo), (right, "caption", figure.caption)):
        parts.append(_text(x + BOX / 2, TOP - 8, heading, "#555", 13))
        ends.append((x, _column(parts, x, TOP + 4, boxes)))
    y = max(end for _, end in ends) + GAP
    _join(parts, y, [(x + BOX / 2, end) for x, end in ends], _places(figure.scores))
    end = _row(parts, y + GAP, figure.scores)
    _join(parts, end + GAP, [(x + BOX / 2, end) for x in _places(figure.scores)], _places(figure.losses))
    y = _row(parts, end + 2 * GAP, figure.losses)
    legend = "".join(
        _rectangle(30 + 250 * i, y + 14, 16, 16, whose) + _text(54 + 250 * i, y + 27, words, "#333", 12, "start")
        for i, (whose, words) in enumerate(
            (("stated", "stated by the paper"), ("near", "near: public code of the lineage"), ("ours", "ours"))
        )
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 44}" width="{WIDTH}" '
        'font-family="Helvetica, Arial, sans-serif">'
        '<defs><marker id="a" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#666"/></marker></defs>'
        f'<rect width="{WIDTH}" height="{y + 44}" fill="white"/>'
    )
    return head + _text(WIDTH / 2, 24, figure.title, "#111", 17) + "".join(parts) + legend + "</svg>\n"


def _column(parts: list[str], x: float, y: float, boxes: tuple[Box, ...]) -> float:
    """Draws boxes below one another. Returns where the last one ends."""
    for i, box in enumerate(boxes):
        if i:
            parts.append(_arrow(x + BOX / 2, y - GAP, x + BOX / 2, y))
        _box(parts, x, y, box)
        y += box.height + GAP
    return y - GAP


def _places(boxes: tuple[Box, ...]) -> list[float]:
    """Returns the left edges of boxes that stand side by side, centred."""
    first = (WIDTH - len(boxes) * BOX - (len(boxes) - 1) * 40) / 2
    return [first + i * (BOX + 40) for i in range(len(boxes))]


def _row(parts: list[str], y: float, boxes: tuple[Box, ...]) -> float:
    """Draws boxes side by side. Returns where they end."""
    height = max(box.height for box in boxes)
    for x, box in zip(_places(boxes), boxes, strict=True):
        _box(parts, x, y, box, height)
    return y + height


def _join(parts: list[str], y: float, above: list[tuple[float, float]], below: list[float]) -> None:
    """Draws lines from points down to a bar at y, and arrows from the bar to the boxes below: all take from all."""
    middles = [x + BOX / 2 for x in below]
    across = [x for x, _ in above] + middles
    parts.append(_line(min(across), y, max(across), y))
    parts += [_line(x, end, x, y) for x, end in above]
    parts += [_arrow(x, y, x, y + GAP) for x in middles]


def _box(parts: list[str], x: float, y: float, box: Box, height: int | None = None) -> None:
    parts.append(_rectangle(x, y, BOX, height or box.height, box.whose))
    parts.append(_text(x + BOX / 2, y + 21, box.title, "#111", 14))
    for i, line in enumerate(box.lines):
        parts.append(_text(x + BOX / 2, y + 21 + LINE * (i + 1), line, "#444", 12))


def _rectangle(x: float, y: float, width: float, height: float, whose: Whose) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" fill="{FILL[whose]}" '
        f'stroke="{EDGE[whose]}"/>'
    )


def _text(x: float, y: float, words: str, colour: str, size: int, anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="#666"/>'


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="#666" marker-end="url(#a)"/>'


if __name__ == "__main__":
    for each in FIGURES:
        (Path(__file__).parent / f"model_{each.name}.svg").write_text(draw(each), "utf-8")
