from pathlib import Path

from multigrain.config import read_config
from multigrain.training import Trainer
from pipeline.__main__ import WRONG, main
from tests.small_data import write_data_set

SMALL = ["model.encoder.dim=16", "model.encoder.word_size=8", "batch_size=8", "epochs=1", "min_word_count=1"]


def test_search_judges_each_phrase_of_plain_words(tmp_path: Path) -> None:
    write_data_set(tmp_path / "data", (20, 9), captions=3, splits=("train", "val", "test"), rules=True)
    options = [f"data={tmp_path / 'data'}", f"out={tmp_path / 'run'}", "model=ssamt", *SMALL, "tensorboard=false"]
    Trainer(read_config(None, [*options, "device=cpu"])).train()
    page = tmp_path / "page.html"
    arguments = ["--top", "2", "--html", str(page), "--device", "cpu"]
    assert main(["search", str(tmp_path / "run"), "A man rides a brown horse.", *arguments]) == 0
    text = page.read_text()
    for number, phrase in enumerate(("man", "brown horse", "man rides a brown horse"), 1):
        assert text.count(f">{number} {phrase} <small>") == 2


def test_search_names_a_missing_run(tmp_path: Path) -> None:
    assert main(["search", str(tmp_path), "a man"]) == WRONG
