"""The vectors that a spaCy model gives to words before it looks at their neighbours, computed once a word.

A small model spends a quarter of its time on hashing and mixing the features of words; captions are made of few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 1 << 16  # words remembered, 25 MB at 96 numbers a word; then all are forgotten
PAD = 64  # words computed at a time, always: another number of rows may be multiplied in another order


class WordVectors:
    """The layers behind a model's feature extraction, for rows of features seen before or not.

    Legend: T tokens, C features of a token, W numbers of a vector.
    """

    def __init__(self, layers: list[Any]) -> None:
        self._layers = layers
        self._rows: dict[bytes, int] = {}
        self._table: NDArray[np.float32] = np.empty((0, 0), np.float32)  # (words, W)

    def __call__(self, model: Any, arrays: list[NDArray[np.uint64]], is_train: bool) -> tuple[list[Any], None]:
        """Returns the vectors of each document's tokens; nothing flows back, a parser does not train."""
        features = np.concatenate(arrays)  # (T, C)
        data, width = features.tobytes(), features.shape[1] * features.itemsize
        keys = [data[i : i + width] for i in range(0, len(data), width)]
        self._learn(keys, features.shape[1])
        rows = self._rows
        vectors = self._table[[rows[key] for key in keys]]  # (T, W)
        ends = np.cumsum([len(a) for a in arrays]).tolist()
        return [vectors[end - len(a) : end] for a, end in zip(arrays, ends, strict=True)], None

    def _learn(self, keys: list[bytes], columns: int) -> None:
        new = [key for key in dict.fromkeys(keys) if key not in self._rows]
        if not new:
            return
        if len(self._rows) + len(new) > MOST:
            self._rows.clear()
            new, self._table = list(dict.fromkeys(keys)), self._table[:0]
        parts = [self._table] if len(self._table) else []
        for start in range(0, len(new), PAD):
            some = new[start : start + PAD]
            padded = b"".join(some + some[:1] * (PAD - len(some)))
            y: Any = [np.frombuffer(padded, np.uint64).reshape(PAD, columns)]
            for layer in self._layers:
                y = layer.predict(y)
            parts.append(y[0][: len(some)])
        self._rows.update({key: len(self._table) + i for i, key in enumerate(new)})
        self._table = np.concatenate(parts)


def remember_words(nlp: Any) -> None:
    """Makes a spaCy pipeline compute the vector of each word once, where its embedding is of spaCy's own kind.

    That kind extracts features of single tokens first; other architectures are left as they are.
    """
    from thinc.api import Model

    if "tok2vec" not in nlp.pipe_names:
        return
    layers = nlp.get_pipe("tok2vec").model.layers
    if layers and layers[0].layers and layers[0].layers[0].name == "extract_features":
        embed = layers[0]
        embed.layers[1:] = [Model("word_vectors", WordVectors(list(embed.layers[1:])))]
