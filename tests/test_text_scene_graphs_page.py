"""The page on scene graphs says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.records import SceneGraph
from transforms.graph_picture import picture
from transforms.scene_graphs import parse

DOCS = Path(__file__).parent.parent / "docs"
PICTURED = "Two women in red coats walk a small dog that is not on a leash."


def examples() -> list[list[str]]:
    """Returns the rows of the page's tables of examples: caption, objects, relations."""
    rows, within = [], False
    for line in (DOCS / "text_scene_graphs.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        within = cells == ["caption", "objects", "relations"] or (within and bool(cells))
        if within and cells[0] != "caption" and "---" not in cells[0]:
            rows.append(cells)
    return rows


def objects(graph: SceneGraph) -> str:
    said = []
    for o in graph.objects:
        values = ", ".join(("not " if a.negated else "") + a.value for a in o.attributes)
        said.append(f"{o.quantity} " * (o.quantity is not None) + o.head + f" ({values})" * bool(values))
    return "; ".join(said)


def relations(graph: SceneGraph) -> str:
    heads = [o.head for o in graph.objects]
    said = [("*not* " * r.negated, heads[r.subject], r.predicate, heads[r.object]) for r in graph.relations]
    return "; ".join(f"{denied}{s} – {p} – {o}" for denied, s, p, o in said)  # noqa: RUF001


@pytest.mark.parametrize(("caption", "things", "facts"), examples())
def test_examples_are_what_parse_gives(caption: str, things: str, facts: str) -> None:
    [graph] = parse(caption)
    assert (objects(graph), relations(graph)) == (things, facts)


def test_examples_are_found() -> None:
    assert len(examples()) > 30


def test_picture_is_what_parse_draws() -> None:
    drawn = picture(PICTURED, parse(PICTURED)[0])
    assert (DOCS / "text_scene_graphs.svg").read_text(encoding="utf-8") == drawn
