"""Which image paths stay inside the image folder."""

from __future__ import annotations

import pytest

from transforms.image_paths import path_problem


@pytest.mark.parametrize(
    "uri", ["a.jpg", "a/b/c.jpg", "./a.jpg", "..a/b...jpg", "a b.jpg", "é.jpg", "a#1.jpg", "10:30.jpg"]
)
def test_path_problem_accepts_relative_paths(uri: str) -> None:
    assert path_problem(uri) == ""


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "..",
        "../a.jpg",
        "a/..",
        "a/../../b.jpg",
        "a\\..\\..\\b.jpg",
        "/a.jpg",
        "\\a.jpg",
        "\\\\host\\a.jpg",
        "C:a.jpg",
    ],
)
def test_path_problem_refuses_paths_that_may_leave(uri: str) -> None:
    assert path_problem(uri) != ""


@pytest.mark.parametrize("uri", ["c:/a.jpg", "gs://bucket/a.jpg", "file:///a.jpg", "s3://a", "a\0.jpg", "\ud800.jpg"])
def test_path_problem_refuses_what_is_no_path(uri: str) -> None:
    assert path_problem(uri) != ""
