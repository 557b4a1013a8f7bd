"""The client for ordinary, blocking code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self, Unpack

import httpx

from . import calls
from .calls import Recorded, Request
from .capturing import Capturing
from .errors import ApiError, InvalidEvent, Unreachable
from .events import InteractionFields, interaction_event
from .releases import download
from .transport import Patience, call, decoded


class Client(Capturing):
    """Captures in the background, and calls the API directly if an answer is needed. Safe between threads.

    Use it as a context manager, or keep one for the life of the process: what is queued is delivered at exit.
    """

    _http: tuple[int, httpx.Client] | None = None

    def record(self, **fields: Unpack[InteractionFields]) -> Recorded:
        """Store one interaction now and return the server's answer, with the ``feedback_token`` for a
        browser.

        Takes at most ``timeout`` seconds. If the server cannot be reached in that time, the interaction is
        queued under the same id (``reason="queued"``); if it refuses, ``reason="refused"``. With
        ``raise_errors`` both raise instead.
        """
        try:
            event = interaction_event(fields)
        except InvalidEvent as error:
            return Recorded(id=self._unsendable(error, fields.get("id")), stored=False, reason="refused")
        try:
            answer = self.send(Request("POST", "/interactions", event.payload), Patience(3, self._timeout))
            recorded = calls.recorded(event.id, answer)
        except (ApiError, Unreachable) as error:
            if calls.may_come_later(error) and not self._raise_errors:
                return Recorded(id=self._queue(event), stored=False, reason="queued")
            self._book_refused(calls.reason(error))
            if self._raise_errors:
                raise
            return Recorded(id=event.id, stored=False, reason="refused")
        self._channel.book(calls.outcome(recorded))
        return recorded

    def consent(
        self,
        subject: str,
        purposes: Mapping[str, bool],
        notice: str | None = None,
        method: str | None = None,
    ) -> Mapping[str, Any]:
        """Record what a person agreed to; returns the effective state. Always raises on failure."""
        return calls.mapping(self.send(calls.consent(subject, purposes, notice, method)))

    def privacy_request(self, subject: str, kind: calls.PrivacyKind) -> Mapping[str, Any]:
        """Ask for erasure, access or withdrawal; returns ``{id, status, due_at}``.

        Always raises on failure.
        """
        return calls.mapping(self.send(calls.privacy_request(subject, kind)))

    def privacy_link(self, subject: str) -> Mapping[str, Any]:
        """The person's own page; returns ``{url, expires_at}``. Always raises on failure."""
        return calls.mapping(self.send(calls.privacy_link(subject)))

    def releases(self, dataset: str) -> list[Mapping[str, Any]]:
        """A dataset's releases, each with its manifest. Always raises on failure."""
        return calls.listing(self.send(calls.releases(dataset)))

    def release(self, release: str) -> Mapping[str, Any]:
        """One release with its manifest: a release id, ``dataset/latest`` or ``dataset/v2``.

        Always raises on failure.
        """
        request, version = calls.release(release)
        answer = self.send(request)
        return calls.mapping(answer) if version is None else calls.pick_version(answer, version)

    def download_release(
        self, id: str, directory: str | os.PathLike[str], *, files: Iterable[str] | None = None
    ) -> Path:
        """Download a release (``files``: only these) into ``directory``, which appears complete or not at
        all.

        Every file is checked against the manifest's sha256; an interrupted download continues where it
        stopped.
        """
        manifest = self.release(id)
        return download(self._connection(), self._api, manifest, Path(directory), files=files)

    def flush(self, timeout: float = 30.0) -> bool:
        """Deliver what is queued now; False if ``timeout`` seconds were not enough."""
        done = self._channel.drain(timeout)
        self._check_delivery()
        return done

    def close(self, timeout: float | None = None) -> None:
        """Deliver what is pending within ``timeout`` seconds (default ``exit_timeout``), then end."""
        self._channel.finish(timeout)
        if self._http is not None:
            self._http[1].close()
            self._http = None
        self._check_delivery()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: object) -> None:
        self._leave(kind)
        self.close()

    def send(self, request: Request, patience: Patience | None = None) -> Any:
        http = self._connection()
        patience = patience or Patience()
        return decoded(
            call(http, request.method, self._api + request.path, body=request.body, patience=patience)
        )

    def _connection(self) -> httpx.Client:
        """This process's own connection: a forked child must not use its parent's socket."""
        if self._http is None or self._http[0] != os.getpid():
            self._http = os.getpid(), self._connect()
        return self._http[1]
