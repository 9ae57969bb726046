from tests.hand_graphs import content, graph, words
from transforms.absence import learn_absence
from transforms.compatibility import Compatibility, read_contexts


def learned(images: list[list[str]], table: Compatibility | None = None):
    contexts = read_contexts([[content(graph(*c.split(","))) for c in captions] for captions in images])
    return learn_absence(contexts, table or words())


def test_learn_absence_counts_mentions_that_no_sibling_repeats() -> None:
    absence = learned([["robot,sky", "robot"]] * 30)
    assert (absence.mentions["robot"], absence.alone.get("robot", 0)) == (60, 0)
    assert absence.left_out("robot") < 0.02
    assert absence.left_out("sky") > 0.9


def test_learn_absence_takes_another_word_for_a_mention() -> None:
    images = [["couch", "sofa"]] * 30
    assert learned(images).left_out("couch") > 0.9
    assert learned(images, words(("head", "couch", "sofa", "maybe"))).left_out("couch") < 0.05


def test_learn_absence_judges_a_rare_head_by_its_kind() -> None:
    absence = learned([["zebra", "zebra"]] * 3 + [["horse", "horse"]] * 30)
    assert "zebra" not in absence.mentions
    assert absence.left_out("zebra") == absence.left_out("animal") < 0.05


def test_left_out_of_an_unheard_of_head_is_one() -> None:
    assert learned([["dog", "dog"]] * 30).left_out("theremin") == 1.0


def test_learn_absence_learns_nothing_from_lone_captions() -> None:
    assert learned([["dog"]] * 50).mentions == {}
