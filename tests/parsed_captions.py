"""Captions read by the real parser, as short lines that a test can list."""

from __future__ import annotations

from schemas.records import SceneGraph
from transforms.scene_graphs import parse


def facts(caption: str) -> list[str]:
    """Returns the relations of a caption, sorted: "man ride horse", "not dog wear hat"."""
    [graph] = parse([caption])
    heads = [o.head for o in graph.objects]
    return sorted(
        ("not " if r.negated else "") + f"{heads[r.subject]} {r.predicate} {heads[r.object]}" for r in graph.relations
    )


def things(caption: str) -> list[str]:
    """Returns the objects of a caption in order: "2 dog (brown, running)", "cup (not empty)"."""
    [graph] = parse([caption])
    return [thing(graph, i) for i in range(len(graph.objects))]


def thing(graph: SceneGraph, i: int) -> str:
    """Returns one object with its quantity and attributes."""
    o = graph.objects[i]
    attributes = ", ".join(("not " if a.negated else "") + a.value for a in sorted(o.attributes, key=lambda a: a.span))
    return (f"{o.quantity} " if o.quantity else "") + o.head + (f" ({attributes})" if attributes else "")
