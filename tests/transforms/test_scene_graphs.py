"""The parser as it is used: captions in, graphs out."""

from __future__ import annotations

from transforms.scene_graphs import load_parser, parse, parse_lines


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


def test_parse_says_why_a_caption_has_no_graph() -> None:
    assert [g.note for g in parse(["", "   ", "12 !!", "一只狗在草地上", "x" * 6000])] == [
        "empty",
        "empty",
        "no_words",
        "not_english",
        "too_long",
    ]


def test_parse_lines_writes_character_spans() -> None:
    [line] = parse_lines(["Two dogs on a sofa\n"], load_parser())
    assert line["caption"] == "Two dogs on a sofa"
    assert line["objects"][0] == {"id": 0, "head": "dog", "attributes": [], "quantity": "2", "span": [4, 8]}
    assert line["relations"] == [{"subject": 0, "predicate": "on", "object": 1, "negated": False, "span": [9, 11]}]
