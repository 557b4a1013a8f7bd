"""Keys in the console: nobody gives a key what they may not do themselves."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from feedback import keys
from feedback.models import ApiKey, Project
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
MAKE = "/admin/feedback/apikey/make/"


@pytest.fixture
def shop() -> Project:
    return cast.project()


def somebody(shop: Project, *roles: str) -> Client:
    """A member of the shop who has these roles."""
    user = staff(roles[0], shop)
    assert user is not None
    user.groups.add(*Group.objects.filter(name__in=roles))
    return signed_in(user)


def made(client: Client, shop: Project, *scopes: str) -> list[list[str]]:
    """The scopes of the keys that are there after this one was asked for."""
    client.post(MAKE, {"project": shop.pk, "scopes": scopes, "days": "1"})
    return [row.scopes for row in ApiKey.objects.all()]


def offered(client: Client) -> list[str]:
    """The scopes among which the form lets them choose."""
    form: Any = client.get(MAKE).context["form"]
    return [value for value, _ in form.fields["scopes"].choices]


def test_an_integrator_makes_keys_for_capture_alone(shop: Project) -> None:
    ina = somebody(shop, "integrator")
    assert offered(ina) == ["ingest", "feedback", "read"]
    assert made(ina, shop, "ingest", "export") == [] and made(ina, shop, "privacy") == []
    assert made(ina, shop, "ingest", "feedback", "read") == [["feedback", "ingest", "read"]]


def test_who_may_export_and_enter_requests_may_let_a_key_do_it(shop: Project) -> None:
    both = somebody(shop, "integrator", "curator", "privacy officer")
    assert offered(both) == ["ingest", "feedback", "read", "export", "privacy"]
    assert made(both, shop, "export", "privacy") == [["export", "privacy"]]


@pytest.mark.parametrize(
    ("scopes", "status"), [(["ingest", "read"], 200), (["export"], 403), (["read", "privacy"], 403)]
)
def test_a_key_is_rotated_only_by_whoever_could_make_it(shop: Project, scopes: list[str], status: int) -> None:
    row, _ = keys.create(shop, scopes)
    answer = somebody(shop, "integrator").post(reverse("admin:feedback_apikey_rotate", args=[row.pk]))
    assert answer.status_code == status
    assert ApiKey.objects.count() == (2 if status == 200 else 1)
