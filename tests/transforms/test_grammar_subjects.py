"""Who does what."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts


@pytest.mark.parametrize(
    ("caption", "relations"),
    [
        ("A woman sits on a chair and reads a book", ["woman read book", "woman sit on chair"]),
        ("A dog that is jumping over a fence", ["dog jump over fence"]),
        ("Two women share an umbrella as they walk down a street", ["woman share umbrella", "woman walk down street"]),
        ("There are three people standing in the rain", ["people stand in rain"]),
        ("A man and a woman holding hands", ["man hold hand", "woman hold hand"]),
        ("A person wants to ride a horse", ["person ride horse"]),
        ("He is skiing down the mountain", ["man ski down mountain"]),
    ],
)
def test_subjects_are_shared_between_clauses(caption: str, relations: list[str]) -> None:
    assert [f for f in facts(caption) if "want" not in f] == relations


def test_who_does_passes_over_clothes() -> None:
    assert facts("A man in a black shirt riding a bike") == ["man in shirt", "man ride bike"]


def test_told_of_reads_a_participle_behind_with() -> None:
    assert facts("A woman with a scarf wrapped around her neck") == [
        "scarf wrap around neck",
        "woman have neck",
        "woman with scarf",
    ]
