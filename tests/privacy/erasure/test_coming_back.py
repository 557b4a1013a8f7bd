"""A person who was erased comes back only by consenting again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback import capture
from feedback.models import Interaction, Project
from privacy.consent import importing
from privacy.erasure import erasure
from privacy.models import Subject
from privacy.requests import links
from tests import factories as cast

pytestmark = pytest.mark.django_db
NO = {"capture": False, "evaluation": False, "training": False}


@pytest.fixture
def shop() -> Project:
    """Anna was captured and erased."""
    made = cast.project()
    cast.asked(made, id="log-1")
    erasure.erase(cast.person(made))
    return made


def api(shop: Project, path: str, **body: Any) -> None:
    """A call that the product makes for her."""
    headers = {"Authorization": f"Bearer {cast.key(shop)}"}
    answer = Client().post(
        f"/api/v1/{path}", {"subject": cast.ANNA, **body}, content_type="application/json", headers=headers
    )
    assert answer.status_code in (200, 202)


def page(shop: Project, **switches: str) -> None:
    """What she sets on her own page; a switch that is not sent is off."""
    token, _ = links.make(shop.namespace, cast.ANNA, shop.name, shop.consent_defaults)
    assert Client().post(reverse("privacy-consents", args=[token]), switches).status_code == 303


def withdrawn_and_imported(shop: Project) -> None:
    """She withdraws; then comes what the product held before she was erased."""
    api(shop, "privacy/requests", kind="withdrawal")
    line = b'{"subject": "anna-17", "purposes": {"capture": true}, "at": "2020-01-01T00:00:00Z"}'
    assert [each.result for each in importing.import_lines(shop.namespace, [line])] == ["erased"]


REFUSALS: dict[str, Callable[[Project], None]] = {
    "withdraws": lambda shop: api(shop, "privacy/requests", kind="withdrawal"),
    "asks to be erased again": lambda shop: api(shop, "privacy/requests", kind="erasure"),
    "asks what is kept": lambda shop: api(shop, "privacy/requests", kind="access"),
    "says no": lambda shop: api(shop, "consent", purposes=NO),
    "opens her page": lambda shop: page(shop),
    "withdraws, and her old consent is imported": withdrawn_and_imported,
}


@pytest.mark.parametrize("refuse", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("opt_out", [False, True])
def test_a_refusal_brings_nobody_back(shop: Project, refuse: Callable[[Project], None], opt_out: bool) -> None:
    if opt_out:
        Project.objects.update(capture_consent=Project.Consent.OPT_OUT)
        shop.refresh_from_db()
    refuse(shop)
    talk = cast.asked(shop, cast.BEN)
    with pytest.raises(capture.Gone):
        cast.asked(shop, id="log-2")
    with pytest.raises(capture.Gone):
        cast.asked(shop, id="log-3", occurred_at="2020-01-01T00:00:00Z")
    with pytest.raises(capture.Gone):
        cast.said(shop, talk, "thumbs_up", subject=cast.ANNA)
    assert not Interaction.objects.filter(external_id__startswith="log-").exists()


RETURNS: dict[str, Callable[[Project], None]] = {
    "says yes": lambda shop: api(shop, "consent", purposes=cast.ALL),
    "says yes on her page": lambda shop: page(shop, capture="on"),
}


@pytest.mark.parametrize("agree", RETURNS.values(), ids=RETURNS.keys())
def test_a_yes_after_a_refusal_brings_somebody_back_from_then_on(
    shop: Project, agree: Callable[[Project], None]
) -> None:
    api(shop, "privacy/requests", kind="withdrawal")
    agree(shop)
    assert cast.asked(shop, id="log-4").result == "stored"
    for old in ({"id": "log-1"}, {"id": "log-5", "occurred_at": "2020-01-01T00:00:00Z"}):
        with pytest.raises(capture.Gone):
            cast.asked(shop, **old)


def test_who_came_back_and_then_says_no_is_like_anybody_who_does(shop: Project) -> None:
    api(shop, "consent", purposes=cast.ALL)
    api(shop, "consent", purposes=NO)
    assert cast.asked(shop, consent=None).result == "no_consent"
    assert Subject.objects.count() == 1


def test_who_is_erased_twice_stays_out_until_the_second_time(shop: Project) -> None:
    api(shop, "consent", purposes=cast.ALL)
    between = timezone.now().isoformat()
    assert cast.asked(shop, id="log-6").result == "stored"
    erasure.erase(cast.person(shop))
    api(shop, "consent", purposes=cast.ALL)
    with pytest.raises(capture.Gone):
        cast.asked(shop, id="log-7", occurred_at=between)
    assert cast.asked(shop, id="log-8").result == "stored"


def test_an_old_yes_is_none(shop: Project) -> None:
    """A ledger that was restored, and not yet purged again, knows her yes of before."""
    api(shop, "consent", purposes=cast.ALL)
    cast.person(shop).consent_entries.update(recorded_at="2020-01-01T00:00:00Z")
    with pytest.raises(capture.Gone):
        cast.asked(shop)
