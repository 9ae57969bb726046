"""What captions say is true of their own scene and spelled where their spans point, over many scenes."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from demo.captions import describe
from demo.lexicon import PLURALS, plural
from demo.phrases import is_true
from demo.render import render, scene_rng
from demo.wording import SaidCaption
from demo.world import Scene

Described = list[tuple[Scene, list[SaidCaption]]]


@pytest.fixture(scope="module")
def described() -> Described:
    scenes = [render(5, index)[0] for index in range(60)]
    return [(scene, describe(scene, scene_rng(5, scene.index, "captions"))) for scene in scenes]


def test_describe_says_only_what_is_true(described: Described) -> None:
    false = [
        (caption.text, said.phrase.text)
        for scene, captions in described
        for caption in captions
        for said in caption.phrases
        if not is_true(said.phrase, scene)
    ]
    assert false == []


def test_describe_says_what_is_mostly_false_of_other_scenes(described: Described) -> None:
    truths = [
        is_true(said.phrase, other)
        for (_, captions), (other, _) in zip(described, described[1:] + described[:1], strict=True)
        for caption in captions
        for said in caption.phrases
        if said.phrase.predicate is not None
    ]
    assert len(truths) > 200
    assert sum(truths) < 0.1 * len(truths)


def test_describe_marks_words_of_each_phrase(described: Described) -> None:
    for _, captions in described:
        for caption in captions:
            for said in caption.phrases:
                start, end = said.span
                words = caption.text[start:end].lower()
                mentions = [said.phrase.subject]
                if said.phrase.object is not None:
                    mentions.append(said.phrase.object)
                for mention in mentions:
                    assert mention.head in words or plural(mention.head) in words, (caption.text, said)
                    for attribute in mention.attributes:
                        assert attribute in words, (caption.text, said)


def test_describe_spans_begin_and_end_with_words(described: Described) -> None:
    for _, captions in described:
        for caption in captions:
            for said in caption.phrases:
                start, end = said.span
                assert re.fullmatch(r"\b\w.*\w\b", caption.text[start:end])
                assert start == 0 or caption.text[start - 1] == " "
                assert end == len(caption.text) or caption.text[end] in " .,"


def test_describe_object_phrases_are_whole_spans(described: Described) -> None:
    singular = {many: one for one, many in PLURALS.items()}
    for _, captions in described:
        for caption in captions:
            for said in caption.phrases:
                if said.phrase.predicate is None and not said.phrase.subject.without:
                    subject = said.phrase.subject
                    words = re.findall(r"\w+", caption.text[said.span[0] : said.span[1]].lower())
                    said_heads = set(words) | {singular.get(w, w.rstrip("s")) for w in words}
                    assert set(subject.attributes) <= set(words)
                    assert subject.head in said_heads


def test_describe_uses_every_sort_of_phrase(described: Described) -> None:
    sorts: Counter[str] = Counter()
    for _, captions in described:
        for caption in captions:
            for said in caption.phrases:
                phrase = said.phrase
                sorts["relation" if phrase.predicate else "object"] += 1
                sorts["quantity"] += phrase.subject.quantity is not None
                sorts["denial"] += phrase.negated or bool(phrase.subject.without) or phrase.subject.quantity == "no"
                sorts["attributes"] += bool(phrase.subject.attributes)
    assert min(sorts[s] for s in ("relation", "object", "quantity", "denial", "attributes")) >= 5


def test_describe_writes_five_different_captions(described: Described) -> None:
    assert all(len({c.text for c in captions}) == 5 for _, captions in described)


def test_describe_agrees_articles_with_next_word(described: Described) -> None:
    for _, captions in described:
        for caption in captions:
            assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", caption.text, re.IGNORECASE), caption.text
