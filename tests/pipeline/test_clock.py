"""No clock decides anything: not when it jumps, and not by being read."""

from __future__ import annotations

import ast
import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.__main__ import OK
from tests.pipeline.conftest import World

ROOT = Path(__file__).parents[2]
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
CLOCKS = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
          "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}  # fmt: skip


@pytest.mark.skipif(not LIBRARIES, reason="no libfaketime (apt-get install faketime)")
def test_run_whose_clock_jumps_by_years_ends_with_the_same_bytes(
    world: World, finished: Path, tmp_path: Path, read_all: Callable[[Path], dict[str, bytes]]
) -> None:
    """The wall clock of the command and its workers jumps five times a second; monotonic clocks go on, as they do."""
    clock, out = tmp_path / "clock", tmp_path / "out"

    def jump(by: str) -> None:
        (tmp_path / "next").write_text(by)
        (tmp_path / "next").rename(clock)

    env = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    jump("+10y")
    says = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"], env=env, capture_output=True, text=True, check=True
    )
    assert float(says.stdout) > time.time() + 9 * 365 * 86_400  # it is in force
    run = world.start(out, "--workers", "2", env=env)
    for by in itertools.cycle(["+10y", "-20y", "+0", "+1d", "-1h"]):
        if run.poll() is not None:
            break
        jump(by)
        time.sleep(0.2)
    assert run.wait() == OK, run.communicate()[1]
    assert read_all(out) == read_all(finished)


def test_no_code_that_makes_a_data_set_reads_the_wall_clock() -> None:
    read = []
    for package in ("schemas", "rules", "transforms", "report", "pipeline"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                    owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                    if f"{owner}.{node.attr}" in CLOCKS:
                        read.append(f"{path.relative_to(ROOT)}:{node.lineno}: {owner}.{node.attr}")
    assert read == []
