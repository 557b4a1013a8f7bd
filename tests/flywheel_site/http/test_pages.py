"""The pages beside the console: the API's description, the figures, the demo's widget."""

import pytest
from django.db import OperationalError
from django.test import Client

from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_the_api_is_described_for_people_without_a_script(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    text = answer.content.decode()
    assert answer.status_code == 200 and "<script" not in text and "style=" not in text
    assert "/api/v1/interactions" in text and "InteractionIn" in text
    assert text.index("/api/v1/interactions") < text.index("/api/v1/agent-versions")
    assert "`" not in text and "<code>dry_run</code>" in text


def test_the_metrics_count_writes_and_what_waits(client: Client) -> None:
    cast.asked(cast.project())
    text = client.get("/metrics").content.decode()
    assert 'flywheel_writes_total{kind="interaction",project="shop",result="stored"} 1.0' in text
    assert "flywheel_pending_interactions 0.0" in text


def test_the_widgets_page_is_the_demos_alone(client: Client, settings: object) -> None:
    cast.asked(cast.project("demo"))
    assert client.get("/demo/widget").status_code == 404
    settings.DEMO = True  # type: ignore[attr-defined]
    answer = client.get("/demo/widget")
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]


def test_it_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready["database"] == "ok" and ready["backlog"]["open_review_tasks"] == 0


def test_a_call_to_no_address_is_told_so_as_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/nothing", headers={"X-Request-Id": "mine"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["request_id"] == "mine" and "nothing" not in answer.content.decode()


def test_a_person_at_no_address_is_told_so_on_a_page(client: Client) -> None:
    answer = client.get("/nowhere")
    text = answer.content.decode()
    assert answer.status_code == 404 and answer["Content-Type"].startswith("text/html")
    assert "Page not found" in text and "nowhere" not in text and "<script" not in text


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/schema", "application/problem+json"), ("/readyz", "text/html; charset=utf-8")]
)
def test_an_error_of_ours_names_nothing_that_was_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise RuntimeError("ada@example.org")

    monkeypatch.setattr("flywheel_site.http.middleware.ContentSecurityPolicyMiddleware.__call__", fails)
    client.raise_request_exception = False
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (500, kind)
    assert "Something went wrong here" in answer.content.decode() and "ada@" not in answer.content.decode()


@pytest.mark.parametrize(
    ("message", "words"), [("database is locked", "busy or unreachable"), ("database or disk is full", "disk is full")]
)
def test_a_database_that_takes_nothing_is_a_503_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, message: str, words: str
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise OperationalError(message)

    monkeypatch.setattr("feedback.capture.record_interaction", fails)
    auth = {"Authorization": f"Bearer {cast.key(cast.project())}"}
    asked = {"question": "When does it open?", "answer": "At nine."}
    answer = client.post("/api/v1/interactions", asked, content_type="application/json", headers=auth)
    assert answer.status_code == 503 and words in answer.json()["detail"] and answer["Retry-After"] == "2"
    monkeypatch.setattr("flywheel_site.http.middleware.ContentSecurityPolicyMiddleware.__call__", fails)
    client.raise_request_exception = False
    page = client.get("/admin/")
    assert page.status_code == 503 and "The database does not answer" in page.content.decode()
