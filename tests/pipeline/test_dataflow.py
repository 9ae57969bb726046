"""The Dataflow job is built and checked; nothing is submitted, and no network is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.__main__ import WRONG, main
from tests.pipeline.conftest import World

IMAGE = "--sdk_container_image=europe-docker.pkg.dev/project/images/multigrain:0.1.0"
GOOGLE = [
    "--project=some-project",
    "--region=europe-west4",
    "--temp_location=gs://some-bucket/temp",
    "--staging_location=gs://some-bucket/staging",
]
GPU = "--dataflow_service_options=worker_accelerator=type:nvidia-l4;count:1;install-nvidia-driver"
ONE = "--experiments=no_use_multiple_sdk_containers"


def dry_run(world: World, *more: str) -> int:
    store = ["s3://bucket/captions.jsonl", "--images", "s3://bucket/photos", "--out", "s3://bucket/out"]
    detector = ["--detector", str(world.detector), "--shards", "4"]
    return main(["run", *store, *detector, "--runner", "dataflow", "--dry-run", *GOOGLE, *more])


def test_dry_run_prints_the_graph_and_what_decides_the_cost(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    hints = "--resource_hints=min_ram=12GB"
    assert dry_run(world, IMAGE, "--machine_type=g2-standard-8", "--max_num_workers=20", hints) == 0
    said = capsys.readouterr().out
    stages = [line.split()[0] for line in said[: said.index("\n\n")].splitlines()]
    assert stages[:4] == ["stage", "AnnotationFiles", "ReadAnnotations", "GroupShards"]
    assert stages[-1] == "WriteManifest"
    assert "MinePhraseLabels    CountCorpus, ParseCaptions" in said
    for name, value in (
        ("machine_type", "g2-standard-8"),
        ("max_num_workers", "20"),
        ("resource_hints", "min_ram=12GB"),
    ):
        assert f"  {name:34}{value}\n" in said


def test_dry_run_accepts_a_gpu_that_one_process_uses(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run(world, IMAGE, "--device", "cuda", GPU, ONE) == 0
    assert "worker_accelerator=type:nvidia-l4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "--sdk_container_image"),
        ([IMAGE, "--temp_location=/tmp/here"], "temp_location"),
        ([IMAGE, "--project=A"], "Invalid Project ID"),
        ([IMAGE, "--images", str(Path(__file__).parent)], "no worker sees"),
        ([IMAGE, "--device", "cuda"], "no GPU is asked for"),
        ([IMAGE, "--device", "cuda", GPU], "a process a core"),
        ([IMAGE, GPU, ONE], "--device cuda would use it"),
        ([IMAGE, "--device", "cuda", GPU.replace("count:1;", ""), ONE], "install-nvidia-driver[:VERSION]"),
    ],
)
def test_dry_run_refuses_what_could_not_run_or_would_waste_money(
    world: World, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    assert dry_run(world, *more) == WRONG
    assert message in capsys.readouterr().err


def test_run_says_which_libraries_are_missing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("boto3")
    store = ["s3://bucket/captions.jsonl", "--out", "gs://bucket/out"]
    try:
        import google.cloud.storage  # noqa: F401
    except ImportError:
        assert main(["run", *store, "--runner", "dataflow", "--dry-run", IMAGE, *GOOGLE]) == WRONG
        assert "apache-beam[gcp]" in capsys.readouterr().err
    else:
        pytest.skip("the libraries of Google Cloud are installed")
