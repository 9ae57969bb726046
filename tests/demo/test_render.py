from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from demo.lexicon import COLOURS, KINDS, PATTERNS, SETTINGS, SIZES
from demo.render import render
from demo.sprites import LOOKS, draw
from demo.world import Scene, from_json, relations

Rendered = list[tuple[Scene, Image.Image]]


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    return [render(9, index) for index in range(40)]


def test_render_boxes_lie_inside_picture_and_full_box(rendered: Rendered) -> None:
    for scene, picture in rendered:
        assert scene.size == (picture.height, picture.width)
        assert min(scene.size) >= 224
        for thing in scene.things:
            x0, y0, x1, y1 = thing.box
            assert 0 <= x0 < x1 <= picture.width
            assert 0 <= y0 < y1 <= picture.height
            full = thing.full_box
            assert x0 >= full[0] - 2
            assert y0 >= full[1] - 2
            assert x1 <= full[2] + 2
            assert y1 <= full[3] + 2


def test_render_uses_the_names_of_the_lexicon(rendered: Rendered) -> None:
    for scene, _ in rendered:
        assert scene.setting in SETTINGS
        for thing in scene.things:
            assert thing.kind in KINDS
            assert thing.colour in COLOURS
            assert thing.size in SIZES
            assert thing.pattern in PATTERNS


def test_render_repeats_itself() -> None:
    first, second = render(9, 4), render(9, 4)
    assert first[0] == second[0]
    assert np.array_equal(np.asarray(first[1]), np.asarray(second[1]))


def test_render_paints_things_into_their_boxes(rendered: Rendered) -> None:
    """Inside its box a red thing is redder than the picture around it."""
    redder = []
    for scene, picture in rendered:
        pixels = np.asarray(picture, dtype=np.float32)
        redness = pixels[:, :, 0] - pixels[:, :, 1:].mean(axis=2)
        for thing in scene.things:
            if thing.colour == "red":
                x0, y0, x1, y1 = (int(v) for v in thing.box)
                redder.append(redness[y0:y1, x0:x1].mean() > redness.mean())
    assert len(redder) >= 10
    assert np.mean(redder) > 0.9


def test_render_relates_things_in_many_ways(rendered: Rendered) -> None:
    said = {predicate for scene, _ in rendered for _, predicate, _ in relations(scene)}
    assert {"hold", "wear", "chase", "look at", "on", "in", "under", "behind", "in front of", "next to"} <= said


def test_relations_of_place_are_opposites(rendered: Rendered) -> None:
    for scene, _ in rendered:
        facts = relations(scene)
        for one, other in (("left of", "right of"), ("in front of", "behind")):
            assert {(o, other, s) for s, p, o in facts if p == one} == {f for f in facts if f[1] == other}


def test_from_json_reads_what_to_json_wrote(rendered: Rendered) -> None:
    for scene, _ in rendered:
        assert from_json(scene.to_json()) == scene


def test_draw_knows_every_kind() -> None:
    assert set(LOOKS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_draw_large_is_larger_than_small(kind: str) -> None:
    rng = np.random.default_rng(0)
    sizes = [draw(kind, "red", size, "plain", "stand", 1, rng).layers[0].height for size in ("large", "small")]
    assert sizes[0] > 1.3 * sizes[1]
