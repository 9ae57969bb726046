"""The layers in which a spaCy model's words look at their neighbours, computed in buffers that stay in the cache.

The same sums as spaCy's `MaxoutWindowEncoder`, in the same order; it allocates each of them anew, which the system has
to fault in page by page, and walks arrays that have left the cache.

Legend: N rows of a chunk, W numbers of a vector, P pieces of a maxout.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
CHUNK = 768  # rows computed together: their windows and products take 2 MB


class Layer(NamedTuple):
    """The weights of one layer: a window of three, a maxout, a layer norm; what comes out is added to what went in."""

    weights: Floats  # (3 * W, P * W), pieces one behind the other
    bias: Floats  # (P * W,)
    scale: Floats  # (W,)
    shift: Floats  # (W,)


class ContextVectors:
    """spaCy's encoder for the vectors of sentences, with rows of zeros between them as spaCy puts them."""

    def __init__(self, layers: list[Layer], pad: int) -> None:
        self._layers = layers
        self._pad = pad
        self._make_buffers(CHUNK)

    def _make_buffers(self, rows: int) -> None:
        window, products = self._layers[0].weights.shape
        self._vectors: Floats = np.zeros((rows, window // 3), np.float32)
        self._windows: Floats = np.zeros((rows, window), np.float32)
        self._products: Floats = np.zeros((rows, products), np.float32)
        self._best: Floats = np.zeros((rows, window // 3), np.float32)

    def __call__(self, model: Any, arrays: list[Floats], is_train: bool) -> tuple[list[Floats], None]:
        """Returns the vectors of each sentence in its context; nothing flows back, a parser does not train."""
        found: list[Floats] = []
        chunk: list[Floats] = []
        rows = self._pad
        for array in arrays:
            if chunk and rows + len(array) + self._pad > CHUNK:
                found += self._encode(chunk, rows)
                chunk, rows = [], self._pad
            chunk.append(array)
            rows += len(array) + self._pad
        return found + (self._encode(chunk, rows) if chunk else []), None

    def _encode(self, arrays: list[Floats], rows: int) -> list[Floats]:
        if rows > len(self._vectors):
            self._make_buffers(rows)
        x = self._vectors[:rows]
        x[:] = 0
        spans = []
        start = self._pad
        for array in arrays:
            x[start : start + len(array)] = array
            spans.append((start, start + len(array)))
            start += len(array) + self._pad
        for layer in self._layers:
            self._add(layer, x)
        return [x[a:b].copy() for a, b in spans]

    def _add(self, layer: Layer, x: Floats) -> None:
        """Adds a layer's output to its input, in place."""
        n, width = x.shape
        windows, y, best = self._windows[:n], self._products[:n], self._best[:n]
        windows[0, :width] = 0
        windows[1:, :width] = x[:-1]
        windows[:, width : 2 * width] = x
        windows[:-1, 2 * width :] = x[1:]
        windows[-1, 2 * width :] = 0
        np.dot(windows, layer.weights, out=y)
        y += layer.bias
        best[:] = y[:, :width]
        for piece in range(width, y.shape[1], width):
            np.maximum(best, y[:, piece : piece + width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best)
        variance /= width
        variance += np.float32(1e-8)
        best *= (variance**-0.5)[:, None]
        best *= layer.scale
        best += layer.shift
        x += best


def share_buffers(nlp: Any) -> None:
    """Makes a spaCy pipeline encode its words in buffers, where its encoder is of spaCy's own kind.

    That kind stacks residual layers of a window of three, a maxout and a layer norm; others are left as they are.
    """
    from thinc.api import Model

    if "tok2vec" not in nlp.pipe_names:
        return
    layers = nlp.get_pipe("tok2vec").model.layers
    if len(layers) != 2 or "pad" not in layers[1].attrs:
        return
    stack = [read_layer(residual) for residual in layers[1].layers[0].layers]
    known = [layer for layer in stack if layer is not None]
    if known and len(known) == len(stack) and len({layer.weights.shape for layer in known}) == 1:
        layers[1] = Model("context_vectors", ContextVectors(known, layers[1].attrs["pad"]))


def read_layer(residual: Any) -> Layer | None:
    """Returns the weights of one layer of spaCy's encoder, None where it is of another kind."""
    nodes = {node.name: node for node in residual.walk()}
    if not residual.name.startswith("residual") or not {"expand_window", "maxout", "layernorm"} <= nodes.keys():
        return None
    if nodes["expand_window"].attrs["window_size"] != 1:
        return None
    weights, bias, norm = nodes["maxout"].get_param("W"), nodes["maxout"].get_param("b"), nodes["layernorm"]
    width, pieces, window = weights.shape  # (W, P, 3 * W)
    by_piece = weights.transpose(2, 1, 0).reshape(window, pieces * width)
    return Layer(np.ascontiguousarray(by_piece), bias.T.reshape(-1), norm.get_param("G"), norm.get_param("b"))
