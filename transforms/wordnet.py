"""The nouns of Princeton WordNet, read from its own database files in the format of wndb(5WN).

A folder holds `index.noun` (a lemma a line, with its synsets, the commonest first as far as they were counted) and
`data.noun` (a synset a line, named by the byte at which the line starts). Both begin with lines of licence, indented by
two spaces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

INDEX, DATA = "index.noun", "data.noun"
LICENCE = b"  "
HYPERNYMS = ("@", "@i")  # of a kind, of an instance
LONGEST = 1 << 16  # bytes of a line; WordNet 3.0's longest has 15,000

Synset = int  # the byte at which its line starts


class Noun(NamedTuple):
    """The senses of a lemma."""

    first: Synset | None  # its commonest sense, None where it has several that were never counted in texts
    senses: tuple[Synset, ...]


@dataclass(frozen=True)
class WordNet:
    """The senses of nouns, and what they are kinds of."""

    nouns: dict[str, Noun]  # by lemma: "fire engine"
    hypernyms: dict[Synset, tuple[Synset, ...]]
    depths: dict[Synset, int]  # the steps of the longest way up to a synset without hypernyms
    sha256: str  # of both files


def read_wordnet(folder: str | Path) -> WordNet:
    """Returns the nouns of the database in a folder.

    Raises OSError where a file cannot be read, and ValueError, naming file and line, where one is not of the format.
    """
    hasher = sha256()
    data, index = Path(folder, DATA), Path(folder, INDEX)
    hypernyms: dict[Synset, tuple[Synset, ...]] = {}
    places: dict[Synset, str] = {}  # "<file>:<line>" of a synset
    for place, start, line in _lines(data, hasher):
        try:
            synset, above = _read_synset(line)
        except (ValueError, IndexError) as error:
            raise ValueError(f"{place}: no synset of nouns as of wndb(5WN): {line[:60]!r}") from error
        if synset != start:
            raise ValueError(f"{place}: synset {synset:08} starts at byte {start}: the file was changed")
        hypernyms[synset], places[synset] = above, place
    for synset, above in hypernyms.items():
        for general in above:
            if general not in hypernyms:
                raise ValueError(f"{places[synset]}: no synset {general:08}, a hypernym of {synset:08}")
    depths = _depths(hypernyms)
    if circular := hypernyms.keys() - depths.keys():
        raise ValueError(f"{places[min(circular)]}: synset {min(circular):08} has hypernyms in a circle")
    nouns: dict[str, Noun] = {}
    for place, _, line in _lines(index, hasher):
        try:
            lemma, noun = _read_lemma(line)
        except (ValueError, IndexError) as error:
            raise ValueError(f"{place}: no lemma of a noun as of wndb(5WN): {line[:60]!r}") from error
        for synset in noun.senses:
            if synset not in hypernyms:
                raise ValueError(f"{place}: no synset {synset:08} of {lemma!r} in {data}")
        nouns[lemma] = noun
    return WordNet(nouns, hypernyms, depths, hasher.hexdigest())


def _lines(path: Path, hasher: Any) -> Iterator[tuple[str, int, str]]:
    """Yields ("<file>:<line>", first byte, text) of the lines after the licence, at least one."""
    start = number = found = 0
    with path.open("rb") as file:
        while line := file.readline(LONGEST):
            number += 1
            hasher.update(line)
            if not line.startswith(LICENCE):
                found += 1
                if not line.endswith(b"\n"):
                    raise ValueError(f"{path}:{number}: the line has no end: the file was cut off, or is another one")
                yield f"{path}:{number}", start, line.decode("ascii", "backslashreplace")
            start += len(line)
    if not found:
        raise ValueError(f"{path}:{number}: the file ends without a noun")


def _read_synset(line: str) -> tuple[Synset, tuple[Synset, ...]]:
    """Returns a synset, its hypernyms: offset file n words (word id)* pointers (symbol offset class ends)* | gloss."""
    fields = line.split("|", 1)[0].split()
    words = int(fields[3], 16)
    pointers = fields[5 + 2 * words :]
    if fields[2] != "n" or words < 1 or len(pointers) != 4 * int(fields[4 + 2 * words]):
        raise ValueError("counts that do not fit")
    above = (int(pointers[i + 1]) for i in range(0, len(pointers), 4) if pointers[i] in HYPERNYMS)
    return int(fields[0]), tuple(above)


def _read_lemma(line: str) -> tuple[str, Noun]:
    """Returns a lemma, with spaces, and its senses: lemma n synsets symbols symbol* senses counted offset*."""
    fields = line.split()
    count, symbols = int(fields[2]), int(fields[3])
    counted = int(fields[5 + symbols])
    synsets = tuple(map(int, fields[6 + symbols :]))
    if fields[1] != "n" or symbols < 0 or count < 1 or len(synsets) != count:
        raise ValueError("counts that do not fit")
    return fields[0].replace("_", " "), Noun(synsets[0] if counted or count == 1 else None, synsets)


def _depths(hypernyms: dict[Synset, tuple[Synset, ...]]) -> dict[Synset, int]:
    """Returns the depth of each synset that no circle of hypernyms is above of."""
    below: defaultdict[Synset, list[Synset]] = defaultdict(list)
    for synset, above in hypernyms.items():
        for general in above:
            below[general].append(synset)
    waiting = {synset: len(above) for synset, above in hypernyms.items()}
    ready = [synset for synset, count in waiting.items() if not count]
    depths = dict.fromkeys(ready, 0)
    for synset in ready:  # grows: a synset is ready once all its hypernyms are
        for specific in below[synset]:
            depths[specific] = max(depths.get(specific, 0), depths[synset] + 1)
            waiting[specific] -= 1
            if not waiting[specific]:
                ready.append(specific)
    return {synset: depths[synset] for synset in ready}
