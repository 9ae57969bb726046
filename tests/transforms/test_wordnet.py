"""WordNet's own files, read and refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tiny_wordnet import LICENCE, write_wordnet
from transforms.wordnet import read_wordnet

REAL = Path("/usr/share/wordnet")


def test_read_wordnet_reads_senses_hypernyms_and_depths(tmp_path: Path) -> None:
    wordnet = read_wordnet(write_wordnet(tmp_path, {"punt": 1}))
    kayak, canoe = wordnet.nouns["kayak"].first, wordnet.nouns["canoe"].first
    assert kayak is not None
    assert wordnet.hypernyms[kayak] == (canoe,)
    assert wordnet.depths[kayak] == 10
    nile = wordnet.nouns["nile"].first
    assert nile is not None
    assert wordnet.hypernyms[nile] == (wordnet.nouns["watercraft"].first,)
    assert wordnet.nouns["sea kayak"].senses == (wordnet.nouns["sea kayak"].first,)


def test_read_wordnet_knows_the_commonest_sense_only_where_senses_were_counted(tmp_path: Path) -> None:
    nouns = read_wordnet(write_wordnet(tmp_path, {"punt": 1})).nouns
    assert nouns["punt"].first == nouns["punt"].senses[0]
    assert len(nouns["turtle"].senses) == 2
    assert nouns["turtle"].first is None


def test_read_wordnet_digest_is_of_both_files(tmp_path: Path) -> None:
    one = read_wordnet(write_wordnet(tmp_path / "one"))
    assert one == read_wordnet(write_wordnet(tmp_path / "same"))
    counted = read_wordnet(write_wordnet(tmp_path / "index", {"kayak": 3}))
    instance = read_wordnet(write_wordnet(tmp_path / "data", instances=()))
    assert len({one.sha256, counted.sha256, instance.sha256}) == 3


def test_read_wordnet_refuses_a_folder_without_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"data\.noun"):
        read_wordnet(tmp_path)


Edit = Callable[[list[str]], list[str]]


def replace_in(number: int, old: str, new: str) -> Edit:
    """Returns an edit of the line of that number, counted from 1, which must hold what is replaced."""

    def edit(lines: list[str]) -> list[str]:
        assert old in lines[number - 1]
        return [*lines[: number - 1], lines[number - 1].replace(old, new), *lines[number:]]

    return edit


def circle(lines: list[str]) -> list[str]:
    """Makes level 1 a kind of level 2, which is a kind of level 1."""
    return [*lines[:2], lines[2].replace(f"@ {lines[1][:8]}", f"@ {lines[3][:8]}"), *lines[3:]]


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("data.noun", lambda lines: [LICENCE], r"data\.noun:1: .*without a noun"),
        ("data.noun", lambda lines: ["{}\n", *lines], r"data\.noun:1: no synset"),
        ("data.noun", lambda lines: [*lines[:3], *lines[4:]], r"data\.noun:4: synset \d{8} starts at byte"),
        ("data.noun", lambda lines: [*lines[:-1], lines[-1][:-1]], r"data\.noun:18: .*cut off"),
        ("data.noun", lambda lines: [*lines[:-1], "x" * 100_000 + "\n"], r"data\.noun:18: .*no end"),
        ("data.noun", replace_in(3, " n 01 ", " v 01 "), r"data\.noun:3: no synset of nouns"),
        ("data.noun", replace_in(3, " 002 ", " 003 "), r"data\.noun:3: no synset of nouns"),
        ("data.noun", replace_in(3, " 002 ", " -02 "), r"data\.noun:3: no synset of nouns"),
        ("data.noun", replace_in(3, "@ 000", "@ 999"), r"data\.noun:3: no synset 999\d{5}, a hypernym"),
        ("data.noun", circle, r"data\.noun:3: .*circle"),
        ("index.noun", lambda lines: [*lines[:4], "\n"], r"index\.noun:5: no lemma"),
        ("index.noun", replace_in(4, " n 1 ", " v 1 "), r"index\.noun:4: no lemma"),
        ("index.noun", replace_in(4, " n 1 ", " n 2 "), r"index\.noun:4: no lemma"),
        ("index.noun", replace_in(4, " 2 @ ~", " -2 @ ~"), r"index\.noun:4: no lemma"),
        ("index.noun", replace_in(4, " 0 000", " 0 999"), r"index\.noun:4: no synset 999\d{5} of 'chelonian'"),
    ],
)
def test_read_wordnet_names_the_line_that_is_wrong(tmp_path: Path, name: str, edit: Edit, message: str) -> None:
    path = write_wordnet(tmp_path) / name
    path.write_text("".join(edit(path.read_text().splitlines(keepends=True))))
    with pytest.raises(ValueError, match=message):
        read_wordnet(tmp_path)


@pytest.mark.skipif(not (REAL / "data.noun").exists(), reason="WordNet is not installed (wordnet-base)")
def test_read_wordnet_reads_princetons_own_files() -> None:
    wordnet = read_wordnet(REAL)
    assert len(wordnet.nouns) > 100_000
    assert len(wordnet.hypernyms) > 80_000
    assert [synset for synset, depth in wordnet.depths.items() if not depth] == list(wordnet.nouns["entity"].senses)
    dog = wordnet.nouns["dog"].first
    assert dog is not None
    assert wordnet.nouns["canine"].senses[1] in wordnet.hypernyms[dog]
    assert wordnet.nouns["turtle"].first is None
