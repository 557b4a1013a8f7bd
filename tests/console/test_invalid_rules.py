"""Rules that were stored past the console and are not valid: every page still answers, and says what is wrong and where."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from curation.models import CurationPolicy, ReviewTask
from privacy.models import RedactionPolicy
from tests.console.addresses import Address, addresses
from tests.console.test_other_projects import sent
from tests.console.world import SUPERUSER, Shop, furnish, signed_in, staff
from tests.extent import THOROUGH

pytestmark = pytest.mark.django_db
STORED: list[tuple[Any, str]] = [
    ([], "Write an object, with a part for each stage."),
    ({"review": {"second_share": 4}}, "review: a share lies between 0 and 1."),
    ({"filter": None}, "filter: write an object."),
    ({"guard": {"quorum": "two"}}, "guard: quorum is a whole number."),
    ({"gate": {"thresholds": []}}, "gate: thresholds is an object."),
]
STOPPED = ("curation_reviewtask_next", "curation_dataset_cut")


@pytest.fixture(scope="module")
def shop(keep: Callable[[], None]) -> Shop:
    made = furnish("shop")
    keep()
    return made


@pytest.fixture
def root(shop: Shop) -> Client:
    return signed_in(staff(SUPERUSER, shop.project))


def of_the_product() -> list[Address]:
    return [each for each in addresses() if each.name not in ("logout", "login", "second_factor")]


def answers(client: Client, shop: Shop) -> dict[str, Any]:
    """What each address answers, opened and as a form."""
    return {
        f"{method} {each.name}": sent(client, method, each.of(shop))
        for each in of_the_product()
        for method in ("GET", "POST")
    }


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize(("stored", "place"), STORED)
def test_no_task_and_no_release_under_a_policy_that_is_not_valid(
    root: Client, shop: Shop, stored: Any, place: str
) -> None:
    CurationPolicy.objects.filter(project=shop.project).update(settings=stored)
    for name in STOPPED:
        (each,) = (each for each in addresses() if each.name == name)
        answer = sent(root, "GET" if name.endswith("next") else "POST", each.of(shop))
        assert answer.status_code == 409
        assert f"shop policy v1, which is in force, is not valid: {place}" in text(answer)


@pytest.mark.parametrize(("stored", "place"), STORED if THOROUGH else STORED[-1:])
def test_every_page_answers_under_a_policy_that_is_not_valid(root: Client, shop: Shop, stored: Any, place: str) -> None:
    CurationPolicy.objects.filter(project=shop.project).update(settings=stored)
    found = answers(root, shop)
    assert not [name for name, answer in found.items() if answer.status_code >= 500]
    refused = {name: answer for name, answer in found.items() if answer.status_code == 409}
    assert set(STOPPED) <= {name.split()[1] for name in refused}
    for answer in refused.values():
        assert f"shop policy v1, which is in force, is not valid: {place}" in text(answer)
        assert "/revise/" in text(answer), "whoever may mend it is led there"


def test_a_reviewer_is_told_but_not_led_where_they_may_not_go(shop: Shop) -> None:
    CurationPolicy.objects.filter(project=shop.project).update(settings={"review": {"second_share": 4}})
    answer = signed_in(staff("reviewer", shop.project)).get(reverse("admin:curation_reviewtask_next"))
    assert answer.status_code == 409 and "a share lies between 0 and 1" in text(answer)
    assert "/revise/" not in text(answer)


def test_a_verdict_under_such_a_policy_changes_nothing(root: Client, shop: Shop) -> None:
    task = ReviewTask.objects.filter(project=shop.project, state="open").first()
    assert task is not None
    CurationPolicy.objects.filter(project=shop.project).update(settings={"review": {"second_share": 4}})
    answer = root.post(reverse("admin:curation_reviewtask_decide", args=[task.pk]), {"resolution": "approve"})
    assert answer.status_code == 409
    task.refresh_from_db()
    assert task.state == "open"


REDACTION: list[tuple[Any, str]] = [
    ([], "policy: must be an object."),
    ({"terms": [{"type": "order"}]}, "policy: terms[0].type must be like ORDER_NUMBER"),
    ({"regions": ["Germany"]}, "policy: regions[0] is not a two-letter region."),
]


@pytest.mark.parametrize(("stored", "place"), REDACTION)
def test_a_correction_is_not_stored_under_redaction_rules_that_are_not_valid(
    root: Client, shop: Shop, stored: Any, place: str
) -> None:
    RedactionPolicy.objects.update(definition=stored)
    task = ReviewTask.objects.filter(project=shop.project, state="open").first()
    assert task is not None
    given = {"resolution": "correct", "correction": "At the station."}
    answer = root.post(reverse("admin:curation_reviewtask_decide", args=[task.pk]), given)
    assert answer.status_code == 409 and place in text(answer) and "/lab/" in text(answer)


@pytest.mark.parametrize("stored", [stored for stored, _ in (REDACTION if THOROUGH else REDACTION[-1:])])
def test_every_page_answers_under_redaction_rules_that_are_not_valid(root: Client, shop: Shop, stored: Any) -> None:
    RedactionPolicy.objects.update(definition=stored)
    assert not [name for name, answer in answers(root, shop).items() if answer.status_code >= 500]
