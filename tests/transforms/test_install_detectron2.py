"""The installer of detectron2, as far as it goes without a network."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from transforms import install_detectron2
from transforms.install_detectron2 import (
    BUILD_TOOLS,
    InstallError,
    is_installed,
    main,
    repository_is_reachable,
    run_pip,
    unpack_python_part,
    verify,
)


def sdist(path: Path, **files: str) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


FILES = {
    "pkg-0.6/setup.py": "import torch",
    "pkg-0.6/setup.cfg": "[x]",
    "pkg-0.6/detectron2/__init__.py": "__version__ = '0.6'",
    "pkg-0.6/detectron2/data/transforms/transform.py": "interp = Image.LINEAR\nother = Image.BILINEAR\n",
}


def test_unpack_python_part_makes_it_run_without_its_compiled_part(tmp_path: Path) -> None:
    source = unpack_python_part(sdist(tmp_path / "a.tar.gz", **FILES), tmp_path)
    package = source / "detectron2"
    assert (package / "_C.py").read_text() == ""
    assert (package / "data/transforms/transform.py").read_text() == "interp = Image.BILINEAR\nother = Image.BILINEAR\n"
    assert "import torch" not in (source / "setup.py").read_text()
    assert not (source / "setup.cfg").exists()


def test_unpack_python_part_leaves_a_tree_that_setuptools_understands(tmp_path: Path) -> None:
    source = unpack_python_part(sdist(tmp_path / "a.tar.gz", **FILES), tmp_path)
    command = [sys.executable, "setup.py", "--name", "--version"]
    result = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["detectron2", "0.6+python.part"]


def test_unpack_python_part_refuses_another_archive(tmp_path: Path) -> None:
    archive = sdist(tmp_path / "a.tar.gz", **{"pkg/readme": ""})
    with pytest.raises(InstallError, match="0 folders named detectron2"):
        unpack_python_part(archive, tmp_path)


def test_unpack_python_part_refuses_files_outside_its_folder(tmp_path: Path) -> None:
    archive = sdist(tmp_path / "a.tar.gz", **{"../outside": ""})
    with pytest.raises(InstallError, match="cannot be unpacked"):
        unpack_python_part(archive, tmp_path / "in")
    assert not (tmp_path / "outside").exists()


def test_repository_is_reachable_says_no_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not repository_is_reachable()


def test_repository_is_reachable_says_no_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(install_detectron2, "REPOSITORY", f"file://{tmp_path}/none.git")
    assert not repository_is_reachable()


def test_run_pip_says_what_failed() -> None:
    with pytest.raises(InstallError, match=r"(?s)`pip no-such-command` exited with 1:.*unknown command"):
        run_pip("no-such-command")


def test_main_fails_with_a_message_where_nothing_is_reachable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install_detectron2, "is_installed", bool)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    assert main() == 1
    assert BUILD_TOOLS[0] in capsys.readouterr().err


def test_main_does_nothing_where_detectron2_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert is_installed()
    assert main() == 0
    assert capsys.readouterr().out == "detectron2: already installed\n"


def test_verify_runs_the_installed_detectron2() -> None:
    assert verify()
