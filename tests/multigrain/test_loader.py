from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from multigrain.batch import Batch
from multigrain.data import DataSet, Fill
from multigrain.loader import Loader, _ring, candidate_batches, caption_batches, on_device, photo_batches
from multigrain.shards import DataSetError, map_features
from multigrain.tokens import WordTokenizer
from tests.multigrain.models_data import photos
from tests.small_data import write_data_set


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    folder = tmp_path_factory.mktemp("loader")
    write_data_set(folder / "data", (20, 0, 17), split="train", captions=3)
    return DataSet(folder / "data", WordTokenizer.learn(["a red man rides a blue horse ."], 1), cache=folder / "cache")


def seen(batches: list[Batch]) -> list[int]:
    return [index for batch in batches for index in batch.captions.index.tolist()]


def take(loader: Loader, count: int) -> list[int]:
    """Returns the captions of the next batches, fewer where the epoch ends."""
    return seen([batch for _, batch in zip(range(count), loader, strict=False)])


def test_loader_gives_each_caption_once_an_epoch(data: DataSet) -> None:
    loader = Loader(data, batch_size=8, drop_last=False)
    epochs = [seen(list(loader)) for _ in range(2)]
    for epoch in epochs:
        assert sorted(epoch) == data.caption_rows("train").tolist()
    assert epochs[0] != epochs[1]
    assert loader.epoch == 2


def test_loader_drops_what_fills_no_batch(data: DataSet) -> None:
    loader = Loader(data, batch_size=8)
    batches = list(loader)
    assert {len(batch) for batch in batches} == {8}
    assert len(batches) == len(loader) == len(data.caption_rows("train")) // 8


def test_loader_gives_captions_with_their_own_photos(data: DataSet) -> None:
    for batch in Loader(data, batch_size=16, threads=3):
        alone = data.pairs(batch.captions.index.numpy())
        assert torch.equal(batch.captions.image, batch.photos.index)
        assert torch.equal(batch.photos.features, alone.photos.features)
        assert torch.equal(batch.captions.tokens, alone.captions.tokens)


def test_loader_goes_on_after_a_break(data: DataSet) -> None:
    whole = seen(list(Loader(data, batch_size=8, seed=5)))
    loader = Loader(data, batch_size=8, seed=5)
    assert take(loader, 3) + seen(list(loader)) == whole


def test_loader_on_a_device_copies_out_of_the_ring(data: DataSet) -> None:
    batches = list(Loader(data, batch_size=8, device="cpu"))
    for batch in batches:
        assert batch.photos.features.dtype == torch.float32
        alone = data.pairs(batch.captions.index.numpy())
        assert torch.equal(batch.photos.features, alone.photos.features.float())


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.integers(1, 5), st.integers(5, 40), st.integers(0, 6)), min_size=1, max_size=4),
)
def test_loader_resumed_with_other_ranks_gives_every_sample_once(
    data: DataSet, seed: int, runs: list[tuple[int, int, int]]
) -> None:
    """Runs of (ranks, global batch size, batches before it ends), each resumed from the state of the one before."""
    found: list[int] = []
    state = None
    for ranks, size, steps in [*runs, (1, 16, 10**6)]:
        loaders = [
            Loader(data, batch_size=size, seed=seed, rank=rank, world_size=ranks, drop_last=False, threads=1)
            for rank in range(ranks)
        ]
        for loader in loaders:
            if state is not None:
                loader.load_state_dict(state)
            if loader.epoch == 0:
                found += take(loader, steps)
        states = [loader.state_dict() for loader in loaders]
        assert all(other == states[0] for other in states)
        state = states[0]
    assert sorted(found) == data.caption_rows("train").tolist()


def test_loader_resumed_gives_the_same_batches(data: DataSet) -> None:
    first, second = (Loader(data, batch_size=8, seed=3) for _ in range(2))
    list(first)
    take(first, 4)
    second.load_state_dict(first.state_dict())
    rest = seen(list(first))
    assert rest
    assert seen(list(second)) == rest


def test_loader_refuses_the_state_of_other_samples(data: DataSet) -> None:
    loader = Loader(data, batch_size=8)
    with pytest.raises(ValueError, match="samples 7"):
        loader.load_state_dict({**loader.state_dict(), "samples": 7})


@pytest.mark.parametrize(("rank", "world", "size"), [(2, 2, 8), (-1, 1, 8), (0, 9, 8), (0, 1, 0)])
def test_loader_refuses_ranks_that_cannot_be(data: DataSet, rank: int, world: int, size: int) -> None:
    with pytest.raises(ValueError, match="rank"):
        Loader(data, batch_size=size, rank=rank, world_size=world)


def test_loader_refuses_to_work_without_threads(data: DataSet) -> None:
    with pytest.raises(ValueError, match="threads=0"):
        Loader(data, batch_size=8, threads=0)


def test_loader_refuses_a_split_that_fills_no_batch(data: DataSet) -> None:
    with pytest.raises(ValueError, match="val has 0"):
        Loader(data, "val", drop_last=False)
    with pytest.raises(ValueError, match="batch 1000"):
        Loader(data, batch_size=1000)


def test_photo_batches_give_each_photo_once_in_order(data: DataSet) -> None:
    rows = [index for batch in photo_batches(data, "train", 5) for index in batch.index.tolist()]
    assert rows == data.photo_rows("train").tolist()


def test_photo_batches_keep_a_batch_until_the_next(data: DataSet) -> None:
    for batch in photo_batches(data, "train", 5, threads=2):
        assert torch.equal(batch.features, data.photos(batch.index.numpy()).features)


def test_caption_batches_give_each_caption_once_in_order(data: DataSet) -> None:
    rows = [index for batch in caption_batches(data, "train", 7) for index in batch.index.tolist()]
    assert rows == data.caption_rows("train").tolist()


def test_candidate_batches_give_each_candidate_once_in_order(data: DataSet) -> None:
    batches = list(candidate_batches(data, "train", 7))
    expected = data.candidates(data.candidate_rows("train"))
    assert torch.cat([b.captions.index for b in batches]).tolist() == expected.captions.index.tolist()
    assert torch.cat([b.photos.index for b in batches]).tolist() == expected.photos.index.tolist()


def test_loader_passes_on_what_a_thread_met(tmp_path: Path) -> None:
    write_data_set(tmp_path / "data", (20,), split="train")
    path = tmp_path / "data" / "features-00000-of-00001.h5"
    offset = map_features(path)["features"].offset
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"damage")
    tokenizer = WordTokenizer.learn(["a"], 1)
    with pytest.raises(DataSetError, match=path.name):
        list(Loader(DataSet(tmp_path / "data", tokenizer, check=True, cache=tmp_path / "c"), batch_size=4))


@pytest.mark.parametrize("threads", [1, 2])
def test_ring_ends_at_the_first_error_of_looking_up(data: DataSet, threads: int) -> None:
    asked = []

    def prepare(rows: NDArray[np.int64]) -> Fill[int]:
        asked.append(rows)
        raise OSError("no table")

    chunks = [np.arange(3)] * 50
    with pytest.raises(OSError, match="no table"):
        list(_ring(prepare, chunks, [data.buffer(3), data.buffer(3)], threads))
    assert len(asked) <= threads


def test_loader_leaves_no_thread_behind(data: DataSet) -> None:
    before = threading.active_count()
    take(Loader(data, batch_size=8, threads=4), 2)
    assert threading.active_count() == before


def test_loader_order_is_independent_of_threads(data: DataSet) -> None:
    orders = [seen(list(Loader(data, batch_size=8, threads=n))) for n in (1, 2, 5)]
    assert orders[0] == orders[1] == orders[2]
    assert np.unique(orders[0]).size == len(orders[0])


@dataclass
class Recorder:
    """Stands for a batch, and for a GPU's stream and event, as a machine for tests has no GPU: notes what is asked."""

    said: list[str]

    def to(self, device: torch.device, dtype: torch.dtype) -> str:
        self.said.append("copy")
        return "moved"

    def record_event(self) -> Recorder:
        return self

    def synchronize(self) -> None:
        self.said.append("wait")


def test_on_device_waits_for_the_copy_before_it_asks_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: Recorder(said))

    def batches() -> Iterator[Any]:
        for _ in range(2):
            said.append("fill")
            yield Recorder(said)

    for _ in on_device(batches(), torch.device("cuda")):
        said.append("encode")
    assert said == ["fill", "copy", "encode", "wait"] * 2


def test_on_device_yields_what_does_not_share_the_buffer() -> None:
    batch = photos(3)
    (moved,) = on_device([batch], torch.device("cpu"))
    assert torch.equal(moved.features, batch.features)
    batch.features.zero_()
    assert moved.features.any()
