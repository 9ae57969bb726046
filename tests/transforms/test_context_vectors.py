"""The encoder in buffers gives what spaCy's own gives."""

from __future__ import annotations

import numpy as np
import pytest
import spacy

import transforms.context_vectors
from transforms.context_vectors import share_buffers
from transforms.spacy_parser import model_folder

SENTENCES = [
    "a man in a red shirt is riding a brown horse .",
    "",
    "horse",
    "two dogs don't run near the man's horse .",
]


def load() -> spacy.language.Language:
    return spacy.load(model_folder("en_core_web_sm").name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])


def vectors(nlp: spacy.language.Language) -> list[np.ndarray]:
    return nlp.get_pipe("tok2vec").predict([nlp.make_doc(s) for s in SENTENCES])


@pytest.mark.parametrize("rows", [8, 24, 768])  # shorter than a sentence, than all of them, longer
def test_share_buffers_changes_no_vector(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transforms.context_vectors, "CHUNK", rows)
    own, sharing = load(), load()
    share_buffers(sharing)
    for _ in range(2):  # the buffers are used again
        for a, b in zip(vectors(own), vectors(sharing), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=5e-6)


def test_share_buffers_leaves_other_encoders_alone() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": {"@architectures": "spacy.HashEmbedCNN.v2", "window_size": 2} | SMALL})
    nlp.initialize()
    before = nlp.get_pipe("tok2vec").model.layers[1]
    share_buffers(nlp)
    assert nlp.get_pipe("tok2vec").model.layers[1] is before


SMALL = {"width": 8, "depth": 1, "embed_size": 10, "maxout_pieces": 2, "subword_features": False} | {
    "pretrained_vectors": None
}
