"""spaCy's parses as token tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from demo.captions import describe
from demo.render import render, scene_rng
from transforms.spacy_parser import MissingModelError, SpacyParser, model_fingerprint, model_folder, resolve_gemm

MODEL = "en_core_web_sm"


def test_tables_are_spacys_own() -> None:
    import spacy

    sentences = ["a man in a red shirt is riding a brown horse .", "the children's dog runs, doesn't it?", "ﬁve İs x"]
    nlp = spacy.load(model_folder(MODEL).name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])
    for table, doc in zip(SpacyParser(MODEL).tables(sentences), nlp.pipe(sentences), strict=True):
        assert table.words == [t.text.lower() for t in doc]
        assert table.tags == [t.tag_ for t in doc]
        assert table.labels == [t.dep_ for t in doc]
        assert table.heads == [t.head.i for t in doc]
        assert table.spans == tuple((t.idx, t.idx + len(t)) for t in doc)


def test_tables_of_many_sentences_are_spacys_own() -> None:
    import spacy

    scenes = ((render(3, index)[0], scene_rng(3, index, "captions")) for index in range(12))
    sentences = [caption.text for scene, rng in scenes for caption in describe(scene, rng, 25)]
    nlp = spacy.load(model_folder(MODEL).name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])
    parsed = [(t.tags, t.labels, t.heads) for t in SpacyParser(MODEL).tables(sentences)]
    own = [([t.tag_ for t in d], [t.dep_ for t in d], [t.head.i for t in d]) for d in nlp.pipe(sentences)]
    assert parsed == own


def test_tables_of_no_sentence_are_none() -> None:
    assert SpacyParser(MODEL).tables([]) == []


@pytest.mark.parametrize("gemm", ["numpy", "blis"])
def test_resolve_gemm_takes_what_is_asked_for(gemm: str) -> None:
    assert resolve_gemm(model_folder(MODEL), gemm) == gemm  # type: ignore[arg-type]


def test_resolve_gemm_probes_for_auto() -> None:
    assert resolve_gemm(model_folder(MODEL), "auto") in ("numpy", "blis")


def test_resolve_gemm_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="gemm 'mkl' is none of numpy, blis, auto"):
        resolve_gemm(model_folder(MODEL), "mkl")  # type: ignore[arg-type]


def test_gemm_is_part_of_the_fingerprint() -> None:
    assert SpacyParser(MODEL).fingerprint != SpacyParser(MODEL, gemm="blis").fingerprint


def test_model_folder_says_how_to_install_what_is_missing() -> None:
    with pytest.raises(MissingModelError, match="'en_core_web_xx' is not installed: python -m spacy download"):
        model_folder("en_core_web_xx")


def test_model_fingerprint_changes_with_one_byte(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(model_folder(MODEL), copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = model_fingerprint(copy)
    weights = next(p for p in copy.rglob("model") if p.is_file())
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    assert model_fingerprint(copy) != before
