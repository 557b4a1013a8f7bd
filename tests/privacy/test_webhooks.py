"""Recalls reach whoever asked to be told, signed; and nothing else on the network."""

import base64
import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from curation import recalls
from curation.models import AgentVersion, Recall
from privacy import requests, webhooks
from privacy.models import Delivery, Webhook
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver(HTTPServer):
    """Remembers what it was sent, and answers as it is told."""

    status = 200
    got: list[tuple[dict[str, str], bytes]]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers.items()), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    server = Receiver(("127.0.0.1", 0), Handler)
    server.got = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(receiver: Receiver, settings: Any) -> str:
    """A webhook of the shop to that receiver; its secret."""
    settings.WEBHOOKS_TO_PRIVATE = True
    return webhooks.add("shop", f"http://127.0.0.1:{receiver.server_port}/hook")[1]


def recalled() -> Recall:
    """Anna was in a release and is erased."""
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    AgentVersion.objects.create(project=shop, name="assistant", version="7", trained_on=cast.cut(shop))
    requests.advance(requests.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop"))
    return Recall.objects.get()


def test_a_recall_is_sent_once_and_signed_as_the_standard_says(receiver: Receiver, hook: str) -> None:
    recalled()
    assert webhooks.deliver_due() == 1 and webhooks.deliver_due() == 0
    (headers, body), secret = receiver.got[0], base64.b64decode(hook.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mac}" and len(receiver.got) == 1
    assert b'"release.recalled"' in body and b"market square" not in body


def test_what_is_not_taken_is_sent_again_later_and_set_aside_in_the_end(receiver: Receiver, hook: str) -> None:
    receiver.status = 500
    recalled()
    for _ in range(webhooks.MAX_TRIES + 2):
        webhooks.deliver_due()
        Delivery.objects.update(next_at=timezone.now())
    row = Delivery.objects.get()
    assert (row.state, row.status, len(receiver.got)) == ("set_aside", 500, webhooks.MAX_TRIES)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_receiver_that_is_gone_is_not_asked_again(receiver: Receiver, hook: str) -> None:
    receiver.status = 410
    recalled()
    webhooks.deliver_due()
    assert Webhook.objects.get().disabled_at and Delivery.objects.get().state == "set_aside"


def test_a_redirect_is_not_followed(receiver: Receiver, hook: str) -> None:
    receiver.status = 302
    recalled()
    assert webhooks.deliver_due() == 0 and Delivery.objects.get().status == 302


def test_the_secret_is_kept_encrypted(hook: str) -> None:
    kept = bytes(Webhook.objects.get().secret)
    assert base64.b64decode(hook.removeprefix("whsec_")) not in kept and hook.encode() not in kept


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "fc00::1", "2002:7f00:1::", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_no_address_of_an_inner_network_is_reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (address, 443))])
    with pytest.raises(webhooks.Forbidden):
        webhooks.allowed_address("hooks.example.com", 443)


def test_a_name_is_resolved_once_and_the_connection_goes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, reached = iter(["93.184.216.34", "127.0.0.1"]), []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (next(answers), 443))])

    def connect(address: tuple[str, int], timeout: float) -> None:
        reached.append(address[0])
        raise OSError("not here")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError, match="not here"):
        webhooks.pinned("rebind.example.com", 443, secure=True)
    assert reached == ["93.184.216.34"]


def test_one_inner_address_among_many_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(webhooks.Forbidden):
        webhooks.allowed_address("hooks.example.com", 443)


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/", "ftp://x.example/", "https://", "https://me:pw@x.example/"]
)
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(webhooks.Forbidden):
        webhooks.add("shop", url)


def test_a_recall_is_acknowledged_and_otherwise_overdue(client: Client) -> None:
    made = recalled()
    headers = {"Authorization": f"Bearer {cast.key(cast.project())}"}
    listed = client.get("/api/v1/datasets/shop/recalls", headers=headers).json()["results"][0]
    assert listed["affected_versions"] == ["assistant 7"] and not listed["overdue"]
    Recall.objects.update(created_at=timezone.now() - timedelta(days=15))
    overdue = client.get("/api/v1/datasets/shop/recalls?overdue=true", headers=headers).json()["results"]
    assert [entry["id"] for entry in overdue] == [str(made.pk)]
    path = f"/api/v1/datasets/shop/recalls/{made.pk}/ack"
    for _ in range(2):
        said = client.post(path, {"by": "training-cluster"}, "application/json", headers=headers)
    assert said.status_code == 200 and len(said.json()["acknowledgements"]) == 1
    assert not recalls.overdue(recalls.of_project(cast.project())).exists()
    other = {"Authorization": f"Bearer {cast.key(cast.project('bank'))}"}
    assert client.post(path, {"by": "x"}, "application/json", headers=other).status_code == 404
