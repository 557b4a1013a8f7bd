"""Guessing passwords is slow, and an idle session ends by itself."""

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from feedback.api import throttling
from flywheel_site.security import sign_ins
from privacy.console.reauthentication import MARK
from privacy.models import PrivacyRequest, RequestStatus
from tests import factories as cast

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No quarter of an hour ends in the middle of a test."""
    monkeypatch.setattr(sign_ins, "WINDOW", 10**9)


@pytest.fixture
def rita() -> User:
    return User.objects.create_superuser("rita", password=PASSWORD)


def tried(client: Client, password: str, name: str = "rita", **more: Any) -> bool:
    """Whether this password signs in."""
    client.post(reverse("admin:login"), {"username": name, "password": password}, **more)
    return "_auth_user_id" in client.session


def test_after_five_tries_the_right_password_is_refused_too(client: Client, rita: User) -> None:
    assert [tried(client, "wrong") for _ in range(5)] == [False] * 5
    answer = client.post(reverse("admin:login"), {"username": "RITA", "password": PASSWORD})
    assert "Too many attempts" in answer.content.decode() and "_auth_user_id" not in client.session
    assert tried(client, PASSWORD, REMOTE_ADDR="10.1.2.3")  # elsewhere she may


def test_who_mistypes_and_then_is_right_begins_anew(client: Client, rita: User) -> None:
    for _ in range(3):
        assert not any(tried(client, "wrong") for _ in range(4))
        assert tried(client, PASSWORD)
        client.logout()


def test_many_addresses_do_not_help(client: Client, rita: User) -> None:
    for number in range(sign_ins.ANYWHERE):
        assert not tried(client, "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    assert not tried(client, PASSWORD, REMOTE_ADDR="10.9.9.9")


def test_many_names_from_one_address_do_not_help(client: Client, rita: User) -> None:
    for number in range(sign_ins.ADDRESS):
        assert not tried(client, "wrong", f"name-{number}")
    assert not tried(client, PASSWORD)


def test_the_many_addresses_of_one_line_are_one(client: Client, rita: User) -> None:
    for number in range(sign_ins.HERE):
        assert not tried(client, "wrong", REMOTE_ADDR=f"2001:db8:0:1::{number}")
    assert not tried(client, PASSWORD, REMOTE_ADDR="2001:db8:0:1:ffff::1")
    assert tried(client, PASSWORD, REMOTE_ADDR="2001:db8:0:2::1")


def test_a_name_stays_locked_however_many_junk_tries_come_from_everywhere(client: Client, rita: User) -> None:
    for number in range(sign_ins.ANYWHERE):
        tried(client, "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    for number in range(250):  # two counts each in the memory of addresses, and one in that of names
        tried(client, "wrong", f"junk-{number}", REMOTE_ADDR=f"2001:db8:{number}::1")
    assert not tried(client, PASSWORD, REMOTE_ADDR="10.9.9.9")


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="Redis forgets nothing before its time")
def test_other_traffic_pushes_no_name_out_of_memory(client: Client, rita: User) -> None:
    for number in range(sign_ins.ANYWHERE):
        tried(client, "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    caches["near"].clear()  # as a flood of browsers would, in the end
    assert not tried(client, PASSWORD, REMOTE_ADDR="10.9.9.9")


def test_who_is_refused_for_the_address_locks_no_name_elsewhere(client: Client, rita: User) -> None:
    for _ in range(sign_ins.ANYWHERE + sign_ins.ADDRESS):
        tried(client, "wrong", REMOTE_ADDR="10.1.1.1")
    assert tried(client, PASSWORD, REMOTE_ADDR="10.9.9.9")


def test_saying_again_who_one_is_is_slowed_down_alike(client: Client, rita: User) -> None:
    client.force_login(rita)
    for _ in range(5):
        client.post(reverse("admin:reauthenticate"), {"password": "wrong"})
    answer = client.post(reverse("admin:reauthenticate"), {"password": PASSWORD})
    assert "Too many attempts" in answer.content.decode() and MARK not in client.session


def test_who_is_sent_here_from_elsewhere_lands_in_the_console(client: Client, rita: User) -> None:
    form = {"username": "rita", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post(reverse("admin:login"), form)["Location"] == reverse("admin:index")


def test_an_hour_without_a_page_ends_the_session(client: Client, rita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(rita)
    now = time.time()
    for minutes, status in ((0, 200), (59, 200), (118, 200), (179, 302)):
        monkeypatch.setattr("flywheel_site.security.sign_ins.time.time", lambda minutes=minutes: now + minutes * 60)
        assert client.get(reverse("admin:index")).status_code == status
    assert "_auth_user_id" not in client.session


def test_backup_codes_and_the_desks_word_ask_who_one_is(client: Client, rita: User) -> None:
    project = cast.project()
    cast.asked(project)
    due = timezone.now() + timedelta(days=30)
    PrivacyRequest.objects.create(namespace=project.namespace, origin=project.name, kind="access", due_at=due)
    client.force_login(rita)
    url = reverse("admin:privacy_privacyrequest_changelist")
    chosen = {"action": "verify", "_selected_action": list(PrivacyRequest.objects.values_list("pk", flat=True))}
    assert client.post(url, chosen)["Location"].startswith(reverse("admin:reauthenticate"))
    assert PrivacyRequest.objects.get().state == RequestStatus.RECEIVED
    session = client.session
    session[MARK] = int(time.time())
    session.save()
    client.post(url, chosen)
    assert PrivacyRequest.objects.get().state != RequestStatus.RECEIVED


def test_the_right_password_opens_while_the_cache_is_away(
    client: Client, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise RedisError

    near = {name: caches[name] for name in ("near", "names")}
    monkeypatch.setattr(throttling, "caches", {"default": SimpleNamespace(delete=away, incr=away), **near})
    monkeypatch.setattr(throttling, "_away_until", 0.0)
    monkeypatch.setattr(throttling, "AWAY", (RedisError,))
    assert tried(client, PASSWORD)
