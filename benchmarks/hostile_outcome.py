"""What the hostile readers have in common: an input is made from a seed, then tried, and something becomes of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SECRET = b"a line of a file that lies outside of everything that was given"


@dataclass(frozen=True)
class Outcome:
    """What became of an input; all empty where it was read and nothing was amiss."""

    refused: str = ""  # the error that the reader promises
    crash: str = ""
    lost: str = ""
    outside: str = ""


Trial = Callable[[], Outcome]


class HostileReader(Protocol):
    promised: tuple[type[Exception], ...]  # what may come out where the input is refused as a whole

    def make(self, rng: random.Random, folder: Path) -> Trial:
        """Writes an input into the folder and returns what reads it."""
        ...


ReaderFactory = Callable[[Path], HostileReader]  # from a folder for whatever all inputs share


def reading(read: Callable[[], object]) -> Trial:
    """Returns the trial of a reader of which nothing is asked but that it reads or refuses."""

    def trial() -> Outcome:
        read()
        return Outcome()

    return trial
