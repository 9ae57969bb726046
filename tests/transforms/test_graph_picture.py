"""A graph as an SVG document."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Attribute, SceneGraph, TextObject, TextRelation
from transforms.graph_picture import arc_levels, picture

SVG = "{http://www.w3.org/2000/svg}"
GRAPH = SceneGraph(
    ((0, 1), (2, 3), (4, 5)),
    (TextObject(0, "dog", (Attribute("red", True, (0, 1)),), "2", (0, 1)), TextObject(1, "sofa", (), None, (2, 3))),
    (TextRelation(0, "on", 1, True, (1, 2)), TextRelation(1, "under", 0, False, (1, 2))),
)


def words(svg: str) -> list[str]:
    return [str(e.text) for e in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_picture_shows_every_object_attribute_and_relation() -> None:
    assert sorted(words(picture("a caption", GRAPH))) == sorted(
        ["a caption", "dog", "2", "not red", "sofa", "not on", "under"]
    )


def test_picture_of_a_refused_caption_shows_the_reason() -> None:
    assert words(picture("12", SceneGraph((), (), (), "no_words"))) == ["12", "(no_words)"]


@given(st.text(), st.text())
def test_picture_is_sound_xml_whatever_the_words(caption: str, head: str) -> None:
    graph = SceneGraph(((0, 1),), (TextObject(0, head, (), None, (0, 1)),), ())
    assert len(words(picture(caption, graph))) == 2


def test_arc_levels_puts_short_arcs_below_long_ones() -> None:
    relations = tuple(TextRelation(s, "on", o, False, (0, 1)) for s, o in ((0, 3), (1, 2), (3, 1)))
    assert arc_levels(relations) == [3, 1, 2]
