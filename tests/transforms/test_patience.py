from __future__ import annotations

import errno

import pytest
from apache_beam.io.aws.clients.s3.messages import S3ClientError
from apache_beam.io.filesystem import BeamIOError

from transforms.patience import is_passing, patiently


def test_patiently_tries_again_with_growing_pauses() -> None:
    def call() -> str:
        if len(pauses) < 4:
            raise ConnectionResetError
        return "answer"

    pauses: list[float] = []
    assert patiently(call, pause=pauses.append) == "answer"
    assert [length >= 0.25 * 2**i for i, length in enumerate(pauses)] == [True] * 4
    assert all(length <= 0.5 * 2**i for i, length in enumerate(pauses))


def test_patiently_raises_an_answer_at_once() -> None:
    pauses: list[float] = []
    with pytest.raises(S3ClientError):
        patiently(_raiser(S3ClientError("no such bucket", 404)), pause=pauses.append)
    assert pauses == []


def test_patiently_gives_up_after_its_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.patience.PATIENCE", 0.0)
    with pytest.raises(TimeoutError):
        patiently(_raiser(TimeoutError()), pause=lambda _: None)


def test_patiently_does_not_touch_what_is_no_fault_of_a_file_system() -> None:
    with pytest.raises(ZeroDivisionError):
        patiently(_raiser(ZeroDivisionError()), pause=lambda _: None)


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (S3ClientError("could not connect", None), True),
        (S3ClientError("slow down", 503), True),
        (S3ClientError("forbidden", 403), False),
        (S3ClientError("denied", "AccessDenied"), False),
        (S3ClientError("slow down", "SlowDown"), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), True),
        (FileNotFoundError(errno.ENOENT, "gone"), False),
        (BeamIOError("rename", {("a", "b"): S3ClientError("away", None)}), True),
        (BeamIOError("rename", {("a", "b"): S3ClientError("away", None), ("c", "d"): S3ClientError("no", 403)}), False),
        (ValueError("no fault of a file system"), False),
    ],
)
def test_is_passing_tells_silence_from_an_answer(error: Exception, passing: bool) -> None:
    assert is_passing(error) == passing


def _raiser(error: Exception):  # type: ignore[no-untyped-def]
    def call() -> None:
        raise error

    return call
