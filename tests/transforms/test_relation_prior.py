"""The relation prior: counted by hand, and learned from a world whose rule is known."""

from __future__ import annotations

import random

import numpy as np
import pytest

from transforms.relation_evidence import WHOLE, Evidence
from transforms.relation_prior import ANY, RelationPrior, learn_prior
from transforms.spatial_relations import pair_places

OBJECTS = ("man", "horse", "cup")
ABOVE = [[0, 0, 10, 10], [2, 6, 14, 18]]
FAR = [[0, 0, 10, 10], [80, 0, 90, 10]]


def photo(ids: list[int], boxes: list[list[float]], *said: tuple[int, int, str]) -> bytes:
    rows = tuple((i, j, predicate, WHOLE) for i, j, predicate in said)
    return Evidence(np.array(ids, np.int32), np.array(boxes, np.float32), rows).to_bytes()


def place(boxes: list[list[float]]) -> int:
    return int(pair_places(np.array(boxes, np.float32))[0, 1])


CORPUS = [
    *[photo([0, 1], ABOVE, (0, 1, "ride"))] * 6,
    *[photo([0, 1], FAR, (0, 1, "near"))] * 3,
    photo([0, 1], FAR),
    *[photo([2, 0], FAR, (0, 1, "left of"))] * 4,
    photo([2, 1], ABOVE, (0, 1, "eat")),
]
PRIOR = learn_prior(CORPUS, OBJECTS)


def test_learn_prior_counts_chances_mentions_and_predicates() -> None:
    ride = PRIOR.predicates.index("ride")
    counts = PRIOR.cells[0, 1, place(ABOVE)]
    # Level with each other, they lie in the mirror as they lie here: each photo counts twice.
    assert (counts.chances, counts.mentions, counts.predicates) == (12, 12 * WHOLE, {ride: 12 * WHOLE})
    assert PRIOR.cells[0, 1, ANY].chances == 2 * 10
    assert PRIOR.cells[0, 1, ANY].mentions == 2 * 9 * WHOLE
    assert PRIOR.cells[ANY, ANY, ANY].chances == 2 * 2 * len(CORPUS)


def test_learn_prior_learns_from_the_other_side_and_from_the_mirror() -> None:
    photos = [photo([0, 1], FAR, (0, 1, "left of")), photo([0, 1], FAR, (1, 0, "right of"))]
    prior = learn_prior([*photos * 4, *[photo([0, 2], FAR, (0, 1, "near"))] * 6], OBJECTS)
    guesses = {
        (s, o, boxes is FAR): prior.guess(s, o, place(boxes)) for s, o in ((0, 1), (1, 0)) for boxes in (FAR, FAR[::-1])
    }
    assert {key: guess and guess.predicate for key, guess in guesses.items()} == {
        (0, 1, True): "left of",
        (1, 0, True): "left of",
        (0, 1, False): "right of",
        (1, 0, False): "right of",
    }
    near = prior.guess(2, 0, place(FAR[::-1]))
    assert near is not None
    assert near.predicate == "near"


def test_guess_lets_predicates_that_imply_another_speak_for_it() -> None:
    said = ("near", "near", "stand near", "stand near", "sit near", "sit near", *["watch"] * 3)
    prior = learn_prior([photo([0, 1], FAR, (0, 1, predicate)) for predicate in said * 9], OBJECTS)
    guess = prior.guess(0, 1, place(FAR))
    assert guess is not None
    assert guess.predicate == "near"
    assert guess.likely == pytest.approx(6 / 9, abs=0.05)


def test_guess_names_the_fuller_predicate_where_it_is_said_most() -> None:
    said = ("on", "sit on", "sit on", "watch", "watch")
    prior = learn_prior([photo([0, 1], ABOVE, (0, 1, predicate)) for predicate in said * 9], OBJECTS)
    guess = prior.guess(0, 1, place(ABOVE))
    assert guess is not None
    assert guess.predicate == "sit on"
    assert guess.likely == pytest.approx(2 / 5, abs=0.05)


def test_learn_prior_takes_predicates_that_were_said_twice() -> None:
    assert PRIOR.predicates == ("ride", "left of", "near")


def test_learn_prior_does_not_depend_on_the_order() -> None:
    shuffled = random.Random(3).sample(CORPUS, len(CORPUS))
    assert learn_prior(shuffled, OBJECTS).to_json() == PRIOR.to_json()


def test_learn_prior_of_nothing_knows_nothing() -> None:
    prior = learn_prior([photo([0, 1], FAR)], OBJECTS)
    assert prior.guess(0, 1, place(FAR)) is None


@pytest.mark.parametrize(
    ("subject", "object_", "boxes", "predicate"),
    [
        (0, 1, ABOVE, "ride"),
        (0, 1, FAR, "near"),
        (2, 0, FAR, "left of"),
        (1, 2, ABOVE, "ride"),  # never seen together: the place decides
        (ANY, ANY, ABOVE, "ride"),
    ],
)
def test_guess_tells_by_names_and_place(subject: int, object_: int, boxes: list[list[float]], predicate: str) -> None:
    guess = PRIOR.guess(subject, object_, place(boxes))
    assert guess is not None
    assert guess.predicate == predicate


def test_guess_is_surer_the_more_it_has_seen() -> None:
    few = learn_prior(CORPUS, OBJECTS).guess(0, 1, place(ABOVE))
    many = learn_prior(CORPUS * 10, OBJECTS).guess(0, 1, place(ABOVE))
    assert few is not None
    assert many is not None
    assert few.likely < many.likely <= 1
    assert few.related < many.related <= 1


def test_guess_expects_relations_where_captions_make_them() -> None:
    related = PRIOR.guess(0, 1, place(ABOVE))
    ignored = PRIOR.guess(1, 0, place(FAR[::-1]))
    assert related is not None
    assert ignored is not None
    assert related.related > 2 * ignored.related


def test_guess_learns_a_rule_of_names_and_places() -> None:
    rng, photos = random.Random(0), []
    for _ in range(300):
        x, y = rng.uniform(0, 60), rng.uniform(0, 60)
        boxes = [[30, 30, 40, 40], [x, y, x + 10, y + 10]]
        ids = [rng.randrange(3), rng.randrange(3)]
        predicate = "hold" if ids == [0, 2] and abs(x - 30) < 8 else "left of" if x > 35 else "right of"
        photos.append(photo(ids, boxes, (0, 1, predicate)))
    prior, right, total = learn_prior(photos[:200], OBJECTS), 0, 0
    for data in photos[200:]:
        evidence = Evidence.from_bytes(data)
        guess = prior.guess(*evidence.object_ids.tolist(), int(pair_places(evidence.boxes)[0, 1]))
        right, total = right + (guess is not None and guess.predicate == evidence.said[0][2]), total + 1
    assert right >= 0.85 * total


def test_prior_survives_its_json() -> None:
    again = RelationPrior.from_json(PRIOR.to_json())
    assert again == PRIOR
    assert again.guess(0, 1, place(ABOVE)) == PRIOR.guess(0, 1, place(ABOVE))


@pytest.mark.parametrize("text", ["[]", '{"format": 99}'])
def test_from_json_refuses_another_format(text: str) -> None:
    with pytest.raises(ValueError, match="relation prior of format"):
        RelationPrior.from_json(text)
