"""Imports go one way: schemas <- rules <- transforms <- report <- pipeline, schemas <- rules <- multigrain."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "schemas": {
        "rules",
        "transforms",
        "report",
        "pipeline",
        "multigrain",
        "demo",
        "torch",
        "apache_beam",
        "spacy",
        "stanza",
        "detectron2",
    },
    "rules": {"transforms", "report", "pipeline", "multigrain", "demo", "cluster", "torch", "apache_beam"},
    "transforms": {"report", "pipeline", "multigrain", "demo", "cluster"},
    "cluster": {"schemas", "transforms", "report", "pipeline", "multigrain", "demo", "apache_beam"},
    "report": {"pipeline", "multigrain", "demo", "cluster", "torch"},
    "multigrain": {"transforms", "report", "pipeline", "demo", "apache_beam", "spacy", "stanza", "detectron2"},
}


def loaded_by(statement: str) -> set[str]:
    """Returns the top-level modules that a fresh interpreter holds after a statement."""
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", ["multigrain", "multigrain.shards"])
def test_importing_multigrain_loads_no_pipeline_library(package: str) -> None:
    assert not loaded_by(f"import {package}") & {"apache_beam", "spacy", "stanza", "detectron2"}


def test_importing_schemas_loads_no_torch() -> None:
    modules = [f"schemas.{path.stem}" for path in (ROOT / "schemas").glob("*.py") if path.stem != "__init__"]
    assert not loaded_by("import " + ", ".join(modules)) & {"torch", "apache_beam", "spacy", "detectron2"}


def test_importing_the_command_line_loads_no_model_library() -> None:
    assert not loaded_by("import pipeline.__main__") & {"detectron2", "spacy", "stanza", "torch"}


def test_importing_the_flow_loads_no_model_library() -> None:
    assert not loaded_by("import pipeline.flow") & {"detectron2", "spacy", "stanza"}


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_source_imports_go_one_way(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            wrong = {name.split(".")[0] for name in names} & FORBIDDEN[package]
            assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"


@pytest.mark.parametrize("library", ["detectron2", "spacy", "stanza"])
def test_each_model_library_is_imported_in_one_file(library: str) -> None:
    users = set()
    for package in ("schemas", "transforms", "report", "pipeline", "multigrain"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                if any(name.split(".")[0] == library for name in names):
                    users.add(str(path.relative_to(ROOT)))
    assert len(users) <= 1, users
