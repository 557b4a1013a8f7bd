"""Whatever the API's description allows, and much that it does not: no fault of ours, no answer but those described.

The short run calls the application itself and draws the same cases every time. The long run
`SCHEMATHESIS_CASES=1000 python -m pytest tests/flywheel_site/http/test_schemathesis.py` drives a real server with its worker,
and draws others each time; `-k privacy` and the like do it in parts.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from feedback.models import Project
from feedback.otel.decoding import PROTOBUF
from tests import factories as cast
from tests.extent import extent
from tests.faults.system import system

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "0"))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
TALK = {"question": cast.QUESTION, "answer": cast.ANSWER, "subject": cast.ANNA, "consent": cast.ALL}
described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
schema = schemathesis.openapi.from_dict(described)
schemathesis.openapi.media_type(PROTOBUF, st.binary(max_size=200))
pytestmark = pytest.mark.slow


@dataclass
class Target:
    """What is called: a key for everything, and the names of one object of each kind, by the operation's parameters."""

    key: str
    application: Any = None
    address: str = "http://localhost"
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def fill(self, client: httpx.Client, curate: Callable[[], None]) -> "Target":
        """Make one of everything that can be asked for."""
        client.headers["Authorization"] = f"Bearer {self.key}"

        def post(path: str, **body: Any) -> Any:
            answer = client.post(f"/api/v1/{path}", json=body)
            assert answer.is_success, (path, answer.text)
            return answer.json()

        post("interactions", id="a", **TALK)
        post("feedback", id="b", interaction="a", signal="edit", correction=cast.RIGHT)
        curate()
        release = client.get("/api/v1/datasets/shop/latest").json()["id"]
        run = post("gate-runs", release=release, candidate={"name": "shop"}, results=[])["id"]
        version = post("agent-versions", name="shop", version="2")["id"]
        asked = post("privacy/requests", subject="somebody else", kind="access")["id"]
        self.names = {
            "/api/v1/interactions/{external_id}": {"external_id": "a"},
            "/api/v1/feedback/{external_id}": {"external_id": "b"},
            "/api/v1/releases/{key}": {"key": release},
            "/api/v1/releases/{key}/files/{name}": {"key": release, "name": "manifest.json"},
            "/api/v1/gate-runs/{key}": {"key": str(run)},
            "/api/v1/agent-versions/{key}": {"key": str(version)},
            "/api/v1/agent-versions/{key}/decision": {"key": str(version)},
            "/api/v1/privacy/requests/{key}": {"key": asked},
        }
        for path in described["paths"]:
            if "/datasets/" in path:
                self.names[path] = {"name": "shop"}
        return self

    def call(self, case: Any) -> Any:
        """The answer to a case. Every second one asks for an object that there is."""
        if crc32(repr(case.path_parameters).encode()) % 2:
            case.path_parameters = {**case.path_parameters, **self.names.get(case.operation.path, {})}
        where: dict[str, Any] = {"app": self.application} if self.application else {}
        return case.call(**where, base_url=self.address, headers={"Authorization": f"Bearer {self.key}"})


@pytest.fixture(scope="module")
def application(keep: Callable[[], None]) -> Iterator[Target]:
    """The application in this process. The connection of the tests outlives each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    shop, made = cast.project(), get_wsgi_application()
    with httpx.Client(transport=httpx.WSGITransport(made), base_url="http://localhost") as client:
        filled = Target(cast.key(shop), made).fill(client, lambda: curated(shop))
        keep()
        yield filled
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def curated(shop: Project) -> None:
    cast.turn(shop)
    cast.cut(shop)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server of its own, with a worker, on a database of its own. It must have logged no fault in the end."""
    with ExitStack() as closing:
        made = closing.enter_context(system(Path(tmp_path_factory.mktemp("server"))))
        scopes = [word for scope in ("ingest", "feedback", "read", "export", "privacy") for word in ("--scope", scope)]
        key = json.loads(made.manage("createkey", "shop", *scopes, "--json"))["key"]
        address = f"http://127.0.0.1:{made.port}"
        client = closing.enter_context(httpx.Client(base_url=address))

        def curate() -> None:
            made.manage("curate", "--project", "shop")
            made.manage("release", "--dataset", "shop")

        yield Target(key, address=address).fill(client, curate)
        assert "Traceback" not in made.web.log.read_text() + made.worker.log.read_text()


@pytest.fixture(scope="module", autouse=True)
def filled(request: pytest.FixtureRequest) -> Target:
    """The application, or in the long run a server; made before the transaction of the first test."""
    chosen: Target = request.getfixturevalue("server" if CASES else "application")
    return chosen


@pytest.fixture
def target(filled: Target, db: None) -> Target:
    return filled


@schema.parametrize()
@settings(
    max_examples=CASES or extent(5, 20),
    derandomize=not CASES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_every_answer_is_described_and_none_is_a_fault(case: Any, target: Target) -> None:
    answer = target.call(case)
    case.validate_response(answer, checks=CHECKS)
    assert answer.status_code < 500
