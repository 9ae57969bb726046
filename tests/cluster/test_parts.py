from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cluster.parts import PartsError, fetch_parts, write_launcher


def test_write_launcher_folds_lines_as_manifests_want_them(tmp_path: Path) -> None:
    jars = [tmp_path / f"library-with-a-long-name-{i}.jar" for i in range(9)]
    write_launcher(tmp_path / "launcher.jar", "a.b.Main", jars)
    with zipfile.ZipFile(tmp_path / "launcher.jar") as jar:
        lines = jar.read("META-INF/MANIFEST.MF").decode().splitlines()
    assert max(map(len, lines)) <= 72
    fields = dict(line.split(": ", 1) for line in "\n".join(lines).replace("\n ", "").splitlines())
    assert fields["Main-Class"] == "a.b.Main"
    assert fields["Class-Path"].split(" ") == [jar.as_uri() for jar in jars]


def test_fetch_parts_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartsError, match="java is not installed; `apt-get install"):
        fetch_parts(tmp_path / "parts")
