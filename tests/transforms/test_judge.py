"""Labels of single phrases and of whole captions, by reason."""

import pytest

from tests.hand_graphs import content, graph, judge, words
from transforms.judge import Judge, Verdict
from transforms.reasons import REASONS

DOG = graph("2 brown dog", "grass", facts=[(0, "on", 1)])
RIDER = graph("man", "red horse", facts=[(0, "ride", 1)])


def verdict(of: Judge, item) -> Verdict:
    """Returns the verdict on the last phrase of the graph, judged on its own."""
    return of.label(content(item).contents[-1])


@pytest.mark.parametrize(
    ("asked", "label", "reason"),
    [
        ("dog", "positive", "contained"),
        ("brown dog", "positive", "contained"),
        ("2 brown dog", "positive", "contained"),
        ("3 brown dog", "negative", "count_conflict"),
        ("2 dog", "unknown", "count_unseen"),  # there may be a white one too
        ("several brown dog", "negative", "count_conflict"),
        ("fluffy dog", "unknown", "attribute_unseen"),
        ("black dog", "unknown", "attribute_unseen"),  # of two dogs one may be another colour
    ],
)
def test_label_of_a_thing_that_is_counted(asked: str, label: str, reason: str) -> None:
    assert verdict(judge(DOG), graph(asked))[:2] == (label, reason)


@pytest.mark.parametrize(
    ("said", "asked", "reason"),
    [
        ("red horse", "blue horse", "colour_conflict"),
        ("wooden table", "metal table", "material_conflict"),
        ("striped shirt", "plaid shirt", "pattern_conflict"),
        ("big dog", "small dog", "size_conflict"),
        ("open door", "closed door", "state_conflict"),
        ("cup !empty", "empty cup", "denied"),
        ("no dog", "dog", "denied"),
    ],
)
def test_label_of_a_thing_is_negative_where_it_is_excluded(said: str, asked: str, reason: str) -> None:
    assert verdict(judge(graph(said)), graph(asked))[:2] == ("negative", reason)


def test_label_leaves_a_size_open_where_some_mention_has_none() -> None:
    assert verdict(judge(graph("big dog"), graph("dog")), graph("small dog")).label == "unknown"


def test_label_leaves_an_attribute_open_where_there_are_several_things() -> None:
    two = judge(graph("tall woman"), graph("short woman"), graph("red shirt", "blue shirt"))
    assert verdict(two, graph("green shirt")).reason == "attribute_unseen"


def test_label_joins_what_captions_say_of_one_thing() -> None:
    assert verdict(judge(graph("brown dog"), graph("wet dog")), graph("brown wet dog")).reason == "compatible"


def test_label_does_not_join_what_is_said_of_two_things() -> None:
    assert verdict(judge(graph("brown dog", "wet dog")), graph("brown wet dog")).label == "unknown"


def test_label_takes_a_synonym_for_the_thing() -> None:
    table = words(("head", "couch", "sofa", "same"))
    assert verdict(judge(graph("couch"), compatibility=table), graph("sofa"))[:2] == ("positive", "compatible")


def test_label_takes_a_specific_word_for_the_general_one_only() -> None:
    assert verdict(judge(graph("dog")), graph("animal"))[:2] == ("positive", "compatible")
    assert verdict(judge(graph("animal")), graph("dog"))[:2] == ("unknown", "possible_head")
    assert verdict(judge(graph("tennis_racket")), graph("racket"))[:2] == ("positive", "compatible")


def test_label_never_takes_maybe_for_evidence() -> None:
    table = words(("head", "coat", "jacket", "maybe"))
    assert (
        verdict(judge(graph("coat"), compatibility=table, left_out={"jacket": 0.01}), graph("jacket")).label
        == "unknown"
    )


def test_label_of_people_is_positive_only_where_there_are_several() -> None:
    assert verdict(judge(graph("2 man")), graph("people")).label == "unknown"
    assert verdict(judge(graph("2 man", "woman")), graph("people")).label == "positive"


@pytest.mark.parametrize(("share", "label"), [(0.01, "negative"), (0.1, "negative"), (0.5, "unknown")])
def test_label_takes_silence_for_absence_by_how_often_it_is_wrong(share: float, label: str) -> None:
    assert verdict(judge(DOG, left_out={"horse": share}), graph("horse")).label == label


def test_label_takes_silence_for_less_where_the_thing_is_expected() -> None:
    table = words(associations=[("grass", "horse")])
    assert (
        verdict(judge(DOG, compatibility=table, left_out={"horse": 0.1}), graph("horse")).reason == "often_unmentioned"
    )
    assert verdict(judge(DOG, compatibility=table, left_out={"horse": 0.01}), graph("horse")).reason == "absent_head"


def test_label_of_an_unheard_of_thing_is_unknown() -> None:
    assert verdict(judge(DOG), graph("theremin"))[:2] == ("unknown", "often_unmentioned")


def test_label_of_a_fact_with_an_absent_end_is_negative() -> None:
    asked = graph("cat", "grass", facts=[(0, "on", 1)])
    assert verdict(judge(DOG, left_out={"cat": 0.01}), asked)[:2] == ("negative", "absent_head")


@pytest.mark.parametrize(
    ("subject", "predicate", "object_", "label", "reason"),
    [
        ("man", "ride", "horse", "positive", "contained"),
        ("person", "ride", "animal", "positive", "contained"),
        ("horse", "ride", "man", "negative", "roles_swapped"),
        ("man", "lead", "horse", "unknown", "relation_unseen"),
        ("woman", "ride", "horse", "negative", "other_subject"),
        ("man", "ride", "camel", "negative", "other_object"),
        ("woman", "lead", "horse", "unknown", "possible_head"),
    ],
)
def test_label_of_a_fact(subject: str, predicate: str, object_: str, label: str, reason: str) -> None:
    assert verdict(judge(RIDER), graph(subject, object_, facts=[(0, predicate, 1)]))[:2] == (label, reason)


def test_label_of_a_fact_by_its_inverse() -> None:
    said = judge(graph("cup", "box", facts=[(0, "left of", 1)]))
    assert verdict(said, graph("box", "cup", facts=[(0, "right of", 1)]))[:2] == ("positive", "inverse")
    assert verdict(said, graph("cup", "box", facts=[(0, "right of", 1)]))[:2] == ("negative", "relation_conflict")


def test_label_of_a_symmetric_fact_holds_both_ways() -> None:
    said = judge(graph("cup", "box", facts=[(0, "next to", 1)]))
    assert verdict(said, graph("box", "cup", facts=[(0, "next to", 1)]))[:2] == ("positive", "inverse")


def test_label_of_a_denied_fact_is_negative() -> None:
    said = judge(graph("man", "dog", facts=[(0, "look at", 1)], denied=[0]))
    assert verdict(said, graph("man", "dog", facts=[(0, "look at", 1)]))[:2] == ("negative", "denied")


def test_label_does_not_take_an_open_slot_for_taken() -> None:
    said = judge(graph("man", "hat", facts=[(0, "wear", 1)]))
    assert verdict(said, graph("man", "scarf", facts=[(0, "wear", 1)])).label == "unknown"


def test_label_reads_what_someone_does_from_a_fact() -> None:
    assert verdict(judge(RIDER), graph("riding man"))[:2] == ("positive", "compatible")


def test_label_caption_of_another_scene_takes_silence_for_absence() -> None:
    asked = graph("cat", "piano", "lamp", facts=[(0, "on", 1)])
    shares = dict.fromkeys(("cat", "piano", "lamp"), 0.2)
    assert {v.reason for v in judge(DOG, left_out=shares).label_caption(content(asked))} == {"absent_head"}
    related = graph("cat", "piano", "2 brown dog")
    found = [v.label for v in judge(DOG, left_out=shares).label_caption(content(related))]
    assert found == ["unknown", "unknown", "positive"]
    often = dict.fromkeys(shares, 0.25)  # left out too often even there
    assert {v.label for v in judge(DOG, left_out=often).label_caption(content(asked))} == {"unknown"}


def test_label_caption_of_things_that_go_together_is_of_no_other_scene() -> None:
    asked = graph("cat", "piano", "lamp", facts=[(0, "on", 1)])
    shares = dict.fromkeys(("cat", "piano", "lamp"), 0.2)
    table = words(associations=[("dog", "cat"), ("grass", "lamp")])
    found = judge(DOG, compatibility=table, left_out=shares).label_caption(content(asked))
    assert {v.label for v in found} == {"unknown"}


def test_label_takes_no_word_that_only_points_for_absent() -> None:
    assert verdict(judge(DOG, left_out={"picture": 0.01}), graph("picture")).label == "unknown"


def test_label_leaves_clothes_open_where_there_are_several_people() -> None:
    dressed = graph("man", "red shirt", facts=[(0, "in", 1)])
    assert verdict(judge(dressed), graph("blue shirt")).reason == "colour_conflict"
    assert verdict(judge(dressed, graph("man", "woman")), graph("blue shirt")).label == "unknown"
    assert verdict(judge(dressed, graph("man", "woman"), graph("red car")), graph("blue car")).label == "negative"


def test_label_lets_a_thing_have_two_colours() -> None:
    assert verdict(judge(graph("blue train")), graph("blue silver train")).label == "unknown"


@pytest.mark.parametrize("predicate", ["stand in", "in front of", "wear"])
def test_label_leaves_places_that_nest_open(predicate: str) -> None:
    said = judge(graph("man", "field", facts=[(0, predicate, 1)]))
    assert verdict(said, graph("man", "dirt", facts=[(0, predicate, 1)])).label == "unknown"


def test_label_leaves_subjects_that_share_a_place_open() -> None:
    said = judge(graph("man", "wheelchair", facts=[(0, "in", 1)]))
    assert verdict(said, graph("tie", "wheelchair", facts=[(0, "in", 1)])).label == "unknown"


def test_label_takes_no_rival_for_the_same_person() -> None:
    said = judge(graph("skier", "slope", facts=[(0, "ride down", 1)]), graph("person"))
    asked = graph("snowboarder", "slope", facts=[(0, "ride down", 1)])
    assert verdict(said, asked)[:2] == ("negative", "other_subject")


def test_label_caption_uses_contrasts() -> None:
    asked = graph("boy", "red horse", facts=[(0, "lead", 1)])
    found = judge(graph("boy", "red horse", facts=[(0, "ride", 1)])).label_caption(content(asked))
    assert [v.reason for v in found] == ["contained", "contained", "replaced_relation"]


def test_label_gives_every_own_phrase_a_positive_label() -> None:
    captions = [DOG, RIDER, graph("several people", "2 red small ball", "table", facts=[(1, "on top of", 2)])]
    for caption in captions:
        assert {v.label for v in judge(*captions).label_caption(content(caption))} == {"positive"}


def test_label_confidence_is_in_range_and_reason_listed() -> None:
    of = judge(DOG, RIDER, left_out={"cat": 0.02})
    for asked in ("dog", "cat", "blue horse", "theremin", "3 brown dog"):
        found = verdict(of, graph(asked))
        assert 0 < found.confidence <= 1
        assert found.reason in REASONS
