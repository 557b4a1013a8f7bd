"""Is it alive, and is it ready: for load balancers, and for whoever waits for a start."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

from curation.models import ReviewTask
from feedback.models import Interaction, ParkedSignal
from privacy.models import Erasure, Setback


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database and broker answer; and how much waits."""
    checks: dict[str, Any] = {"database": database(), "broker": broker()}
    ready = checks["database"] == "ok"  # without its broker capture goes on: the work is found when it is back
    if ready:
        checks["backlog"] = backlog()
    return JsonResponse({"status": "ready" if ready else "not ready", **checks}, status=200 if ready else 503)


def database() -> str:
    """ "ok", or what kind of trouble there is."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return type(error).__name__
    return "ok"


def broker() -> str:
    """ "ok", or what kind of trouble there is. The file broker is a folder."""
    if not settings.REDIS_URL:
        return "ok" if (settings.VAR / "broker").is_dir() else "missing"
    import redis

    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1).ping()
    except redis.RedisError as error:
        return type(error).__name__
    return "ok"


def backlog() -> dict[str, int]:
    """Rows in a state that says there is work."""
    return {
        "pending_interactions": Interaction.objects.filter(pending=True).count(),
        "pending_scans": Interaction.objects.filter(scan_due=True).count(),
        "waiting_signals": ParkedSignal.objects.count(),
        "open_review_tasks": ReviewTask.objects.filter(state="open").count(),
        "unsettled_erasures": Erasure.objects.filter(settled_at__isnull=True).count(),
        "failing_work": Setback.objects.count(),
    }
