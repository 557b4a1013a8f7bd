"""The client for an event loop."""

from __future__ import annotations

import asyncio
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
from .transport import Patience, call_async, decoded


class AsyncClient(Capturing):
    """``Client`` for an event loop. Methods that queue (``interaction``, ``feedback``) return at once and are
    not awaited; methods that call the server are. Delivery runs in a separate thread, so it outlives the loop
    and a busy loop does not delay it.
    """

    _http: tuple[int, asyncio.AbstractEventLoop, httpx.AsyncClient] | None = None

    async def record(self, **fields: Unpack[InteractionFields]) -> Recorded:
        """See ``Client.record``."""
        try:
            event = interaction_event(fields)
        except InvalidEvent as error:
            return Recorded(id=self._unsendable(error, fields.get("id")), stored=False, reason="refused")
        try:
            request = Request("POST", "/interactions", event.payload)
            recorded = calls.recorded(event.id, await self._send(request, Patience(3, self._timeout)))
        except (ApiError, Unreachable) as error:
            if calls.may_come_later(error) and not self._raise_errors:
                return Recorded(id=self._queue(event), stored=False, reason="queued")
            self._book_refused(calls.reason(error))
            if self._raise_errors:
                raise
            return Recorded(id=event.id, stored=False, reason="refused")
        self._channel.book(calls.outcome(recorded))
        return recorded

    async def consent(
        self,
        subject: str,
        purposes: Mapping[str, bool],
        notice: str | None = None,
        method: str | None = None,
    ) -> Mapping[str, Any]:
        """See ``Client.consent``."""
        return calls.mapping(await self._send(calls.consent(subject, purposes, notice, method)))

    async def privacy_request(self, subject: str, kind: calls.PrivacyKind) -> Mapping[str, Any]:
        """See ``Client.privacy_request``."""
        return calls.mapping(await self._send(calls.privacy_request(subject, kind)))

    async def privacy_link(self, subject: str) -> Mapping[str, Any]:
        """See ``Client.privacy_link``."""
        return calls.mapping(await self._send(calls.privacy_link(subject)))

    async def releases(self, dataset: str) -> list[Mapping[str, Any]]:
        """See ``Client.releases``."""
        return calls.listing(await self._send(calls.releases(dataset)))

    async def release(self, release: str) -> Mapping[str, Any]:
        """See ``Client.release``."""
        request, version = calls.release(release)
        answer = await self._send(request)
        return calls.mapping(answer) if version is None else calls.pick_version(answer, version)

    async def download_release(
        self, id: str, directory: str | os.PathLike[str], *, files: Iterable[str] | None = None
    ) -> Path:
        """See ``Client.download_release``; writes in a thread."""
        manifest = await self.release(id)
        return await asyncio.to_thread(self._download, manifest, Path(directory), files)

    async def flush(self, timeout: float = 30.0) -> bool:
        """See ``Client.flush``."""
        done = await asyncio.to_thread(self._channel.drain, timeout)
        self._check_delivery()
        return done

    async def close(self, timeout: float | None = None) -> None:
        """See ``Client.close``."""
        await asyncio.to_thread(self._channel.finish, timeout)
        if self._http is not None and self._http[:2] == (os.getpid(), asyncio.get_running_loop()):
            await self._http[2].aclose()
        self._http = None
        self._check_delivery()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, traceback: object) -> None:
        self._leave(kind)
        await self.close()

    def _download(self, manifest: Mapping[str, Any], directory: Path, files: Iterable[str] | None) -> Path:
        with self._connect() as http:
            return download(http, self._api, manifest, directory, files=files)

    async def _send(self, request: Request, patience: Patience | None = None) -> Any:
        http, url = self._connection(), self._api + request.path
        return decoded(
            await call_async(http, request.method, url, body=request.body, patience=patience or Patience())
        )

    def _connection(self) -> httpx.AsyncClient:
        """This process and loop's connection: sockets cannot be shared between processes or loops."""
        here = os.getpid(), asyncio.get_running_loop()
        if self._http is None or self._http[:2] != here:
            http = httpx.AsyncClient(
                headers=self._headers, timeout=self._timeout, verify=self._tls, trust_env=self._trust_env
            )
            self._http = (*here, http)
        return self._http[2]
