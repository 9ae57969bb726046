"""What goes wrong around a run: full disks, folders that cannot be written, two runs at once, killed workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.processes import children_of
from pipeline.__main__ import FAILED, OK, WRONG
from schemas.verify import verify
from tests.pipeline.conftest import World, write_world

ReadAll = Callable[[Path], dict[str, bytes]]
ENOUGH = 64 << 20  # bytes


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory, whose size the test decides; for root alone."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ENOUGH}", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


@pytest.mark.parametrize("part", [0.15, 0.6, 0.95])
def test_run_on_a_full_disk_says_so_and_goes_on_with_more_room(
    world: World,
    finished: Path,
    small_disk: Path,
    read_all: ReadAll,
    capsys: pytest.CaptureFixture[str],
    part: float,
) -> None:
    out = small_disk / "out"
    size = sum(-(-path.stat().st_size // 4096) * 4096 for path in finished.iterdir() if path.name != "report.html")
    resize(small_disk, int(size * part))
    assert world.run(out) == FAILED
    assert "No space left on device" in capsys.readouterr().err
    assert not (out / "_SUCCESS").exists()
    resize(small_disk, ENOUGH)
    assert world.run(out) == OK
    assert read_all(out) == read_all(finished)


def test_run_whose_report_has_no_room_is_complete(
    world: World, finished: Path, small_disk: Path, read_all: ReadAll, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(finished, small_disk / "out", ignore=shutil.ignore_patterns("report.html", "_SUCCESS"))
    used = sum(-(-path.stat().st_size // 4096) * 4096 for path in out.iterdir())
    resize(small_disk, used + (24 << 10))
    assert world.run(out) == OK
    assert "its report is not written" in capsys.readouterr().err
    assert read_all(out) == read_all(finished)
    assert list(verify(out)) == []


def test_run_refuses_a_folder_that_cannot_be_written(
    world: World, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert world.run(small_disk / "out") == WRONG
    assert "Read-only file system" in capsys.readouterr().err


def test_two_runs_at_once_one_refuses_and_the_other_is_whole(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    runs = [world.start(tmp_path / "out") for _ in range(2)]
    said = [run.communicate()[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [OK, WRONG]
    assert sum("is being written by another run" in text for text in said) == 1
    assert read_all(tmp_path / "out") == read_all(finished)


def test_run_whose_worker_is_killed_says_so_and_resumes(
    world: World, finished: Path, tmp_path: Path, read_all: ReadAll
) -> None:
    out = tmp_path / "out"
    run = world.start(out, "--workers", "2")
    workers = workers_of(run, lambda: any(out.glob("features-*.json")))  # in the middle of its work
    os.kill(workers[1], signal.SIGKILL)
    assert f"failed: WorkerError: worker process {workers[1]} was killed by SIGKILL" in run.communicate()[1]
    assert run.returncode == FAILED
    assert not runs(workers[0])
    assert world.run(out) == OK
    assert read_all(out) == read_all(finished)


def test_run_whose_worker_is_killed_as_it_starts_says_so(world: World, tmp_path: Path) -> None:
    """Beam alone would wait for it to connect."""
    run = world.start(tmp_path / "out", "--workers", "2")
    os.kill(workers_of(run)[0], signal.SIGKILL)
    assert "was killed by SIGKILL" in run.communicate()[1]
    assert run.returncode == FAILED


def test_run_whose_workers_cannot_start_says_so(world: World, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'pipeline.worker' in sys.orig_argv: sys.exit('no worker today')\n"
    )
    run = world.start(tmp_path / "out", "--workers", "2", env={"PYTHONPATH": str(tmp_path)})
    said = run.communicate()[1]
    assert run.returncode == FAILED
    assert "no worker today" in said
    assert "ended with code 1 before its work was done" in said


def test_workers_end_with_a_run_that_is_killed(world: World, tmp_path: Path) -> None:
    run = world.start(tmp_path / "out", "--workers", "2")
    workers = workers_of(run)
    run.kill()
    run.communicate()
    while any(runs(worker) for worker in workers):  # the test's own time limit is the runner's
        time.sleep(0.01)


def workers_of(run: subprocess.Popen[str], ready: Callable[[], bool] = lambda: True) -> list[int]:
    """Returns the two worker processes of a run once they are there and it is ready."""
    while len(workers := children_of(run.pid, "pipeline.worker")) < 2 or not ready():
        assert run.poll() is None, run.communicate()[1]
        time.sleep(0.01)
    return workers


def runs(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # of one that has ended and waits for its parent: none
    except OSError:
        return False


def test_run_takes_images_and_captions_of_any_size_and_name(world: World, tmp_path: Path) -> None:
    """10,000 captions on one image, captions of a megabyte, ids with slashes, ids and captions twice, mixed splits."""
    lines = [
        {"filename": "photo00.png", "image_id": "many", "sentences": [f"A dog number {i}." for i in range(10_000)]},
        {"filename": "photo01.png", "image_id": "a/b/../c", "sentences": ["A cat."]},
        {"filename": "photo02.png", "image_id": "long", "sentences": ["word " * 200_000, "A man."]},
        {"filename": "photo03.png", "image_id": "twice", "sentences": ["A horse."], "split": "train"},
        {"filename": "photo03.png", "image_id": "twice", "sentences": ["A horse."], "split": "val"},
        {"filename": "photo04.png", "image_id": "<script>alert(1)</script>", "sentences": ["<b>A bus</b> & a car."]},
        {"filename": "photo05.png", "image_id": "same", "sentences": ["One."]},
        {"filename": "photo05.png", "image_id": "same", "sentences": ["Two."]},
    ]
    out = tmp_path / "deep" / "out"
    assert replace(world, annotations=write_world(tmp_path, lines)).run(out, "--max-rejected", "1") == OK
    counts = json.loads((out / "manifest.json").read_text())["counts"]
    assert counts["ReadAnnotations"] == {"entered": 10_008, "left": 10_007, "rejected": 1}
    assert counts["GroupAnnotations"] == {"entered": 10_007, "left": 10_004, "rejected": 3}
    letters = [json.loads(line) for line in (out / "dead_letters.jsonl").read_text().splitlines()]
    assert sorted(x["reason"] for x in letters) == [*["conflicting_image"] * 2, "duplicate_caption", "too_long"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["captions.jsonl", "deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    assert list(verify(out)) == []
