"""Installs detectron2 beside the torch that is already there: `python -m transforms.install_detectron2`.

detectron2 is not on PyPI. Its official install builds from its GitHub repository; where that cannot be reached or
built, the sdist `pb1-detectron2` holds the Python part of version 0.6, which is all a Faster R-CNN needs (nms and
roi_align come from torchvision). Nothing of it is kept in this project. Standard library only.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# A fixed commit, so that two installs made on different days run the same code.
REPOSITORY = "https://github.com/facebookresearch/detectron2.git"
COMMIT = "02b5c4e295e990042a714712c21dc79b731e8833"
SDIST = "pb1-detectron2==0.6"
# Both builds import torch, so they cannot be isolated. pip 26 refuses the sdist for an extra that nobody asks for,
# setuptools 81 dropped the pkg_resources that torch's build helpers import.
BUILD_TOOLS = ("pip<26", "setuptools<81", "wheel")
PROBE_SECONDS = 15
SETUP = """\
from setuptools import find_packages, setup

setup(
    name="detectron2",
    version="0.6+python.part",
    description="The Python part of detectron2 0.6, without its compiled operators",
    packages=find_packages(include=["detectron2", "detectron2.*"]),
    package_data={"detectron2": ["model_zoo/configs/*.yaml", "model_zoo/configs/*/*.yaml"]},
)
"""


class InstallError(RuntimeError):
    """A step of the installation failed; the message says which and why."""


def is_installed() -> bool:
    """Returns whether Python finds a package named detectron2."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("detectron2") is not None


def repository_is_reachable() -> bool:
    """Returns whether git can talk to the official repository within a few seconds."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "ls-remote", "--quiet", REPOSITORY, "HEAD"]
    try:
        return subprocess.run(command, env=environment, capture_output=True, timeout=PROBE_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def run_pip(*arguments: str, tools: Path | None = None) -> None:
    """Runs this interpreter's pip, or the one in the folder `tools`; raises InstallError with its last words."""
    environment = dict(os.environ)
    if tools is not None:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(tools), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check", *arguments]
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        raise InstallError(f"`pip {' '.join(arguments)}` exited with {result.returncode}:\n{result.stdout[-2000:]}")


def unpack_python_part(sdist: Path, folder: Path) -> Path:
    """Returns a source tree under `folder` that holds only the sdist's detectron2 package, made to run without its
    compiled part and with today's Pillow (10 dropped `Image.LINEAR`, an alias of `Image.BILINEAR`)."""
    try:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise InstallError(f"{sdist.name} cannot be unpacked: {error}") from error
    roots = [path.parent for path in folder.glob("*/detectron2") if path.is_dir()]
    if len(roots) != 1:
        raise InstallError(f"{sdist.name} holds {len(roots)} folders named detectron2, one was expected")
    source = roots[0]
    (source / "detectron2" / "_C.py").touch()
    transforms = source / "detectron2" / "data" / "transforms" / "transform.py"
    transforms.write_text(transforms.read_text("utf-8").replace("Image.LINEAR", "Image.BILINEAR"), "utf-8")
    (source / "setup.py").write_text(SETUP, "utf-8")
    (source / "setup.cfg").unlink(missing_ok=True)
    return source


def install_python_part(tools: Path, folder: Path) -> None:
    """Installs the Python part from the PyPI sdist, as a distribution that pip can list and remove."""
    run_pip("download", "--no-deps", "--no-build-isolation", "--dest", str(folder), SDIST, tools=tools)
    sdists = sorted(folder.glob("*.tar.gz"))
    if len(sdists) != 1:
        raise InstallError(f"`pip download {SDIST}` left {len(sdists)} archives, one was expected")
    source = unpack_python_part(sdists[0], folder)
    run_pip("install", "--no-deps", "--no-build-isolation", str(source), tools=tools)


def install() -> str:
    """Installs detectron2 and returns where it came from; raises InstallError where neither source works."""
    with tempfile.TemporaryDirectory() as temporary:
        tools, folder = Path(temporary, "tools"), Path(temporary, "sdist")
        folder.mkdir()
        run_pip("install", "--target", str(tools), *BUILD_TOOLS)
        if repository_is_reachable():
            print(f"detectron2: building {REPOSITORY} (minutes) ...", flush=True)
            try:
                run_pip("install", "--no-deps", "--no-build-isolation", f"git+{REPOSITORY}@{COMMIT}", tools=tools)
                return f"{REPOSITORY}@{COMMIT[:10]}"
            except InstallError as error:
                print(f"detectron2: its official repository did not build, trying PyPI\n{error}", file=sys.stderr)
        print(f"detectron2: installing the Python part of {SDIST} from PyPI ...", flush=True)
        install_python_part(tools, folder)
        return SDIST


def verify() -> str:
    """Returns detectron2's version after a model built with it has looked at an image; raises InstallError if not.

    It runs in a process of its own, which sees what the next one will see."""
    command = [sys.executable, "-c", "from transforms.detector import self_check; print(self_check())"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise InstallError(f"detectron2 is installed but does not run:\n{result.stderr[-2000:]}")
    return result.stdout.strip()


def main() -> int:
    """Returns the exit code: 0 where detectron2 runs, 1 where it could not be installed."""
    if is_installed():
        print("detectron2: already installed")
        return 0
    try:
        if importlib.util.find_spec("torch") is None:
            raise InstallError(
                "torch is not installed; detectron2 is built against it: pip install '.[pipeline]' first"
            )
        source = install()
        print(f"detectron2 {verify()}: installed from {source}")
    except InstallError as error:
        print(f"detectron2: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
