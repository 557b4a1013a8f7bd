"""The console's home page names what needs a person, in the right number, to those who can act on it."""

import pytest
from django.test import Client

from feedback.models import Project
from flywheel_site.console import counts
from privacy.db import sampling
from privacy.models import Setback
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    return cast.project("shop")


def fail(about: str) -> None:
    Setback.objects.create(work="cut", about=about, error="OSError")


def test_it_says_that_background_work_keeps_failing(shop: Project, admin_client: Client) -> None:
    assert "keeps failing" not in admin_client.get("/admin/").content.decode()
    fail("release 1")
    assert "<b>1</b><span>background job keeps failing</span>" in admin_client.get("/admin/").content.decode()
    fail("release 2")
    page = admin_client.get("/admin/").content.decode()
    assert "<b>2</b><span>background jobs keep failing</span>" in page and 'href="/admin/privacy/setback/"' in page


def test_it_leads_a_superuser_to_the_failing_work(shop: Project, admin_client: Client) -> None:
    fail("release 1")
    assert "release 1" in admin_client.get("/admin/privacy/setback/").content.decode()


def test_failing_work_of_all_projects_is_for_superusers_alone(shop: Project) -> None:
    fail("release 1")
    operator = signed_in(staff("operator", shop))
    assert "keeps failing" not in operator.get("/admin/").content.decode()
    assert operator.get("/admin/privacy/setback/").status_code == 403


def ask(of: Project, number: int, vote: str) -> None:
    for place in range(number):
        said = cast.asked(of, f"{vote} {place}", id=f"{vote}-{place}", question=f"Question {place}?")
        cast.said(of, said, vote)


def test_few_conversations_are_counted(shop: Project, admin_client: Client) -> None:
    ask(shop, 12, "thumbs_up")
    page = admin_client.get("/admin/").content.decode()
    assert page.count('<b class="num">12</b>') == 3 and "n = 12;" in page  # captured, consented, rated
    assert "estimated" not in page and "of a sample" not in page


def test_of_very_many_conversations_the_page_says_that_it_estimates(
    shop: Project, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "MOST", 30)
    monkeypatch.setattr(sampling, "STRETCHES", 15)
    ask(shop, 60, "thumbs_up")
    page = admin_client.get("/admin/").content.decode()
    assert page.count('<b class="num">about 60</b>') == 3 and "estimated from an even sample" in page
    assert "n = 30 of a sample;" in page
    assert '<b class="num">under 20</b>' in page  # none of the sample is released: fewer than ten times two, perhaps


def test_open_tasks_are_counted_up_to_a_limit(
    shop: Project, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(shop, 4, "thumbs_down")
    cast.turn(shop)
    page = admin_client.get("/admin/").content.decode()
    assert "<b>4</b><span>answers wait for a reviewer" in page and "of the queue" not in page
    monkeypatch.setattr(counts, "MOST_WAITING", 3)
    monkeypatch.setattr(counts, "FIRST_WAITING", 3)
    page = admin_client.get("/admin/").content.decode()
    assert "<b>3+</b><span>answers wait for a reviewer" in page and "Among the first 3 of the queue" in page


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/admin/curation/release/", "Releases"),
        ("/admin/privacy/consententry/", "Consent"),
        ("/admin/privacy/privacyrequest/", "Privacy requests"),
        ("/admin/privacy/setback/", "Failing work"),
        ("/admin/curation/curationpolicy/", "Policies"),
    ],
)
def test_a_list_has_one_name_in_rail_heading_and_title(
    shop: Project, admin_client: Client, address: str, name: str
) -> None:
    page = admin_client.get(address).content.decode()
    assert f"<title>{name} · Flywheel</title>" in page and f"<h1>{name}</h1>" in page
    assert f'<a href="{address}" aria-current="page">{name}</a>' in page
