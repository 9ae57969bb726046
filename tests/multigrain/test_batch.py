from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from multigrain.batch import Batch, Captions, Labels, Photos
from schemas.feature_shard import dequantise, quantise


def photos(features: torch.Tensor, feature_range: torch.Tensor | None = None) -> Photos:
    b, r, _ = features.shape
    ids = torch.zeros(b, r, dtype=torch.int64)
    return Photos(
        index=torch.arange(b),
        features=features,
        feature_range=feature_range,
        num_boxes=torch.tensor([1, r]),
        boxes=torch.zeros(b, r, 4),
        image_size=torch.ones(b, 2),
        object_ids=ids,
        spatial=torch.zeros(b, r, r, dtype=torch.uint8),
        relation_pairs=torch.zeros(b, 0, 2, dtype=torch.int64),
        relation_predicate=torch.zeros(b, 0, dtype=torch.int64),
        relation_score=torch.zeros(b, 0),
    )


def captions() -> Captions:
    names = [f.name for f in fields(Captions)]
    return Captions(**{name: torch.tensor([[number]]) for number, name in enumerate(names)})


def test_region_mask_is_true_where_there_is_a_region() -> None:
    assert photos(torch.zeros(2, 3, 4)).region_mask.tolist() == [[True, False, False], [True, True, True]]


@pytest.mark.parametrize("stored", [torch.float16, torch.float32])
def test_photos_to_copies_the_features_out_of_the_buffer(stored: torch.dtype) -> None:
    buffer = torch.ones(2, 3, 4, dtype=stored)
    moved = photos(buffer).to("cpu", torch.float32)
    buffer.zero_()
    assert moved.features.dtype == torch.float32
    assert bool((moved.features == 1).all())


def test_photos_to_copies_a_single_photo_too() -> None:
    records = torch.ones(3, 2, 4)
    one = replace(photos(torch.zeros(2, 2, 4)), boxes=records[:1], num_boxes=torch.ones(3, dtype=torch.int64)[:1])
    moved = one.to("cpu")
    records.zero_()
    assert bool((moved.boxes == 1).all())
    assert moved.boxes.is_contiguous()


def test_photos_to_restores_quantised_features() -> None:
    truth = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    values, ranges = (np.stack(part) for part in zip(*map(quantise, truth), strict=True))
    moved = photos(torch.from_numpy(values), torch.from_numpy(ranges)).to("cpu")
    assert moved.feature_range is None
    np.testing.assert_allclose(moved.features.numpy(), dequantise(values, ranges), rtol=1e-6)


def test_batch_to_keeps_every_other_field() -> None:
    batch = Batch(photos(torch.zeros(2, 3, 4)), captions(), Labels(torch.tensor([[1]]), torch.tensor([[0.5]])))
    moved = batch.to("cpu")
    assert moved.labels is not None
    assert len(moved) == 1
    for side, other in ((batch.captions, moved.captions), (batch.labels, moved.labels)):
        for field in fields(side):
            assert torch.equal(getattr(side, field.name), getattr(other, field.name))
