"""Keys in the console: nobody gives a key what they may not do themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from feedback.models import ApiKey, Project
from feedback.projects import keys
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


def test_the_page_of_a_new_key_says_when_it_ends(shop: Project) -> None:
    ends = timezone.now() + timedelta(days=1)
    row, _ = keys.create(shop, ["ingest"], expires_at=ends)
    answer = somebody(shop, "integrator").post(reverse("admin:feedback_apikey_rotate", args=[row.pk]))
    assert ApiKey.objects.exclude(pk=row.pk).get().expires_at == ends
    assert f"ends {date_format(timezone.localtime(ends), 'DATETIME_FORMAT')}" in answer.content.decode()


@pytest.mark.parametrize(("gone", "words"), [("expires_at", "has expired"), ("revoked_at", "was revoked")])
def test_a_key_that_is_not_live_is_not_rotated_and_its_page_says_why(shop: Project, gone: str, words: str) -> None:
    row, _ = keys.create(shop, ["ingest"])
    ApiKey.objects.filter(pk=row.pk).update(**{gone: timezone.now() - timedelta(days=1)})
    ina, rotate = somebody(shop, "integrator"), reverse("admin:feedback_apikey_rotate", args=[row.pk])
    assert rotate not in ina.get(reverse("admin:feedback_apikey_change", args=[row.pk])).content.decode()
    answer = ina.post(rotate, follow=True)
    assert f"This key {words} and cannot be rotated." in answer.content.decode()
    assert ApiKey.objects.count() == 1
