"""API keys: shown once, stored as a hash, looked up from a short cache, revoked within a second."""

import hashlib
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from feedback.models import ApiKey, Project

CACHE_SECONDS = 0.5
CACHE_KEYS = 4096


class NotLive(ValueError):
    """The key has expired or was revoked and cannot be rotated. The message is for the operator."""


_cache: dict[str, tuple[float, ApiKey]] = {}
_lock = threading.Lock()


def create(project: Project, scopes: Iterable[str], name: str = "", **fields: object) -> tuple[ApiKey, str]:
    """A new key of the project and its text, which cannot be shown again."""
    text = f"fw_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        project=project, name=name, prefix=text[:10], digest=key_digest(text), scopes=sorted(set(scopes)), **fields
    )
    return row, text


def key_digest(text: str) -> str:
    """SHA-256: enough for 256 random bits, which cannot be guessed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def find_live(text: str) -> ApiKey | None:
    """The live key with this text, with its project and redaction rules.

    Cached for half a second: a revoked key or a changed rule is out of use within that time in every process.
    """
    digest, now = key_digest(text), time.monotonic()
    with _lock:
        cached = _cache.get(digest)
    if cached is None or now - cached[0] > CACHE_SECONDS:
        row = ApiKey.objects.select_related("project__redaction").filter(digest=digest).first()
        if row is None:
            return None
        mark_used(row)
        with _lock:
            if len(_cache) >= CACHE_KEYS:
                _cache.clear()
            _cache[digest] = cached = (now, row)
    return cached[1] if cached[1].is_live(timezone.now()) else None


def mark_used(row: ApiKey) -> None:
    """Store the time of last use, to the minute, which saves a write for each request."""
    now = timezone.now()
    if row.last_used_at is None or (now - row.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)


def revoke(row: ApiKey) -> None:
    """Put the key out of use."""
    ApiKey.objects.filter(pk=row.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    with _lock:
        _cache.pop(row.digest, None)


def rotate(row: ApiKey, overlap_seconds: int = 86_400) -> tuple[ApiKey, str]:
    """A new key with the same rights and end date; the old one works for the overlap, then expires.

    Raises `NotLive` if the key has expired or was revoked: it must not give anybody a new one.
    """
    with transaction.atomic():
        held = ApiKey.objects.select_for_update(of=("self",)).select_related("project").get(pk=row.pk)
        now, ends = timezone.now(), held.expires_at
        if held.revoked_at is not None:
            raise NotLive("This key was revoked and cannot be rotated. Make a new key.")
        if not held.is_live(now):
            raise NotLive("This key has expired and cannot be rotated. Make a new key.")
        overlap = now + timedelta(seconds=overlap_seconds)
        ApiKey.objects.filter(pk=held.pk).update(expires_at=min(overlap, ends or overlap))
        made = create(held.project, held.scopes, held.name, expires_at=ends)
    with _lock:
        _cache.pop(held.digest, None)
    return made
