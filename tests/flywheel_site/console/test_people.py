"""The pages of the people: roles in words, nobody added but by an invitation, and signing in."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def person(name: str, *roles: str) -> User:
    made = User.objects.create_user(name, password="the ferry leaves at nine", is_staff=True)
    made.groups.set(Group.objects.filter(name__in=roles))
    return made


def test_the_list_says_what_each_may_do_in_a_constant_number_of_queries(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        person(f"rita{number}", "reviewer", "curator")
    with django_assert_max_num_queries(14):
        page = admin_client.get("/admin/auth/user/").content.decode()
    assert page.count("curator, reviewer") == 8 and "administrator" in page
    assert "staff status" not in page.lower() and "Add user" not in page and "Invite a person" in page


def test_only_those_of_a_role_are_listed(admin_client: Client) -> None:
    person("rita", "reviewer"), person("carl", "curator")
    role = Group.objects.get(name="curator").pk
    page = admin_client.get(f"/admin/auth/user/?groups__id__exact={role}").content.decode()
    assert "carl" in page and ">rita<" not in page


def test_a_superuser_changes_roles_and_takes_somebody_out(admin_client: Client) -> None:
    rita = person("rita", "reviewer")
    url = f"/admin/auth/user/{rita.pk}/change/"
    page = admin_client.get(url).content.decode()
    assert "May sign in" in page and "user_permissions" not in page and "is_staff" not in page
    roles = [Group.objects.get(name="curator").pk]
    answer = admin_client.post(url, {"username": "rita", "groups": roles})
    assert answer.status_code == 302
    rita.refresh_from_db()
    assert [group.name for group in rita.groups.all()] == ["curator"]
    assert not rita.is_active and rita.is_staff and not rita.is_superuser


def test_nobody_is_added_past_the_invitation(admin_client: Client) -> None:
    assert admin_client.get("/admin/auth/user/add/").status_code == 403
    assert admin_client.post("/admin/auth/user/add/", {"username": "eve"}).status_code == 403


def test_the_sign_in_page_has_a_title_and_no_menu(client: Client) -> None:
    page = client.get("/admin/login/").content.decode()
    assert "<h1>Sign in</h1>" in page and "Sign-in name" in page and "rail-button" not in page


def test_somebody_without_a_role_is_told_who_they_are(client: Client) -> None:
    client.force_login(User.objects.create_user("nobody"))
    assert "You are signed in as nobody" in client.get("/admin/login/").content.decode()


def test_a_used_invitation_says_so(client: Client) -> None:
    page = client.get("/admin/join/MQ/used-before/").content.decode()
    assert "<h1>This invitation no longer works</h1>" in page
