"""A caption's scene graph as a picture: objects in a row in the order of the caption, relations as arcs above them."""

from __future__ import annotations

from html import escape

from schemas.records import SceneGraph, TextObject, TextRelation

FONT = "font-family='sans-serif' font-size='14'"
LETTER = 8.0  # pixels that a letter of this font is allowed
BOX, GAP, MARGIN = 30.0, 24.0, 20.0  # height of a box, space between boxes, space around the picture
RISE = 34.0  # pixels between the tops of two arcs
LINE = 18.0  # pixels between two lines of attributes
STYLE = {"object": "#d6e6f5", "attribute": "#1f6f43", "quantity": "#8a4b08", "relation": "#555", "negated": "#b00020"}


def picture(caption: str, graph: SceneGraph) -> str:
    """Returns an SVG document that shows the caption and its graph.

    Attributes and quantities stand under their object; a negated attribute or relation is red, with "not" before it.
    """
    widths = [box_width(o) for o in graph.objects]
    lefts = [MARGIN + sum(widths[:i]) + GAP * i for i in range(len(widths))]
    middles = [left + width / 2 for left, width in zip(lefts, widths, strict=True)]
    levels = arc_levels(graph.relations)
    top = 2 * MARGIN + LINE + RISE * max(levels, default=0)  # upper edge of the boxes
    below = LINE * max((len(o.attributes) + (o.quantity is not None) for o in graph.objects), default=0)
    width = max(sum(widths) + GAP * len(widths) + MARGIN, len(caption) * LETTER + 2 * MARGIN)
    height = top + BOX + below + MARGIN
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width:.0f}' height='{height:.0f}' {FONT}>",
        "<defs><marker id='tip' markerWidth='8' markerHeight='8' refX='6' refY='3' orient='auto'>"
        f"<path d='M0,0 L6,3 L0,6 z' fill='{STYLE['relation']}'/></marker></defs>",
        f"<rect width='{width:.0f}' height='{height:.0f}' fill='white'/>",
        text(MARGIN, MARGIN + 4, caption or graph.note, "start", "black"),
    ]
    if graph.note:
        parts.append(text(MARGIN, MARGIN + LINE + 4, f"({graph.note})", "start", STYLE["negated"]))
    for relation, level in zip(graph.relations, levels, strict=True):
        parts.append(arc(relation, middles, top, top - RISE * level))
    for o, left, size in zip(graph.objects, lefts, widths, strict=True):
        parts.append(box(o, left, top, size))
    return "\n".join([*parts, "</svg>\n"])


def box_width(o: TextObject) -> float:
    """Returns how wide an object's box is, in pixels, so that its words fit."""
    longest = max([o.head, o.quantity or "", *(a.value for a in o.attributes)], key=len)
    return len(longest) * LETTER + 24


def arc_levels(relations: tuple[TextRelation, ...]) -> list[int]:
    """Returns how high each relation's arc is, 1 for the lowest: short arcs below long ones, none at one's height."""
    order = sorted(range(len(relations)), key=lambda i: (abs(relations[i].subject - relations[i].object), i))
    levels = [0] * len(relations)
    for level, i in enumerate(order, 1):
        levels[i] = level
    return levels


def box(o: TextObject, left: float, top: float, width: float) -> str:
    """Returns an object's box with its attributes and quantity under it."""
    middle = left + width / 2
    lines = [
        f"<rect x='{left:.0f}' y='{top:.0f}' width='{width:.0f}' height='{BOX:.0f}' rx='8' fill='{STYLE['object']}'/>",
        text(middle, top + 20, o.head, "middle", "black"),
    ]
    y = top + BOX + LINE - 2
    if o.quantity is not None:
        lines.append(text(middle, y, o.quantity, "middle", STYLE["quantity"]))
        y += LINE
    for a in o.attributes:
        value, colour = (f"not {a.value}", STYLE["negated"]) if a.negated else (a.value, STYLE["attribute"])
        lines.append(text(middle, y, value, "middle", colour))
        y += LINE
    return "\n".join(lines)


def arc(relation: TextRelation, middles: list[float], top: float, height: float) -> str:
    """Returns a relation's arc from subject to object with its predicate at the height of the arc."""
    start, end = middles[relation.subject] - 5, middles[relation.object] + 5
    colour = STYLE["negated" if relation.negated else "relation"]
    name = f"not {relation.predicate}" if relation.negated else relation.predicate
    path = f"M{start:.0f},{top:.0f} V{height + 8:.0f} H{end:.0f} V{top - 2:.0f}"
    return f"<path d='{path}' fill='none' stroke='{colour}' stroke-linejoin='round' marker-end='url(#tip)'/>\n" + text(
        (start + end) / 2, height + 4, name, "middle", colour
    )


def text(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    """Returns words at a place, escaped; characters that XML forbids become question marks."""
    legal = "".join(c if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff" else "?" for c in words)
    return f"<text x='{x:.0f}' y='{y:.0f}' text-anchor='{anchor}' fill='{colour}'>{escape(legal)}</text>"
