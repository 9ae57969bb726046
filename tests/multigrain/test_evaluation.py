import json
import sys
from pathlib import Path

import numpy as np
import pytest

from multigrain.__main__ import main
from multigrain.config import read_config
from multigrain.evaluation import as_text, evaluate, labelled_phrase_scores
from multigrain.label_codes import NEGATIVE, POSITIVE
from multigrain.ranking import ranks, recalls
from multigrain.run import Run, load_run
from multigrain.scoring import score_split
from multigrain.shards import DataSetError
from multigrain.training import Trainer
from tests.small_data import write_data_set

SMALL = ["model.encoder.dim=16", "model.encoder.word_size=8", "batch_size=8", "epochs=1", "min_word_count=1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set and a run of SSAMT on it, of one epoch."""
    folder = tmp_path_factory.mktemp("evaluation")
    write_data_set(folder / "data", (20, 0, 19), captions=3, splits=("train", "val", "test"), rules=True)
    options = [f"data={folder / 'data'}", f"out={folder / 'run'}", "model=ssamt", *SMALL, "tensorboard=false"]
    Trainer(read_config(None, [*options, "device=cpu"])).train()
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return load_run(folder / "run", device="cpu")


def test_evaluate_counts_every_photo_and_caption_of_the_split(run: Run) -> None:
    data = run.open_data()
    report = evaluate(run, data, "test")
    found = score_split(run.model, data, "test", run.device)
    assert (report["photos"], report["captions"]) == found.scores.shape
    assert report["photos"] == len(data.photo_rows("test")) > 5
    assert report["retrieval"].items() >= recalls(*ranks(found.scores, found.caption_photo)).items()
    assert report["folds_1k"] is None


def test_labelled_phrase_scores_are_those_of_each_pair_alone(run: Run) -> None:
    data = run.open_data()
    expected: dict[int, list[float]] = {POSITIVE: [], NEGATIVE: []}
    for row in data.candidate_rows("test"):
        batch = data.candidates(np.array([row])).to("cpu")
        codes = run.model.encode_images(batch.photos), run.model.encode_captions(batch.captions)
        scores = run.model.phrase_scores(*codes)[0, 0]
        assert batch.labels is not None
        for score, label in zip(scores.tolist(), batch.labels.label[0].tolist(), strict=True):
            if label in expected:
                expected[label].append(score)
    positive, negative = labelled_phrase_scores(run, data, "test")
    np.testing.assert_allclose(positive, expected[POSITIVE], atol=1e-5)
    np.testing.assert_allclose(negative, expected[NEGATIVE], atol=1e-5)


def test_evaluate_command_prints_and_writes_the_report(
    folder: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.json"
    assert main(["evaluate", str(folder / "run"), "--device", "cpu", "--json", str(out)]) == 0
    report = json.loads(out.read_text())
    assert report == evaluate(run, run.open_data(), "test")
    printed = capsys.readouterr().out
    assert printed.strip() == as_text(report)
    assert f"AUC {report['phrases']['auc'] * 100:.1f}" in printed


def test_evaluate_refuses_a_split_without_photos(run: Run, tmp_path: Path) -> None:
    write_data_set(tmp_path / "train", split="train")
    with pytest.raises(DataSetError, match="no test photos"):
        evaluate(run, run.open_data(tmp_path / "train"), "test")


def test_evaluate_says_whose_ids_the_extended_truths_know_before_it_scores(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("eccv_caption", reason="the extra [eval] is not installed")
    monkeypatch.setattr("multigrain.evaluation.score_split", None)
    with pytest.raises(DataSetError, match="COCO's own ids"):
        evaluate(run, run.open_data(), "test", extended=True)


def test_evaluate_command_says_what_to_install_before_it_scores(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "multigrain.coco_extended", raising=False)
    monkeypatch.setitem(sys.modules, "eccv_caption", None)  # as if it was not installed
    monkeypatch.setattr("multigrain.evaluation.score_split", None)
    assert main(["evaluate", str(folder / "run"), "--device", "cpu", "--coco-extended"]) == 2
    assert "pip install 'multigrain[eval]'" in capsys.readouterr().err


def test_evaluate_command_names_a_missing_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
