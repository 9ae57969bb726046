"""False phrases made from an image's own captions, each in the sentence in which it stands, as flat arrays.

Legend: C captions of the data set, H hard phrases of all captions, T tokens of all their sentences.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from multigrain.batch import NO_PHRASE, OBJECT, TRIPLE
from multigrain.caption_table import NO_WORDS, behind_padding
from multigrain.flat_cache import Arrays
from multigrain.shards import DataSetError, Shards, list_offsets
from multigrain.tokens import Tokenizer, token_spans


def compile_hard_phrases(shards: Shards, tokenizer: Tokenizer) -> Arrays:
    """Returns the sentences as a table that data.captions_of reads, each with its one phrase, and:

    hard_offsets (C + 1,): sentences hard_offsets[c] to hard_offsets[c + 1] were made from caption c; confidence (H,).
    Data sets that were made before there were hard phrases have none. Raises DataSetError where one was made from a
    caption that is not there.
    """
    parts: list[dict[str, NDArray[np.generic]]] = []
    images = 0
    for shard in range(shards.n_shards):
        graphs = shards.table("graphs", shard, "image_id", "captions")
        captions = graphs["captions"].flatten()
        rows = np.repeat(np.arange(len(graphs["image_id"])) + images, np.diff(list_offsets(graphs["captions"])))
        images += len(graphs["image_id"])
        ids = pc.struct_field(captions, "caption_id")
        if "hard_phrases" not in pq.read_schema(shards.path("labels", shard)).names:
            parts.append({"hard_counts": np.zeros(len(ids), np.int64)})
            continue
        hard = shards.table("labels", shard, "hard_phrases")["hard_phrases"].flatten()
        caption = pc.index_in(pc.struct_field(hard, "caption_id"), value_set=ids)
        if caption.null_count:
            raise DataSetError(f"{shards.folder}: a hard phrase of shard {shard} is of a caption that is not there")
        order = np.argsort(caption.to_numpy(), kind="stable")
        hard, caption = hard.take(order), caption.to_numpy()[order]
        tokens = tokenizer.encode(pc.struct_field(hard, "sentence").to_pylist())
        characters = [pc.struct_field(hard, ["characters", end]).to_numpy() for end in ("start", "end")]
        span = token_spans(tokens, np.arange(len(hard)), np.column_stack(characters).astype(np.int64))
        triple = np.array([kind == "relation" for kind in pc.struct_field(hard, "kind").to_pylist()], bool)
        phrases = np.tile(NO_WORDS, (len(hard), 1))
        phrases[:, 0] = np.where(span[:, 1] == 0, NO_PHRASE, np.where(triple, TRIPLE, OBJECT))
        phrases[:, 1:3] = span
        parts.append(
            {
                "hard_counts": np.bincount(caption, minlength=len(ids)),
                "caption_image": rows[caption],
                "tokens": tokens.ids,
                "token_counts": np.diff(tokens.offsets),
                "phrases": phrases,
                "confidence": pc.struct_field(hard, "confidence").to_numpy(),
            }
        )
    empty = {
        "caption_image": np.empty(0, np.int64),
        "tokens": np.empty(0, np.int32),
        "token_counts": np.empty(0, np.int64),
        "phrases": np.empty((0, len(NO_WORDS)), np.int32),
        "confidence": np.empty(0, np.float32),
    }
    joined = {name: np.concatenate([none, *(p[name] for p in parts if name in p)]) for name, none in empty.items()}
    joined["phrase_counts"] = np.ones(len(joined["phrases"]), np.int64)
    joined = behind_padding(joined, tokenizer)
    joined["hard_offsets"] = np.cumsum(np.concatenate([[0], *(p["hard_counts"] for p in parts)]))
    return joined
