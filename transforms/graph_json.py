"""A caption's scene graph as the JSON line that `parse` writes."""

from __future__ import annotations

from typing import Any

from schemas.records import SceneGraph


def graph_json(caption: str, graph: SceneGraph) -> dict[str, Any]:
    """Returns the graph as plain values; spans are character spans [start, end) of the caption.

    Attributes that are negated ("a cup that is not empty") are no facts and are left out; a graph that is not to be
    trusted carries its note.
    """
    line: dict[str, Any] = {
        "caption": caption,
        "objects": [
            {
                "id": o.id,
                "head": o.head,
                "attributes": [a.value for a in o.attributes if not a.negated],
                "quantity": o.quantity,
                "span": list(graph.characters(o.span)),
            }
            for o in graph.objects
        ],
        "relations": [
            {
                "subject": r.subject,
                "predicate": r.predicate,
                "object": r.object,
                "negated": r.negated,
                "span": list(graph.characters(r.span)),
            }
            for r in graph.relations
        ],
    }
    if graph.note:
        line["note"] = graph.note
    return line
