"""Detectors by folder, by the model zoo's name and from bottom-up attention's files; weights by file and by URL."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.tiny_detector import ATTRIBUTES, OBJECTS, fpn_config, write_detector
from transforms.detector_folder import DetectorError
from transforms.detector_source import open_source
from transforms.weights import WeightsError

ZOO = "zoo:COCO-Detection/faster_rcnn_R_50_FPN_1x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_detector(tmp_path / "detector", fpn_config())


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    (tmp_path / "vg").mkdir()
    (tmp_path / "vg" / "objects_vocab.txt").write_text("yolk\ngoggles\nbathtub,bath tub")
    (tmp_path / "vg" / "attributes_vocab.txt").write_text("floral\nred")
    return tmp_path / "vg"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def served(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yields the URL at which a server gives the folder's weights."""
    monkeypatch.setenv("FVCORE_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/model.safetensors"
    server.shutdown()
    server.server_close()


def test_open_source_reads_a_folder(folder: Path) -> None:
    source = open_source(str(folder), None)
    assert (source.object_names, source.attribute_names) == (OBJECTS, ATTRIBUTES)
    assert source.weights == folder / "model.safetensors"


def test_sha256_covers_settings_names_and_weights(folder: Path) -> None:
    digests = {open_source(str(folder), None).sha256}
    with open(folder / "config.yaml", "a") as file:
        file.write("SEED: 3\n")
    digests.add(open_source(str(folder), None).sha256)
    names = json.loads((folder / "names.json").read_text())
    (folder / "names.json").write_text(json.dumps(names | {"objects": ["bird", *OBJECTS[1:]]}))
    digests.add(open_source(str(folder), None).sha256)
    with open(folder / "model.safetensors", "ab") as file:
        file.write(b"\n")
    digests.add(open_source(str(folder), None).sha256)
    assert len(digests) == 4


def test_sha256_does_not_cover_places(folder: Path, tmp_path: Path) -> None:
    before = open_source(str(folder), None).sha256
    weights = shutil.move(folder / "model.safetensors", tmp_path / "elsewhere.safetensors")
    folder = folder.rename(tmp_path / "moved")
    assert open_source(str(folder), str(weights)).sha256 == before


def test_open_source_says_which_names_do_not_fit(folder: Path) -> None:
    (folder / "names.json").write_text('{"objects": ["a", "b"], "attributes": []}')
    with pytest.raises(DetectorError, match=r"names\.json names 2 objects, .* is 4"):
        open_source(str(folder), None)


def test_open_source_knows_the_model_zoo_and_its_names(folder: Path) -> None:
    source = open_source(ZOO, str(folder / "model.safetensors"))
    assert source.object_names[:3] == ("person", "bicycle", "car")
    assert len(source.object_names) == source.settings.MODEL.ROI_HEADS.NUM_CLASSES == 80
    assert source.settings.MODEL.BACKBONE.NAME == "build_resnet_fpn_backbone"


def test_open_source_takes_the_zoos_own_spelling(folder: Path) -> None:
    weights = str(folder / "model.safetensors")
    assert open_source(ZOO + ".yaml", weights).sha256 == open_source(ZOO, weights).sha256


def test_open_source_names_a_model_that_the_zoo_has_not() -> None:
    with pytest.raises(DetectorError, match="has no 'COCO-Detection/faster_rcnn_R_51'"):
        open_source("zoo:COCO-Detection/faster_rcnn_R_51", None)


def test_open_source_says_what_to_do_where_the_zoo_is_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unreachable(url: str) -> Path:
        raise OSError("no route to host")

    monkeypatch.setattr("transforms.detector_source.download", unreachable)
    monkeypatch.setattr("transforms.detector_source.zoo_weights", "https://example.org/{}.pkl".format)
    with pytest.raises(WeightsError, match=r"faster_rcnn_R_50_FPN_1x\.pkl: cannot be downloaded .*--weights"):
        open_source(ZOO, None)


def test_open_source_knows_bottom_up_attention(folder: Path, vocabulary: Path) -> None:
    source = open_source(f"vg:{vocabulary}", str(folder / "model.safetensors"))
    assert source.object_names == ("yolk", "goggles", "bathtub")
    assert source.attribute_names == ("floral", "red")
    model = source.settings.MODEL
    assert (model.RESNETS.DEPTH, model.CAFFE_MAXPOOL, model.ROI_BOX_HEAD.ATTR) == (101, True, True)
    assert (source.settings.INPUT.MIN_SIZE_TEST, source.settings.INPUT.MAX_SIZE_TEST) == (600, 1000)


def test_open_source_takes_bottom_up_attention_without_attributes(folder: Path, vocabulary: Path) -> None:
    (vocabulary / "attributes_vocab.txt").unlink()
    source = open_source(f"vg:{vocabulary}", str(folder / "model.safetensors"))
    assert (source.attribute_names, source.settings.MODEL.ROI_BOX_HEAD.ATTR) == ((), False)


def test_open_source_wants_weights_beside_the_vocabulary(vocabulary: Path) -> None:
    with pytest.raises(DetectorError, match=r"vg: one of model\.safetensors.* was expected, 0 found"):
        open_source(f"vg:{vocabulary}", None)


def test_open_source_downloads_weights_with_the_right_checksum(folder: Path, served: str) -> None:
    sha256 = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    source = open_source(str(folder), f"{served}#sha256={sha256}")
    assert source.weights != folder / "model.safetensors"
    assert source.sha256 == open_source(str(folder), None).sha256


def test_open_source_refuses_weights_with_another_checksum(folder: Path, served: str) -> None:
    with pytest.raises(WeightsError, match=rf"its sha256 is .*, not {'0' * 64}"):
        open_source(str(folder), f"{served}#sha256={'0' * 64}")


def test_open_source_wants_a_checksum_of_a_url(folder: Path) -> None:
    with pytest.raises(WeightsError, match="named with their checksum"):
        open_source(str(folder), "https://example.org/model.pkl")


def test_open_source_names_a_missing_file_of_weights(folder: Path) -> None:
    with pytest.raises(WeightsError, match="no such file of weights"):
        open_source(str(folder), str(folder / "other.pkl"))
