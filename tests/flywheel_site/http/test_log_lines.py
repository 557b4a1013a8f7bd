"""What a request leaves in the log."""

import pytest
from django.core.exceptions import BadRequest
from django.test import Client
from django.urls import reverse

from feedback.projects import admin
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
LIST, MAKE = "admin:feedback_apikey_changelist", "admin:feedback_apikey_make"


@pytest.fixture
def rita() -> Client:
    """A reviewer, who may not see the keys."""
    return signed_in(staff("reviewer", cast.project()))


def test_a_refusal_in_the_console_is_one_line_of_the_log(rita: Client, capfd: pytest.CaptureFixture[str]) -> None:
    assert rita.get(reverse(LIST)).status_code == 403
    (line,) = capfd.readouterr().err.splitlines()
    assert "WARNING django.request" in line and line.endswith("Forbidden (Permission denied): /admin/feedback/apikey/")


def test_a_malformed_request_is_one_line_as_well(
    rita: Client, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin.ApiKeyAdmin, "has_view_permission", refuse)
    assert rita.get(reverse(LIST)).status_code == 400
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_an_error_of_ours_keeps_its_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(staff("superuser", cast.project()))
    client.raise_request_exception = False
    monkeypatch.setattr(admin, "KeyForm", None)
    assert client.get(reverse(MAKE)).status_code == 500
    assert "Traceback" in capfd.readouterr().err


def refuse(*_given: object) -> bool:
    """A page that cannot read what it was sent."""
    raise BadRequest("That cannot be read.")
