"""Calls to file systems of other machines are tried again while a server is away."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from apache_beam.io.aws.clients.s3.messages import S3ClientError
from apache_beam.io.filesystem import BeamIOError

from transforms import s3_clients  # noqa: F401  # before any client is made

try:
    from google.api_core.exceptions import GoogleAPICallError as GoogleError
except ImportError:  # without apache-beam[gcp] nothing raises it

    class GoogleError(Exception):  # type: ignore[no-redef]
        code: int | None = None


T = TypeVar("T")
PATIENCE = 120.0  # seconds after its first failure that a call is tried again
FIRST, LONGEST = 0.5, 16.0  # pauses, in seconds; each is twice the one before
FAULTS = (OSError, S3ClientError, GoogleError)
_FINAL = {
    errno.ENOENT,
    errno.EACCES,
    errno.EPERM,
    errno.EEXIST,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EINVAL,
    errno.ENOSPC,
}
_PASSING_CODES = {408, 429, "InternalError", "SlowDown", "ServiceUnavailable"}


def patiently(call: Callable[[], T], *, pause: Callable[[float], None] = time.sleep) -> T:
    """Returns what a call returns that may be made twice, tried again with growing pauses while its server is away.

    Raises what the call raises: at once where a server has answered, after PATIENCE where none did.
    """
    end, length = None, FIRST
    while True:
        try:
            return call()
        except FAULTS as error:
            now = time.monotonic()
            end = now + PATIENCE if end is None else end
            if now >= end or not is_passing(error):
                raise
        pause(length * random.uniform(0.5, 1.0))  # many workers lose the same server at the same time
        length = min(2 * length, LONGEST)


def is_passing(error: BaseException) -> bool:
    """Returns whether an error of a file system says that no answer came, and not what the answer was."""
    if isinstance(error, BeamIOError):  # it holds an error a path, and is without a number itself
        inner: Iterable[BaseException] = (error.exception_details or {}).values()
        return all(is_passing(one) for one in inner)
    if isinstance(error, (S3ClientError, GoogleError)):
        code = error.code
        return code is None or code in _PASSING_CODES or (isinstance(code, int) and code >= 500)
    return isinstance(error, OSError) and error.errno not in _FINAL
