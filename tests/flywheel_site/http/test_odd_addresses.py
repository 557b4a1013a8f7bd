"""Addresses with a NUL, probes by any host's name, bad keys by the thousand, and links that no log may hold."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from feedback.models import Project
from privacy.consent import ledger
from privacy.requests import links
from tests import factories as cast

pytestmark = pytest.mark.django_db
KEYED = [
    "interactions/%s",
    "feedback/%s",
    "privacy/requests/%s",
    "datasets/%s/releases",
    "datasets/%s/latest",
    "releases/%s",
    "releases/%s/files/x",
    "releases/x/files/%s",
    "gate-runs/%s",
    "agent-versions/%s",
    "datasets/%s/recalls/%s/ack",
]
PAGES = [
    "/privacy/%s",
    "/privacy/%s/data",
    "/static/%s",
    "/admin/%s",
    "/admin/feedback/interaction/%s/change/",
    "/%s",
    "/healthz%s",
]


@pytest.fixture
def auth() -> dict[str, str]:
    return {"authorization": f"Bearer {cast.key(cast.project())}"}


@pytest.mark.parametrize("nul", ["%00", "a%00b", "%00%00"])
def test_no_path_with_a_nul_is_an_error_of_ours(client: Client, auth: dict[str, str], nul: str) -> None:
    client.force_login(User.objects.create_superuser("rita"))
    for path in (*(f"/api/v1/{path}" for path in KEYED), *PAGES):
        for method in ("get", "delete", "post"):
            answer = getattr(client, method)(path.replace("%s", nul), headers=auth)
            assert answer.status_code in (400, 401, 404, 405), (method, path, answer.status_code)
            assert answer["X-Request-Id"]


@pytest.mark.parametrize(
    "path", ["/api/v1/interactions?cursor=%00", "/admin/feedback/interaction/?q=a%00", "/admin/login/?next=%00"]
)
def test_no_parameter_with_a_nul_is_an_error_of_ours(client: Client, auth: dict[str, str], path: str) -> None:
    client.force_login(User.objects.create_superuser("rita"))
    assert client.get(path, headers=auth).status_code == 400
    assert client.get("/api/v1/interactions?cursor=%2500", headers=auth).status_code != 500


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("host", ["10.1.2.3:8000", "web-7.internal", "[fd00::1]:8000", "_"])
def test_a_probe_is_answered_whatever_host_it_names(client: Client, path: str, host: str) -> None:
    assert client.get(path, headers={"host": host}).status_code == 200
    assert client.get("/admin/login/", headers={"host": host}).status_code == 400


def test_bad_keys_from_one_address_are_limited_and_good_ones_go_on(
    client: Client, auth: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ADDRESS_RATE", "3/hour")
    kinds = [{}, {"authorization": "Basic x"}, {"authorization": "Bearer fw_no"}, {"authorization": "Bearer v1.no"}]
    answers = [client.post("/api/v1/batch", b"{}", content_type="application/json", headers=kind) for kind in kinds]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert client.get("/api/v1/interactions", headers=auth).status_code == 200
    elsewhere = client.get("/api/v1/interactions", headers=kinds[2], REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 401


@pytest.mark.parametrize("path", ["/admin/login/", "/privacy/{}/consents", "/privacy/{}/delete"])
def test_a_form_in_chunks_is_refused_and_not_taken_for_an_empty_one(client: Client, path: str) -> None:
    shop = cast.project()
    cast.asked(shop)
    answer = client.generic("POST", path.format(link(shop)), headers={"transfer-encoding": "chunked"})
    assert answer.status_code == 411
    assert ledger.effective(cast.person(shop))["capture"]


def link(shop: Project) -> str:
    return links.make(shop.namespace, cast.ANNA, shop.name, shop.consent_defaults)[0]


@pytest.mark.parametrize("rest", ["", "/", "/nothing", "/consents", "/receipt.json", "/data?lang=xx", "/x%00"])
def test_no_log_line_holds_a_link_to_a_persons_page(
    client: Client, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], rest: str
) -> None:
    token = link(cast.project())
    with caplog.at_level(logging.DEBUG):
        for shown in (token, "spent-or-made-up"):
            client.get(f"/privacy/{shown}{rest}", headers={"host": "testserver"})
            client.put(f"/privacy/{shown}{rest}")
            client.get(f"/privacy/{shown}{rest}", headers={"host": "elsewhere.example"})
            assert shown not in caplog.text and shown not in capsys.readouterr().err


def test_a_failure_of_the_page_is_logged_without_its_link(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = link(cast.project())

    def fails(*given: Any) -> None:
        raise RuntimeError(f"no page at /privacy/{token}")

    monkeypatch.setattr("privacy.requests.views.links.open_link", fails)
    client.raise_request_exception = False
    assert client.get(f"/privacy/{token}").status_code == 500
    assert token not in caplog.text and "RuntimeError" in caplog.text and "requests/views.py" in caplog.text


def test_a_log_line_keeps_the_addresses_of_calls(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/api/v1/privacy/requests/one")
    assert "/api/v1/privacy/requests/one" in caplog.text
