"""Middleware for pages only: sessions, languages, sign-in, messages. An API call has a key and no cookie; these would
take a tenth of a capture's time.
"""

import logging
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django_otp.middleware import OTPMiddleware

from flywheel_site.http.middleware import CALLS

logger = logging.getLogger("flywheel")


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
    """Sessions, for pages. Where Django answers 400 to a session that cannot be saved, this shows the page if the database is
    only busy, and the sign-in page if the session has ended in another tab.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted as error:
            failed = error.__context__ and error.__context__.__context__  # its cause, behind the session's own error
            if isinstance(failed, OperationalError):
                logger.warning("A session was not saved: the database is busy.")
                return response
            back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
            return redirect_to_login(back, reverse("admin:login"))


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
