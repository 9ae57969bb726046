"""A WordNet of a few nouns, written in its own format for tests: offsets, counts and licence as in the real files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

LICENCE = "  1 This database is being provided to test its reader.  \n"
CHAIN = {f"level {k}": ([f"level {k}"], [f"level {k - 1}"] if k else []) for k in range(6)}
# Name of a synset -> its words, and the names of what it is a kind of. A word of several synsets has several senses.
SYNSETS: dict[str, tuple[list[str], list[str]]] = {
    **CHAIN,
    "watercraft": (["watercraft"], ["level 5"]),
    "boat": (["boat"], ["watercraft"]),
    "small boat": (["small_boat", "dinghy"], ["boat"]),
    "canoe": (["canoe"], ["small boat"]),
    "kayak": (["kayak"], ["canoe"]),
    "sea kayak": (["sea_kayak"], ["kayak"]),
    "sweater": (["turtleneck", "turtle"], ["watercraft"]),
    "reptile": (["turtle", "chelonian"], ["watercraft"]),
    "ship": (["punt"], ["boat"]),
    "kick": (["punt"], ["level 5"]),
    "Nile": (["Nile"], ["watercraft"]),
}


def write_wordnet(folder: Path, counted: Mapping[str, int] | None = None, instances: Sequence[str] = ("Nile",)) -> Path:
    """Writes the nouns to a folder and returns it; `counted` says of how many senses of a word texts were counted."""
    offsets, at = {}, len(LICENCE)
    for name in SYNSETS:  # offsets are of eight digits, so a line is as long before they are known
        offsets[name] = at
        at += len(_synset(name, dict.fromkeys(SYNSETS, 0), instances))
    folder.mkdir(parents=True, exist_ok=True)
    lines = (_synset(name, offsets, instances) for name in SYNSETS)
    (folder / "data.noun").write_text(LICENCE + "".join(lines))
    senses: dict[str, list[str]] = {}
    for name, (words, _) in SYNSETS.items():
        for word in words:
            senses.setdefault(word.replace(" ", "_").lower(), []).append(f"{offsets[name]:08}")
    index = (
        f"{word} n {len(found)} 2 @ ~ {len(found)} {(counted or {}).get(word, 0)} {' '.join(found)}  \n"
        for word, found in sorted(senses.items())
    )
    (folder / "index.noun").write_text(LICENCE + "".join(index))
    return folder


def _synset(name: str, offsets: Mapping[str, int], instances: Sequence[str]) -> str:
    words, above = SYNSETS[name]
    symbol = "@i" if name in instances else "@"
    named = " ".join(f"{word.replace(' ', '_')} 0" for word in words)
    pointers = "".join(f" {symbol} {offsets[general]:08} n 0000" for general in above)
    verb = " + 00000001 v 0101"  # a pointer out of the nouns
    return f"{offsets[name]:08} 06 n {len(words):02x} {named} {len(above) + 1:03}{pointers}{verb} | a {name}  \n"
