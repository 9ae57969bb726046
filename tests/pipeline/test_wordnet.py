"""A run with WordNet as a source of words, beside one without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from multigrain import Shards
from multigrain.phrase_mask import PhraseLabeller
from pipeline.__main__ import OK, WRONG, main
from tests.pipeline.conftest import write_world
from tests.tiny_wordnet import write_wordnet

TEACHING = (["A canoe is on the lake."] * 3, ["A dog chases a ball."] * 3)
ASKED = {"kayak.png": ["A kayak is on the beach."], "canoe.png": ["A canoe is under a tree."]}


@pytest.fixture(name="captions", scope="module")
def fixture_captions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    train = [{"filename": f"{i}.png", "split": "train", "sentences": TEACHING[i % 2]} for i in range(24)]
    test = [{"filename": name, "split": "test", "sentences": texts} for name, texts in ASKED.items()]
    return write_world(tmp_path_factory.mktemp("captions"), [*train, *test])


def run(captions: Path, out: Path, *more: str) -> int:
    return main(["run", str(captions), "--out", str(out), "--shards", "1", *more])


def canoe_for_kayak(out: Path) -> tuple[tuple[str, str], int]:
    """Returns label and reason of the canoe for the photo of the kayak, and what the online mask says."""
    images = list(Shards(out))
    at = [image.image_id for image in images].index("kayak")
    captions = [c.caption_id for image in images for c in image.graphs.captions]
    (candidate,) = images[at].labels.candidates
    (canoe,) = (item for item in candidate.labels if item.phrase.text == "canoe")
    mask = PhraseLabeller(out)(images=[at], captions=[captions.index(candidate.caption_id)])
    return (canoe.label, canoe.reason), int(mask.label[0, 0, 0])


def test_run_labels_by_wordnet_what_it_else_denies(captions: Path, tmp_path: Path) -> None:
    wordnet = write_wordnet(tmp_path / "wordnet")
    without, with_wordnet = tmp_path / "without", tmp_path / "with"
    assert run(captions, without) == OK
    assert run(captions, with_wordnet, "--wordnet", str(wordnet)) == OK
    assert canoe_for_kayak(without) == (("negative", "absent_head"), -1)
    assert canoe_for_kayak(with_wordnet) == (("positive", "compatible"), 1)
    assert main(["verify", str(with_wordnet)]) == OK
    identities = [json.loads((out / "run.json").read_text())["identity"] for out in (without, with_wordnet)]
    assert identities[1].keys() - identities[0].keys() == {"wordnet"}


def test_run_refuses_another_wordnet(captions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wordnet, out = tmp_path / "wordnet", tmp_path / "out"
    assert run(captions, out, "--wordnet", str(write_wordnet(wordnet))) == OK
    before = (out / "corpus.json").read_bytes()
    write_wordnet(wordnet, {"punt": 1})
    assert run(captions, out, "--wordnet", str(wordnet)) == WRONG
    assert "wordnet: " in capsys.readouterr().err
    assert (out / "corpus.json").read_bytes() == before


@pytest.mark.parametrize(("damage", "message"), [("missing", "data.noun: No such file"), ("cut off", "data.noun:18: ")])
def test_run_names_what_is_wrong_with_wordnet_before_it_starts(
    captions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str, message: str
) -> None:
    data = write_wordnet(tmp_path / "wordnet") / "data.noun"
    if damage == "missing":
        data.unlink()
    else:
        data.write_text(data.read_text()[:-20])
    assert run(captions, tmp_path / "out", "--wordnet", str(data.parent)) == WRONG
    said = capsys.readouterr().err
    assert "--wordnet: " in said
    assert message in said
    assert not (tmp_path / "out").exists()
