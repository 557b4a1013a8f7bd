"""A superuser invites a person by a link that works once; the home page lists what is left of the first hour."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from feedback.models import ProjectMember
from tests import factories as cast
from tests.console.world import PASSWORD, signed_in, staff

pytestmark = pytest.mark.django_db
CHOSEN = "a-password-of-rita-7"


@pytest.fixture
def root() -> Client:
    return signed_in(User.objects.create_superuser("root", password=PASSWORD))


def invited(root: Client, **more: object) -> str:
    """The link that the page shows."""
    shop = cast.project("shop")
    given = {"name": "rita", "roles": ["reviewer"], "projects": [shop.pk], **more}
    page = root.post("/admin/invite/", given).content.decode()
    found = re.search(r'id="secret">(.*?)</pre>', page)
    assert found, page
    return html.unescape(found[1]).removeprefix("http://testserver")


def test_the_person_sets_a_password_and_has_the_role_and_the_projects(root: Client) -> None:
    link, person = invited(root), Client()
    form = person.get(link, follow=True)
    assert "rita" in form.content.decode() and form["Cache-Control"].startswith("max-age=0")
    answer = person.post(form.redirect_chain[-1][0], {"new_password1": CHOSEN, "new_password2": CHOSEN})
    assert answer["Location"] == "/admin/"
    rita = User.objects.get(username="rita")
    assert rita.check_password(CHOSEN) and rita.is_staff and not rita.is_superuser
    assert [group.name for group in rita.groups.all()] == ["reviewer"]
    assert [member.project.name for member in ProjectMember.objects.filter(user=rita)] == ["shop"]
    assert person.get("/admin/curation/reviewtask/", follow=True).status_code == 200


def test_the_link_works_once(root: Client) -> None:
    link, person = invited(root), Client()
    place = person.get(link, follow=True).redirect_chain[-1][0]
    person.post(place, {"new_password1": CHOSEN, "new_password2": CHOSEN})
    page = Client().get(link, follow=True).content.decode()
    assert "already been used" in page and "new_password1" not in page


def test_a_weak_password_is_refused(root: Client) -> None:
    person = Client()
    place = person.get(invited(root), follow=True).redirect_chain[-1][0]
    page = person.post(place, {"new_password1": "short", "new_password2": "short"}).content.decode()
    assert "too short" in page and not User.objects.get(username="rita").has_usable_password()


def test_who_never_came_is_invited_again_with_other_roles(root: Client) -> None:
    invited(root)
    invited(root, roles=["curator"])
    assert [group.name for group in User.objects.get(username="rita").groups.all()] == ["curator"]


def test_a_name_in_use_is_refused_and_its_user_left_alone(root: Client) -> None:
    page = root.post("/admin/invite/", {"name": "root", "roles": ["reviewer"], "projects": []})
    assert "This name is already in use" in page.content.decode()
    assert User.objects.get(username="root").check_password(PASSWORD)


def test_only_a_superuser_invites() -> None:
    operator = signed_in(staff("operator", cast.project("shop")))
    assert operator.get("/admin/invite/").status_code == 403


def test_the_first_hour_is_listed_until_it_is_done(root: Client) -> None:
    shop = cast.project("shop")
    page = root.get("/admin/").content.decode()
    assert "The first hour" in page and "<s>" not in page
    cast.said(shop, cast.asked(shop), "thumbs_up")
    page = root.get("/admin/").content.decode()
    assert page.count("<s>") == 2 and "<s>Get a first vote</s>" in page


def test_steps_that_somebody_may_not_take_are_not_listed() -> None:
    reviewer = signed_in(staff("reviewer", cast.project("shop")))
    page = reviewer.get("/admin/").content.decode()
    assert "Get a first vote" in page and "Cut a release" not in page and "Invite a person" not in page
