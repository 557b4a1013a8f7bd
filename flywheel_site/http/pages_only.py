"""Middleware for pages only: sessions, languages, sign-in, messages. An API call has a key and no cookie; this would
cost it a tenth of a capture's time.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django_otp.middleware import OTPMiddleware

from flywheel_site.http.middleware import CALLS


class PagesOnly:
    """A mixin with which a middleware class skips API calls."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(CALLS):
            passed: HttpResponseBase = self.get_response(request)
            return passed
        handled: HttpResponseBase = super().__call__(request)  # type: ignore[misc]
        return handled


class Sessions(PagesOnly, SessionMiddleware):
    """Sessions, for pages."""


class Languages(PagesOnly, LocaleMiddleware):
    """The reader's language on a person's own page. The console is in English only: half-translated helps nobody."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/privacy/"):
            super().process_request(request)
        else:
            translation.activate("en")


class SignedIn(PagesOnly, AuthenticationMiddleware):
    """The signed-in user, for pages."""


class SecondFactor(PagesOnly, OTPMiddleware):  # type: ignore[misc]
    """Whether the user gave the second factor, for pages."""


class Messages(PagesOnly, MessageMiddleware):
    """Flash messages, for pages."""
