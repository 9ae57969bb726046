"""The whole flow with captions, photos and shards on an S3-compatible server: moto's, over the network."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from apache_beam.utils import retry
from moto.server import ThreadedMotoServer

from pipeline.__main__ import FAILED, WRONG, main
from tests.gate import Gate
from tests.pipeline.conftest import World

BUCKET = "photos"


@dataclass
class Store:
    """A bucket with the world's captions and photos, behind a gate."""

    gate: Gate
    client: Any
    world: World

    def run(self, out: str, *more: str) -> int:
        """Runs the captions alone, unless more is asked for."""
        command = [
            "run",
            f"s3://{BUCKET}/world/captions.jsonl",
            "--out",
            f"s3://{BUCKET}/{out}",
            "--shards",
            "2",
            *more,
        ]
        return main([*command, f"--s3_endpoint_url=http://127.0.0.1:{self.gate.port}"])

    def names(self, out: str) -> list[str]:
        found = self.client.list_objects_v2(Bucket=BUCKET, Prefix=f"{out}/").get("Contents", [])
        return sorted(item["Key"].removeprefix(f"{out}/") for item in found)

    def read_all(self, out: str) -> dict[str, bytes]:
        """Returns every file of a data set that must not depend on how it was made, by name."""
        names = [name for name in self.names(out) if name != "run.json"]
        return {name: self.client.get_object(Bucket=BUCKET, Key=f"{out}/{name}")["Body"].read() for name in names}


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    yield started.get_host_and_port()[1]
    started.stop()


@pytest.fixture
def store(server: int, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{server}")
    client.create_bucket(Bucket=BUCKET)
    client.upload_file(str(world.annotations), BUCKET, "world/captions.jsonl")
    for photo in world.images.iterdir():
        client.upload_file(str(photo), BUCKET, f"world/images/{photo.name}")
    with Gate(server) as gate:
        yield Store(gate, client, world)


@pytest.fixture(scope="module")
def expected(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a local run of the captions alone."""
    out = tmp_path_factory.mktemp("captions") / "out"
    assert main(["run", str(world.annotations), "--out", str(out), "--shards", "2"]) == 0
    return files_of(out)


def files_of(out: Path) -> dict[str, bytes]:
    left_out = {"run.json", "report.html"}
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name not in left_out}


def test_run_gives_the_same_bytes_on_an_object_store(store: Store, finished: Path) -> None:
    photos = store.world.arguments(Path("unused"))[store.world.arguments(Path("unused")).index("--detector") :]
    images = ["--images", f"s3://{BUCKET}/world/images"]
    out = photos.index("--out")
    assert store.run("whole", *images, *photos[:out], *photos[out + 2 :]) == 0
    assert store.read_all("whole") == files_of(finished)


def test_run_waits_for_a_server_that_comes_back(store: Store, expected: dict[str, bytes]) -> None:
    def interrupt() -> None:
        while not any(name.startswith("graphs-") for name in store.names("interrupted")):
            time.sleep(0.02)
        store.gate.shut()
        time.sleep(3)
        store.gate.open()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    assert store.run("interrupted") == 0
    interrupter.join()
    assert store.read_all("interrupted") == expected


def test_run_fails_where_the_server_stays_away_and_goes_on_once_it_is_back(
    store: Store, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        while not any(name.endswith("-of-00002.json") for name in store.names("stopped")):
            time.sleep(0.02)
        store.gate.shut()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with monkeypatch.context() as patch:
        patch.setattr("transforms.patience.PATIENCE", 1.0)
        patch.setattr(retry.Clock, "sleep", lambda *_: None)  # Beam's own patience is minutes
        assert store.run("stopped") == FAILED
    interrupter.join()
    assert f"127.0.0.1:{store.gate.port}" in capsys.readouterr().err
    assert "_SUCCESS" not in store.names("stopped")
    store.gate.open()
    assert store.run("stopped") == 0
    assert store.read_all("stopped") == expected


def test_run_refuses_an_option_that_is_not_beams(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert store.run("never", "--s3_endpoint_uri=http://localhost") == WRONG
    assert "--s3_endpoint_uri=http://localhost" in capsys.readouterr().err
