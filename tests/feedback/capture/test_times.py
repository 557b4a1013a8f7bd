"""Times that leave the calendar when converted to UTC are refused, with their place, at every entry point."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from feedback.models import Interaction, Project
from privacy.consent import ledger
from privacy.consent.importing import import_lines
from privacy.models import ConsentEntry
from tests import factories as cast

pytestmark = pytest.mark.django_db
BEYOND = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
TALK: dict[str, Any] = {"question": "q?", "answer": "a", "subject": "u", "consent": cast.ALL}


def post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.parametrize("time", BEYOND)
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("interactions", TALK, "occurred_at"),
        ("feedback", {"interaction": "a", "signal": "copy"}, "occurred_at"),
        ("consent", {"subject": "u", "purposes": {"training": True}}, "expires_at"),
    ],
)
def test_a_call_is_told_which_of_its_times_no_calendar_holds(
    client: Client, auth: dict[str, str], path: str, body: dict[str, Any], field: str, time: str
) -> None:
    answer = post(client, path, {**body, field: time}, auth)
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(f"/{field}", "invalid_time")]


@pytest.mark.parametrize("time", BEYOND)
def test_it_fails_its_own_item_of_a_batch_and_no_other(client: Client, auth: dict[str, str], time: str) -> None:
    talk = {**TALK, "type": "interaction"}
    said = {"type": "feedback", "interaction": "a", "signal": "copy", "occurred_at": time}
    items = [{**talk, "id": "a"}, {**talk, "id": "b", "occurred_at": time}, said, {**talk, "id": "c"}]
    results = post(client, "batch", {"items": items}, auth).json()["results"]
    assert [result["status"] for result in results] == [201, 400, 400, 201]
    assert results[1]["error"] | {"detail": ""} == {
        "pointer": "/items/1/occurred_at",
        "code": "invalid_time",
        "detail": "",
    }
    assert {row.external_id for row in Interaction.objects.all()} == {"a", "c"}


def test_an_import_goes_on_with_the_next_line(
    shop: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"question": f"q{n}?", "answer": "a", "id": f"l{n}", "ts": time} for n, time in enumerate(BEYOND)]
    lines.append({"question": "q?", "answer": "a", "id": "good", "ts": "2026-01-31T12:00:00Z"})
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(json.dumps(line) for line in lines))
    call_command("import_log", str(log), project=shop.name, consent="capture", notice="May we?", json=True)
    assert [row.external_id for row in Interaction.objects.all()] == ["good"]
    assert json.loads(capsys.readouterr().out)["bad"] == 2


@pytest.mark.parametrize("field", ["at", "expires_at"])
def test_so_does_an_import_of_consent(field: str) -> None:
    held = {"subject": "u", "purposes": {"capture": True}}
    lines = [json.dumps(line).encode() for line in (*({**held, field: time} for time in BEYOND), held)]
    ended = list(import_lines("shop", lines))
    assert [line.result for line in ended] == ["bad", "bad", "noted"] and ended[0].field == field


@pytest.mark.parametrize("time", [*BEYOND, "nonsense", ""])
def test_a_page_that_closes_with_such_a_time_gives_nothing_back(client: Client, shop: Project, time: str) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    client.force_login(User.objects.create_superuser("rita"))
    answer = client.post(f"/admin/curation/reviewtask/{cast.task(talk).pk}/leave/", {"until": time})
    assert answer.status_code == 205


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_times_like_others(
    client: Client, shop: Project, auth: dict[str, str], time: str
) -> None:
    agreed = {"subject": "u", "purposes": cast.ALL, "expires_at": "9999-12-31T23:59:59Z"}
    assert post(client, "consent", agreed, auth).status_code == 200
    assert (
        post(client, "interactions", {**TALK, "id": "a", "consent": None, "occurred_at": time}, auth).status_code == 201
    )
    said = {"interaction": "a", "signal": "thumbs_up", "occurred_at": time}
    assert post(client, "feedback", said, auth).status_code == 201
    cast.turn(shop)
    cast.cut(shop)
    client.force_login(User.objects.create_superuser("rita"))
    for name in ("feedback/interaction", "feedback/signal"):
        page = client.get(f"/admin/{name}/")
        assert page.status_code == 200
    year = min(time[:4], str(timezone.now().year))  # no clock knows more than now
    assert client.get("/api/v1/interactions/a", headers=auth).json()["occurred_at"].startswith(year)


def test_an_end_of_consent_in_another_zone_leaves_the_ledger_whole(client: Client, auth: dict[str, str]) -> None:
    body = {"subject": "u", "purposes": cast.ALL, "expires_at": "2999-01-01T00:00:00+02:00"}
    assert post(client, "consent", body, auth).status_code == 200
    assert ledger.broken_at(ConsentEntry.objects.order_by("id")) is None
