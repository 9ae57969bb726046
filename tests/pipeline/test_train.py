"""From shards that the pipeline made to a page that explains: the commands of the README, one after the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from multigrain import Shards
from multigrain.__main__ import main as multigrain
from pipeline.__main__ import main as pipeline
from tests.pipeline.conftest import World

SMALL = ["model.encoder.dim=16", "model.encoder.word_size=8", "batch_size=8", "epochs=2", "all_negatives_epochs=2"]


@pytest.fixture(scope="module")
def run(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SSAMT, trained on the data set of the pipeline's tests."""
    run = tmp_path_factory.mktemp("train") / "run"
    assert train(finished, run) == 0
    return run


def train(shards: Path, run: Path) -> int:
    return multigrain(["train", "--config", "demo_ssamt", f"data={shards}", f"out={run}", "device=cpu", *SMALL])


def test_trained_run_is_evaluated_on_every_test_photo(finished: Path, run: Path, tmp_path: Path) -> None:
    assert multigrain(["evaluate", str(run), "--device", "cpu", "--json", str(tmp_path / "report.json")]) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    photos = [image for image in Shards(finished) if image.graphs.split == "test" and len(image.boxes)]
    assert report["photos"] == len(photos) > 0
    assert report["captions"] == sum(len(image.graphs.captions) for image in photos)
    assert 0 <= report["retrieval"]["rsum"] <= 600


def test_trained_run_explains_photos_and_captions(finished: Path, run: Path, world: World, tmp_path: Path) -> None:
    words, photo = tmp_path / "words.html", tmp_path / "photo.html"
    arguments = ["--device", "cpu", "--top", "3", "--html"]
    assert pipeline(["search", str(run), "A man rides a brown horse.", *arguments, str(words)]) == 0
    one = next(image for image in Shards(finished) if image.graphs.split == "test")
    assert pipeline(["search", str(run), "--photo", one.graphs.image_id, *arguments, str(photo)]) == 0
    assert words.read_text().count("data:image/jpeg") == 3  # found by the folder that the pipeline's run was given
    assert words.read_text().count(">2 brown horse <small>") == 3
    assert photo.read_text().count('<span class="phrase') >= 3


def test_training_that_is_finished_takes_no_step_again(finished: Path, run: Path) -> None:
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    assert any(json.loads(line)["kind"] == "val" for line in before["log.jsonl"].splitlines())
    assert train(finished, run) == 0
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()} == before
