"""Messages to a project's webhooks, signed as Standard Webhooks says (standardwebhooks.com, version 1).

Each message is a row: claimed by a lease, retried with a growing pause until the receiver accepts it, and set aside
after eight tries. A receiver that answers 410 is not asked again. The name is resolved once, every address it resolves
to must be public, and the connection goes to the address that was checked: a name that resolves differently the second
time reaches nothing. Redirects are not followed, at most 4 kB of an answer are read, and the whole exchange may take
ten seconds, however slowly the receiver sends. A `mailto:` address gets the message's text by e-mail, Slack a text without
its control characters.
"""

import base64
import contextlib
import hashlib
import hmac
import html
import http.client
import ipaddress
import re
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.utils import timezone

from privacy.db import isolation, leases
from privacy.db.leases import Lease
from privacy.models import Delivery, DeliveryStatus, Webhook
from privacy.subjects.digests import key

MAX_TRIES = 8
LEASE = Lease(timedelta(minutes=2), counted=True)
SECONDS = 10.0
MAX_ANSWER = 4_096
MAIL = "mailto"
SLACK = ("hooks.slack.com", "hooks.slack-gov.com")
LONGEST = 8_000  # characters for Slack, which takes 40,000: an escaped one is up to five


class Forbidden(Exception):
    """Messages may not be sent to this address. The message says why, without naming it."""


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key("webhook")))


def add(origin: str, url: str) -> tuple[Webhook, str]:
    """Add a webhook to the project; return it and its signing secret, which is shown once. Raises `Forbidden`."""
    checked(url)
    secret = secrets.token_bytes(32)
    row = Webhook.objects.create(origin=origin, url=url, secret=_box().encrypt(secret))
    return row, f"whsec_{base64.b64encode(secret).decode()}"


def checked(url: str) -> SplitResult:
    """The parts of an address of an allowed form. Raises `Forbidden`."""
    schemes = ("https", "http") if settings.WEBHOOKS_TO_PRIVATE else ("https",)
    try:
        parts = urlsplit(url)
        if parts.scheme == MAIL:
            validate_email(parts.path)
            return parts._replace(query="")
        host, port = (parts.hostname or "").encode("idna"), parts.port
    except ValidationError as error:
        raise Forbidden("Give one e-mail address after mailto: and nothing else.") from error
    except ValueError as error:  # a port above 65535, or a name with too long a label
        raise Forbidden("This is not a valid address: check its name and port.") from error
    if parts.scheme not in schemes or not host or port == 0 or parts.username or parts.password:
        raise Forbidden("Give an https address without a user name.")
    if re.search(r"[^!-~]", parts.path + parts.query):
        raise Forbidden("Write what follows the name in ASCII, escaped with %.")
    return parts


def enqueue(origin: str, message: str, payload: dict[str, Any]) -> int:
    """Queue a message for every webhook of the project; return how many. Call it in the transaction that it reports."""
    rows = Webhook.objects.filter(origin=origin, disabled_at__isnull=True)
    made = [Delivery(webhook=row, message=message, payload=payload) for row in rows]
    return len(Delivery.objects.bulk_create(made, ignore_conflicts=True))


def deliver_due(limit: int = 50) -> int:
    """Send due messages; return how many were delivered."""
    now = timezone.now()
    due = Delivery.objects.filter(leases.free(now), state=DeliveryStatus.WAITING, next_at__lte=now)

    def take(row: Delivery) -> bool:
        mine = Delivery.objects.filter(pk=row.pk, state=DeliveryStatus.WAITING, tries=row.tries)
        return LEASE.claim(mine) is not None and deliver(row)

    return sum(isolation.each("webhook", due.select_related("webhook").order_by("next_at")[:limit], take))


def deliver(row: Delivery) -> bool:
    """Send one message, and store the result; return whether it was accepted.

    Any error is a failed try of this message and does not hold up others.
    """
    status, error = None, ""
    try:
        status = send(row.webhook, row.message, orjson.dumps(row.payload))
    except Exception as failure:  # noqa: BLE001 - the row says which; one that raised would be taken again for ever
        error = type(failure).__name__[:80]
    taken, tries = status is not None and 200 <= status < 300, row.tries + 1
    if status == 410:
        Webhook.objects.filter(pk=row.webhook_id).update(disabled_at=timezone.now())
    over = status == 410 or tries >= MAX_TRIES
    state = DeliveryStatus.DELIVERED if taken else DeliveryStatus.SET_ASIDE if over else DeliveryStatus.WAITING
    Delivery.objects.filter(pk=row.pk, tries=tries).update(
        state=state,
        status=status,
        error=error,
        lease_until=None,
        next_at=timezone.now() + timedelta(seconds=30 * 4 ** (tries - 1)),
        delivered_at=timezone.now() if taken else None,
    )
    return taken


def send(webhook: Webhook, message: str, body: bytes) -> int:
    """POST the signed message; return the answer's status. Raises `Forbidden`, and network errors."""
    parts = checked(webhook.url)
    if parts.scheme == MAIL:
        return mail(parts.path, orjson.loads(body))
    if parts.hostname in SLACK:
        body = for_slack(orjson.loads(body))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = pinned(str(parts.hostname), port, secure=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with in_time(connection.sock):
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request("POST", path, body, headers(bytes(webhook.secret), message, body))
            answer = connection.getresponse()
            answer.read(MAX_ANSWER)
        return answer.status
    finally:
        connection.close()


def mail(address: str, payload: dict[str, Any]) -> int:
    """Send a message as e-mail; return 202. Raises mail server errors, and `Forbidden` if no mail server is set."""
    if not settings.EMAIL_HOST:
        raise Forbidden("No mail server is set. Set EMAIL_URL.")
    send_mail(f"Flywheel: {payload['type']}", in_words(payload), None, [address])
    return http.HTTPStatus.ACCEPTED


def for_slack(payload: dict[str, Any]) -> bytes:
    """A message as Slack's incoming webhooks take it: `text` alone, with `&`, `<` and `>` escaped, so that no name in it
    calls a whole channel or hides where a link leads.
    """
    return orjson.dumps({"text": html.escape(in_words(payload)[:LONGEST], quote=False)})


def in_words(payload: dict[str, Any]) -> str:
    """A message's text, or all of it where it has none."""
    return payload.get("text") or orjson.dumps(payload, option=orjson.OPT_INDENT_2).decode()


@contextlib.contextmanager
def in_time(connected: socket.socket) -> Iterator[None]:
    """Cut the connection when the time is up: a socket's own timeout restarts with every byte. Raises `TimeoutError`."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connected, socket.SHUT_RDWR)  # not through TLS, which would wait for the other side

    timer = threading.Timer(SECONDS, cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError


def headers(sealed: bytes, message: str, body: bytes) -> dict[str, str]:
    """The headers that tell the receiver who sent the message, when, and which one it is."""
    moment = str(int(timezone.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Flywheel",
        "webhook-id": message,
        "webhook-timestamp": moment,
        "webhook-signature": signature(_box().decrypt(sealed), message, moment, body),
    }


def signature(secret: bytes, message: str, moment: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    mac = hmac.digest(secret, f"{message}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}"


def pinned(host: str, port: int, *, secure: bool) -> http.client.HTTPConnection:
    """A connection to the one address that was resolved and checked."""
    address = allowed_address(host, port)
    raw = socket.create_connection((address, port), SECONDS)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    connection.sock = raw
    if secure:  # the handshake happens in `send`, under the time limit
        tls = ssl.create_default_context()
        connection.sock = tls.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    return connection


def allowed_address(host: str, port: int) -> str:
    """The name's first address. Raises `Forbidden` unless all of its addresses are public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_TO_PRIVATE and not all(is_global(address) for address in addresses):
        raise Forbidden("It leads into a private network.")
    return addresses[0]


def is_global(address: str) -> bool:
    """Whether an address is on the public internet; for an IPv4 address mapped into IPv6, the IPv4 address counts."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if found in NAT64:
            return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF).is_global
    return found.is_global and not found.is_multicast


NAT64 = ipaddress.ip_network("64:ff9b::/96")
