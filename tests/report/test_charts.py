from xml.etree import ElementTree

import pytest

from report.charts import TOP, bars, histogram, label_bars

HOSTILE = [
    "<script>alert(1)</script>",
    "\" onload='x'",
    "a\0b\x1f",
    "half \ud83d",
    "'] + datum.n + ['",
    "&lt;",
    "x" * 500,
]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("text")]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_bars_draw_hostile_names_as_text_alone(name: str) -> None:
    svg = bars("title", [(name, 3), ("dog", 2)], "mentions").svg
    assert {element.tag for element in ElementTree.fromstring(svg).iter()} <= {"svg", "g", "path", "line", "text"}
    assert not any(
        key.startswith("on") or key == "style" for e in ElementTree.fromstring(svg).iter() for key in e.attrib
    )
    assert "dog" in texts(svg)


def test_bars_keep_names_apart_that_are_cut_to_the_same() -> None:
    svg = bars("title", [("x" * 60 + "a", 3), ("x" * 60 + "b", 2)], "mentions").svg
    assert len([text for text in texts(svg) if text.startswith("xxx")]) == 2


def test_bars_draw_the_first_and_count_the_rest() -> None:
    chart = bars("title", [(f"name {i}", 99 - i) for i in range(TOP + 7)], "mentions")
    assert (len(chart.rows), chart.left_out) == (TOP, 7)


def test_histogram_shows_gaps_and_widens_columns() -> None:
    assert histogram("title", {1: 5, 4: 2}, "words", "captions").rows == (("1", 5), ("2", 0), ("3", 0), ("4", 2))
    wide = histogram("title", {0: 1, 399: 1}, "words", "captions").rows
    assert len(wide) == 40
    assert wide[0] == ("0-9", 1)


def test_histogram_of_bins_names_their_lower_ends() -> None:
    assert [name for name, _ in histogram("title", {2: 1, 3: 1}, "score", "regions", 0.05).rows] == ["0.1", "0.15"]


def test_label_bars_colour_by_label_and_name_it() -> None:
    svg = label_bars("title", [("positive", "contained", 3), ("negative", "absent_head", 2)], "phrases").svg
    assert "contained (positive)" in texts(svg)
    assert "absent head (negative)" in texts(svg)
    assert 'fill="var(--positive)"' in svg
    assert 'fill="var(--negative)"' in svg


def test_charts_are_the_same_bytes_again() -> None:
    assert bars("title", [("dog", 3)], "mentions") == bars("title", [("dog", 3)], "mentions")
