"""Universal Dependencies mapped onto the labels that the grammar reads."""

from __future__ import annotations

from transforms.universal_dependencies import clear_labels


def converted(*tokens: str) -> list[str]:
    """Returns "word/label/head word" of "word/TAG/relation/head" tokens, heads counted from 1 and 0 for the root."""
    words, tags, relations, heads = zip(*(token.split("/") for token in tokens), strict=True)
    own = [int(h) - 1 if h != "0" else i for i, h in enumerate(heads)]
    labels = clear_labels(words, tags, own, relations)
    return [f"{w}/{label}/{words[h]}" for w, label, h in zip(words, labels, own, strict=True)]


def test_clear_labels_hangs_a_noun_on_its_preposition() -> None:
    assert converted("dog/NN/root/0", "sits/VBZ/acl/1", "on/IN/case/4", "benches/NNS/obl/2") == [
        "dog/ROOT/dog",
        "sits/acl/dog",
        "on/prep/sits",
        "benches/pobj/on",
    ]


def test_clear_labels_chains_prepositions() -> None:
    assert converted("flies/VBZ/root/0", "out/IN/case/4", "of/IN/case/4", "grass/NN/obl/1") == [
        "flies/ROOT/flies",
        "out/prep/flies",
        "of/prep/out",
        "grass/pobj/of",
    ]


def test_clear_labels_makes_be_the_head() -> None:
    tokens = ("the/DT/det/2", "cat/NN/nsubj/6", "is/VBZ/cop/6", "in/IN/case/6", "a/DT/det/6", "park/NN/root/0")
    assert converted(*tokens) == [
        "the/det/cat",
        "cat/nsubj/is",
        "is/ROOT/is",
        "in/prep/is",
        "a/det/park",
        "park/pobj/in",
    ]


def test_clear_labels_makes_an_adjective_the_complement() -> None:
    assert converted("cats/NNS/nsubj/4", "are/VBP/cop/4", "not/RB/advmod/4", "black/JJ/root/0") == [
        "cats/nsubj/are",
        "are/ROOT/are",
        "not/neg/are",
        "black/acomp/are",
    ]


def test_clear_labels_keeps_the_agent_of_a_passive() -> None:
    tokens = ("ball/NN/nsubj:pass/3", "is/VBZ/aux:pass/3", "kicked/VBN/root/0", "by/IN/case/5", "boys/NNS/obl:agent/3")
    assert converted(*tokens)[0] == "ball/nsubjpass/kicked"
    assert converted(*tokens)[3:] == ["by/agent/kicked", "boys/pobj/by"]


def test_clear_labels_keeps_possessors() -> None:
    assert converted("man/NN/nmod:poss/3", "'s/POS/case/1", "hat/NN/root/0") == [
        "man/poss/hat",
        "'s/case/man",
        "hat/ROOT/hat",
    ]


def test_clear_labels_names_what_there_is() -> None:
    assert converted("there/EX/expl/2", "are/VBP/root/0", "dogs/NNS/nsubj/2") == [
        "there/expl/are",
        "are/ROOT/are",
        "dogs/attr/are",
    ]


def test_clear_labels_hangs_the_conjunction_on_the_first() -> None:
    assert converted("men/NNS/root/0", "and/CC/cc/3", "dogs/NNS/conj/1") == [
        "men/ROOT/men",
        "and/cc/men",
        "dogs/conj/men",
    ]
