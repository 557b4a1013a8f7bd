"""Sign-in by OpenID Connect, for installations that set `OIDC_ISSUER`. The provider says who somebody is and in which
groups; `OIDC_ROLES` maps them to roles, again at each sign-in. The second factor is asked for as after a
password.

A user is found by the provider's `sub` alone, never by an e-mail address, which can change hands. Their name begins with
`sso:`, which no invited user's can, so that a provider cannot take over an account that has a password.
"""

from typing import Any, Final

import requests
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from jwt import PyJWTError
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from curation.roles import ROLES
from flywheel_site.security import second_factor_views
from privacy.console.reauthentication import confirm

PREFIX: Final = "sso:"
SUPERUSER: Final = "superuser"
ENDPOINTS: Final = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
    "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}
DISCOVERY_SECONDS: Final = 3_600  # seconds for which the provider's own description holds
TIMEOUT: Final = 10.0
REFUSED: Final = "Your account has no role here. Ask the person who runs Flywheel to map one of your groups to a role."
FAILED: Final = "The sign-in did not succeed. Try again."


def discovery_document() -> dict[str, Any]:
    """What the provider says about itself (OpenID Connect Discovery). Raises `requests.RequestException`, and
    `SuspiciousOperation` if it names another issuer.
    """
    name = f"oidc:{settings.OIDC_ISSUER}"
    found: dict[str, Any] | None = cache.get(name)
    if found is None:
        issuer = settings.OIDC_ISSUER.rstrip("/")
        answer = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=TIMEOUT)
        answer.raise_for_status()
        found = dict(answer.json())
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise SuspiciousOperation("The provider's description names another issuer.")
        cache.set(name, found, DISCOVERY_SECONDS)
    return found


def setting(name: str, *default: Any) -> Any:
    """A setting for the library: an endpoint from the provider's description, or one of these."""
    if name in ENDPOINTS:
        return discovery_document()[ENDPOINTS[name]]
    ours: dict[str, Any] = {
        "OIDC_RP_CLIENT_ID": settings.OIDC_CLIENT_ID,
        "OIDC_RP_CLIENT_SECRET": settings.OIDC_CLIENT_SECRET,
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_RP_SCOPES": settings.OIDC_SCOPES,
        "OIDC_USE_PKCE": True,
        "OIDC_TIMEOUT": TIMEOUT,
        "OIDC_AUTHENTICATION_CALLBACK_URL": "admin:oidc_callback",
    }
    return ours.get(name, *default)


def roles_of(claims: dict[str, Any]) -> set[str]:
    """The roles that the claims give, by `OIDC_ROLES`."""
    given = claims.get(settings.OIDC_ROLES_CLAIM) or []
    groups = {str(each) for each in (given if isinstance(given, list) else [given])}
    pairs = (pair.rpartition("=") for pair in settings.OIDC_ROLES)
    return {role for group, _, role in pairs if group in groups and (role in ROLES or role == SUPERUSER)}


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Checks the provider's token, and gives the user the roles that their claims have now."""

    get_settings = staticmethod(setting)

    def __init__(self) -> None:
        """Reads nothing yet: a provider that does not answer must not stop anybody from signing in with a password."""

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> Any:
        if "nonce" not in kwargs:  # a sign-in by password
            return None
        super().__init__()
        return super().authenticate(request, **kwargs)

    def verify_token(self, token: str, **kwargs: Any) -> Any:
        """The payload of a token that is for us, and from the provider. The library checks its signature, end and nonce."""
        payload = super().verify_token(token, **kwargs)
        audience = payload.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if (
            settings.OIDC_CLIENT_ID not in named
            or payload.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID
        ):
            raise SuspiciousOperation("The token is for another client.")
        if str(payload.get("iss", "")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
            raise SuspiciousOperation("The token is from another issuer.")
        return payload

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User | None:
        """The user of these claims with the roles that they give; None, and no more rights, if they give none."""
        claims = {**payload, **self.get_userinfo(access_token, id_token, payload)}
        subject = str(payload.get("sub") or "")
        if not subject or claims["sub"] != subject:
            raise SuspiciousOperation("The claims are of another person.")
        return user_of(subject, claims)

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id).first()


def user_of(subject: str, claims: dict[str, Any]) -> User | None:
    """The user with this `sub`, made at the first sign-in. Without a role there is none, and one who had a role loses
    it.
    """
    name, roles = f"{PREFIX}{subject}"[:150], roles_of(claims)
    with transaction.atomic():
        user = User.objects.filter(username=name).first()
        if user is None:
            if not roles:
                return None
            user = User(username=name)
            user.set_unusable_password()
        user.first_name = str(claims.get("name") or claims.get("preferred_username") or "")[:150]
        user.is_staff, user.is_superuser = bool(roles), SUPERUSER in roles
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    return user if roles else None


class BeginView(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """Sends the browser to the provider; with `again`, the provider asks who is there even if it knows."""

    get_settings = staticmethod(setting)

    def get_extra_params(self, request: HttpRequest) -> dict[str, str]:
        return {"prompt": "login"} if "again" in request.GET else {}


class ReturnView(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """Where the provider sends the browser back to."""

    get_settings = staticmethod(setting)

    def login_success(self) -> HttpResponseBase:
        response: HttpResponseBase = super().login_success()
        confirm(self.request)
        second_factor_views.limit(self.request)
        if second_factor_views.is_due(self.request):
            return redirect(second_factor_views.address(self.request, self.success_url))
        return response

    def login_failure(self) -> HttpResponseBase:
        refused = "code" in self.request.GET and getattr(self, "user", None) is None and hasattr(self, "user")
        messages.error(self.request, REFUSED if refused else FAILED)
        return redirect("admin:login")

    @property
    def success_url(self) -> str:
        return second_factor_views.safe(self.request, self.request.session.get("oidc_login_next") or "")


def guarded(view: Any) -> Any:
    """The view; a provider that does not answer, or answers wrongly, leads back to the sign-in page with a message."""

    def shown(request: HttpRequest) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = view(request)
        except (requests.RequestException, PyJWTError, SuspiciousOperation, KeyError, ValueError):
            messages.error(request, FAILED)
            return redirect("admin:login")
        return answer

    return shown


begin_view, return_view = guarded(BeginView.as_view()), guarded(ReturnView.as_view())
