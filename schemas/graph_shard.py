"""The Parquet layout of scene graphs: a row an image, its captions nested, every type explicit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import Attribute, Caption, ImageGraphs, SceneGraph, Span, TextObject, TextRelation
from schemas.tables import SPAN, lists, read_spans, spans, split_lists, struct, write_table

ATTRIBUTE = [
    pa.field("value", pa.string()),
    pa.field("negated", pa.bool_()),
    pa.field("span", SPAN),  # token span, as every "span" below
]
OBJECT = [  # an object's id is its index in the list
    pa.field("head", pa.string()),
    pa.field("attributes", pa.list_(pa.struct(ATTRIBUTE))),
    pa.field("quantity", pa.string()),  # null where the caption states none
    pa.field("span", SPAN),
]
RELATION = [
    pa.field("subject", pa.int32()),
    pa.field("predicate", pa.string()),
    pa.field("object", pa.int32()),
    pa.field("negated", pa.bool_()),
    pa.field("span", SPAN),
]
CAPTION = [
    pa.field("caption_id", pa.string()),
    pa.field("text", pa.string()),
    pa.field("note", pa.string()),  # why the graph is not to be trusted; "" where all is well
    pa.field("tokens", pa.list_(SPAN)),  # character span of each token
    pa.field("objects", pa.list_(pa.struct(OBJECT))),
    pa.field("relations", pa.list_(pa.struct(RELATION))),
]
GRAPHS = pa.schema(
    [
        pa.field("image_id", pa.string()),
        pa.field("uri", pa.string()),
        pa.field("split", pa.string()),
        pa.field("captions", pa.list_(pa.struct(CAPTION))),
    ],
    metadata={"multigrain_format": "1", "multigrain_product": "graphs"},
)
PLAIN = ("image_id", "uri", "captions.list.element.caption_id", "captions.list.element.text", "crc32c")


def graph_table(images: Sequence[ImageGraphs]) -> pa.Table:
    """Returns the images as an Arrow table of the schema GRAPHS, in their order."""
    captions = [caption for image in images for caption in image.captions]
    graphs = [graph for image in images for graph in image.graphs]
    objects = [item for graph in graphs for item in graph.objects]
    relations = [item for graph in graphs for item in graph.relations]
    attributes = [item for one in objects for item in one.attributes]
    attribute_array = struct(
        ATTRIBUTE, [a.value for a in attributes], [a.negated for a in attributes], spans(a.span for a in attributes)
    )
    object_array = struct(
        OBJECT,
        [o.head for o in objects],
        lists((len(o.attributes) for o in objects), attribute_array),
        [o.quantity for o in objects],
        spans(o.span for o in objects),
    )
    relation_array = struct(
        RELATION,
        [r.subject for r in relations],
        [r.predicate for r in relations],
        [r.object for r in relations],
        [r.negated for r in relations],
        spans(r.span for r in relations),
    )
    caption_array = struct(
        CAPTION,
        [c.caption_id for c in captions],
        [c.text for c in captions],
        [g.note for g in graphs],
        lists((len(g.tokens) for g in graphs), spans(token for g in graphs for token in g.tokens)),
        lists((len(g.objects) for g in graphs), object_array),
        lists((len(g.relations) for g in graphs), relation_array),
    )
    columns = [
        pa.array([i.image_id for i in images], pa.string()),
        pa.array([i.uri for i in images], pa.string()),
        pa.array([i.split for i in images], pa.string()),
        lists((len(i.captions) for i in images), caption_array),
    ]
    return pa.Table.from_arrays(columns, schema=GRAPHS)


def write_graph_shard(path: Path, images: Sequence[ImageGraphs]) -> None:
    """Writes one shard of scene graphs, row i being images[i]."""
    write_table(path, graph_table(images), PLAIN)


def read_graph_shard(path: str | Path) -> Iterator[ImageGraphs]:
    """Yields the images of one shard in row order, a row group in memory at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield from read_graph_table(file.read_row_group(group))


def read_graph_table(table: pa.Table) -> list[ImageGraphs]:
    """Returns the records of an Arrow table of the schema GRAPHS."""
    column = {name: pa.concat_arrays(table[name].chunks) for name in GRAPHS.names} if table.num_rows else {}
    if not column:
        return []
    pairs = split_lists(column["captions"], _captions)
    fields = (column[name].to_pylist() for name in ("image_id", "uri", "split"))
    return [
        ImageGraphs(image_id, uri, split, tuple(c for c, _ in row), tuple(g for _, g in row))
        for image_id, uri, split, row in zip(*fields, pairs, strict=True)
    ]


def _captions(array: pa.StructArray) -> list[tuple[Caption, SceneGraph]]:
    tokens: list[tuple[Span, ...]] = split_lists(array.field("tokens"), read_spans)
    objects = split_lists(array.field("objects"), _objects)
    relations = split_lists(array.field("relations"), _relations)
    names = (array.field(name).to_pylist() for name in ("caption_id", "text", "note"))
    return [
        (Caption(caption_id, text), SceneGraph(t, tuple(_numbered(o)), r, note))
        for caption_id, text, note, t, o, r in zip(*names, tokens, objects, relations, strict=True)
    ]


def _numbered(objects: tuple[tuple[str, tuple[Attribute, ...], str | None, Span], ...]) -> list[TextObject]:
    return [TextObject(number, *fields) for number, fields in enumerate(objects)]


def _objects(array: pa.StructArray) -> list[tuple[str, tuple[Attribute, ...], str | None, Span]]:
    attributes = split_lists(array.field("attributes"), _attributes)
    heads, quantities = array.field("head").to_pylist(), array.field("quantity").to_pylist()
    return list(zip(heads, attributes, quantities, read_spans(array.field("span")), strict=True))


def _attributes(array: pa.StructArray) -> list[Attribute]:
    values, negated = array.field("value").to_pylist(), array.field("negated").to_pylist()
    return list(map(Attribute, values, negated, read_spans(array.field("span"))))


def _relations(array: pa.StructArray) -> list[TextRelation]:
    names = (array.field(name).to_pylist() for name in ("subject", "predicate", "object", "negated"))
    return list(map(TextRelation, *names, read_spans(array.field("span"))))
