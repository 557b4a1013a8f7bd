"""Single HTTP calls to the API: authenticates requests, retries them, and reads problem documents."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .errors import ApiError, FieldError, Unreachable
from .retries import Backoff, is_retryable, retry_after

logger = logging.getLogger("flywheel_client")
API = "/api/v1"
USER_AGENT = "flywheel-client/0.1.0"
JSON_HEADERS = {"Content-Type": "application/json"}


def service_root(endpoint: str) -> str:
    """The service's address without a trailing slash; the API's own address works too. Raises ``ValueError``
    if it is not an HTTP address.
    """
    try:
        url = httpx.URL(endpoint.strip())
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise ValueError("the endpoint must be an http(s) address such as https://flywheel.example.com")
    return str(url).rstrip("/").removesuffix(API).rstrip("/")


def setting(given: str | None, name: str, what: str) -> str:
    """The given value, else the environment's. Raises ``ValueError`` if there is neither."""
    found = os.environ.get(name, "") if given is None else given
    if not found.strip():
        raise ValueError(f"there is no {what}: pass it, or set {name}")
    return found


def trusts_environment(url: str) -> bool:
    """Whether ``HTTP_PROXY`` and the like apply to this address. A proxy cannot reach our own machine."""
    host = httpx.URL(url.strip()).host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")
    return not (address.is_loopback or address.is_unspecified)


def api_root(endpoint: str) -> str:
    """Where the API's calls live below the service's address."""
    return service_root(endpoint) + API


def headers(key: str) -> dict[str, str]:
    """What every request carries. Raises ``ValueError`` for an empty or unsendable key."""
    if not key.strip() or not key.strip().isascii():
        raise ValueError("the key is empty or not ASCII")
    return {"Authorization": f"Bearer {key.strip()}", "User-Agent": USER_AGENT, "Accept": "application/json"}


BACKOFF = Backoff(base=0.2, cap=5.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a direct call tries: at most ``tries`` requests, none started after ``seconds``."""

    tries: int = 4
    seconds: float = 30.0


class Attempts:
    """One call's tries: after each failure, decides how long to wait, or that it is over."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._until = time.monotonic() + patience.seconds
        self._made = 0

    def remaining(self) -> float:
        """Seconds left; at least a little, so that a last try is never given an impossible time."""
        return max(0.05, self._until - time.monotonic())

    def after_response(self, response: httpx.Response) -> float | None:
        """Seconds to wait before the next try, or None to keep the response. Raises ``ApiError`` for a
        refusal.
        """
        if response.is_success:
            return None
        wait = self._next_wait(retry_after(response.headers.get("Retry-After")))
        if not is_retryable(response.status_code) or wait is None:
            raise problem(response)
        return wait

    def after_error(self, error: httpx.TransportError) -> float:
        """Seconds to wait after a request without an answer. Raises ``Unreachable`` when it is over."""
        wait = self._next_wait(None)
        if wait is None:
            raise Unreachable(f"no answer after {self._made} tries ({type(error).__name__})") from error
        return wait

    def _next_wait(self, asked: float | None) -> float | None:
        self._made += 1
        wait = BACKOFF.delay(self._made) if asked is None else asked
        if self._made >= self._patience.tries or time.monotonic() + wait >= self._until:
            return None
        return wait


def problem(response: httpx.Response) -> ApiError:
    """The error for an RFC 9457 answer, or any other refusal."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, Mapping):
        return ApiError(response.status_code, response.reason_phrase)
    entries = document.get("errors")
    errors = [
        FieldError(str(entry.get("pointer", "")), str(entry.get("code", "")), str(entry.get("detail", "")))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping)
    ]
    title = document.get("title") or document.get("detail") or response.reason_phrase
    return ApiError(response.status_code, str(title), errors)


def decoded(response: httpx.Response) -> Any:
    """The JSON of a success. Raises ``Unreachable`` if something other than the server answered."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise Unreachable(f"the answer to {response.request.url.path} is not JSON") from None


def call(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] = JSON_HEADERS,
    patience: Patience,
) -> httpx.Response:
    """Make one call, retrying if that can help. Raises ``ApiError`` or ``Unreachable``."""
    attempts = Attempts(patience)
    while True:
        timeout = _within(http.timeout, attempts.remaining())
        try:
            response = http.request(
                method, url, content=body, params=params, headers=headers, timeout=timeout
            )
        except httpx.TransportError as error:
            wait: float | None = attempts.after_error(error)
        else:
            wait = attempts.after_response(response)
        if wait is None:
            return response
        time.sleep(wait)


async def call_async(
    http: httpx.AsyncClient, method: str, url: str, *, body: bytes | None = None, patience: Patience
) -> httpx.Response:
    """``call`` for an event loop."""
    attempts = Attempts(patience)
    while True:
        timeout = _within(http.timeout, attempts.remaining())
        try:
            response = await http.request(method, url, content=body, headers=JSON_HEADERS, timeout=timeout)
        except httpx.TransportError as error:
            wait: float | None = attempts.after_error(error)
        else:
            wait = attempts.after_response(response)
        if wait is None:
            return response
        await asyncio.sleep(wait)


def _within(timeout: httpx.Timeout, remaining: float) -> httpx.Timeout:
    """The client's timeouts, none longer than the time left for the call."""
    phases = {name: min(value or remaining, remaining) for name, value in timeout.as_dict().items()}
    return httpx.Timeout(**phases)
