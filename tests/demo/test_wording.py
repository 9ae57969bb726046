from __future__ import annotations

from demo.wording import Claim, Noun, Words, assemble, head, join, say


def _noun(name: str, *attributes: str) -> tuple[Noun, Words]:
    noun = Noun(name, list(attributes))
    return noun, [*say("a"), *(word for a in attributes for word in say(a, noun)), head(noun)]


def test_assemble_spells_spans_of_objects_and_relation() -> None:
    dog, start = _noun("dog", "orange")
    cat, end = _noun("cat")
    caption = assemble(start + say("is") + say("chasing", Claim(dog, "chase", cat)) + end, ".")
    assert caption.text == "An orange dog is chasing a cat."
    said = {p.phrase.text: caption.text[p.span[0] : p.span[1]] for p in caption.phrases}
    assert said == {"orange dog": "orange dog", "dog chase cat": "dog is chasing a cat", "cat": "cat"}


def test_assemble_gives_shared_verb_to_both_subjects() -> None:
    dog, first = _noun("dog")
    cat, second = _noun("cat")
    box, end = _noun("box")
    claims = [Claim(noun, "near", box) for noun in (dog, cat)]
    caption = assemble(first + say("and") + second + say("are") + say("near", *claims) + end, "")
    texts = [p.phrase.text for p in caption.phrases]
    assert texts == ["dog", "cat", "dog near box", "cat near box", "box"]


def test_assemble_says_another_of_what_fits_an_earlier_noun() -> None:
    caption = assemble(_noun("boy", "big")[1] + say("near") + _noun("boy")[1], "")
    assert caption.text == "A big boy near another boy"


def test_assemble_says_a_of_what_differs_from_an_earlier_noun() -> None:
    caption = assemble(_noun("ball", "red")[1] + say("near") + _noun("ball", "blue")[1], "")
    assert caption.text == "A red ball near a blue ball"


def test_assemble_leaves_out_what_is_only_denied() -> None:
    man, start = _noun("man")
    hat = Noun("hat", asserted=False)
    without = say("without", Claim(man, "with", hat, negated=True))
    caption = assemble([*start, *without, *say("a"), head(hat)], "")
    assert [p.phrase.text for p in caption.phrases] == ["man", "man not with hat"]


def test_join_puts_commas_and_a_last_and() -> None:
    assert [w.text for w in join([say("x"), say("y"), say("z")])] == ["x", ",", "y", "and", "z"]
