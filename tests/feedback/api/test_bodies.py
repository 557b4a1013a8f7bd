"""Bodies without a length: read to their end at every writing call, or refused in words."""

import gzip
import io
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from feedback.models import Interaction, Project
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
TALK = {"question": "q?", "answer": "a", "id": "t1", "consent": cast.ALL}
SPAN_ID, TRACE_ID = bytes.fromhex("eee19b7ec3c1b174"), bytes.fromhex("5b8efff798038103d269b633813fc60c")


def traces() -> ExportTraceServiceRequest:
    export = ExportTraceServiceRequest()
    span = export.resource_spans.add().scope_spans.add().spans.add(trace_id=TRACE_ID, span_id=SPAN_ID)
    for name, text in (
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.input.messages", '[{"role": "user", "parts": [{"type": "text", "content": "q?"}]}]'),
        ("gen_ai.output.messages", '[{"role": "assistant", "parts": [{"type": "text", "content": "a"}]}]'),
    ):
        span.attributes.add(key=name).value.string_value = text
    span.attributes.add(key="flywheel.consent.capture").value.bool_value = True
    return export


PROTOBUF = traces().SerializeToString()
ITEMS = {"items": [{"type": "interaction", **TALK}]}
CALLS = [
    ("/api/v1/interactions", "application/json", json.dumps(TALK).encode(), 201),
    ("/api/v1/batch", "application/json", json.dumps(ITEMS).encode(), 200),
    ("/v1/traces", "application/x-protobuf", PROTOBUF, 200),
]


def pieces(body: bytes, size: int = 7) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def sent(url: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
    """The status and the answer to what goes over a real socket, in chunks."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("POST", path, body, headers, encode_chunked=True)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def over_wsgi(path: str, environ: dict[str, Any], kind: str, headers: dict[str, str]) -> int:
    """The status that the application itself gives to such a request."""
    begun: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": kind,
        "HTTP_AUTHORIZATION": headers["authorization"],
        **environ,
    }
    handler: Any = WSGIHandler()
    b"".join(handler(environ, lambda status, _: begun.append(status)))
    return int(begun[0][:3])


@pytest.fixture
def chunked(auth: dict[str, str]) -> dict[str, str]:
    return {**auth, "transfer-encoding": "chunked"}


def test_the_real_server_reads_a_body_in_chunks_to_its_end(web: str, shop: Project, chunked: dict[str, str]) -> None:
    for path, kind, body, status in CALLS:
        for encoding, packed in (("identity", body), ("gzip", gzip.compress(body))):
            headers = {**chunked, "content-type": kind, "content-encoding": encoding}
            answer = sent(web, path, pieces(packed), headers)
            assert answer[0] in (status, 200), answer
            assert Interaction.objects.filter(project=shop).exists()
            Interaction.objects.all().delete()
    large = sent(
        web,
        "/api/v1/interactions",
        pieces(b" " * (settings.BODY_LIMIT + 1), 65_536),
        {**chunked, "content-type": "application/json"},
    )
    assert large[0] == 413 and b"at most" in large[1]
    for path, kind, _, _ in CALLS:
        nothing = sent(web, path, iter(()), {**chunked, "content-type": kind})
        assert nothing[0] == 400 and b"no_body" in nothing[1]


@pytest.mark.parametrize(("path", "kind", "body", "status"), CALLS)
@pytest.mark.parametrize("announced", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"SERVER_PROTOCOL": "HTTP/2"}])
def test_a_body_without_a_length_is_read_where_the_server_ends_it(
    auth: dict[str, str], path: str, kind: str, body: bytes, status: int, announced: dict[str, str]
) -> None:
    environ = {**announced, "wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
    assert over_wsgi(path, environ, kind, auth) == status
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize(("path", "kind", "body", "status"), CALLS)
def test_a_server_that_cannot_give_chunks_says_that_it_needs_a_length(
    auth: dict[str, str], path: str, kind: str, body: bytes, status: int
) -> None:
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body)}
    assert over_wsgi(path, environ, kind, auth) == 411
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_LENGTH": "9", "wsgi.input": io.BytesIO()},
        {"CONTENT_LENGTH": str(len(PROTOBUF) + 1), "wsgi.input": io.BytesIO(PROTOBUF)},
        {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(), "wsgi.input_terminated": True},
        {"CONTENT_LENGTH": "20", "HTTP_CONTENT_ENCODING": "gzip", "wsgi.input": io.BytesIO(gzip.compress(b""))},
    ],
)
def test_an_export_that_announced_a_body_and_has_none_is_no_success(
    auth: dict[str, str], environ: dict[str, Any]
) -> None:
    assert over_wsgi("/v1/traces", environ, "application/x-protobuf", auth) == 400
    assert not Interaction.objects.exists()


def test_an_empty_export_that_says_so_is_taken(auth: dict[str, str]) -> None:
    environ = {"CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
    assert over_wsgi("/v1/traces", environ, "application/x-protobuf", auth) == 200
