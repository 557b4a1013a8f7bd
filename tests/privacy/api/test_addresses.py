"""The caller's address comes from the connection, and from a proxy only if the operator trusts it."""

import ipaddress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from flywheel_site.security import sign_ins
from privacy.api.client_address import client_address
from tests import factories as cast

PROXY, CALLER, OTHER = "172.31.250.7", "203.0.113.9", "203.0.113.10"


@pytest.fixture
def trusted(settings: Any) -> None:
    """Our proxies are those of the containers' network, and one load balancer with an IPv6 address."""
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(each) for each in ("172.31.250.0/24", "2001:db8:1::5/128")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (PROXY, CALLER, CALLER),
        (PROXY, f"{OTHER}, {CALLER}", CALLER),  # the caller wrote the first
        (PROXY, f"{CALLER}, 172.31.250.8", CALLER),  # two proxies of ours
        (PROXY, f"nonsense, {CALLER}", CALLER),
        (PROXY, f"{CALLER}, nonsense", PROXY),
        (PROXY, f"{CALLER}, 172.31.250.8:80", PROXY),
        (PROXY, "", PROXY),
        (PROXY, "172.31.250.9, 172.31.250.8", "172.31.250.9"),
        (f"::ffff:{PROXY}", f"::ffff:{CALLER}", CALLER),
        ("2001:db8:1::5", " 2001:DB8:2::1 ", "2001:db8:2::1"),
        (OTHER, CALLER, OTHER),  # a stranger says that it is a proxy
        ("", CALLER, ""),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_is_the_callers(
    trusted: None, peer: str, forwarded: str, client: str
) -> None:
    assert client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}) == client


def test_nobody_is_trusted_unless_the_operator_says_so() -> None:
    assert client_address({"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": CALLER}) == PROXY


@pytest.mark.django_db
def test_behind_a_proxy_one_who_guesses_locks_nobody_else_out(client: Client, trusted: None) -> None:
    User.objects.create_superuser("rita", password="correct horse battery staple")

    def signed_in(name: str, password: str, address: str) -> bool:
        given = {"username": name, "password": password}
        client.post(reverse("admin:login"), given, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=address)
        return "_auth_user_id" in client.session

    assert not any(signed_in(f"name-{number}", "wrong", CALLER) for number in range(sign_ins.ADDRESS + 1))
    assert not signed_in("rita", "correct horse battery staple", CALLER)
    assert signed_in("rita", "correct horse battery staple", OTHER)


@pytest.mark.django_db
def test_behind_a_proxy_each_browser_has_a_limit_of_its_own(client: Client, trusted: None, settings: Any) -> None:
    settings.ADDRESS_RATE = "2/day"
    talk = cast.asked(cast.project())

    def status(address: str) -> int:
        headers = {"Authorization": f"Bearer {cast.token(talk)}", "X-Forwarded-For": address}
        vote = {"interaction": talk.id, "signal": "thumbs_up"}
        return client.post("/api/v1/feedback", vote, "application/json", headers=headers, REMOTE_ADDR=PROXY).status_code

    assert [status(CALLER), status(CALLER), status(CALLER), status(OTHER)] == [201, 201, 429, 201]
