from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.__main__ import _parser

DOCKER = Path(__file__).parent.parent.parent / "docker"
VALUES = {"captions": "gs://b/a.json,gs://b/c.json", "out": "gs://b/out", "images": "gs://b/i", "detector": "zoo:x"}
VALUES |= {"device": "cuda", "shards": "64", "boxes": "10:36", "candidates": "3", "more": "--salt 'a b'"}


@pytest.fixture(scope="module")
def template() -> ModuleType:
    spec = importlib.util.spec_from_file_location("template", DOCKER / "template.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_command_line_takes_every_parameter_of_the_template(template: ModuleType) -> None:
    names = [parameter["name"] for parameter in json.loads((DOCKER / "flex_template.json").read_text())["parameters"]]
    arguments = template.command_line([f"--{name}={VALUES[name]}" for name in names] + ["--region=r", "--runner=X"])
    args, rest = _parser().parse_known_args(arguments)
    assert args.annotations == ["gs://b/a.json", "gs://b/c.json"]
    assert (args.out, args.images, args.detector) == ("gs://b/out", "gs://b/i", "zoo:x")
    assert (args.runner, args.device, args.shards, args.boxes, args.salt) == ("dataflow", "cuda", 64, (10, 36), "a b")
    assert rest == ["--region=r"]


def test_template_metadata_accepts_what_it_describes() -> None:
    for parameter in json.loads((DOCKER / "flex_template.json").read_text())["parameters"]:
        for pattern in parameter.get("regexes", []):
            assert re.match(pattern, VALUES[parameter["name"]]), parameter["name"]
