"""The Parquet layout of phrase-level labels: a row an image, its positives and other images' captions labelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import HardPhrase, ImageLabels, LabelledCaption, Phrase, PhraseLabel
from schemas.tables import SPAN, lists, read_spans, spans, split_lists, struct, write_table

PHRASE = [
    pa.field("kind", pa.string()),  # "object" | "relation"
    pa.field("text", pa.string()),  # canonical words
    pa.field("caption_id", pa.string()),
    pa.field("subject", pa.int32()),  # id of the object, or of the triple's subject, in the caption's graph
    pa.field("object", pa.int32()),  # id of the triple's object; -1 for an object phrase
    pa.field("relation", pa.int32()),  # index of the relation in the caption's graph; -1 for an object phrase
    pa.field("span", SPAN),  # token span
]
LABEL = [
    *PHRASE,
    pa.field("label", pa.string()),  # "positive" | "negative" | "unknown"
    pa.field("reason", pa.string()),
    pa.field("confidence", pa.float32()),  # (0, 1]
]
CANDIDATE = [
    pa.field("caption_id", pa.string()),
    pa.field("image_id", pa.string()),  # the image that the caption was written for
    pa.field("labels", pa.list_(pa.struct(LABEL))),
]
HARD_PHRASE = [
    pa.field("replaced", pa.string()),  # "object" | "attribute" | "quantity" | "predicate" | "roles"
    pa.field("kind", pa.string()),  # "object" | "relation"
    pa.field("text", pa.string()),  # canonical words of the false phrase
    pa.field("caption_id", pa.string()),  # the caption of this image that it was made from
    pa.field("sentence", pa.string()),  # that caption with the false phrase in it
    pa.field("characters", SPAN),  # range of code points of `sentence` where the phrase stands
    pa.field("reason", pa.string()),
    pa.field("confidence", pa.float32()),  # (0, 1]
]
LABELS = pa.schema(
    [
        pa.field("image_id", pa.string()),
        pa.field("positives", pa.list_(pa.struct(PHRASE))),
        pa.field("candidates", pa.list_(pa.struct(CANDIDATE))),
        pa.field("hard_phrases", pa.list_(pa.struct(HARD_PHRASE))),  # not in older data sets
    ],
    metadata={"multigrain_format": "1", "multigrain_product": "labels"},
)
PLAIN = ("image_id", "crc32c", "hard_phrases.list.element.sentence")


def label_table(images: Sequence[ImageLabels]) -> pa.Table:
    """Returns the images as an Arrow table of the schema LABELS, in their order."""
    positives = [phrase for image in images for phrase in image.positives]
    candidates = [candidate for image in images for candidate in image.candidates]
    labels = [label for candidate in candidates for label in candidate.labels]
    label_array = struct(
        LABEL,
        *_phrase_columns([item.phrase for item in labels]),
        [item.label for item in labels],
        [item.reason for item in labels],
        [item.confidence for item in labels],
    )
    candidate_array = struct(
        CANDIDATE,
        [c.caption_id for c in candidates],
        [c.image_id for c in candidates],
        lists((len(c.labels) for c in candidates), label_array),
    )
    hard = [phrase for image in images for phrase in image.hard_phrases]
    hard_array = struct(
        HARD_PHRASE,
        [h.replaced for h in hard],
        [h.kind for h in hard],
        [h.text for h in hard],
        [h.caption_id for h in hard],
        [h.sentence for h in hard],
        spans(h.characters for h in hard),
        [h.reason for h in hard],
        [h.confidence for h in hard],
    )
    columns = [
        pa.array([i.image_id for i in images], pa.string()),
        lists((len(i.positives) for i in images), struct(PHRASE, *_phrase_columns(positives))),
        lists((len(i.candidates) for i in images), candidate_array),
        lists((len(i.hard_phrases) for i in images), hard_array),
    ]
    return pa.Table.from_arrays(columns, schema=LABELS)


def _phrase_columns(phrases: Sequence[Phrase]) -> list[object]:
    return [
        [p.kind for p in phrases],
        [p.text for p in phrases],
        [p.caption_id for p in phrases],
        [p.objects[0] for p in phrases],
        [p.objects[1] if len(p.objects) > 1 else -1 for p in phrases],
        [p.relation for p in phrases],
        spans(p.span for p in phrases),
    ]


def write_label_shard(path: Path, images: Sequence[ImageLabels]) -> None:
    """Writes one shard of labels, row i being images[i]."""
    write_table(path, label_table(images), PLAIN)


def read_label_shard(path: str | Path) -> Iterator[ImageLabels]:
    """Yields the images of one shard in row order, a row group in memory at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield from read_label_table(file.read_row_group(group))


def read_label_table(table: pa.Table) -> list[ImageLabels]:
    """Returns the records of an Arrow table of the schema LABELS."""
    if not table.num_rows:
        return []
    column = {name: pa.concat_arrays(table[name].chunks) for name in LABELS.names if name in table.column_names}
    positives = split_lists(column["positives"], _phrases)
    candidates = split_lists(column["candidates"], _candidates)
    if "hard_phrases" not in column:
        return list(map(ImageLabels, column["image_id"].to_pylist(), positives, candidates))
    hard = split_lists(column["hard_phrases"], _hard_phrases)
    return list(map(ImageLabels, column["image_id"].to_pylist(), positives, candidates, hard))


def _phrases(array: pa.StructArray) -> list[Phrase]:
    names = ("kind", "text", "caption_id", "subject", "object", "relation")
    columns = (array.field(name).to_pylist() for name in names)
    return [
        Phrase(kind, text, caption_id, (subject,) if object_ < 0 else (subject, object_), relation, span)
        for kind, text, caption_id, subject, object_, relation, span in zip(
            *columns, read_spans(array.field("span")), strict=True
        )
    ]


def _hard_phrases(array: pa.StructArray) -> list[HardPhrase]:
    names = ("replaced", "kind", "text", "caption_id", "sentence")
    columns = [array.field(name).to_pylist() for name in names]
    ends = [array.field(name).to_pylist() for name in ("reason", "confidence")]
    return list(map(HardPhrase, *columns, read_spans(array.field("characters")), *ends))


def _labels(array: pa.StructArray) -> list[PhraseLabel]:
    names = (array.field(name).to_pylist() for name in ("label", "reason", "confidence"))
    return list(map(PhraseLabel, _phrases(array), *names))


def _candidates(array: pa.StructArray) -> list[LabelledCaption]:
    captions, images = array.field("caption_id").to_pylist(), array.field("image_id").to_pylist()
    return list(map(LabelledCaption, captions, images, split_lists(array.field("labels"), _labels)))
