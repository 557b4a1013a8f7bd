"""Invalid rules that were stored without the console: every page still answers, and says what is wrong and where."""

import html
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
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


class Asked:
    """One request, opened or as a form, and what came of it."""

    def __init__(self, client: Client, shop: Shop, method: str, address: Address) -> None:
        self.name, self.method, self.address = f"{method} {address.name}", method, address
        self.tables = ""
        with connection.execute_wrapper(self.note):
            self.answer = sent(client, method, address.of(shop))

    def note(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        """Run a statement of the request, and remember whether it reads the policies of curation."""
        self.tables += CurationPolicy._meta.db_table if CurationPolicy._meta.db_table in sql else ""
        return execute(sql, *arguments)

    @property
    def depends_on_a_policy(self) -> bool:
        """Whether it read a policy of curation, or was stopped before it could."""
        return bool(self.tables) or self.answer.status_code == 409


def every_page(client: Client, shop: Shop) -> list[Asked]:
    """Every page of the product, opened and as a form."""
    return [Asked(client, shop, method, each) for each in of_the_product() for method in ("GET", "POST")]


def again(client: Client, shop: Shop, pages: Sequence[Asked]) -> list[Asked]:
    """The same requests once more."""
    return [Asked(client, shop, each.method, each.address) for each in pages]


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


def test_every_page_answers_under_rules_that_are_not_valid(root: Client, shop: Shop) -> None:
    """A page that reads no policy of curation answers alike whatever stands in it: in `make test` it is asked once."""
    for stored, _ in REDACTION if THOROUGH else REDACTION[-1:]:
        RedactionPolicy.objects.update(definition=stored)
        pages = every_page(root, shop)
        assert not [each.name for each in pages if each.answer.status_code >= 500]
    RedactionPolicy.objects.update(definition={})
    reading = pages if THOROUGH else [each for each in pages if each.depends_on_a_policy]
    for stored, place in STORED if THOROUGH else STORED[-1:]:
        CurationPolicy.objects.filter(project=shop.project).update(settings=stored)
        found = again(root, shop, reading)
        assert not [each.name for each in found if each.answer.status_code >= 500]
        refused = [each for each in found if each.answer.status_code == 409]
        assert set(STOPPED) <= {each.address.name for each in refused}
        for each in refused:
            assert f"shop policy v1, which is in force, is not valid: {place}" in text(each.answer)
            assert "/revise/" in text(each.answer), "whoever may mend it is led there"
