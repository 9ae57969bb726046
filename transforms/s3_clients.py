"""Beam makes a client of S3 for every call to its file system, 0.14 s of CPU time each: here they are made once.

A module of Beam's is changed on import, as there is no option. boto3's clients are safe to share between threads, its
sessions are not: so only the clients are kept.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

try:
    import boto3
    from apache_beam.io.aws.clients.s3 import boto3_client
except ImportError:  # without boto3 there is no s3://
    boto3 = None


@cache
def shared_client(settings: frozenset[tuple[str, Any]]) -> Any:
    return boto3.session.Session().client(**dict(settings))


class _Session:
    """What Beam asks for a client."""

    def client(self, **settings: Any) -> Any:
        return shared_client(frozenset(settings.items()))


if boto3 is not None:
    boto3_client.boto3 = SimpleNamespace(session=SimpleNamespace(Session=_Session))
