"""Parses kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from transforms.parse_cache import CachedParser
from transforms.scene_graphs import load_parser
from transforms.tokens import TokenTable


class Words:
    """A sentence parser that calls every word a noun and counts what it is asked."""

    def __init__(self, fingerprint: str = "words 1") -> None:
        self.fingerprint = fingerprint
        self.asked: list[str] = []

    def tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        self.asked += sentences
        return [self.table(s) for s in sentences]

    def table(self, sentence: str) -> TokenTable:
        words, at, spans = sentence.split(), 0, []
        for word in words:
            at = sentence.index(word, at)
            spans.append((at, at + len(word)))
        n = len(words)
        return TokenTable(words, ["NN"] * n, ["ROOT"] * n, list(range(n)), tuple(spans))


def test_tables_are_those_of_the_parser(tmp_path: Path) -> None:
    parser = Words()
    cached = CachedParser(parser, tmp_path / "parses.sqlite")
    sentences = ["a dog", "the cat sits", "a dog"]
    assert cached.tables(sentences) == cached.tables(sentences) == [parser.table(s) for s in sentences]


def test_tables_parses_no_sentence_twice(tmp_path: Path) -> None:
    parser = Words()
    CachedParser(parser, tmp_path / "parses.sqlite").tables(["a dog", "a cat", "a dog"])
    CachedParser(parser, tmp_path / "parses.sqlite").tables(["a cat", "a cow"])
    assert parser.asked == ["a dog", "a cat", "a cow"]


def test_tables_of_another_model_are_not_used(tmp_path: Path) -> None:
    CachedParser(Words("words 1"), tmp_path / "parses.sqlite").tables(["a dog"])
    other = Words("words 2")
    CachedParser(other, tmp_path / "parses.sqlite").tables(["a dog"])
    assert other.asked == ["a dog"]


def test_tables_can_be_asked_by_several_workers(tmp_path: Path) -> None:
    def work(worker: int) -> list[TokenTable]:
        cached = CachedParser(Words(), tmp_path / "parses.sqlite")
        return [t for i in range(20) for t in cached.tables([f"dog {worker}", f"dog {i}"])]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))
    assert [t.words for t in results[3]][:2] == [["dog", "3"], ["dog", "0"]]


def test_load_parser_reads_the_same_graphs_from_the_cache(tmp_path: Path) -> None:
    captions = ["A man riding a horse", "two dogs on a sofa ."]
    path = tmp_path / "parses.sqlite"
    first = list(load_parser(cache=path).parse(captions))
    assert list(load_parser(cache=path).parse(captions)) == first == list(load_parser().parse(captions))
