"""Middleware for pages only: sessions, languages, sign-in, messages. An API call has a key and no cookie, and would
spend a tenth of a capture's time here.
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
    """Mixed into a middleware class, lets API calls skip it."""

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
    """The reader's language on a person's own page. The console is in English: half of each language helps nobody."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/privacy/"):
            super().process_request(request)
        else:
            translation.activate("en")


class SignedIn(PagesOnly, AuthenticationMiddleware):
    """Who is signed in, for pages."""


class SecondFactor(PagesOnly, OTPMiddleware):  # type: ignore[misc]
    """Whether they gave the second factor, for pages."""


class Messages(PagesOnly, MessageMiddleware):
    """Messages from the last page, for pages."""
