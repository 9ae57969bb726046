"""Labels in bulk are those of the judge, pair by pair."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.captions import describe
from demo.render import render, scene_rng
from multigrain import DataSetError, Shards
from multigrain.caption_table import compile_captions
from multigrain.label_codes import LABELS
from multigrain.phrase_mask import PhraseLabeller
from multigrain.tokens import WordTokenizer
from schemas.records import Caption, ImageGraphs, SceneGraph
from tests.hand_graphs import graph, image, words
from tests.phrase_data import disagreements, write_labelled
from tests.synthetic import image_graphs
from transforms.absence import Absence
from transforms.corpus import SPLITS, Corpus, corpus_statistics
from transforms.judge import Knowledge
from transforms.reasons import REASONS
from transforms.scene_graphs import parse
from transforms.slots import PLACE_KINDS, Slots

# Words that every rule has something to say about.
HEADS = (
    "man",
    "woman",
    "people",
    "boy",
    "person",
    "dog",
    "cat",
    "animal",
    "couch",
    "sofa",
    "coat",
    "jacket",
    "red_coat",
)
HEADS += ("computer_desk", "desk", "street", "skier", "snowboarder", "shirt", "thing", "circus_horse", "white_horse")
VALUES = ("red", "blue", "crimson", "dark_blue", "tall", "short", "wet", "dry", "wooden", "metal", "striped", "plaid")
VALUES += ("big", "little", "riding", "old", "silver", "circus", "white", "!red", "!wet")
COUNTS = ("", "", "", "2 ", "3 ", "several ", "group of ", "no ")
PREDICATES = (
    "ride",
    "lead",
    "next to",
    "left of",
    "right of",
    "on",
    "sit on",
    "stand on",
    "wear",
    "without",
    "kick",
    "in",
    "have",
)
TABLE = words(
    ("head", "couch", "sofa", "same"),
    ("head", "coat", "jacket", "maybe"),
    ("head", "cat", "dog", "maybe"),
    ("attribute", "blue", "plaid", "implies"),
    ("attribute", "crimson", "dark", "maybe"),
    ("predicate", "lead", "ride", "maybe"),
    ("predicate", "kick", "lead", "implied"),
    associations=[("dog", "street"), ("man", "desk")],
)
SHARES = {"cat": 0.01, "dog": 0.1, "street": 0.5, "desk": 0.03, "woman": 0.1, "sofa": 0.3, "person": 0.02}
ABSENCE = Absence(
    {head: 998 if share < 0.3 else 90 for head, share in SHARES.items()},
    {head: round(share * (1000 if share < 0.3 else 92)) - 1 for head, share in SHARES.items()},
)
KNOWLEDGE = Knowledge(TABLE, ABSENCE)
NOTHING_MINED = Corpus(KNOWLEDGE, Slots({kind: {} for kind in PLACE_KINDS}), dict.fromkeys(SPLITS, ()))


def thing(count: str, values: list[str], head: str) -> str:
    return count + " ".join([*values, head])


things = st.builds(
    thing, st.sampled_from(COUNTS), st.lists(st.sampled_from(VALUES), max_size=2), st.sampled_from(HEADS)
)


@st.composite
def graphs(draw: st.DrawFn) -> SceneGraph:
    named = draw(st.lists(things, max_size=4))
    place = st.integers(0, max(len(named) - 1, 0))
    facts = draw(st.lists(st.tuples(place, st.sampled_from(PREDICATES), place), max_size=3 if named else 0))
    denied = [i for i in range(len(facts)) if draw(st.integers(0, 7)) == 0]
    return graph(*named, facts=facts, denied=denied)


def images_of(captions: list[list[SceneGraph]]) -> list[ImageGraphs]:
    """Returns an image for each list of captions, with ids that are unique in the data set."""
    return [image(f"im{i}", own) for i, own in enumerate(captions)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.lists(graphs(), max_size=3), min_size=1, max_size=5), st.integers(0, 5))
def test_labeller_equals_judge_on_all_pairs(captions: list[list[SceneGraph]], cut: int) -> None:
    images = images_of(captions)
    with tempfile.TemporaryDirectory() as name:
        write_labelled(Path(name), [images[:cut], images[cut:]], NOTHING_MINED)
        assert list(disagreements(PhraseLabeller(name), images, KNOWLEDGE)) == []


Spec = tuple[list[tuple[str, list[str], str]], list[tuple[int, str, int]]]  # (count, values, head); facts


def random_spec(rng: random.Random) -> Spec:
    named = [(rng.choice(COUNTS), rng.sample(VALUES, rng.choice((0, 0, 1, 2))), rng.choice(HEADS)) for _ in range(3)]
    named = named[: rng.randrange(1, 4)]
    places = range(len(named))
    return named, [(rng.choice(places), rng.choice(PREDICATES), rng.choice(places)) for _ in range(rng.randrange(3))]


def edited(rng: random.Random, spec: Spec) -> Spec:
    """Returns the spec with one word of it exchanged, or with the ends of its facts swapped."""
    named, facts = list(spec[0]), list(spec[1])
    i = rng.randrange(len(named))
    count, values, head = named[i]
    edit = rng.randrange(5)
    if edit == 0:
        named[i] = (count, values, rng.choice(HEADS))
    elif edit == 1:
        named[i] = (count, [rng.choice(VALUES)], head)
    elif edit == 2:
        named[i] = (rng.choice(COUNTS), values, head)
    elif edit == 3:
        facts = [(s, rng.choice(PREDICATES), o) for s, _, o in facts]
    else:
        facts = [(o, predicate, s) for s, predicate, o in facts]
    return named, facts


PLAIN: Spec = ([("", ["big"], "man"), ("", [], "dog")], [(0, "left of", 1), (1, "ride", 0)])
OTHERWISE: Spec = ([("", ["little"], "man"), ("", [], "dog")], [(0, "right of", 1), (0, "ride", 1)])


def specs(count: int) -> list[Spec]:
    """Returns captions, half of which differ in little from an earlier one; the first two contradict each other."""
    rng, found = random.Random(4), [PLAIN, OTHERWISE]
    for i in range(count - 2):
        found.append(edited(rng, rng.choice(found)) if i % 2 else random_spec(rng))
    return found


def test_labeller_equals_judge_for_every_reason(tmp_path: Path) -> None:
    captions = [graph(*(thing(*t) for t in named), facts=facts) for named, facts in specs(320)]
    images = images_of([captions[:1], *(captions[i : i + 3] for i in range(1, 320, 3))])
    write_labelled(tmp_path, [images[:30], [], images[30:]], NOTHING_MINED)
    labeller = PhraseLabeller(tmp_path)
    assert list(disagreements(labeller, images, KNOWLEDGE)) == []
    found = labeller(np.arange(len(images)), np.arange(int(labeller.captions[-1]))).reason
    assert {labeller.reasons[i] for i in np.unique(found[found < len(labeller.reasons)])} == set(REASONS)


def test_labeller_equals_judge_on_odd_records(tmp_path: Path) -> None:
    rng = random.Random(1)
    images = [image_graphs(rng, number) for number in range(25)]
    write_labelled(tmp_path, [images[:9], images[9:]], corpus_statistics(images))
    assert list(disagreements(PhraseLabeller(tmp_path), images, corpus_statistics(images).knowledge)) == []


def demo_images(count: int) -> list[ImageGraphs]:
    """Returns scenes of the demo world, five captions each, read by the real parser."""
    said = [[c.text for c in describe(render(5, i)[0], scene_rng(5, i, "captions"))] for i in range(count)]
    parsed = iter(parse([text for texts in said for text in texts]))
    found = []
    for i, texts in enumerate(said):
        captions = tuple(Caption(f"scene{i}#{k}", text) for k, text in enumerate(texts))
        found.append(ImageGraphs(f"scene{i}", "", "train", captions, tuple(next(parsed) for _ in texts)))
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[ImageGraphs], Corpus]:
    folder = tmp_path_factory.mktemp("demo")
    images = demo_images(40)
    corpus = corpus_statistics(images)
    write_labelled(folder, [images[:15], images[15:]], corpus)
    return folder, images, corpus


def test_labeller_equals_judge_on_the_demo_world(demo: tuple[Path, list[ImageGraphs], Corpus]) -> None:
    folder, images, corpus = demo
    assert list(disagreements(PhraseLabeller(folder), images, corpus.knowledge)) == []


def test_labeller_equals_the_stored_labels(demo: tuple[Path, list[ImageGraphs], Corpus]) -> None:
    folder, images, _ = demo
    labeller = PhraseLabeller(folder)
    number = {c.caption_id: n for n, c in enumerate(c for image in images for c in image.captions)}
    stored = [(row, c) for row, item in enumerate(Shards(folder)) for c in item.labels.candidates]
    assert stored
    for row, candidate in stored:
        mask = labeller([row], [number[candidate.caption_id]])
        found = zip(mask.label[0, 0], mask.confidence[0, 0], mask.reason[0, 0], strict=True)
        assert [(label, confidence, labeller.reasons[reason]) for label, confidence, reason in found] == [
            (LABELS[item.label], np.float32(item.confidence), item.reason) for item in candidate.labels
        ]


def test_labeller_and_compiled_candidates_speak_one_code(demo: tuple[Path, list[ImageGraphs], Corpus]) -> None:
    shards = Shards(demo[0])
    labeller, table = PhraseLabeller(shards), compile_captions(shards, WordTokenizer.learn(["a red man"], 1))
    pairs = zip(table["candidate_image"].tolist(), table["candidate_caption"].tolist(), strict=True)
    stored = [labeller([image], [caption]).label[0, 0] for image, caption in pairs]
    assert set(np.concatenate(stored).tolist()) == {1, -1, 0}
    np.testing.assert_array_equal(table["labels"], np.concatenate(stored))


def test_labeller_gives_the_same_labels_in_any_batch(demo: tuple[Path, list[ImageGraphs], Corpus]) -> None:
    labeller = PhraseLabeller(demo[0])
    rng = np.random.default_rng(0)
    images, captions = rng.integers(0, 40, 30), rng.integers(0, 200, 50)
    batch = labeller(images, captions)
    for b, c in [(0, 0), (7, 31), (29, 49)]:
        alone = labeller(images[b : b + 1], captions[c : c + 1])
        for whole, part in zip(batch, alone, strict=True):
            np.testing.assert_array_equal(whole[b, c, : part.shape[2]], part[0, 0])


def test_labeller_gives_own_phrases_a_positive_label(demo: tuple[Path, list[ImageGraphs], Corpus]) -> None:
    labeller = PhraseLabeller(demo[0])
    for row in range(40):
        captions = np.arange(*labeller.captions[row : row + 2])
        mask = labeller([row], captions)
        assert (mask.label[mask.confidence > 0] == 1).mean() > 0.97


def test_labeller_refuses_rules_that_were_changed(demo: tuple[Path, list[ImageGraphs], Corpus]) -> None:
    folder = demo[0]
    rules = (folder / "phrase_rules.json").read_text()
    try:
        (folder / "phrase_rules.json").write_text(rules + " ")
        with pytest.raises(DataSetError, match=r"phrase_rules\.json"):
            PhraseLabeller(folder)
    finally:
        (folder / "phrase_rules.json").write_text(rules)
