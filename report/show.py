"""One image of a data set for the terminal: what lies where, as text that no stranger's character can disturb."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from report.data_set import DataSet, ReportError, Row
from report.names import attribute_names, object_name
from schemas.records import Caption, LabelledCaption, Phrase, RegionRelation, SceneGraph

NEAR = 5  # ids that are named for one that is not there
LOOKED_AT = 50_000  # ids that are compared letter by letter
SIGNS = {"positive": "+", "negative": "-", "unknown": "?"}
CAPTIONS = 50  # captions, and candidates, of one image
RELATIONS = 12  # between regions, best first


def show(data: DataSet, image_id: str) -> str:
    """Returns an image's photo, regions, captions with their graphs as trees, and labels.

    Raises ReportError where there is no such image, naming those with ids most like it.
    """
    shard = data.shard_of(image_id)
    try:
        place = data.image_ids(shard).index(image_id)
    except ValueError:
        near = near_ids(image_id, (one for k in range(data.n_shards) for one in data.image_ids(k)))
        hint = f"; similar ids: {', '.join(map(printable, near))}" if near else ""
        raise ReportError(f"{data.folder} has no image {printable(image_id)!r}{hint}") from None
    (row,) = data.read(shard, [place])
    return "\n".join(printable(line) for line in _lines(data, row, shard, place))


def near_ids(wanted: str, ids: Iterable[str]) -> list[str]:
    """Returns the ids most like one that is not there: those that hold it or are held by it, then those alike."""
    known = list(islice(ids, LOOKED_AT))
    low = wanted.lower()
    within = sorted((one for one in known if low in one.lower() or one.lower() in low), key=lambda one: (len(one), one))
    return list(dict.fromkeys([*within[:NEAR], *get_close_matches(wanted, known, NEAR)]))[:NEAR]


def printable(text: str) -> str:
    """Returns the text with everything that a terminal might obey, or that hides, as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _lines(data: DataSet, row: Row, shard: int, place: int) -> Iterator[str]:
    image = row.image
    yield f"{image.image_id}  ({image.split}; shard {shard}, row {place})"
    yield f"photo  {_photo(data, image.uri)}"
    for letter in data.letters:
        if letter.record_id in (image.image_id, *(caption.caption_id for caption in image.captions)):
            yield f"rejected  {letter.record_id}: {letter.stage}: {letter.reason}: {letter.detail}"
    if "features" in data.manifest["products"]:
        yield from _regions(data, row)
    for caption, graph in islice(zip(image.captions, image.graphs, strict=True), CAPTIONS):
        said = [phrase for phrase in row.labels.positives if phrase.caption_id == caption.caption_id]
        yield from _caption(caption, graph, said)
    if len(image.captions) > CAPTIONS:
        yield ""
        yield f"... and {len(image.captions) - CAPTIONS:,} captions more"
    if row.labels.hard_phrases:
        yield ""
        yield "made from its captions, and false of it"
    for hard in row.labels.hard_phrases[:CAPTIONS]:
        yield f"   {SIGNS['negative']} {hard.text}  ({hard.reason}, {hard.confidence:.2f}): {hard.sentence}"
    texts = _texts(data, row.labels.candidates)
    for candidate in row.labels.candidates[:CAPTIONS]:
        yield from _candidate(candidate, texts.get(candidate.caption_id, ""))


def _photo(data: DataSet, uri: str) -> str:
    folder = data.run.options.get("images")
    if not folder:
        return f"{uri} (a run without photos)"
    path = f"{str(folder).rstrip('/')}/{uri}"
    return path if "://" in path or os.path.isfile(path) else f"{path} (not there)"


def _regions(data: DataSet, row: Row) -> Iterator[str]:
    seen = row.seen
    height, width = seen.image_size
    yield f"size   {width} x {height} pixels"
    if not len(seen.boxes):
        yield "no regions"
        return
    names = [object_name(data.objects, i) or "-" for i in seen.object_ids.tolist()]
    scored = zip(seen.attribute_ids.tolist(), seen.attribute_scores.tolist(), strict=True)
    attributes = [attribute_names(data.attributes, ids, scores) for ids, scores in scored]
    wide, wider = max(6, *map(len, names)), max(10, *map(len, attributes))
    yield ""
    yield f"{'':>3}  {'object':{wide}}  score  {'attributes':{wider}}  {'x1':>7}{'y1':>8}{'x2':>8}{'y2':>8}"
    table = zip(names, seen.object_scores.tolist(), attributes, seen.boxes.tolist(), strict=True)
    for number, (name, score, words, (x1, y1, x2, y2)) in enumerate(table):
        numbers = f"{x1:7.1f}{y1:8.1f}{x2:8.1f}{y2:8.1f}"
        yield f"{number:3}  {name:{wide}}  {score:5.2f}  {words:{wider}}  {numbers}"
    for relation in row.relations[:RELATIONS]:
        yield _relation(relation, names)


def _relation(relation: RegionRelation, names: Sequence[str]) -> str:
    ends = [f"{names[i]} {i}" if 0 <= i < len(names) else str(i) for i in (relation.subject, relation.object)]
    return f"     {ends[0]} {relation.predicate} {ends[1]}  {relation.score:.2f}"


def _caption(caption: Caption, graph: SceneGraph, said: Sequence[Phrase]) -> Iterator[str]:
    yield ""
    yield f"{caption.caption_id}  {caption.text}" + (f"  ({graph.note})" if graph.note else "")
    for one in graph.objects:
        below = [one.quantity] if one.quantity else []
        below += [f"not {a.value}" if a.negated else a.value for a in one.attributes]
        for relation in graph.relations:
            if relation.subject == one.id:
                other = graph.objects[relation.object].head
                below.append(f"{'not ' if relation.negated else ''}{relation.predicate} -> {other} {relation.object}")
        yield f"   {one.head} {one.id}"
        for number, text in enumerate(below, 1):
            yield f"   {'└' if number == len(below) else '├'}─ {text}"
    if said:
        yield f"   {SIGNS['positive']} " + "; ".join(phrase.text for phrase in said)


def _candidate(candidate: LabelledCaption, text: str) -> Iterator[str]:
    yield ""
    yield f"beside {candidate.caption_id}  {text}"
    for item in candidate.labels:
        yield f"   {SIGNS[item.label]} {item.label:8}  {item.phrase.text}  ({item.reason}, {item.confidence:.2f})"


def _texts(data: DataSet, candidates: Iterable[LabelledCaption]) -> dict[str, str]:
    """Returns the texts of the candidates' captions, by caption id."""
    found = {}
    for candidate in candidates:
        shard = data.shard_of(candidate.image_id)
        ids = data.image_ids(shard)
        if candidate.image_id in ids:
            (image,) = data.graphs(shard, [ids.index(candidate.image_id)])
            found.update({caption.caption_id: caption.text for caption in image.captions})
    return found
