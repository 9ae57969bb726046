"""The figures of the models are what their script draws."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def test_figures_of_models_are_what_their_script_draws() -> None:
    script = runpy.run_path(str(DOCS / "draw_models.py"))
    for figure in script["FIGURES"]:
        assert (DOCS / f"model_{figure.name}.svg").read_text("utf-8") == script["draw"](figure), figure.name
