import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from multigrain.batch import NO_PHRASE, OBJECT, TRIPLE
from multigrain.caption_table import behind_padding, read_captions
from multigrain.data import DataSet, captions_of
from multigrain.shards import DataSetError
from multigrain.tokens import BertTokenizer, Tokenizer, WordTokenizer
from schemas.graph_shard import graph_table
from schemas.label_shard import label_table
from schemas.manifest import success_text
from schemas.records import ImageLabels, Phrase, SceneGraph
from tests.small_data import VERBS, Written, write_data_set
from tests.small_tokenizer import word_pieces


def words(written: Written, max_tokens: int = 80) -> WordTokenizer:
    return WordTokenizer.learn((c.text for i in written.graphs for c in i.captions), 1, max_tokens)


def open_data(folder: Path, tokenizer: Tokenizer, **options: object) -> DataSet:
    return DataSet(folder / "data", tokenizer, cache=folder / "cache", **options)  # type: ignore[arg-type]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return write_data_set(tmp_path / "data")


def all_captions(written: Written) -> list[tuple[int, str, SceneGraph]]:
    """Returns (image row, text, graph) of every caption in order."""
    rows = enumerate(written.graphs)
    return [(row, c.text, g) for row, image in rows for c, g in zip(image.captions, image.graphs, strict=True)]


def own_phrases(written: Written, caption: int) -> list[Phrase]:
    ids = [c.caption_id for image in written.graphs for c in image.captions]
    return [p for image in written.labels for p in image.positives if p.caption_id == ids[caption]]


def test_photo_rows_leave_out_photos_without_regions(tmp_path: Path, written: Written) -> None:
    data = open_data(tmp_path, words(written))
    usable = [i for i, regions in enumerate(written.regions) if regions is not None]
    for split in ("train", "val", "test"):
        assert data.photo_rows(split).tolist() == [i for i in usable if written.graphs[i].split == split]
    assert data.without_regions("train") == 1


def test_caption_rows_are_the_captions_of_photo_rows(tmp_path: Path, written: Written) -> None:
    data = open_data(tmp_path, words(written))
    images = np.array([row for row, _, _ in all_captions(written)])
    assert data.caption_rows("test").tolist() == np.flatnonzero(np.isin(images, data.photo_rows("test"))).tolist()
    assert data.caption_images(data.caption_rows("test")).tolist() == images[data.caption_rows("test")].tolist()


def test_photos_are_what_was_written(tmp_path: Path, written: Written) -> None:
    rows = np.array([7, 0, 5, 0])
    photos = open_data(tmp_path, words(written), max_relations=99).photos(rows)
    assert photos.index.tolist() == rows.tolist()
    for i, row in enumerate(rows.tolist()):
        truth = written.regions[row]
        assert truth is not None
        n = len(truth.boxes)
        assert photos.num_boxes[i] == n
        np.testing.assert_array_equal(photos.features[i, :n].numpy(), truth.features.astype(np.float16))
        np.testing.assert_array_equal(photos.boxes[i, :n].numpy(), truth.boxes)
        assert photos.object_ids[i].tolist() == [*truth.object_ids.tolist(), *[-1] * (4 - n)]
        assert tuple(photos.image_size[i].tolist()) == truth.image_size
        assert photos.spatial[i, :n, :n].flatten().tolist() == [k % 12 for k in range(n * n)]


def test_photos_have_their_best_relations(tmp_path: Path, written: Written) -> None:
    data = open_data(tmp_path, words(written), max_relations=5)
    photos = data.photos(np.arange(len(written.graphs))[data.photo_rows("train")])
    assert photos.relation_pairs.shape[1] == 5
    for i, row in enumerate(photos.index.tolist()):
        truth = written.relations[row].relations[:5]
        n = len(truth)
        assert photos.relation_pairs[i, :n].tolist() == [[r.subject, r.object] for r in truth]
        assert [data.predicates[p] for p in photos.relation_predicate[i, :n].tolist()] == [r.predicate for r in truth]
        np.testing.assert_allclose(photos.relation_score[i, :n], [r.score * r.related for r in truth], rtol=1e-6)
        assert photos.relation_predicate[i, n:].tolist() == [-1] * (5 - n)
        assert photos.relation_score[i, n:].tolist() == [0] * (5 - n)


def test_photos_name_relations_by_the_predicates_that_are_given(tmp_path: Path, written: Written) -> None:
    given = (VERBS[2], VERBS[0])
    photos = open_data(tmp_path, words(written), predicates=given, max_relations=99).photos(np.array([7]))
    expected = [given.index(r.predicate) if r.predicate in given else -1 for r in written.relations[7].relations]
    assert photos.relation_predicate[0, : len(expected)].tolist() == expected
    assert -1 in expected


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_photos_keep_the_stored_type_of_features(tmp_path: Path, dtype: str) -> None:
    written = write_data_set(tmp_path / "data", dtype=dtype)  # type: ignore[arg-type]
    data = open_data(tmp_path, words(written))
    photos = data.photos(np.array([6]))
    assert photos.features.dtype == data.feature_dtype == getattr(torch, dtype)
    truth = written.regions[6]
    assert truth is not None
    np.testing.assert_allclose(photos.to("cpu").features[0, : len(truth.boxes)], truth.features, atol=0.02)


@pytest.mark.parametrize("pieces", [False, True])
def test_captions_have_their_phrases_where_the_text_has_them(tmp_path: Path, written: Written, pieces: bool) -> None:
    tokenizer: Tokenizer = BertTokenizer(word_pieces()) if pieces else words(written)
    rows = np.random.default_rng(0).permutation(len(all_captions(written)))
    captions = open_data(tmp_path, tokenizer).captions(rows)
    number = 0
    starts = np.cumsum([0, *(len(own_phrases(written, c)) for c in range(len(rows)))])
    for i, row in enumerate(rows.tolist()):
        image, text, graph = all_captions(written)[row]
        tokens = tokenizer.encode([text])
        assert captions.image[i] == image
        assert captions.tokens[i][captions.token_mask[i]].tolist() == tokens.ids.tolist()
        found = own_phrases(written, row)
        assert captions.phrase_kind[i].tolist()[len(found) :] == [NO_PHRASE] * (
            captions.phrase_kind.shape[1] - len(found)
        )
        for k, phrase in enumerate(found):
            number += 1
            assert captions.phrase_index[i, k] == starts[row] + k
            start, end = captions.phrase_tokens[i, k].tolist()
            assert (tokens.spans[start, 0], tokens.spans[end - 1, 1]) == graph.characters(phrase.span)
            if phrase.kind == "object":
                assert captions.phrase_kind[i, k] == OBJECT
                assert captions.phrase_ends[i, k].tolist() == [-1, -1]
                assert captions.phrase_predicate[i, k].tolist() == [0, 0]
                assert not captions.phrase_heads[i, k].any()
            else:
                assert captions.phrase_kind[i, k] == TRIPLE
                ends = [found[e].objects[0] for e in captions.phrase_ends[i, k].tolist()]
                assert ends == list(phrase.objects)
                start, end = captions.phrase_predicate[i, k].tolist()
                span = graph.characters(graph.relations[phrase.relation].span)
                assert (tokens.spans[start, 0], tokens.spans[end - 1, 1]) == span
                for o, (start, end) in zip(phrase.objects, captions.phrase_heads[i, k].tolist(), strict=True):
                    span = graph.characters(graph.objects[o].span)
                    assert (tokens.spans[start, 0], tokens.spans[end - 1, 1]) == span
    assert number > 20


def test_captions_of_pads_with_what_says_nothing() -> None:
    phrase = np.array([[OBJECT, 0, 1, -1, -1, 0, 0, 0, 0, 0, 0]], np.int32)
    part = {
        "caption_image": np.array([5, 6]),
        "tokens": np.array([8, 9, 8], np.int32),
        "token_counts": np.array([2, 1]),
        "phrases": phrase,
        "phrase_counts": np.array([0, 1]),
    }
    pieces = word_pieces().replace('"[PAD]":0', '"[PAD]":1').replace('"[UNK]":1', '"[UNK]":0')
    tokenizer = BertTokenizer(pieces)
    captions = captions_of(behind_padding(part, tokenizer), np.array([0, 1]))
    assert captions.tokens.tolist() == [[8, 9], [8, 1]]
    assert captions.tokens.dtype == torch.int64
    assert captions.token_mask.tolist() == [[True, True], [True, False]]
    assert captions.phrase_kind.tolist() == [[NO_PHRASE], [OBJECT]]
    assert captions.phrase_index.tolist() == [[-1], [0]]
    assert captions.phrase_ends[0].tolist() == [[-1, -1]]
    assert not captions.phrase_tokens[0].any()


def test_captions_cut_off_keep_the_places_of_their_phrases(tmp_path: Path, written: Written) -> None:
    whole = open_data(tmp_path, words(written)).captions(np.array([0]))
    cut = open_data(tmp_path, words(written, max_tokens=6)).captions(np.array([0]))  # <start> A red man rides <end>
    assert cut.tokens.shape[1] == 6
    assert whole.phrase_kind[0].tolist() == [OBJECT, OBJECT, TRIPLE]
    assert cut.phrase_kind[0].tolist() == [OBJECT, NO_PHRASE, TRIPLE]
    assert cut.phrase_tokens[0].tolist() == [[2, 4], [0, 0], [3, 5]]
    assert cut.phrase_predicate[0].tolist() == [[0, 0], [0, 0], [4, 5]]
    assert cut.phrase_heads[0].tolist() == [[[0, 0], [0, 0]], [[0, 0], [0, 0]], [[3, 4], [0, 0]]]


def test_candidates_have_the_labels_of_the_phrases(tmp_path: Path, written: Written) -> None:
    data = open_data(tmp_path, words(written))
    rows = data.candidate_rows("train")[::-1].copy()
    batch = data.candidates(rows)
    assert batch.labels is not None
    ids = [c.caption_id for image in written.graphs for c in image.captions]
    truth = [
        (row, candidate)
        for row, image in enumerate(written.labels)
        if row in data.photo_rows("train")
        for candidate in image.candidates
    ][::-1]
    values = {1: "positive", -1: "negative", 0: "unknown"}
    for i, (row, candidate) in enumerate(truth):
        n = len(candidate.labels)
        assert batch.photos.index[i] == row
        assert ids[int(batch.captions.index[i])] == candidate.caption_id
        assert [values[v] for v in batch.labels.label[i, :n].tolist()] == [item.label for item in candidate.labels]
        assert batch.labels.confidence[i, :n].tolist() == [item.confidence for item in candidate.labels]
        assert n == 3 == batch.labels.label.shape[1]


def test_data_set_is_compiled_once(tmp_path: Path, written: Written) -> None:
    first = open_data(tmp_path, words(written))
    files = sorted((tmp_path / "cache").rglob("*.npy"))
    times = [path.stat().st_mtime_ns for path in files]
    again = open_data(tmp_path, words(written))
    assert [path.stat().st_mtime_ns for path in files] == times
    assert torch.equal(first.captions(np.array([3])).tokens, again.captions(np.array([3])).tokens)


def test_data_set_is_compiled_anew_when_the_manifest_changes(tmp_path: Path) -> None:
    old = open_data(tmp_path, words(write_data_set(tmp_path / "data")))
    written = write_data_set(tmp_path / "data", (5, 3), seed=1)
    new = open_data(tmp_path, words(written))
    assert old.fingerprint != new.fingerprint
    truth = written.regions[0]
    assert truth is not None
    np.testing.assert_array_equal(new.photos(np.array([0])).boxes[0, :1], truth.boxes)


@pytest.mark.parametrize("product", ["graphs", "labels", "relations"])
def test_data_set_refuses_a_damaged_table(tmp_path: Path, written: Written, product: str) -> None:
    path = tmp_path / "data" / f"{product}-00002-of-00003.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataSetError, match=path.name):
        open_data(tmp_path, words(written))


@pytest.mark.parametrize(
    ("field", "says"), [("relation", "of a relation"), ("subject", "of an object"), ("object", "of an object")]
)
def test_read_captions_refuses_a_triple_of_what_its_caption_does_not_have(
    written: Written, field: str, says: str
) -> None:
    graphs = graph_table(written.graphs[:1])["captions"].chunk(0).flatten()
    own = list(own_phrases(written, 0))
    last = next(p for p in own if p.kind == "relation")
    objects = {"relation": last.objects, "subject": (9, last.objects[1]), "object": (last.objects[0], -7)}[field]
    own[own.index(last)] = replace(last, objects=objects, relation=9 if field == "relation" else last.relation)
    labels = label_table([ImageLabels("i", tuple(own), ())])["positives"].chunk(0).flatten()
    with pytest.raises(DataSetError, match=f"a triple is {says} that its caption does not have"):
        read_captions("here", graphs, labels, words(written))


@pytest.mark.parametrize("product", ["graphs", "features"])
def test_data_set_refuses_a_file_of_another_size(tmp_path: Path, written: Written, product: str) -> None:
    (path,) = (tmp_path / "data").glob(f"{product}-00000-of-00003.[hp]*")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataSetError, match=path.name):
        open_data(tmp_path, words(written))


@pytest.mark.parametrize("product", ["features", "labels", "relations"])
def test_data_set_refuses_files_of_other_images(tmp_path: Path, product: str) -> None:
    written = write_data_set(tmp_path / "data", foreign=product)
    with pytest.raises(DataSetError, match=f"{product}.* of other images"):
        open_data(tmp_path, words(written))


@pytest.mark.parametrize("pieces", [False, True])
def test_hard_phrases_stand_in_their_sentences(tmp_path: Path, written: Written, pieces: bool) -> None:
    tokenizer: Tokenizer = BertTokenizer(word_pieces()) if pieces else words(written)
    rows = np.random.default_rng(0).permutation(len(all_captions(written)))
    hard = open_data(tmp_path, tokenizer).hard_phrases(rows)
    ids = [c.caption_id for image in written.graphs for c in image.captions]
    truth = {phrase.caption_id: phrase for image in written.labels for phrase in image.hard_phrases}
    assert len(truth) == len(hard.caption) > 10
    for i, asked in enumerate(hard.caption.tolist()):
        phrase = truth[ids[rows[asked]]]
        tokens = tokenizer.encode([phrase.sentence])
        assert hard.sentences.tokens[i][hard.sentences.token_mask[i]].tolist() == tokens.ids.tolist()
        start, end = hard.sentences.phrase_tokens[i, 0].tolist()
        assert (tokens.spans[start, 0], tokens.spans[end - 1, 1]) == phrase.characters
        assert hard.sentences.phrase_kind[i].tolist() == [OBJECT]
        assert hard.sentences.image[i] == all_captions(written)[rows[asked]][0]
        assert hard.confidence[i] == phrase.confidence


def test_hard_phrases_of_an_older_data_set_are_none(tmp_path: Path, written: Written) -> None:
    folder = tmp_path / "data"
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["name"].startswith("labels") and entry["name"].endswith(".parquet"):
            path = folder / entry["name"]
            pq.write_table(pq.read_table(path).drop_columns(["hard_phrases"]), path)
            content = path.read_bytes()
            entry.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text)
    (folder / "_SUCCESS").write_text(success_text(text))
    hard = open_data(tmp_path, words(written)).hard_phrases(np.array([0, 1]))
    assert len(hard.caption) == len(hard.sentences.index) == 0
