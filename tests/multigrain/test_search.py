import random
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from multigrain.__main__ import main
from multigrain.batch import Captions
from multigrain.config import read_config
from multigrain.run import Run, load_run
from multigrain.scoring import score_split
from multigrain.search import Query, captions_for, photos_for
from multigrain.shards import DataSetError
from multigrain.training import Trainer
from tests.small_data import caption, write_data_set
from transforms.phrases import phrases

SMALL = ["model.encoder.dim=16", "model.encoder.word_size=8", "batch_size=8", "epochs=1", "min_word_count=1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set with photos, and runs of SSAMT, ReSG and VSE on it, of one epoch."""
    folder = tmp_path_factory.mktemp("search")
    written = write_data_set(folder / "data", (20, 0, 19), captions=3, splits=("train", "val", "test"), rules=True)
    (folder / "photos").mkdir()
    for image in written.graphs:
        Image.new("RGB", (101, 100), "blue").save(folder / "photos" / image.uri)
    for name in ("ssamt", "resg", "vse"):
        options = [f"data={folder / 'data'}", f"out={folder / name}", f"model={name}", *SMALL, "tensorboard=false"]
        Trainer(read_config(None, [*options, "device=cpu"])).train()
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return load_run(folder / "ssamt", device="cpu")


def own_query(run: Run, row: int) -> Query:
    """Returns a caption of the data set as a query."""
    data = run.open_data()
    image = data.shards[int(data.caption_images(np.array([row]))[0])]
    number = row - data.first_caption(row)
    one, graph = image.graphs.captions[number], image.graphs.graphs[number]
    return Query(one.text, graph, phrases(one.caption_id, graph))


def test_query_is_read_as_the_same_caption_of_the_data_set(run: Run) -> None:
    data = run.open_data()
    for row in data.caption_rows("test")[:6].tolist():
        ours, theirs = own_query(run, row).captions(run), data.captions(np.array([row]))
        for name in {f.name for f in fields(Captions)} - {"index", "image", "phrase_index"}:
            assert torch.equal(getattr(ours, name), getattr(theirs, name)), name


def test_photos_for_ranks_the_split_by_the_models_scores(run: Run) -> None:
    data = run.open_data()
    row = data.caption_rows("test")[0]
    found = score_split(run.model, data, "test", run.device)
    order = np.argsort(-found.scores[:, 0], kind="stable")
    hits = photos_for(run, data, own_query(run, int(row)), "test", top=5)
    ids, _ = data.names("test")
    assert [hit.image_id for hit in hits] == [ids[i] for i in order[:5]]
    np.testing.assert_allclose([hit.score for hit in hits], found.scores[order[:5], 0], atol=1e-5)


def test_photos_for_reads_no_captions_of_the_split(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    data, query = run.open_data(), own_query(run, 0)
    monkeypatch.setattr(data, "captions", None)
    assert photos_for(run, data, query, "test", top=3)


def test_photos_for_refuses_a_split_without_photos(run: Run, tmp_path: Path) -> None:
    write_data_set(tmp_path / "train", split="train")
    with pytest.raises(DataSetError, match="train has no test photos"):
        photos_for(run, run.open_data(tmp_path / "train"), Query("a red man"), "test")


def test_photos_for_says_which_phrase_stands_where(run: Run) -> None:
    data = run.open_data()
    one, graph = caption(random.Random(0), "query")
    query = Query(one.text, graph, phrases("query", graph))
    (hit,) = photos_for(run, data, query, "test", top=1)
    words = one.text.split()
    assert [phrase.text for phrase in hit.phrases] == [
        " ".join(words[1:3]),
        " ".join(words[5:7]),
        " ".join(words[2:7]),
    ]
    photo, _ = data.find(hit.image_id)
    boxes = data.shards[photo].boxes.tolist()
    assert all(list(box) in boxes for phrase in hit.phrases for box in phrase.boxes)
    assert [len(phrase.boxes) for phrase in hit.phrases] == [1, 1, 1]


def test_photos_for_shows_both_ends_of_the_relation_that_a_triple_is_scored_by(folder: Path) -> None:
    run = load_run(folder / "resg", device="cpu")
    data = run.open_data()
    hits = photos_for(run, data, own_query(run, int(data.caption_rows("test")[0])), "test", top=100)
    regions = [len(data.shards[data.find(hit.image_id)[0]].boxes) for hit in hits]
    assert max(regions) > 1
    # A photo with one region has no relations.
    assert [[len(phrase.boxes) for phrase in hit.phrases] for hit in hits] == [[1, 1, min(n, 2)] for n in regions]


def test_captions_for_ranks_the_captions_of_the_photos_split(run: Run) -> None:
    data = run.open_data()
    found = score_split(run.model, data, "test", run.device)
    ids, caption_ids = data.names("test")
    hits = captions_for(run, data, ids[2], top=4)
    order = np.argsort(-found.scores[2], kind="stable")[:4]
    texts = {c.caption_id: c.text for image in data.shards for c in image.graphs.captions}
    assert [hit.caption for hit in hits] == [texts[caption_ids[i]] for i in order]
    assert {hit.image_id for hit in hits} == {ids[2]}


def test_captions_for_reads_the_one_photo(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    data, read = run.open_data(), set[int]()
    prepare = data.prepare_photos
    monkeypatch.setattr(data, "prepare_photos", lambda rows: (read.update(rows.tolist()), prepare(rows))[1])
    image_id = data.names("test")[0][1]
    assert captions_for(run, data, image_id, top=3)
    assert read == {data.find(image_id)[0]}


def test_photos_for_plain_words_of_a_model_without_phrases(folder: Path) -> None:
    run = load_run(folder / "vse", device="cpu")
    hits = photos_for(run, run.open_data(), Query("a red man"), "test", top=3)
    assert len(hits) == 3
    assert all(hit.phrases == () for hit in hits)


def test_search_command_writes_page_and_picture(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "picture"  # a PNG by any name
    arguments = ["--images", str(folder / "photos"), "--html", str(page), "--png", str(picture), "--device", "cpu"]
    assert main(["search", str(folder / "ssamt"), "a <b>red</b> man", "--top", "2", *arguments]) == 0
    text = page.read_text()
    assert text.count("data:image/jpeg") == 2
    assert "&lt;b&gt;red" in text
    assert "<b>" not in text
    assert Image.open(picture).width > 1000
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_search_command_finds_captions_of_a_photo(folder: Path, run: Run, tmp_path: Path) -> None:
    image_id = run.open_data().names("test")[0][0]
    page = tmp_path / "page.html"
    assert main(["search", str(folder / "ssamt"), "--photo", image_id, "--html", str(page), "--top", "3"]) == 0
    assert page.read_text().count("<li>") == 3


@pytest.mark.parametrize("arguments", [[], ["words", "--photo", "im1"], ["--photo", "nobody"], ["words", "--top", "0"]])
def test_search_command_refuses_what_cannot_be(folder: Path, tmp_path: Path, arguments: list[str]) -> None:
    assert main(["search", str(folder / "ssamt"), *arguments, "--html", str(tmp_path / "page.html")]) == 2
    assert not (tmp_path / "page.html").exists()
