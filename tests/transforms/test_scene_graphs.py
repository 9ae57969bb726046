"""The parser as it is used: captions in, graphs out."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.captions import describe
from demo.render import render, scene_rng
from schemas.records import SceneGraph
from transforms.grammar_words import NUMBERS, QUANTIFIERS
from transforms.scene_graphs import BLOCK, default_parser, load_parser, parse, parse_lines, read
from transforms.tokens import TokenTable

SCENES = 12


def words(line: str) -> list[str]:
    return line.split()


WORDS = words(
    "a the of to with in on next it his each other and is has dog man women table top left group slice two no not - "
    "who where that there red light covered haired holding racing jumps stands teddy bear fire hydrant wall by shirt"
)
TAGS = words("NN NNS NNP JJ JJR VBG VBN VBD VBZ VB IN TO RP RB DT PRP PRP$ CC CD EX WP POS . HYPH XX")
LABELS = words(
    "nsubj nsubjpass dobj pobj prep agent acl relcl advcl conj cc det amod compound nmod nummod poss aux auxpass neg "
    "prt advmod attr acomp xcomp ccomp pcomp ROOT punct expl mark npadvmod appos dative oprd dep"
)


@pytest.fixture(scope="module")
def captions() -> list[str]:
    """Captions of the demo's grammar: coordination, relative clauses, passives, quantities, chains, negation."""
    return [
        caption.text
        for index in range(SCENES)
        for caption in describe(render(11, index)[0], scene_rng(11, index, "captions"), 25)
    ]


def triples(caption: str) -> set[tuple[str, str, str]]:
    [graph] = parse([caption])
    heads = [o.head for o in graph.objects]
    return {(heads[r.subject], r.predicate, heads[r.object]) for r in graph.relations if not r.negated}


def test_parse_reads_a_plain_caption() -> None:
    assert triples("A man in a black hat is riding a horse on the beach.") == {
        ("man", "in", "hat"),
        ("man", "ride", "horse"),
        ("man", "on", "beach"),
    }


def test_parse_takes_one_caption_alone() -> None:
    assert parse("a man on a horse") == parse(["a man on a horse"])


def test_parse_says_why_a_caption_has_no_graph() -> None:
    assert [g.note for g in parse(["", "12 !!", "一只狗在草地上", "x" * 6000])] == [
        "empty",
        "no_words",
        "not_english",
        "too_long",
    ]


def check_graph(caption: str, graph: SceneGraph) -> None:
    """Checks that a graph is whole: ids exist, spans lie inside the caption and spell the words."""
    assert list(graph.tokens) == sorted(graph.tokens)
    assert [o.id for o in graph.objects] == list(range(len(graph.objects)))
    for o in graph.objects:
        start, end = graph.characters(o.span)
        assert 0 <= start < end <= len(caption)
        for a in o.attributes:
            assert 0 <= graph.characters(a.span)[0] < graph.characters(a.span)[1] <= len(caption)
    for r in graph.relations:
        assert r.subject < len(graph.objects)
        assert r.object < len(graph.objects)
        assert 0 <= graph.characters(r.span)[0] < graph.characters(r.span)[1] <= len(caption)


def test_parse_gives_whole_graphs(captions: list[str]) -> None:
    for caption, graph in zip(captions, parse(captions), strict=True):
        check_graph(caption, graph)
        assert graph.objects, caption


def test_parse_spells_the_words_of_its_spans(captions: list[str]) -> None:
    for caption, graph in zip(captions, parse(captions), strict=True):
        lower = caption.lower()
        for o in graph.objects:
            said = lower[slice(*graph.characters(o.span))]
            assert said.split()[0][:2] == o.head[:2] or said in ("he", "she", "they", "women", "men", "people"), caption
            for a in o.attributes:
                assert lower[slice(*graph.characters(a.span))] == a.value, caption


def test_parse_counts_what_the_caption_counts(captions: list[str]) -> None:
    for caption, graph in zip(captions, parse(captions), strict=True):
        for o in graph.objects:
            words = caption.lower().split()
            if o.quantity in NUMBERS.values():
                assert o.quantity in words or any(NUMBERS.get(w) == o.quantity for w in words), caption
            elif o.quantity is not None and o.quantity not in QUANTIFIERS:
                assert o.quantity in caption.lower(), caption


def test_parse_makes_no_fact_of_a_denied_clause(captions: list[str]) -> None:
    """A caption whose only clause is denied, made of one that is not, tells the same relations as no facts."""
    checked = 0
    for caption in captions:
        words = caption.split()
        if words.count("is") == 1 and "that" not in words and "who" not in words and "and" not in words:
            at = words.index("is") + 1
            [clause] = parse([" ".join([*words[:at], "not", *words[at:]])])
            said = [r for r in parse([caption])[0].relations if r.span[0] >= at - 1]
            denied = {(r.subject, r.predicate, r.object): r.negated for r in clause.relations}
            for r in said[:1]:
                checked += 1
                assert denied.get((r.subject, r.predicate, r.object), True), caption
    assert checked > 20


def test_parse_does_not_depend_on_order_or_company(captions: list[str]) -> None:
    many = [f"{c[:-1]} {i}." for i, c in enumerate(captions * 2)][: BLOCK + 40] + captions
    alone = dict(zip(captions, parse(captions), strict=True))
    shuffled = random.Random(5).sample(many, len(many))
    for caption, graph in zip(shuffled, parse(shuffled), strict=True):
        if caption in alone:
            assert graph == alone[caption]
    assert [parse([c])[0] for c in captions[:40]] == [alone[c] for c in captions[:40]]


def test_parse_is_lazy() -> None:
    asked = 0

    def endless() -> object:
        nonlocal asked
        while True:
            asked += 1
            yield f"a dog and {asked} cats"

    graphs = default_parser().parse(endless())  # type: ignore[arg-type]
    next(graphs)
    assert asked <= BLOCK


def test_parse_gives_equal_captions_one_graph() -> None:
    first, other, second = parse(["a dog", "a cat", "a dog"])
    assert first is second
    assert first != other


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_read_survives_any_tree(data: st.DataObject) -> None:
    """Whatever a sentence parser answers, cycles and all, the graph is whole."""
    length = data.draw(st.integers(1, 10))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return data.draw(st.lists(values, min_size=length, max_size=length))

    spans = tuple((2 * i, 2 * i + 1) for i in range(length))
    heads = column(st.integers(0, length - 1))
    words = column(st.sampled_from(WORDS))
    table = TokenTable(words, column(st.sampled_from(TAGS)), column(st.sampled_from(LABELS)), heads, spans)
    check_graph("x" * 2 * length, read(table, 0, 2 * length))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_parse_survives_any_text(texts: list[str]) -> None:
    for text, graph in zip(texts, parse(texts), strict=True):
        check_graph(text, graph)


def test_parse_lines_writes_character_spans() -> None:
    [line] = parse_lines(["Two dogs on a sofa\n"], load_parser())
    assert line["caption"] == "Two dogs on a sofa"
    assert line["objects"][0] == {"id": 0, "head": "dog", "attributes": [], "quantity": "2", "span": [4, 8]}
    assert line["relations"] == [{"subject": 0, "predicate": "on", "object": 1, "negated": False, "span": [9, 11]}]


@pytest.mark.parametrize("spec", ["spacy:", "en_core_web_sm", "corenlp:en", ""])
def test_load_parser_refuses_what_it_does_not_know(spec: str) -> None:
    with pytest.raises(ValueError, match="not of the form spacy:<model> or stanza:<folder>"):
        load_parser(spec)
