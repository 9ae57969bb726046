import pytest

from transforms.exchanges import count_exchanges


def sets(*captions: str) -> list[frozenset[str]]:
    return [frozenset(caption.split()) for caption in captions]


def test_count_exchanges_counts_pairs_of_different_captions() -> None:
    counts = count_exchanges([("", sets("couch cat", "sofa cat", "sofa"))], 1)
    assert counts.exchanged["couch", "sofa"] == 2
    assert counts.together["couch", "sofa"] == 0
    assert counts.exchanged["cat", "couch"] == 2 * 1 - 1
    assert counts.together["cat", "couch"] == 1
    assert counts.repeated["cat"] == 2
    assert counts.chances["couch"] == 2


def test_count_exchanges_ignores_words_of_too_few_contexts() -> None:
    counts = count_exchanges([("", sets("dog", "puppy")), ("", sets("dog", "dog"))], 2)
    assert set(counts.images) == {"dog"}


def test_rate_is_near_one_for_words_used_at_random_for_one_thing() -> None:
    contexts = [
        ("", sets(*captions)) for captions in (["couch", "sofa", "sofa", "couch"], ["sofa", "couch", "couch", "sofa"])
    ] * 50
    counts = count_exchanges(contexts, 1)
    assert counts.rate("couch", "sofa") == pytest.approx(2.0, rel=0.05)  # two of three siblings against one of three
    assert counts.rate("sofa", "couch") == pytest.approx(2.0, rel=0.05)


def test_rate_is_zero_for_rivals() -> None:
    counts = count_exchanges([("", sets("man", "man")), ("", sets("woman", "woman"))] * 20, 1)
    assert counts.rate("man", "woman") == 0.0


def test_sure_rate_is_below_rate_and_grows_with_evidence() -> None:
    few = count_exchanges([("", sets("couch", "sofa", "couch", "sofa"))] * 5, 1)
    many = count_exchanges([("", sets("couch", "sofa", "couch", "sofa"))] * 500, 1)
    assert few.sure_rate("couch", "sofa") < many.sure_rate("couch", "sofa") < many.rate("couch", "sofa")


def test_togetherness_is_low_for_words_that_avoid_each_other() -> None:
    counts = count_exchanges([("", sets("couch", "sofa")), ("", sets("dog ball", "dog ball"))] * 20, 1)
    assert counts.togetherness(("couch", "sofa")) < 0.1
    assert counts.togetherness(("ball", "dog")) == pytest.approx(1.0, abs=0.05)


def test_expected_is_what_independence_gives() -> None:
    counts = count_exchanges([("shirt", sets("red", "blue")), ("shirt", sets("red", "red"))], 1)
    # red stands in 3 of 4 captions with 1 sibling each; blue is a quarter of what is said of shirts
    assert counts.expected(("blue", "red")) == pytest.approx(1 * 3 / 4)


def test_counts_do_not_depend_on_the_order_of_contexts() -> None:
    contexts = [("", sets("a b", "b c", "c")), ("", sets("a", "c b")), ("x", sets("b", "a c"))]
    assert count_exchanges(contexts, 1) == count_exchanges(contexts[::-1], 1)
