"""The direct calls, against the stub or, where the environment names one, the real server."""

from __future__ import annotations

import asyncio
import os
import uuid

import httpx
import pytest

from flywheel_client import ApiError, AsyncClient, Client
from flywheel_client.ids import uuid7

CONSENT = {"capture": True, "evaluation": True, "training": False}
needs_release = pytest.mark.skipif(
    bool(os.environ.get("FLYWHEEL_TEST_URL")) and not os.environ.get("FLYWHEEL_TEST_DATASET"),
    reason="the real server has a release only where FLYWHEEL_TEST_DATASET names its dataset",
)
Service = tuple[str, str]


def dataset() -> str:
    return os.environ.get("FLYWHEEL_TEST_DATASET", "support")


def subject() -> str:
    return f"user-{uuid.uuid4()}"


def stored(service: Service, id: str) -> int:
    url, key = service
    answer = httpx.get(f"{url}/api/v1/interactions/{id}", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code


def test_queued_events_are_stored_under_the_ids_that_were_returned(service: Service) -> None:
    with Client(*service) as client:
        id = client.interaction(
            question="Where is my parcel?",
            answer="It left on Monday.",
            subject=subject(),
            session="s-1",
            context=[{"role": "user", "content": "Hello"}],
            sources=[{"id": "doc-1", "title": "Shipping", "url": "https://shop.example/shipping"}],
            agent={"name": "support", "version": "3", "model": "m-1"},
            consent=CONSENT,
            tags=["shipping"],
            metadata={"channel": "web"},
        )
        client.feedback(id, "edit", correction="It left on Tuesday.")
        client.feedback(id, "rating", score=0.5, comment="so so")
        assert client.flush()
        stats = client.stats()
    assert (stats.delivered, stats.refused, stats.dropped) == (3, 0, 0)
    assert stored(service, id) == 200


def test_the_same_event_sent_twice_is_stored_once_and_refused_nowhere(service: Service) -> None:
    with Client(*service) as client:
        id = uuid7()
        for _ in range(2):
            client.interaction(question="Q", answer="A", id=id, subject="user-twice", consent=CONSENT)
            assert client.flush()
        client.interaction(question="Q", answer="another body", id=id, subject="user-twice", consent=CONSENT)
        assert client.flush()
        assert (client.stats().delivered, client.stats().refused) == (2, 1)


def test_record_answers_with_the_token_for_the_widget(service: Service) -> None:
    with Client(*service) as client:
        recorded = client.record(
            question="Write to ann@example.com", answer="Done.", subject=subject(), consent=CONSENT
        )
    assert recorded.stored
    assert recorded.feedback_token
    assert recorded.redactions.get("EMAIL") == 1


def test_without_consent_nothing_is_stored_and_it_is_counted_as_that(service: Service) -> None:
    with Client(*service) as client:
        refusal = {"capture": False}
        recorded = client.record(question="Q", answer="A", subject=subject(), consent=refusal)
        client.interaction(question="Q", answer="A", subject=subject(), consent=refusal)
        assert client.flush()
        assert client.stats().not_consented == 2
    assert (recorded.stored, recorded.reason, recorded.feedback_token) == (False, "no_consent", None)


def test_feedback_may_come_before_its_interaction(service: Service) -> None:
    with Client(*service) as client:
        who, id = subject(), uuid7()
        client.consent(who, {"capture": True})
        client.feedback(id, "thumbs_up", subject=who)
        assert client.flush()
        client.interaction(question="Q", answer="A", id=id, subject=who, consent=CONSENT)
        assert client.flush()
        assert client.stats().delivered == 2


def test_consent_and_privacy_calls_answer_as_the_contract_says(service: Service) -> None:
    with Client(*service) as client:
        who = subject()
        assert client.consent(who, {"capture": True, "training": False}, "We keep your questions.", "banner")
        assert client.privacy_link(who)["url"].startswith("http")
        request = client.privacy_request(who, "erasure")
        assert {"id", "status", "due_at"} <= set(request)


def test_the_asynchronous_client_makes_the_same_calls(service: Service) -> None:
    async def use() -> tuple[bool, int, bool]:
        async with AsyncClient(*service) as client:
            who = subject()
            recorded = await client.record(question="Q", answer="A", subject=who, consent=CONSENT)
            client.interaction(question="Q", answer="A", subject=who, consent=CONSENT)
            client.feedback(recorded.id, "thumbs_up", subject=who)
            await client.consent(who, {"training": True})
            link = await client.privacy_link(who)
            await client.privacy_request(who, "access")
            await client.flush()
            return recorded.stored, client.stats().delivered, link["url"].startswith("http")

    assert asyncio.run(use()) == (True, 3, True)


def test_a_refused_direct_call_says_where_and_never_what(service: Service) -> None:
    with Client(service[0], "fw_no_such_key") as client, pytest.raises(ApiError) as caught:
        client.consent("secret-person", {"training": True})
    assert caught.value.status == 401
    assert "secret-person" not in str(caught.value)


@needs_release
def test_releases_are_listed_and_named_by_dataset_and_version(service: Service) -> None:
    with Client(*service) as client:
        listed = client.releases(dataset())
        latest = client.release(f"{dataset()}/latest")
        named = client.release(f"{dataset()}/{latest['version']}")
    assert latest["id"] == named["id"]
    assert latest["id"] in {manifest["id"] for manifest in listed}


@needs_release
def test_a_release_is_downloaded_whole(service: Service, tmp_path: os.PathLike[str]) -> None:
    with Client(*service) as client:
        directory = client.download_release(f"{dataset()}/latest", os.path.join(tmp_path, "release"))
    assert {"manifest.json", "eval_cases.jsonl"} <= {path.name for path in directory.iterdir()}
