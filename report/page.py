"""One self-contained page: markup, style, script, data. Nothing is fetched, and nothing but its own script runs.

The content security policy names the page's style and script by their hashes, and forbids everything else; what
strangers wrote reaches the markup through an escaping template and the script through JSON that holds no markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

SCRIPTS = ("dom.js", "graph.js", "phrases.js", "photo.js", "detail.js", "gallery.js", "search.js", "main.js")
PHOTOS = 50  # a block of data: parsed when one of them is first shown
UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page(content: Mapping[str, Any], data: Any, photos: list[str]) -> str:
    """Returns the HTML: `content` for the template, `data` and `photos` for the script."""
    style, script = asset("page.css"), "\n".join(asset(name) for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    blocks = [embedded(photos[start : start + PHOTOS]) for start in range(0, len(photos), PHOTOS)]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(asset("page.html"))
    return template.render(
        content,
        policy=policy(script, style),
        style=Markup(style),
        script=Markup(script),
        data=embedded(data),
        blocks=blocks,
        block=PHOTOS,
    )


def policy(script: str, style: str) -> str:
    """Returns the content security policy of a page with this script and style and no other."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def embedded(value: Any) -> Markup:
    """Returns a value as JSON that can stand in a <script> element: no character of it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be written
    for character, escape in UNSAFE.items():
        text = text.replace(character, escape)
    return Markup(text)


@cache
def asset(name: str) -> str:
    return files("report").joinpath("assets", name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
