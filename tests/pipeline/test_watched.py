from __future__ import annotations

import threading

import pytest

from pipeline.watched import run_watched


def test_run_watched_returns_when_the_work_has_ended() -> None:
    done: list[int] = []
    run_watched(lambda: done.append(1), lambda: None)
    assert done == [1]


def test_run_watched_raises_what_the_work_raised() -> None:
    def fail() -> None:
        raise KeyError("the work's")

    with pytest.raises(KeyError, match="the work's"):
        run_watched(fail, lambda: None)


def test_run_watched_does_not_wait_for_work_once_the_check_raises() -> None:
    end, calls = threading.Event(), iter([None, None, OSError("the check's")])

    def check() -> None:
        if error := next(calls):
            raise error

    with pytest.raises(OSError, match="the check's"):
        run_watched(end.wait, check)
    end.set()
