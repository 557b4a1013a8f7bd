"""Sign-in by OpenID Connect against a small provider of the test's own: who gets in, with which roles, and who does not."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from jwt.algorithms import RSAAlgorithm

from flywheel_site.checks import single_sign_on_is_complete
from privacy.console.reauthentication import MARK

pytestmark = pytest.mark.django_db
KEY, FORGED = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
JWK: Any = RSAAlgorithm.to_jwk
ENCODE: Any = jwt.encode  # neither has types in every version
CLIENT, SECRET = "flywheel", "a secret of the provider"


class Provider:
    """An OpenID provider that signs in whoever `claims` names."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.claims: dict[str, Any] = {"sub": "8f2c", "name": "Rita", "groups": ["reviewers"]}
        self.payload: dict[str, Any] = {}
        self.key, self.nonce, self.heard = KEY, "", {}  # type: ignore[var-annotated]
        self.info: dict[str, Any] = {}

    def description(self) -> dict[str, str]:
        places = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        return {
            "issuer": self.issuer,
            "userinfo_endpoint": f"{self.issuer}/me",
            "jwks_uri": f"{self.issuer}/keys",
            **places,
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**json.loads(JWK(KEY.public_key())), "kid": "1", "alg": "RS256"}]}

    def token(self) -> dict[str, str]:
        now = int(time.time())
        payload = {"iss": self.issuer, "aud": CLIENT, "exp": now + 60, "iat": now, "nonce": self.nonce, "sub": "8f2c"}
        signed = ENCODE({**payload, **self.payload}, self.key, "RS256", headers={"kid": "1"})
        return {"access_token": "access", "id_token": signed, "token_type": "Bearer"}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, body: dict[str, Any]) -> None:
            text = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            places: dict[str, Callable[[], Any]] = {
                "/.well-known/openid-configuration": made.description,
                "/keys": made.keys,
                "/me": lambda: {**made.claims, **made.info},
            }
            self.answer(places[self.path]())

        def do_POST(self) -> None:
            made.heard = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(made.token())

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cache.clear()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = made.issuer, CLIENT, SECRET
    settings.OIDC_ROLES = ["reviewers=reviewer", "cn=leads,ou=x=curator", "admins=superuser", "odd=emperor"]
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "flywheel_site.security.single_sign_on_views.Backend",
    ]
    settings.REQUIRE_2FA = False
    yield made
    server.shutdown()
    server.server_close()


def sign_in(provider: Provider, client: Client | None = None, query: str = "", **sent: str) -> tuple[Client, Any]:
    """The way to the provider and back."""
    client = client or Client()
    begun = client.get(f"{reverse('admin:oidc_begin')}{query}")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
    assert begun["Location"].startswith(f"{provider.issuer}/authorization_endpoint")
    assert asked["code_challenge_method"] == "S256" and asked["client_id"] == CLIENT
    provider.nonce = asked["nonce"]
    return client, client.get(reverse("admin:oidc_callback"), {"code": "code", "state": asked["state"], **sent})


def roles(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_the_sign_in_page_offers_it_only_where_there_is_a_provider(provider: Provider, settings: Any) -> None:
    page = Client().get(reverse("admin:login")).content.decode()
    assert reverse("admin:oidc_begin") in page
    settings.OIDC_ISSUER = ""
    assert reverse("admin:oidc_begin") not in Client().get(reverse("admin:login")).content.decode()
    assert Client().get(reverse("admin:oidc_begin")).status_code == 404


def test_somebody_with_a_role_gets_in_and_has_that_role_alone(provider: Provider) -> None:
    client, answer = sign_in(provider, query="?next=/admin/curation/reviewtask/")
    assert answer["Location"] == "/admin/curation/reviewtask/"
    user = User.objects.get()
    assert (user.username, user.first_name, user.is_staff, user.is_superuser) == ("sso:8f2c", "Rita", True, False)
    assert roles(user) == {"reviewer"} and not user.has_usable_password() and user.email == ""
    assert client.get("/admin/").status_code == 200 and MARK in client.session
    assert provider.heard["code_verifier"] and provider.heard["client_secret"] == [SECRET]


def test_roles_are_given_anew_at_each_sign_in(provider: Provider) -> None:
    sign_in(provider)
    provider.claims["groups"] = ["cn=leads,ou=x", "odd", "strangers"]
    sign_in(provider)
    user = User.objects.get()
    assert roles(user) == {"curator"}
    provider.claims["groups"] = "admins"
    sign_in(provider)
    user.refresh_from_db()
    assert user.is_superuser and roles(user) == set()


def test_without_a_role_nobody_gets_in_and_who_had_one_loses_it(provider: Provider) -> None:
    provider.claims["groups"] = ["strangers"]
    client, answer = sign_in(provider)
    assert answer["Location"] == reverse("admin:login") and not User.objects.exists()
    assert "no role here" in client.get(answer["Location"]).content.decode()
    provider.claims["groups"] = ["admins"]
    sign_in(provider)
    provider.claims["groups"] = []
    sign_in(provider)
    user = User.objects.get()
    assert not user.is_staff and not user.is_superuser


@pytest.mark.parametrize(
    "payload",
    [
        {"aud": "another"},
        {"aud": ["another", CLIENT], "azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"nonce": "an old one"},
        {"sub": ""},
    ],
    ids=lambda payload: next(reversed(payload)),
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(provider: Provider, payload: dict[str, Any]) -> None:
    provider.payload = payload
    _client, answer = sign_in(provider)
    assert answer["Location"] == reverse("admin:login") and not User.objects.exists()


def test_a_forged_token_is_refused(provider: Provider) -> None:
    provider.key = FORGED
    _client, answer = sign_in(provider)
    assert answer["Location"] == reverse("admin:login") and not User.objects.exists()


def test_claims_of_somebody_else_are_refused(provider: Provider) -> None:
    provider.info = {"sub": "another"}
    _client, answer = sign_in(provider)
    assert answer["Location"] == reverse("admin:login") and not User.objects.exists()


def test_a_state_that_was_never_given_is_refused(provider: Provider) -> None:
    _client, answer = sign_in(provider, state="invented")
    assert answer["Location"] == reverse("admin:login") and not User.objects.exists()


def test_an_address_elsewhere_is_not_followed(provider: Provider) -> None:
    _client, answer = sign_in(provider, query="?next=https://elsewhere.example/")
    assert answer["Location"] == "/admin/"


def test_the_second_factor_is_asked_for_as_after_a_password(provider: Provider, settings: Any) -> None:
    settings.REQUIRE_2FA = True
    client, answer = sign_in(provider, query="?next=/admin/quality/")
    assert answer["Location"] == f"{reverse('admin:second_factor_enrol')}?next=%2Fadmin%2Fquality%2F"
    assert client.get("/admin/quality/").status_code == 302
    TOTPDevice.objects.create(user=User.objects.get(), name="phone", confirmed=True)
    settings.REQUIRE_2FA = False
    _client, answer = sign_in(provider)
    assert answer["Location"].startswith(f"{reverse('admin:second_factor')}?")


def test_before_something_grave_the_provider_is_asked_again(provider: Provider) -> None:
    provider.claims["groups"] = ["admins"]
    client, _ = sign_in(provider)
    session = client.session
    del session[MARK]
    session.save()
    answer = client.get(reverse("admin:reauthenticate"), {"next": "/admin/invite/"})
    assert answer["Location"] == f"{reverse('admin:oidc_begin')}?next=%2Fadmin%2Finvite%2F&again=1"
    assert "prompt=login" in client.get(answer["Location"])["Location"]


def test_a_password_does_as_before_and_a_provider_that_is_down_stops_only_its_own_way(
    provider: Provider, settings: Any
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    User.objects.create_superuser("root", password="correct horse battery staple")
    client = Client()
    client.post(reverse("admin:login"), {"username": "root", "password": "correct horse battery staple"})
    assert client.get("/admin/").status_code == 200
    answer = Client().get(reverse("admin:oidc_begin"))
    assert answer["Location"] == reverse("admin:login")


def test_a_half_made_configuration_is_refused_at_the_start(provider: Provider, settings: Any) -> None:
    assert [found.msg for found in single_sign_on_is_complete()] == [
        "OIDC_ROLES must say group=role for each role that the provider gives."  # "odd=emperor"
    ]
    settings.OIDC_ROLES, settings.OIDC_CLIENT_SECRET = ["admins=superuser"], ""
    settings.OIDC_ISSUER = "http://login.example"
    assert len(single_sign_on_is_complete()) == 2
