"""Rows of another project look the same as rows that never existed: for every role, page, action and search."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from curation.roles import ROLES
from privacy.console.lists import ReadOnlyAdmin
from tests.console.addresses import Address, addresses
from tests.console.roles import is_refused
from tests.console.world import EVERYBODY, NOBODY, SUPERUSER, Shop, furnish, rows, signed_in, staff
from tests.extent import THOROUGH

pytestmark = pytest.mark.django_db
FOREIGN = "zanzibar"
# What belongs to no project: whoever may see one sees all (superusers), or it is Django's own.
OF_NO_PROJECT = ("auth.", "otp_")


@pytest.fixture(scope="module")
def shops(keep: Callable[[], None]) -> tuple[Shop, Shop]:
    """Ours, and the one that nobody here is a member of."""
    made = furnish("shop"), furnish("outsider", FOREIGN)
    keep()
    return made


def named() -> list[Address]:
    """The addresses that name an object of a project."""
    return [each for each in addresses() if each.model and not each.model.startswith(OF_NO_PROJECT)]


def never(key: Any) -> Any:
    """A key of the same kind that no object has."""
    return uuid.UUID(int=7) if isinstance(key, uuid.UUID) else 987_654


def sent(client: Client, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
    """The answer to a request whose effects are taken back; each under the same id, which error pages show."""
    same = {"X-Request-Id": "same"}
    with transaction.atomic():
        answer = client.get(url, data, headers=same) if method == "GET" else client.post(url, data or {}, headers=same)
        transaction.set_rollback(True)
    return answer


def methods(role: str, address: Address) -> list[str]:
    """GET and POST; where the role gets neither for an object of its own, one of them says that it gets none of another's. In
    `make test` an address is asked for by the first role that it is open to, and by the first that it is closed to.
    """
    both = ["GET", "POST"]
    if THOROUGH:
        return both
    closed = is_closed(role, address)
    before = EVERYBODY[1 : EVERYBODY.index(role)]
    if any(is_closed(other, address) == closed for other in before):
        return []
    return ["GET"] if closed else both


def is_closed(role: str, address: Address) -> bool:
    """Whether the role gets neither of an object of its own."""
    return all(is_refused(role, address.name, method) for method in ("GET", "POST"))


@pytest.mark.parametrize("role", [NOBODY, *ROLES])
def test_anothers_object_is_as_absent_as_one_that_never_was(shops: tuple[Shop, Shop], role: str) -> None:
    ours, theirs = shops
    client = signed_in(staff(role, ours.project))
    before, found = rows(), 0
    for each in named():
        key = theirs.keys[each.model]
        for method in methods(role, each):
            foreign, absent = sent(client, method, each.url(key)), sent(client, method, each.url(never(key)))
            may = not is_refused(role, each.name, method)
            assert foreign.status_code == (404 if may else 403), (each.name, method)
            assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content), (each.name, method)
            found += may
    assert rows() == before and (found > 10 or not THOROUGH or role == NOBODY)


@pytest.mark.parametrize("role", list(ROLES))
def test_no_action_touches_anothers_rows(shops: tuple[Shop, Shop], role: str) -> None:
    ours, theirs = shops
    client = signed_in(staff(role, ours.project))
    before, tried = rows(), 0
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label_lower
        if label.startswith(OF_NO_PROJECT):
            continue
        for action in model_admin.actions or ():
            data = {"action": str(action), "_selected_action": [str(theirs.keys[label])], "select_across": "0"}
            answer = client.post(reverse(f"admin:{label.replace('.', '_')}_changelist"), data)
            assert FOREIGN not in answer.content.decode(), (label, action)
            tried += 1
    client.post(
        reverse("admin:curation_reviewtask_bulk"),
        {"task": [theirs.keys["curation.reviewtask"]], "resolution": "approve"},
    )
    client.post(reverse("admin:curation_reviewtask_assign"), {"task": [theirs.keys["curation.reviewtask"]]})
    client.post(reverse("admin:curation_run_start"), {"project": theirs.project.pk})
    client.post(reverse("admin:feedback_apikey_make"), {"project": theirs.project.pk, "scopes": ["read"]})
    client.post(reverse("admin:privacy_webhook_make"), {"origin": theirs.project.name, "url": "https://a.example/x"})
    assert rows() == before and tried >= 7


def is_shown_first(role: str, address: Address) -> bool:
    """Whether the role may see the page, and in `make test` whether it is the first that may."""
    before = () if THOROUGH else EVERYBODY[2 : EVERYBODY.index(role)]
    return not is_refused(role, address.name, "GET") and all(is_refused(each, address.name, "GET") for each in before)


@pytest.mark.parametrize("role", list(ROLES))
def test_no_page_of_ones_own_tells_of_another_project(shops: tuple[Shop, Shop], role: str) -> None:
    ours, theirs = shops
    client = signed_in(staff(role, ours.project))
    shown = 0
    for each in addresses():
        if each.name.startswith(OF_NO_PROJECT) or not is_shown_first(role, each):
            continue
        answer = sent(client, "GET", each.of(ours))
        if answer.status_code == 200:
            text = b"".join(answer) if answer.streaming else answer.content
            assert FOREIGN not in text.decode() and theirs.project.name not in text.decode(), each.name
            shown += 1
    assert shown > 10 or not THOROUGH


@pytest.mark.parametrize("role", list(ROLES))
def test_no_filter_order_or_search_tells_of_another_project(shops: tuple[Shop, Shop], role: str) -> None:
    ours, theirs = shops
    client = signed_in(staff(role, ours.project))
    asked: list[dict[str, Any]] = [
        {"project": theirs.project.pk},
        {"namespace": theirs.project.namespace},
        {"q": FOREIGN[:-1]},
        {"tag": f"{FOREIGN} three"},
        {"q": f"{FOREIGN}-three"},
        {"o": "1.-2.3"},
        {"state": "all"},
        {"all": ""},
    ]
    shown = 0
    for each in addresses():
        if each.name.endswith("_changelist") and not each.name.startswith(OF_NO_PROJECT):
            for query in asked if THOROUGH or is_shown_first(role, each) else ():
                answer = sent(client, "GET", each.of(ours), query)
                listed = re.sub(r"_changelist_filters=[^\"]*", "", answer.content.decode().partition("<tbody>")[2])
                listed = listed.partition("</tbody>")[0]
                assert FOREIGN not in listed and theirs.project.name not in listed, (each.name, query)
                shown += answer.status_code == 200
    assert shown > 20 or not THOROUGH


def test_a_row_cannot_be_asked_out_by_what_it_is_related_to(shops: tuple[Shop, Shop]) -> None:
    client = signed_in(staff("curator", shops[0].project))
    for query in ("interaction__question__startswith=a", "project__keys__digest__startswith=a", "subject__digest=a"):
        for name in ("curation_decision", "curation_reviewtask", "feedback_signal", "feedback_interaction"):
            answer = client.get(reverse(f"admin:{name}_changelist"), query_params=dict([query.split("=")]))
            assert answer.status_code in (302, 400) and "e=1" in answer.get("Location", "e=1"), (name, query)


def test_completion_offers_ones_own_alone(shops: tuple[Shop, Shop]) -> None:
    member = staff("curator", shops[0].project)
    asked = {"app_label": "feedback", "model_name": "signal", "field_name": "interaction", "term": ""}
    found = signed_in(member).get(reverse("admin:autocomplete"), asked).json()["results"]
    assert found and not [each for each in found if FOREIGN in each["text"]]
    everything = (
        signed_in(staff(SUPERUSER, shops[0].project)).get(reverse("admin:autocomplete"), asked).json()["results"]
    )
    assert [each for each in everything if FOREIGN in each["text"]]


def test_every_list_of_ours_says_whose_rows_it_shows() -> None:
    by_itself = {"privacy.notice", "privacy.redactionpolicy"}  # these narrow their rows in a way of their own
    superusers = {"privacy.tombstone", "privacy.setback"}  # hashes and failures, of no project
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label_lower
        if not label.startswith(OF_NO_PROJECT):
            assert isinstance(model_admin, ReadOnlyAdmin), label
            paths = (model_admin.project_path, model_admin.origin_path, model_admin.namespace_path)
            assert bool(any(paths)) != (label in by_itself | superusers), label


def test_whoever_leaves_a_project_sees_nothing_of_it_any_more(shops: tuple[Shop, Shop]) -> None:
    member = staff("curator", shops[0].project)
    assert isinstance(member, User)
    client, page = signed_in(member), reverse("admin:feedback_interaction_changelist")
    assert "shop-three" in client.get(page).content.decode()
    member.memberships.all().delete()
    assert "shop-three" not in client.get(page).content.decode()
