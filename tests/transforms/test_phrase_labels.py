"""Labels of an image: P(I), and captions of other images of its split."""

from tests.hand_graphs import graph, image
from transforms.corpus import Corpus, corpus_statistics
from transforms.phrase_labels import mine_image

KINDS = ["dog", "cat", "horse", "car", "tree", "boat", "lamp", "table"]
COLOURS = ["red", "blue", "green", "black"]


def made(split: str, count: int = 32):
    return [
        image(
            f"{split}{i}",
            [
                graph(f"{COLOURS[i % 4]} {KINDS[i % 8]}", KINDS[(i // 4) % 8], facts=[(0, "near", 1)]),
                graph(KINDS[i % 8], f"2 {KINDS[(i // 2) % 8]}"),
            ],
            split,
        )
        for i in range(count)
    ]


TRAIN, VAL = made("train"), made("val")
LEARNED = corpus_statistics([*TRAIN, *VAL])
CORPUS = Corpus.from_text(LEARNED.to_json(), LEARNED.candidates())


def test_mine_image_gives_own_phrases_as_positives() -> None:
    labels = mine_image(TRAIN[5], CORPUS, 4)
    assert labels.image_id == "train5"
    assert {phrase.caption_id for phrase in labels.positives} == {"train5#0", "train5#1"}
    assert len(labels.positives) == 5


def test_mine_image_gives_as_many_candidates_as_asked() -> None:
    for count in (0, 1, 4, 7):
        assert len(mine_image(TRAIN[5], CORPUS, count).candidates) == count


def test_mine_image_gives_what_there_is_where_the_pool_is_small() -> None:
    corpus = corpus_statistics(TRAIN[:3])
    assert len(mine_image(TRAIN[0], corpus, 9).candidates) == 2


def test_mine_image_never_leaves_the_split_nor_takes_its_own_captions() -> None:
    for item in (*TRAIN, *VAL):
        for candidate in mine_image(item, CORPUS, 6).candidates:
            assert candidate.image_id.startswith(item.split)
            assert candidate.image_id != item.image_id


def test_mine_image_labels_every_phrase_of_a_candidate() -> None:
    for candidate in mine_image(TRAIN[9], CORPUS, 6).candidates:
        assert candidate.labels
        assert {item.phrase.caption_id for item in candidate.labels} == {candidate.caption_id}


def test_mine_image_takes_no_hard_candidate_that_is_all_true() -> None:
    for item in TRAIN:
        hard = mine_image(item, CORPUS, 4).candidates[:2]
        assert all(any(label.label != "positive" for label in candidate.labels) for candidate in hard)


def test_mine_image_depends_on_the_image_and_the_corpus_alone() -> None:
    alone = [mine_image(item, Corpus.from_text(CORPUS.to_json(), CORPUS.candidates()), 5) for item in TRAIN[:6]]
    assert alone == [mine_image(item, CORPUS, 5) for item in reversed(TRAIN[:6])][::-1]


def test_mine_image_works_without_any_corpus() -> None:
    labels = mine_image(TRAIN[0], corpus_statistics([]), 5)
    assert labels.positives
    assert labels.candidates == ()
