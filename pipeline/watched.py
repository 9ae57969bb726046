"""Waits for work that may never end, and looks meanwhile whether what it needs is still there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

POLL = 0.1  # seconds


def run_watched(work: Callable[[], object], check: Callable[[], None]) -> None:
    """Returns when the work, done by a thread of its own, has ended well; `check` is called again and again meanwhile.

    Raises what the work raised, or what the check raises: then the work is left alone, as it may never end.
    """
    # Threads of Beam's whose other side is gone have no other way to say so.
    threading.excepthook = _log
    errors: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # whatever it is, it is raised below
            errors.append(error)

    worker = threading.Thread(target=run, name="watched", daemon=True)
    worker.start()
    worker.join(POLL)
    while worker.is_alive():
        check()
        worker.join(POLL)
    if errors:
        raise errors[0]


def _log(failed: threading.ExceptHookArgs) -> None:
    logging.getLogger(__name__).error("in %s: %r", failed.thread, failed.exc_value)
