"""Captions, phrases and labelled candidates of a data set, compiled once into flat arrays.

Legend: C captions of the data set, N images, P phrases of all captions, M candidates of all images, L labels of all
candidates, T tokens of all captions. Captions are numbered in the order of images, phrases in the order of captions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from multigrain.batch import NO_PHRASE, OBJECT, TRIPLE
from multigrain.flat_cache import Arrays
from multigrain.label_codes import LABELS
from multigrain.shards import DataSetError, Shards, list_offsets
from multigrain.tokens import Tokenizer, token_spans

Part = dict[str, NDArray[Any]]
NO_WORDS = np.array([NO_PHRASE, 0, 0, -1, -1, 0, 0, 0, 0, 0, 0], np.int32)  # a row of phrases that says nothing


def compile_captions(shards: Shards, tokenizer: Tokenizer) -> Arrays:
    """Returns:

    caption_image (C,): row of the image;
    tokens (1 + T,) ids;
    phrases (1 + P, 11): kind, start, end, subject, object, and start and end of the predicate, of the subject's head
    and of the object's head, as multigrain.batch.Captions has them;
    places (C, 4): of each caption the first token, how many, the first phrase, how many: one look for all of them;
    candidate_image (M,): row of the image; candidate_caption (M,): a caption of another image, phrase j of which has
    the label labels[label_offsets[m] + j] and its confidence; label_offsets (M + 1,); labels, confidence (L,).
    The first token and the first phrase are those that pad.

    Raises DataSetError where the files of a shard are of other images, or say what cannot be.
    """
    parts: list[Part] = []
    ids: list[pa.Array] = []  # of captions
    named: list[pa.Array] = []  # ids of the candidates' captions
    images = 0
    for shard in range(shards.n_shards):
        where = f"{shards.folder}: shard {shard}"
        graphs = shards.table("graphs", shard, "image_id", "captions")
        labels = shards.table("labels", shard, "image_id", "positives", "candidates")
        if not graphs["image_id"].equals(labels["image_id"]):
            raise DataSetError(f"{where}: graphs and labels are of other images")
        captions, candidates = graphs["captions"].flatten(), labels["candidates"].flatten()
        ids.append(_field(captions, "caption_id"))
        named.append(_field(candidates, "caption_id"))
        rows = np.arange(len(graphs["image_id"])) + images
        images += len(rows)
        parts.append(
            {
                "caption_image": np.repeat(rows, np.diff(list_offsets(graphs["captions"]))),
                **read_captions(where, captions, labels["positives"].flatten(), tokenizer),
                "candidate_image": np.repeat(rows, np.diff(list_offsets(labels["candidates"]))),
                **_read_labels(_field(candidates, "labels")),
            }
        )
    joined = behind_padding({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, tokenizer)
    joined["label_offsets"] = np.cumsum(np.concatenate([[0], joined.pop("label_counts")]))
    caption = pc.index_in(pa.chunked_array(named), value_set=pa.chunked_array(ids).combine_chunks())
    joined["candidate_caption"] = caption.fill_null(-1).to_numpy().astype(np.int64)
    _check_candidates(shards, joined)
    return joined


def behind_padding(part: Part, tokenizer: Tokenizer) -> Part:
    """Returns what `read_captions` returns with places in place of counts, behind a token and a phrase that pad.

    So the place 0 gives padding, and a batch is put together without asking again what is padding.
    """
    rest = dict(part)
    counts = [rest.pop(name) for name in ("token_counts", "phrase_counts")]
    places = [column for count in counts for column in (1 + np.cumsum(count) - count, count)]
    return {
        **rest,
        "places": np.column_stack(places).astype(np.int64),
        "tokens": np.concatenate([np.array([tokenizer.pad_id], np.int64), part["tokens"]]),  # as batches have them
        "phrases": np.concatenate([NO_WORDS[None], part["phrases"]]),
    }


def read_captions(where: str, captions: pa.StructArray, positives: pa.StructArray, tokenizer: Tokenizer) -> Part:
    """Returns tokens, token_counts, phrases and phrase_counts of one shard's captions."""
    tokens = tokenizer.encode(_field(captions, "text").to_pylist())
    caption = pc.index_in(_field(positives, "caption_id"), value_set=_field(captions, "caption_id"))
    if caption.null_count or (np.diff(caption := caption.to_numpy().astype(np.int64)) < 0).any():
        raise DataSetError(f"{where}: the phrases are not those of the image's captions, in their order")
    subject, object_, relation = (_field(positives, n).to_numpy() for n in ("subject", "object", "relation"))
    words = _field(captions, "tokens")
    span = token_spans(tokens, caption, _characters(where, words, caption, _spans(_field(positives, "span"))))
    relations = _field(captions, "relations")
    predicates, triple = _spans(_field(relations.flatten(), "span")), relation >= 0
    place = (list_offsets(relations)[caption] + relation)[triple]
    if (place >= list_offsets(relations)[caption + 1][triple]).any():
        raise DataSetError(f"{where}: a triple is of a relation that its caption does not have")
    said = np.zeros((len(caption), 6), np.int32)  # predicate, the subject's head, the object's head
    objects = _field(captions, "objects")
    heads, first_object = _spans(_field(objects.flatten(), "span")), list_offsets(objects)
    places = [(first_object[caption] + end)[triple] for end in (subject, object_)]
    if any(
        (at < first_object[caption][triple]).any() or (at >= first_object[caption + 1][triple]).any() for at in places
    ):
        raise DataSetError(f"{where}: a triple is of an object that its caption does not have")
    parts = (predicates[place], *(heads[at] for at in places))
    for i, part in enumerate(parts):
        characters = _characters(where, words, caption[triple], part)
        said[triple, 2 * i : 2 * i + 2] = token_spans(tokens, caption[triple], characters)
    counts = np.bincount(caption, minlength=len(captions))
    first = (np.cumsum(counts) - counts)[caption]
    ends = [_place_of(caption * 2**32 + subject, caption * 2**32 + end, triple, first) for end in (subject, object_)]
    kind = np.where(span[:, 1] == 0, NO_PHRASE, np.where(triple, TRIPLE, OBJECT))
    return {
        "tokens": tokens.ids,
        "token_counts": np.diff(tokens.offsets),
        "phrases": np.column_stack([kind, span, *ends, said]).astype(np.int32),
        "phrase_counts": counts,
    }


def _characters(
    where: str, words: pa.ListArray, caption: NDArray[np.int64], span: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns the characters that spans of the parser's tokens cover: (n, 2); (0, 0) where a span is empty."""
    if not len(span):
        return span
    first, last = list_offsets(words)[caption], list_offsets(words)[caption + 1]
    if (span[:, 0] < 0).any() or (first + span[:, 1] > last).any():
        raise DataSetError(f"{where}: a phrase reaches past the end of its caption")
    solid = span[:, 0] < span[:, 1]
    characters = np.zeros_like(span)
    places = _spans(words.flatten())
    characters[solid, 0] = places[(first + span[:, 0])[solid], 0]
    characters[solid, 1] = places[(first + span[:, 1])[solid] - 1, 1]
    return characters


def _place_of(
    objects: NDArray[np.int64], ends: NDArray[np.int64], triple: NDArray[np.bool_], first: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns which of its caption's phrases the end of each triple is: (P,), -1 for objects and where it is none.

    `objects` and `ends` (P,) are keys of caption and object id, `first` (P,) is the caption's first phrase. The keys of
    object phrases ascend, as a caption's objects stand in the order of their ids.
    """
    found = np.full(len(objects), -1, np.int64)
    phrases = np.flatnonzero(~triple)
    place = np.minimum(np.searchsorted(objects[phrases], ends), max(len(phrases) - 1, 0))
    known = triple & (objects[phrases][place] == ends) if len(phrases) else np.zeros(len(objects), bool)
    found[known] = phrases[place[known]] - first[known]
    return found


def _read_labels(labels: pa.ListArray) -> Part:
    """Returns label_counts, labels and confidence of one shard's candidates."""
    items = labels.flatten()
    names = _field(items, "label").dictionary_encode()
    codes = np.array([LABELS[name] for name in names.dictionary.to_pylist()], np.int8)
    return {
        "label_counts": np.diff(list_offsets(labels)),
        "labels": codes[names.indices.to_numpy()] if len(items) else np.empty(0, np.int8),
        "confidence": _field(items, "confidence").to_numpy(),
    }


def _check_candidates(shards: Shards, arrays: Part) -> None:
    caption = arrays["candidate_caption"]
    if (caption < 0).any():
        raise DataSetError(f"{shards.folder}: a candidate is a caption that is not there")
    if (np.diff(arrays["label_offsets"]) != arrays["places"][caption, 3]).any():
        raise DataSetError(f"{shards.folder}: a candidate has not as many labels as its caption has phrases")


def _field(array: pa.StructArray, name: str) -> pa.Array:
    return pc.struct_field(array, name)  # unlike .field(), right for a slice


def _spans(array: pa.StructArray) -> NDArray[np.int64]:
    return np.column_stack([_field(array, name).to_numpy() for name in ("start", "end")]).astype(np.int64)
