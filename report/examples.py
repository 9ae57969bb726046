"""The images of a page as plain values for its script: short lists in place of records, numbers rounded.

Everything here is data of strangers; it reaches the page as JSON and is shown as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from report.data_set import Boxes, DataSet, Row
from report.names import attribute_names, object_name
from report.sample import Chosen
from report.words import Naming
from schemas.records import Caption, ImageGraphs, LabelledCaption, Phrase, SceneGraph

TEXT = 1_000  # characters of a caption that a page shows
CAPTIONS = 20  # an image
PHRASES = 100  # a caption
REGION_RELATIONS = 12  # an image, best first

Parsed = Mapping[str, tuple[Caption, SceneGraph]]  # by caption id


def examples(data: DataSet, chosen: Sequence[Chosen], naming: Naming) -> dict[str, Any]:
    """Returns what the page's script shows: "examples" in the order of `chosen`, "names", "means".

    "names" are the objects' names, which boxes give as an index; "means" has the names' indexes for each head.
    """
    rows = _read(data, chosen)
    others = _candidate_captions(data, rows.values())
    names = [object_name(data.objects, i) for i in range(len(data.objects))]
    shown = [example(rows[one.place.image_id], one, others, data.attributes) for one in chosen]
    heads = {head for row in rows.values() for graph in row.image.graphs for head in _heads(graph)}
    heads |= {head for _, graph in others.values() for head in _heads(graph)}
    means = {head: sorted(ids) for head in sorted(heads) if (ids := naming.object_ids(head))}
    return {"examples": shown, "names": names, "means": means}


def example(row: Row, chosen: Chosen, others: Parsed, vocabulary: Sequence[str]) -> dict[str, Any]:
    """Returns one image with its captions, regions and labels."""
    image = row.image
    own = {c.caption_id: (c, g) for c, g in zip(image.captions, image.graphs, strict=True)}
    said: defaultdict[str, list[Phrase]] = defaultdict(list)
    for phrase in row.labels.positives:
        said[phrase.caption_id].append(phrase)
    captions = list(own.values())[:CAPTIONS]
    return {
        "id": image.image_id,
        "uri": image.uri,
        "split": image.split,
        "why": dict(chosen.why),
        "size": list(row.seen.image_size),
        "boxes": boxes(row.seen, vocabulary),
        "links": [[r.subject, r.predicate, r.object, round(r.score, 2)] for r in row.relations[:REGION_RELATIONS]],
        "captions": [caption(c, g, said[c.caption_id]) for c, g in captions],
        "more": len(own) - len(captions),
        "hard": [
            [x.text, x.sentence[:TEXT], x.reason, round(x.confidence, 2)] for x in row.labels.hard_phrases[:PHRASES]
        ],
        "candidates": [candidate(one, others) for one in row.labels.candidates[:CAPTIONS]],
    }


def boxes(seen: Boxes, vocabulary: Sequence[str]) -> list[list[Any]]:
    """Returns [x1, y1, x2, y2, object id, score, "attribute attribute"] of each region."""
    found = []
    for box, number, score, attributes, scores in zip(
        seen.boxes.tolist(),
        seen.object_ids.tolist(),
        seen.object_scores.tolist(),
        seen.attribute_ids.tolist(),
        seen.attribute_scores.tolist(),
        strict=True,
    ):
        words = attribute_names(vocabulary, attributes, scores)
        found.append([*(round(x, 1) for x in box), number, round(score, 2), words])
    return found


def caption(text: Caption, graph: SceneGraph, said: Sequence[Phrase]) -> dict[str, Any]:
    """Returns a caption of the image with its graph; spans are characters, as JavaScript counts them."""
    return {
        "text": text.text[:TEXT],
        "note": graph.note,
        "objects": [
            [o.head, o.quantity, [[a.value, a.negated] for a in o.attributes], *_utf16(text.text, graph, o.span)]
            for o in graph.objects
        ],
        "relations": [[r.subject, r.predicate, r.object, r.negated] for r in graph.relations],
        "phrases": [[p.text, _ends(p, graph)] for p in said[:PHRASES]],
    }


def candidate(one: LabelledCaption, others: Parsed) -> dict[str, Any]:
    """Returns a caption of another image with each of its phrases labelled."""
    text, graph = others.get(one.caption_id, (None, None))
    return {
        "text": text.text[:TEXT] if text else "",
        "image": one.image_id,
        "labels": [
            [x.phrase.text, x.label, x.reason, round(x.confidence, 2), _ends(x.phrase, graph)]
            for x in one.labels[:PHRASES]
        ],
    }


def _read(data: DataSet, chosen: Iterable[Chosen]) -> dict[str, Row]:
    wanted: defaultdict[int, list[int]] = defaultdict(list)
    for one in chosen:
        wanted[one.place.shard].append(one.place.row)
    rows = (row for shard in sorted(wanted) for row in data.read(shard, sorted(wanted[shard])))
    return {row.image.image_id: row for row in rows}


def _candidate_captions(data: DataSet, rows: Iterable[Row]) -> dict[str, tuple[Caption, SceneGraph]]:
    """Returns the captions that the candidates are, with their graphs, from wherever in the data set they lie."""
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    captions = set()
    for row in rows:
        for one in row.labels.candidates:
            wanted[data.shard_of(one.image_id)].add(one.image_id)
            captions.add(one.caption_id)
    found = {}
    for shard, ids in sorted(wanted.items()):
        places = [row for row, image_id in enumerate(data.image_ids(shard)) if image_id in ids]
        for image in data.graphs(shard, places):
            found.update({c.caption_id: (c, g) for c, g in _pairs(image) if c.caption_id in captions})
    return found


def _pairs(image: ImageGraphs) -> Iterable[tuple[Caption, SceneGraph]]:
    return zip(image.captions, image.graphs, strict=True)


def _heads(graph: SceneGraph) -> set[str]:
    return {o.head for o in graph.objects}


def _ends(phrase: Phrase, graph: SceneGraph | None) -> list[str]:
    """Returns the heads of a phrase's objects: one, or subject and object."""
    if graph is None:
        return []
    return [graph.objects[i].head for i in phrase.objects if 0 <= i < len(graph.objects)]


def _utf16(text: str, graph: SceneGraph, span: tuple[int, int]) -> tuple[int, int]:
    """Returns a token span as character offsets in UTF-16 units, which scripts of a page count in."""
    start, end = graph.characters(span)
    return len(text[:start].encode("utf-16-le")) // 2, len(text[:end].encode("utf-16-le")) // 2
