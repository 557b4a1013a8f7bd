"""Recalls reach those who asked for them, signed, and nothing else on the network."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from curation.models import AgentVersion, Recall
from curation.releases import recalls
from privacy.console.forms import WebhookForm
from privacy.models import Delivery, Webhook
from privacy.requests import lifecycle
from privacy.webhooks import delivery
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
    return delivery.add("shop", f"http://127.0.0.1:{receiver.server_port}/hook")[1]


def recalled() -> Recall:
    """Anna was in a release and is erased."""
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    AgentVersion.objects.create(project=shop, name="assistant", version="7", trained_on=cast.cut(shop))
    lifecycle.advance(lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop"))
    return Recall.objects.get()


def test_a_recall_is_sent_once_and_signed_as_the_standard_says(receiver: Receiver, hook: str) -> None:
    recalled()
    assert delivery.deliver_due() == 1 and delivery.deliver_due() == 0
    (headers, body), secret = receiver.got[0], base64.b64decode(hook.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mac}" and len(receiver.got) == 1
    assert b'"release.recalled"' in body and b"market square" not in body


def test_what_is_not_taken_is_sent_again_later_and_set_aside_in_the_end(receiver: Receiver, hook: str) -> None:
    receiver.status = 500
    recalled()
    for _ in range(delivery.MAX_TRIES + 2):
        delivery.deliver_due()
        Delivery.objects.update(next_at=timezone.now())
    row = Delivery.objects.get()
    assert (row.state, row.status, len(receiver.got)) == ("set_aside", 500, delivery.MAX_TRIES)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_receiver_that_is_gone_is_not_asked_again(receiver: Receiver, hook: str) -> None:
    receiver.status = 410
    recalled()
    delivery.deliver_due()
    assert Webhook.objects.get().disabled_at and Delivery.objects.get().state == "set_aside"


def test_a_redirect_is_not_followed(receiver: Receiver, hook: str) -> None:
    receiver.status = 302
    recalled()
    assert delivery.deliver_due() == 0 and Delivery.objects.get().status == 302


def test_the_secret_is_kept_encrypted(hook: str) -> None:
    kept = bytes(Webhook.objects.get().secret)
    assert base64.b64decode(hook.removeprefix("whsec_")) not in kept and hook.encode() not in kept


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1%eth0",
        "fc00::1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_no_address_of_an_inner_network_is_reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (address, 443))])
    with pytest.raises(delivery.Forbidden):
        delivery.allowed_address("hooks.example.com", 443)


def test_a_name_is_resolved_once_and_the_connection_goes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, reached = iter(["93.184.216.34", "127.0.0.1"]), []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (next(answers), 443))])

    def connect(address: tuple[str, int], timeout: float) -> None:
        reached.append(address[0])
        raise OSError("not here")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError, match="not here"):
        delivery.pinned("rebind.example.com", 443, secure=True)
    assert reached == ["93.184.216.34"]


def test_one_inner_address_among_many_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(delivery.Forbidden):
        delivery.allowed_address("hooks.example.com", 443)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://x.example/",
        "https://",
        "https://me:pw@x.example/",
        "https://example.com:99999/x",
        "https://example.com:0/",
        "https://example.com:port/",
        "https://[::1/",
        f"https://{'a' * 70}.example.com/",
        "https://example..com/",
        "https://example.com/a b",
        "https://example.com/ü",
    ],
)
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(delivery.Forbidden):
        delivery.add("shop", url)
    form = WebhookForm({"url": url, "origin": "shop"}, origins=["shop"])
    assert not form.is_valid() and "url" in form.errors and not Webhook.objects.exists()


def test_a_name_outside_ascii_and_a_port_are_taken() -> None:
    assert delivery.checked("https://bücher.example:8443/haken?a=%20").port == 8443


def test_whatever_goes_wrong_with_one_holds_up_no_other(receiver: Receiver, hook: str) -> None:
    broken = Webhook.objects.create(origin="shop", url="https://example.com:99999/x", secret=b"sealed by nobody")
    secretless = Webhook.objects.create(
        origin="shop", url=f"http://127.0.0.1:{receiver.server_port}/", secret=b"sealed by nobody"
    )
    delivery.enqueue("shop", "m-1", {"id": 1})
    failing = Delivery.objects.filter(webhook__in=[broken, secretless])
    failing.update(next_at=timezone.now() - timedelta(minutes=1))  # the sound one comes last
    assert delivery.deliver_due() == 1 and len(receiver.got) == 1
    said = dict(Delivery.objects.values_list("webhook", "error"))
    assert (said[broken.pk], said[secretless.pk]) == ("Forbidden", "InvalidToken")
    waiting = Delivery.objects.filter(state="waiting", tries=1, lease_until=None, next_at__gt=timezone.now())
    assert waiting.count() == 2


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
def test_a_receiver_that_answers_a_byte_at_a_time_is_left_in_time(
    begin: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_TO_PRIVATE = True
    monkeypatch.setattr(delivery, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            accepted, _ = listening.accept()
            with accepted, contextlib.suppress(OSError):
                accepted.sendall(begin)
                for _ in range(600):
                    accepted.sendall(b"a" if begin else b"H")
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        delivery.add("shop", f"http://127.0.0.1:{listening.getsockname()[1]}/")
        delivery.enqueue("shop", "m-1", {"id": 1})
        began = time.monotonic()
        assert delivery.deliver_due() == 0
        assert time.monotonic() - began < 20
        thread.join()
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.error) == ("waiting", 1, "TimeoutError")


def test_a_receiver_that_never_shakes_hands_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends the head of a TLS record of 16 kB, and then a byte of it at a time."""
    monkeypatch.setattr(delivery, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            accepted, _ = listening.accept()
            with accepted, contextlib.suppress(OSError):
                accepted.sendall(b"\x16\x03\x03\x40\x00\x02")
                for _ in range(600):
                    accepted.sendall(b"\x00")
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        delivery.add("shop", f"https://localhost:{listening.getsockname()[1]}/")
        delivery.enqueue("shop", "m-1", {"id": 1})
        monkeypatch.setattr(delivery, "allowed_address", lambda host, port: "127.0.0.1")
        began = time.monotonic()
        assert delivery.deliver_due() == 0 and time.monotonic() - began < 20
        thread.join()
    assert Delivery.objects.get().error == "TimeoutError"


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


@pytest.fixture
def slack(receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """A receiver under Slack's name, with a webhook of the shop to it."""
    settings.WEBHOOKS_TO_PRIVATE = True
    monkeypatch.setattr(delivery, "allowed_address", lambda host, port: "127.0.0.1")
    delivery.add("shop", f"http://hooks.slack.com:{receiver.server_port}/services/T0/B0/x")
    return receiver


def as_slack_shows(body: bytes) -> str:
    """The text that Slack shows, if it takes the message: a text of at most 40,000 characters, in which `<` and `>` are
    only around a link, and `&` begins one of three entities.
    """
    message = json.loads(body)
    assert set(message) <= {"text", "blocks", "attachments"} and 0 < len(message["text"]) <= 40_000
    rest = re.sub(r"<https?://[^<>|]+(?:\|[^<>|]*)?>", "", message["text"])
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest), rest
    return str(message["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@pytest.mark.parametrize(
    "text",
    [
        "shop: the gate refused guide 7. https://example.org/admin/curation/gaterun/7/change/?a=1&b=2",
        "<!channel> & <https://evil.example|shop>: the gate refused a &lt; b.",
        "<&>" * 20_000,
    ],
)
def test_slack_gets_a_text_that_it_takes_and_that_calls_nobody(slack: Receiver, text: str) -> None:
    delivery.enqueue("shop", "gate_refused_7", {"type": "gate.refused", "text": text, "data": {}})
    assert delivery.deliver_due() == 1
    ((_, body),) = slack.got
    assert as_slack_shows(body) == text[: delivery.LONGEST]


def test_slack_gets_a_message_without_a_text_as_a_whole(slack: Receiver) -> None:
    delivery.enqueue("shop", "recall_7", {"type": "recall.made", "data": {"recall": 7}})
    assert delivery.deliver_due() == 1
    assert "recall.made" in as_slack_shows(slack.got[0][1])
