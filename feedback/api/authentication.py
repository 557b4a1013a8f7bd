"""Authenticates a project's key, or a browser with the feedback token of one interaction."""

from dataclasses import dataclass

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from feedback.api.throttling import count_refused
from feedback.models import ApiKey, Project
from feedback.projects import keys, tokens
from privacy.api.scopes import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller. `grant` is set for a browser, which may act on only one interaction."""

    project: Project
    scopes: tuple[str, ...]
    key: ApiKey | None = None
    grant: tokens.Grant | None = None

    @property
    def namespace(self) -> str:
        """The namespace in which the project's subjects are known."""
        return self.project.namespace


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key or feedback token>`."""

    def authenticate(self, request: Request) -> tuple[None, Caller]:
        try:
            return None, self.caller(request)
        except AuthenticationFailed:
            count_refused(request.META)
            raise

    def caller(self, request: Request) -> Caller:
        """The caller. Raises `AuthenticationFailed`."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise AuthenticationFailed("Send a key: Authorization: Bearer <key>.", code="no_key")
        text = text.strip()
        if text.startswith("v1."):
            return self.browser(text)
        key = keys.find_live(text)
        if key is None:
            raise AuthenticationFailed("This key is unknown, revoked or expired.", code="bad_key")
        return Caller(key.project, tuple(key.scopes), key)

    def browser(self, token: str) -> Caller:
        """The caller behind a feedback token."""
        try:
            grant = tokens.open_token(token, timezone.now())
        except tokens.BadToken as error:
            raise AuthenticationFailed(str(error), code="bad_token") from None
        project = Project.objects.select_related("redaction").filter(pk=grant.project).first()
        if project is None:
            raise AuthenticationFailed("This feedback token is not valid.", code="bad_token")
        return Caller(project, (Scope.FEEDBACK,), grant=grant)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
