"""The whole turn with real processes: a web server, a worker with its beat, a client over HTTP."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from curation.models import Decision, ReviewTask
from feedback.models import Interaction
from privacy.erasure import erasure
from privacy.models import Erasure
from tests import factories as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker, pytest.mark.slow]
PATIENCE = 60.0


def call(url: str, key: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """(status, answer) of one call."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold within a minute."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


def test_what_is_captured_over_http_is_decided_by_the_worker(web: str, worker: object) -> None:
    key = cast.key(cast.project())
    body = {"id": "a", "question": cast.QUESTION, "answer": cast.ANSWER, "subject": "u", "consent": cast.ALL}
    assert call(f"{web}/api/v1/interactions", key, body)[0] == 201
    assert call(f"{web}/api/v1/interactions", key, {**body, "id": "b", "question": "Is it open on holidays?"})[0] == 201
    edit = {"interaction": "a", "signal": "edit", "correction": cast.RIGHT}
    assert call(f"{web}/api/v1/feedback", key, edit)[0] == 201
    assert call(f"{web}/api/v1/feedback", key, {"interaction": "b", "signal": "thumbs_down"})[0] == 201
    assert eventually(lambda: Decision.objects.count() == 2)
    status, read = call(f"{web}/api/v1/interactions/a", key)
    assert status == 200 and read["decision"]["outcome"] == "corrected" and read["decision"]["expected"] == cast.RIGHT
    assert ReviewTask.objects.get().interaction.external_id == "b"


def test_an_erasure_is_finished_by_the_worker(worker: object) -> None:
    shop = cast.project()
    cast.asked(shop)
    made = erasure.erase(cast.person(shop))
    assert eventually(lambda: Erasure.objects.filter(pk=made.pk, settled_at__isnull=False).exists())
    assert not Interaction.objects.exists()
