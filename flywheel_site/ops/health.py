"""Liveness and readiness, for load balancers and start scripts."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from curation.models import ReviewTask
from feedback.models import Interaction, ParkedSignal
from flywheel_site.ops.backups import state as backups
from privacy.db import bulk, disk_space
from privacy.erasure import tombstones
from privacy.models import Erasure, Setback
from privacy.subjects import master_keys

PATIENCE = timedelta(minutes=10)  # a worker that is briefly away is no reason to refuse requests


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database and broker answer, the disk has space and the master key matches; and how much is waiting."""
    checks: dict[str, Any] = {"database": database(), "broker": broker(), "disk": disk_space.problem() or "ok"}
    checks["restore"] = "a restore has not finished" if backups.is_unfinished() else "ok"
    if checks["database"] == "ok":
        checks |= {"master_key": master_key(), "erasure_list": erasure_list()}
    # Capture works without the broker: workers find the work once it is back.
    ready = all(found == "ok" for name, found in checks.items() if name != "broker")
    if checks["database"] == "ok":
        checks["backlog"] = backlog()
    return JsonResponse({"status": "ready" if ready else "not ready", **checks}, status=200 if ready else 503)


def master_key() -> str:
    """ "ok", or why the key may not be used."""
    try:
        return master_keys.problem() or "ok"
    except DatabaseError as error:
        return type(error).__name__


def erasure_list() -> str:
    """ "ok", or since when the tombstone list, a file outside the database, could not be written."""
    try:
        since = tombstones.waiting_since()
    except DatabaseError as error:
        return type(error).__name__
    if since is None or since > timezone.now() - PATIENCE:
        return "ok"
    return f"tombstones.jsonl has waited to be written since {since:%Y-%m-%d %H:%M} UTC; see the worker's log"


def database() -> str:
    """ "ok", or the kind of error."""
    try:
        bulk.select("SELECT 1")
    except Exception as error:  # noqa: BLE001 - any error is the answer
        return type(error).__name__
    return "ok"


def broker() -> str:
    """ "ok", or the kind of error. The file broker only needs its folder."""
    if not settings.REDIS_URL:
        return "ok" if (settings.VAR / "broker").is_dir() else "missing"
    import redis

    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1).ping()
    except redis.RedisError as error:
        return type(error).__name__
    return "ok"


def backlog() -> dict[str, int]:
    return {
        "pending_interactions": Interaction.objects.filter(pending=True).count(),
        "pending_scans": Interaction.objects.filter(scan_due=True).count(),
        "waiting_signals": ParkedSignal.objects.count(),
        "open_review_tasks": ReviewTask.objects.filter(state="open").count(),
        "unsettled_erasures": Erasure.objects.filter(settled_at__isnull=True).count(),
        "failing_work": Setback.objects.count(),
    }
