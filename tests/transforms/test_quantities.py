import pytest

from transforms.quantities import at_least, exact, quantity_entails


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("2", 2),
        ("12", 12),
        ("two", 2),
        ("pair of", 2),
        ("couple of", 2),
        ("group of", None),
        ("several", None),
        (None, None),
    ],
)
def test_exact_reads_numbers_only(quantity: str | None, number: int | None) -> None:
    assert exact(quantity) == number


@pytest.mark.parametrize(("quantity", "number"), [("group of", 2), ("several", 3), ("slice of", 1), (None, 1)])
def test_at_least_is_the_least_that_is_meant(quantity: str | None, number: int) -> None:
    assert at_least(quantity) == number


@pytest.mark.parametrize(
    ("said", "asked", "true"),
    [
        ("2", None, True),
        ("2", "pair of", True),
        ("4", "several", True),
        ("2", "several", False),
        (None, "2", False),
        ("3", "2", False),
        ("group of", "3", False),
        (None, "several", False),
    ],
)
def test_quantity_entails(said: str | None, asked: str | None, true: bool) -> None:
    assert quantity_entails(said, asked) is true
