"""The capture API as callers see it."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.utils import timezone

from feedback.models import Interaction, Outcome, Project, Signal
from feedback.projects import tokens
from tests import factories as cast

pytestmark = pytest.mark.django_db


BODY: dict[str, Any] = {
    "question": "Where is my parcel?",
    "answer": "On its way.",
    "subject": "u-1",
    "consent": cast.ALL,
}


def post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)


def test_an_interaction_is_created_with_a_token_for_its_feedback(client: Client, auth: dict[str, str]) -> None:
    answer = post(client, "interactions", BODY, auth)
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "stored", "redactions", "feedback_token"} and answer.json()["stored"] is True


def test_the_same_again_answers_alike_and_another_body_conflicts(client: Client, auth: dict[str, str]) -> None:
    first = post(client, "interactions", {**BODY, "id": "a"}, auth)
    again = post(client, "interactions", {**BODY, "id": "a"}, auth)
    other = post(client, "interactions", {**BODY, "id": "a", "answer": "Lost."}, auth)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json() and Interaction.objects.count() == 1


@pytest.mark.parametrize("path", ["interactions", "feedback"])
def test_what_was_stored_with_a_longer_digest_is_recognised(client: Client, auth: dict[str, str], path: str) -> None:
    """Rows from before digests were cut to their first half are replayed like others, and conflict like others."""
    post(client, "interactions", {**BODY, "id": "a"}, auth)
    body = {**BODY, "id": "a"} if path == "interactions" else {"id": "f", "interaction": "a", "signal": "thumbs_up"}
    post(client, path, body, auth)
    for model in (Interaction, Signal):
        model.objects.update(body_digest=Concat("body_digest", Value("e" * 32)))
    changed = {**body, "answer": "Lost."} if path == "interactions" else {**body, "signal": "thumbs_down"}
    assert [post(client, path, one, auth).status_code for one in (body, changed)] == [200, 409]


def test_without_consent_it_says_so_and_keeps_nothing(client: Client, auth: dict[str, str]) -> None:
    answer = post(client, "interactions", {**BODY, "consent": {}}, auth)
    assert (answer.status_code, answer.json()) == (200, {"stored": False, "reason": "no_consent"})
    assert not Interaction.objects.exists()


def test_a_global_privacy_signal_counts_as_no_to_training(client: Client, auth: dict[str, str]) -> None:
    post(client, "interactions", BODY, {**auth, "sec-gpc": "1"})
    from privacy.consent import ledger

    state = ledger.effective(Interaction.objects.get().subject)
    assert state == {"capture": True, "evaluation": True, "training": False}


@pytest.mark.parametrize("by", ["token", "key", "key and subject"])
def test_a_browser_that_objects_by_itself_takes_training_back(client: Client, auth: dict[str, str], by: str) -> None:
    from privacy.consent import ledger
    from privacy.models import ConsentEntry

    sent = post(client, "interactions", BODY, auth).json()
    headers = {"sec-gpc": "1", **({"authorization": f"Bearer {sent['feedback_token']}"} if by == "token" else auth)}
    named = {"subject": BODY["subject"]} if by == "key and subject" else {}
    for signal in ("thumbs_up", "copy"):
        body = {"interaction": sent["id"], "signal": signal, **named}
        assert post(client, "feedback", body, headers).status_code == 201
    state = ledger.effective(Interaction.objects.get().subject)
    assert state == {"capture": True, "evaluation": True, "training": False}
    assert ConsentEntry.objects.filter(method="gpc").count() == 1


def test_a_dry_run_shows_what_would_be_stored_and_keeps_nothing(client: Client, auth: dict[str, str]) -> None:
    body = {**BODY, "question": "I am mia@example.com, where is it?", "dry_run": True}
    answer = post(client, "interactions", body, auth)
    assert answer.status_code == 200 and answer.json()["interaction"]["question"] == "I am [EMAIL_1], where is it?"
    assert not Interaction.objects.exists() and not Outcome.objects.exists()


BAD = [
    (b"{", "invalid_json", ""),
    (b'{"question": "a"', "invalid_json", ""),
    (b"\xff\xfe", "invalid_json", ""),
    (b'"text"', "invalid_type", ""),
    (b"[]", "invalid_type", ""),
    (b'{"question": "secretvalue"}', "required", "/answer"),
    (b'{"question": 7, "answer": "secretvalue"}', "invalid_type", "/question"),
    (b'{"question": "", "answer": "secretvalue"}', "too_short", "/question"),
    (b'{"question": "a", "answer": "b", "secretvalue": 1}', "unknown_field", ""),
    (b'{"question": "a", "answer": "b", "id": "secret value"}', "invalid_id", "/id"),
    (b'{"question": "a", "answer": "b", "id": "secretvalue\\n"}', "invalid_id", "/id"),
    (b'{"question": "a", "answer": "b", "consent": {"secretvalue": true}}', "invalid_choice", "/consent"),
    (b'{"question": "a", "answer": "b", "consent": {"capture": "secretvalue"}}', "invalid_type", "/consent"),
    (b'{"question": "a", "answer": "b", "occurred_at": "secretvalue"}', "invalid_time", "/occurred_at"),
    (b'{"question": "a", "answer": "b", "occurred_at": "2026-01-01T00:00:00"}', "invalid_time", "/occurred_at"),
    (b'{"question": "a\\u0000secretvalue", "answer": "b"}', "nul", "/question"),
    (b'{"question": "a", "answer": "b", "metadata": {"k": ["secretvalue\\u0000"]}}', "nul", "/metadata/-/0"),
    (b'{"question": "\\ud800secretvalue", "answer": "b"}', None, None),
    (b'{"question": "a", "answer": "b", "context": [{"role": "user"}]}', "required", "/context/0/content"),
    (b'{"question": "a", "answer": "b", "metadata": ' + b'{"a":' * 2000 + b"1" + b"}" * 2000 + b"}", "too_deep", ""),
    (b'{"question": "a", "answer": "b", "metadata": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}", "too_deep", ""),
    (b'{"question": "a", "answer": "b", "metadata": {"n": NaN}}', "out_of_range", "/metadata/-"),
    (b'{"question": "a", "answer": "b", "metadata": {"n": 1e400}}', "out_of_range", "/metadata/-"),
    (b'{"question": "a", "answer": "b", "metadata": {"n": 18446744073709551616}}', "out_of_range", "/metadata/-"),
    (b'{"question": "a", "answer": "b", "metadata": {"n": -9223372036854775809}}', "out_of_range", "/metadata/-"),
    (b'{"question": "a", "answer": "b", "metadata": {"n": 1e308}}', "out_of_range", "/metadata/-"),
]


@pytest.mark.parametrize(("body", "code", "pointer"), BAD)
def test_a_bad_body_is_named_by_its_place_and_never_by_its_value(
    client: Client, auth: dict[str, str], body: bytes, code: str | None, pointer: str | None
) -> None:
    answer = post(client, "interactions", body, auth)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert "secret" not in answer.content.decode() and problem["status"] == 400 and problem["request_id"]
    if code is not None:
        assert [(error["code"], error["pointer"]) for error in problem["errors"]] == [(code, pointer)]
    assert not Interaction.objects.exists()
    assert Outcome.objects.get().result == "refused"


def test_a_body_over_the_limit_is_413_and_is_not_stored(client: Client, auth: dict[str, str]) -> None:
    answer = post(client, "interactions", {**BODY, "answer": "x" * 2_000_000}, auth)
    assert answer.status_code == 413 and answer["Content-Type"] == "application/problem+json"
    assert not Interaction.objects.exists()


def test_a_body_that_is_no_json_by_its_type_is_415(client: Client, auth: dict[str, str]) -> None:
    answer = client.post("/api/v1/interactions", b"a=b", content_type="text/plain", headers=auth)
    assert answer.status_code == 415 and not Interaction.objects.exists()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer fw_unknown", "Basic abc", "Bearer v1.1.1.1.ffffffff.AAAA", "Bearer \x00"]
)
def test_a_call_without_a_known_key_is_401(client: Client, header: str) -> None:
    answer = post(client, "interactions", BODY, {"authorization": header} if header else {})
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"


def test_a_key_without_the_scope_is_403(client: Client, shop: Project) -> None:
    answer = post(client, "interactions", BODY, {"authorization": f"Bearer {cast.key(shop, ['read'])}"})
    assert answer.status_code == 403 and not Interaction.objects.exists()


def test_feedback_is_created_once_and_waits_where_its_interaction_is_unseen(
    client: Client, auth: dict[str, str]
) -> None:
    post(client, "interactions", {**BODY, "id": "a"}, auth)
    body = {"id": "s", "interaction": "a", "signal": "thumbs_up"}
    codes = [post(client, "feedback", body, auth).status_code for _ in range(2)]
    codes.append(post(client, "feedback", {**body, "signal": "thumbs_down"}, auth).status_code)
    codes.append(
        post(client, "feedback", {"interaction": "unseen", "signal": "thumbs_up", "subject": "u-1"}, auth).status_code
    )
    assert codes == [201, 200, 409, 202] and Signal.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"signal": "edit"}, "/correction"),
        ({"signal": "rating"}, "/score"),
        ({"signal": "rating", "score": 2}, "/score"),
    ],
)
def test_feedback_that_lacks_what_its_signal_needs_is_refused(
    client: Client, auth: dict[str, str], body: dict[str, Any], pointer: str
) -> None:
    answer = post(client, "feedback", {"interaction": "a", **body}, auth)
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == pointer


def test_a_browser_with_a_token_speaks_for_its_person_on_its_interaction_alone(
    client: Client, auth: dict[str, str]
) -> None:
    token = post(client, "interactions", {**BODY, "id": "a"}, auth).json()["feedback_token"]
    post(client, "interactions", {**BODY, "id": "b"}, auth)
    browser = {"authorization": f"Bearer {token}"}
    mine = post(client, "feedback", {"interaction": "a", "signal": "thumbs_up", "subject": "somebody-else"}, browser)
    other = post(client, "feedback", {"interaction": "b", "signal": "thumbs_up"}, browser)
    read = client.get("/api/v1/interactions/a", headers=browser)
    assert (mine.status_code, other.status_code, read.status_code) == (201, 404, 403)
    assert Signal.objects.get().subject == Interaction.objects.get(external_id="a").subject


def test_a_changed_or_expired_token_opens_nothing(client: Client, auth: dict[str, str]) -> None:
    token = post(client, "interactions", {**BODY, "id": "a"}, auth).json()["feedback_token"]
    for place in range(len(token)):
        changed = token[:place] + ("0" if token[place] != "0" else "1") + token[place + 1 :]
        answer = post(
            client, "feedback", {"interaction": "a", "signal": "thumbs_up"}, {"authorization": f"Bearer {changed}"}
        )
        assert answer.status_code == 401
    Interaction.objects.update(received_at="2020-01-01T00:00:00Z")
    expired = tokens.token_of(Interaction.objects.get())
    with pytest.raises(tokens.BadToken):
        tokens.open_token(expired, timezone.now())


def test_feedback_is_taken_back_by_its_id(client: Client, auth: dict[str, str]) -> None:
    post(client, "interactions", {**BODY, "id": "a"}, auth)
    post(client, "feedback", {"id": "s", "interaction": "a", "signal": "thumbs_up"}, auth)
    assert client.delete("/api/v1/feedback/s", headers=auth).status_code == 204
    assert client.delete("/api/v1/feedback/unknown", headers=auth).status_code == 404
    assert Signal.objects.get().withdrawn_at is not None


def test_an_interaction_is_read_with_its_signals_and_the_reason_of_its_decision(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    post(client, "interactions", {**BODY, "id": "a"}, auth)
    post(
        client,
        "feedback",
        {"interaction": "a", "signal": "edit", "correction": "It is at the post office in your street since Monday."},
        auth,
    )
    cast.turn(shop)
    read = client.get("/api/v1/interactions/a", headers=auth).json()
    assert read["signals"][0]["signal"] == "edit" and read["decision"]["outcome"] == "corrected"
    assert (
        read["decision"]["expected"] == "It is at the post office in your street since Monday."
        and read["decision"]["detail"]
    )


def test_another_projects_interaction_is_as_absent_as_an_unknown_one(client: Client, auth: dict[str, str]) -> None:
    post(client, "interactions", {**BODY, "id": "a"}, auth)
    other = {"authorization": f"Bearer {cast.key(cast.project('other'))}"}
    theirs, unknown = (client.get(f"/api/v1/interactions/{name}", headers=other) for name in ("a", "unknown"))
    assert theirs.status_code == unknown.status_code == 404
    assert {**theirs.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


def test_the_list_is_read_page_by_page(
    client: Client, shop: Project, auth: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.api.views.PAGE", 2)
    for _ in range(5):
        cast.asked(shop)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"/api/v1/interactions?cursor={cursor}", headers=auth).json()
        seen += [item["id"] for item in page["results"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_a_caller_over_the_limit_is_told_when_to_come_back(client: Client, auth: dict[str, str], settings: Any) -> None:
    settings.KEY_RATE = "2/min"
    codes = [post(client, "interactions", BODY, auth) for _ in range(3)]
    assert [answer.status_code for answer in codes] == [201, 201, 429]
    assert 1 <= int(codes[2]["Retry-After"]) <= 60


def test_the_request_id_is_the_callers_where_it_is_plain(client: Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-1"})["X-Request-Id"] == "abc-1"
    assert client.get("/healthz", headers={"x-request-id": "a b\n"})["X-Request-Id"] != "a b\n"


def test_a_listed_origin_may_ask_and_another_may_not(client: Client, shop: Project) -> None:
    Project.objects.update(web_origins=["https://shop.example"])
    ask = {"access-control-request-method": "POST"}
    ours = client.options("/api/v1/feedback", headers={**ask, "origin": "https://shop.example"})
    theirs = client.options("/api/v1/feedback", headers={**ask, "origin": "https://evil.example"})
    assert ours["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Origin" not in theirs and settings.BODY_LIMIT


@pytest.mark.parametrize("number", [2**64 - 1, -(2**63), 1.5e18, 0.1])
def test_a_number_of_64_bits_is_stored_as_it_is(client: Client, auth: dict[str, str], number: float) -> None:
    assert post(client, "interactions", {**BODY, "id": "a", "metadata": {"n": number}}, auth).status_code == 201
    shown = client.get("/api/v1/interactions/a", headers=auth)
    assert shown.json()["metadata"] == {"n": number}


def test_feedback_that_waits_is_taken_back_before_its_interaction_comes(client: Client, auth: dict[str, str]) -> None:
    waiting = {"id": "s", "interaction": "a", "signal": "thumbs_down"}
    assert post(client, "feedback", waiting, auth).status_code == 202
    assert [client.delete("/api/v1/feedback/s", headers=auth).status_code for _ in range(2)] == [204, 204]
    assert post(client, "feedback", waiting, auth).status_code == 202  # the same again changes nothing
    assert post(client, "interactions", {**BODY, "id": "a"}, auth).status_code == 201
    (signal,) = client.get("/api/v1/interactions/a", headers=auth).json()["signals"]
    assert (signal["id"], signal["withdrawn"]) == ("s", True) and not Signal.objects.live().exists()
