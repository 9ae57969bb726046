"""An S3-compatible server, moto's, as a process whose buckets outlive it: python -m benchmarks.s3_server PORT FILE

SIGTERM ends it at once: calls that it is at get no answer, what it has answered lies in FILE, with which the next one
starts. moto itself keeps everything in memory alone.
"""

from __future__ import annotations

import argparse
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ACCOUNT = "123456789012"  # whom moto takes everybody for


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int, metavar="PORT")
    parser.add_argument("state", type=Path, metavar="FILE")
    args = parser.parse_args()
    app, turn = DomainDispatcherApplication(create_backend_app), threading.Lock()
    if args.state.exists():
        buckets = pickle.loads(args.state.read_bytes())  # our own
        s3_backends[ACCOUNT]["aws"].buckets.update(buckets)
        s3_backends.bucket_accounts.update(dict.fromkeys(buckets, ("aws", ACCOUNT)))

    def one_by_one(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with turn:
            return list(app(environ, start))

    def end(number: int, frame: FrameType | None) -> None:
        turn.acquire()  # for good: nothing changes any more
        args.state.write_bytes(pickle.dumps(s3_backends[ACCOUNT]["aws"].buckets))
        os._exit(0)

    server = make_server("127.0.0.1", args.port, one_by_one, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.signal(signal.SIGTERM, end)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
