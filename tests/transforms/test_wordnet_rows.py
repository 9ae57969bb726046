"""What WordNet adds to the tables, and that the labels follow."""

import random
from pathlib import Path

import pytest

from tests.hand_graphs import content, graph, image, words
from tests.tiny_wordnet import write_wordnet
from transforms.compatibility import Compatibility
from transforms.corpus import Corpus, corpus_statistics
from transforms.evidence import Evidence
from transforms.judge import Judge, Verdict
from transforms.wordnet import WordNet, read_wordnet
from transforms.wordnet_rows import add_wordnet

EMPTY = words()


@pytest.fixture(name="wordnet")
def fixture_wordnet(tmp_path: Path) -> WordNet:
    return read_wordnet(write_wordnet(tmp_path / "wordnet", {"punt": 1}))


def added(wordnet: WordNet, *heads: str, learned: Compatibility = EMPTY) -> dict[tuple[str, str], str]:
    """Returns the relations of the table of heads, all of them written from left to right."""
    rows = add_wordnet(learned, heads, wordnet).rows["head"]
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)
    assert all(row.left < row.right for row in rows)
    turned = ((row.right, row.left, "implies") if row.relation == "implied" else row[:3] for row in rows)
    return {(left, right): relation for left, right, relation in turned}


def test_add_wordnet_makes_a_kind_imply_what_it_is_a_kind_of(wordnet: WordNet) -> None:
    table = add_wordnet(EMPTY, ["canoe", "kayak"], wordnet)
    assert added(wordnet, "canoe", "kayak") == {("kayak", "canoe"): "implies"}
    assert table.true_by("head", "canoe") == {"kayak"}
    assert table.true_by("head", "kayak") == set()


def test_add_wordnet_makes_words_of_one_first_sense_the_same(wordnet: WordNet) -> None:
    assert added(wordnet, "dinghy", "small boat") == {("dinghy", "small boat"): "same"}


def test_add_wordnet_goes_four_steps_up_and_not_to_what_is_general(wordnet: WordNet) -> None:
    assert added(wordnet, "kayak", "watercraft") == {("kayak", "watercraft"): "implies"}
    assert added(wordnet, "sea kayak", "watercraft") == {}
    assert added(wordnet, "watercraft", "level 5") == {}


def test_add_wordnet_gives_only_maybe_by_other_and_by_uncounted_senses(wordnet: WordNet) -> None:
    heads = ["punt", "boat", "turtle", "turtleneck", "chelonian"]
    assert added(wordnet, *heads) == {
        ("punt", "boat"): "implies",
        ("turtle", "turtleneck"): "maybe",
        ("chelonian", "turtle"): "maybe",
    }


def test_add_wordnet_gives_only_maybe_where_no_sense_was_counted(tmp_path: Path) -> None:
    uncounted = read_wordnet(write_wordnet(tmp_path))
    assert added(uncounted, "punt", "boat") == {("boat", "punt"): "maybe"}


def test_add_wordnet_leaves_a_learned_row_as_it_is(wordnet: WordNet) -> None:
    learned = words(("head", "canoe", "kayak", "maybe"), ("predicate", "near", "next to", "same"))
    table = add_wordnet(learned, ["canoe", "kayak", "boat"], wordnet)
    assert learned.rows["head"][0] in table.rows["head"]
    assert added(wordnet, "canoe", "kayak", learned=learned) == {("canoe", "kayak"): "maybe"}
    assert table.rows["predicate"] == learned.rows["predicate"]


def test_add_wordnet_knows_only_the_heads_that_are_named(wordnet: WordNet) -> None:
    assert added(wordnet, "kayak", "unheard of") == {}


def corpus(wordnet: Path | None) -> Corpus:
    """Returns a corpus in which nobody leaves out canoes; kayaks are named in another split alone."""
    canoes = [image(f"c{i}", [graph("canoe", "lake")] * 5) for i in range(30)]
    others = [image(f"o{i}", [graph("dog", "ball")] * 5) for i in range(30)]
    kayaks = [image("k", [graph("kayak", "sea_kayak")], "test")]
    return corpus_statistics([*canoes, *others, *kayaks], None if wordnet is None else str(wordnet))


def verdict(found: Corpus, said: str, asked: str) -> Verdict:
    knowledge = Corpus.from_text(found.to_json(), found.candidates()).knowledge
    return Judge(Evidence([content(graph(said))]), knowledge).label(content(graph(asked)).contents[0])


def test_corpus_labels_by_wordnet_what_silence_would_deny(tmp_path: Path) -> None:
    without, with_wordnet = corpus(None), corpus(write_wordnet(tmp_path))
    assert verdict(without, "kayak", "canoe")[:2] == ("negative", "absent_head")
    assert verdict(with_wordnet, "kayak", "canoe")[:2] == ("positive", "compatible")
    assert verdict(with_wordnet, "dog", "canoe")[:2] == ("negative", "absent_head")


def test_corpus_with_wordnet_does_not_depend_on_the_order(tmp_path: Path) -> None:
    folder = str(write_wordnet(tmp_path))
    images = [
        image(f"i{k}", [graph(head)]) for k, head in enumerate(["kayak", "canoe", "boat", "dinghy", "small_boat"])
    ]
    shuffled = random.Random(1).sample(images, len(images))
    assert corpus_statistics(images, folder).to_json() == corpus_statistics(shuffled, folder).to_json()
    assert '["dinghy","small boat","same",0,' in corpus_statistics(images, folder).to_json()
