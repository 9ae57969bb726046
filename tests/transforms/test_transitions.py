"""The parser's transitions in steps of all sentences."""

from __future__ import annotations

import spacy

from transforms.spacy_parser import model_folder
from transforms.transitions import final_states


def test_final_states_are_those_of_the_parser() -> None:
    nlp = spacy.load(model_folder("en_core_web_sm").name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])
    parser = nlp.get_pipe("parser")
    texts = [
        "a man rides a horse . a dog",
        "",
        "runs",
        "two dogs don't chase the man 's cat on a hill near a house .",
    ]
    docs = [nlp.make_doc(text) for text in texts]
    for name in ("tok2vec", "tagger"):
        nlp.get_pipe(name).set_annotations(docs, nlp.get_pipe(name).predict(docs))
    parser.set_annotations(docs, final_states(parser, docs))
    for doc, own in zip(docs, nlp.pipe(texts), strict=True):
        assert [(t.dep_, t.head.i) for t in doc] == [(t.dep_, t.head.i) for t in own]


def test_final_states_copes_with_sentences_that_are_all_empty() -> None:
    nlp = spacy.load(model_folder("en_core_web_sm").name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])
    docs = [nlp.make_doc("")]
    assert len(final_states(nlp.get_pipe("parser"), docs)) == 1
