"""What a request leaves in the log."""

import io
import logging
from collections.abc import Callable, Iterator
from logging.config import dictConfig

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest
from django.test import Client
from django.urls import reverse

from feedback.projects import admin
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
LIST, MAKE = "admin:feedback_apikey_changelist", "admin:feedback_apikey_make"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[str]]]:
    """What the log of the settings has written since the last look."""
    root = logging.getLogger()
    before = root.handlers[:]
    dictConfig(settings.LOGGING)
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)

    def read() -> list[str]:
        said = stream.getvalue().splitlines()
        stream.seek(0)
        stream.truncate()
        return said

    yield read
    root.handlers[:] = before


@pytest.fixture
def rita() -> Client:
    """A reviewer, who may not see the keys."""
    return signed_in(staff("reviewer", cast.project()))


def test_a_refusal_in_the_console_is_one_line_of_the_log(rita: Client, lines: Callable[[], list[str]]) -> None:
    assert rita.get(reverse(LIST)).status_code == 403
    (line,) = lines()
    assert "WARNING django.request" in line and line.endswith("Forbidden (Permission denied): /admin/feedback/apikey/")


def test_a_malformed_request_is_one_line_as_well(
    rita: Client, lines: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin.ApiKeyAdmin, "has_view_permission", refuse)
    assert rita.get(reverse(LIST)).status_code == 400
    assert len(lines()) == 1


def test_an_error_of_ours_keeps_its_traceback(lines: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(staff("superuser", cast.project()))
    client.raise_request_exception = False
    monkeypatch.setattr(admin, "KeyForm", None)
    assert client.get(reverse(MAKE)).status_code == 500
    assert "Traceback" in "\n".join(lines())


def refuse(*_given: object) -> bool:
    """A page that cannot read what it was sent."""
    raise BadRequest("That cannot be read.")
