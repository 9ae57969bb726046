import random
from pathlib import Path

import h5py
import numpy as np
import pytest

from multigrain import DataSetError, Shards
from multigrain.shards import map_features
from schemas.feature_shard import FeatureLayout, FeatureRow, create_feature_shard
from schemas.graph_shard import write_graph_shard
from schemas.label_shard import write_label_shard
from schemas.manifest import RunRecord, manifest_json, success_text
from schemas.records import ImageGraphs, ImageLabels
from schemas.sidecar import FileEntry, Sidecar, StageCount
from tests.synthetic import image_graphs, image_labels, regions

SIZES = (3, 0, 2)  # images of each shard


def write_data_set(folder: Path, dtype: str = "float16") -> tuple[list[ImageGraphs], list[ImageLabels]]:
    """Writes a data set of three shards by the schemas alone, and returns what is in it."""
    rng, random_regions = random.Random(0), np.random.default_rng(0)
    layout = FeatureLayout(4, 16, 2, dtype)
    all_graphs, all_labels, sidecars, number = [], [], [], 0
    for shard, size in enumerate(SIZES):
        graphs = [image_graphs(rng, number + i) for i in range(size)]
        labels = [image_labels(rng, number + i) for i in range(size)]
        number += size
        names = {p: f"{p}-{shard:05}-of-00003" for p in ("features", "graphs", "labels")}
        with create_feature_shard(folder / f"{names['features']}.h5", layout, [g.image_id for g in graphs]) as writer:
            for row in range(size):
                writer.write(row, FeatureRow(regions(random_regions, row + 1), np.zeros((row + 1,) * 2, np.uint8)))
        write_graph_shard(folder / f"{names['graphs']}.parquet", graphs)
        write_label_shard(folder / f"{names['labels']}.parquet", labels)
        for product, name in names.items():
            entry = FileEntry(name + (".h5" if product == "features" else ".parquet"), 0, "")
            counts = {"Stage": StageCount(size, size, 0)}
            sidecars.append(Sidecar(product, shard, len(SIZES), size, "f", "i", (entry,), counts))
        all_graphs += graphs
        all_labels += labels
    manifest = manifest_json(RunRecord({}, {}), sidecars, [], {"vocabularies": {}})
    (folder / "manifest.json").write_text(manifest)
    (folder / "_SUCCESS").write_text(success_text(manifest))
    return all_graphs, all_labels


def test_shards_give_every_image_in_order(tmp_path: Path) -> None:
    graphs, labels = write_data_set(tmp_path)
    shards = Shards(tmp_path)
    assert len(shards) == 5
    assert [image.graphs for image in shards] == graphs
    assert [image.labels for image in shards] == labels


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_shards_give_features_of_the_real_boxes(tmp_path: Path, dtype: str) -> None:
    write_data_set(tmp_path, dtype)
    expected = np.random.default_rng(0)
    for index, count in enumerate((1, 2, 3, 1, 2)):
        image, truth = Shards(tmp_path)[index], regions(expected, count)
        assert image.features.dtype == np.float32
        np.testing.assert_allclose(image.features, truth.features, atol={"uint8": 0.02, "float16": 2e-3}.get(dtype, 0))
        np.testing.assert_array_equal(image.boxes, truth.boxes)


@pytest.mark.parametrize("index", [-1, 5])
def test_shards_refuse_an_index_outside(tmp_path: Path, index: int) -> None:
    write_data_set(tmp_path)
    with pytest.raises(IndexError, match="of 5"):
        Shards(tmp_path)[index]


@pytest.mark.parametrize("name", ["_SUCCESS", "manifest.json"])
def test_shards_refuse_an_unfinished_folder(tmp_path: Path, name: str) -> None:
    write_data_set(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(DataSetError, match=name):
        Shards(tmp_path)


def test_shards_refuse_a_changed_manifest(tmp_path: Path) -> None:
    write_data_set(tmp_path)
    (tmp_path / "manifest.json").write_text((tmp_path / "manifest.json").read_text() + " ")
    with pytest.raises(DataSetError, match="_SUCCESS"):
        Shards(tmp_path)


def test_map_features_equals_what_h5py_reads(tmp_path: Path) -> None:
    write_data_set(tmp_path)
    path = tmp_path / "features-00000-of-00003.h5"
    with h5py.File(path) as file:
        arrays = map_features(path)
        assert set(arrays) == set(file)
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, file[name][:])


def test_map_features_refuses_a_file_that_was_cut_off(tmp_path: Path) -> None:
    write_data_set(tmp_path)
    path = tmp_path / "features-00000-of-00003.h5"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataSetError, match=path.name):
        map_features(path)


def test_map_features_refuses_a_file_that_is_no_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "features.h5"
    path.write_bytes(bytes(5000))
    with pytest.raises(DataSetError, match=path.name):
        map_features(path)
