"""A session that cannot be saved costs nobody their page."""

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from flywheel_site.http.pages_only import Sessions

pytestmark = pytest.mark.django_db
PAGE = "/admin/curation/dataset/1/change/?tab=files"


def visited(meanwhile: Any, method: str = "get") -> Any:
    """The answer to a visit that is noted in the session, after something has happened to it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.create()

    def view(request: HttpRequest) -> HttpResponse:
        request.session["seen"] = 1
        meanwhile(request.session)
        return HttpResponse("the page")

    request = getattr(RequestFactory(), method)(PAGE)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = session.session_key
    return Sessions(view)(request)


def test_the_page_is_shown_while_the_database_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(self: Session, *args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    answer = visited(lambda _: monkeypatch.setattr(Session, "save", locked))
    assert (answer.status_code, answer.content) == (200, b"the page")


@pytest.mark.parametrize(
    ("method", "back"), [("get", "/admin/curation/dataset/1/change/%3Ftab%3Dfiles"), ("post", "/admin/")]
)
def test_somebody_who_signed_out_in_another_tab_is_asked_to_sign_in(method: str, back: str) -> None:
    answer = visited(lambda _: Session.objects.all().delete(), method)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={back}")
