from __future__ import annotations

from collections.abc import Iterator

import pytest
from apache_beam.io.aws.clients.s3.boto3_client import Client
from apache_beam.options.pipeline_options import PipelineOptions

from transforms.s3_clients import shared_client


@pytest.fixture(autouse=True)
def no_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    shared_client.cache_clear()
    yield
    shared_client.cache_clear()


def client(endpoint: str) -> Client:
    return Client(PipelineOptions([f"--s3_endpoint_url={endpoint}", "--s3_region_name=us-east-1"]))


def test_beam_gets_one_client_for_the_same_settings() -> None:
    first, second = client("http://a:1"), client("http://a:1")
    assert first is not second  # each has a download of its own
    assert first.client is second.client


def test_beam_gets_another_client_for_another_endpoint() -> None:
    assert client("http://a:1").client.meta.endpoint_url == "http://a:1"
    assert client("http://b:1").client.meta.endpoint_url == "http://b:1"
