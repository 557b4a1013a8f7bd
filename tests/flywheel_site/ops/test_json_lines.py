"""With `LOG_FORMAT=json` each record is an object a line, with its request's id and without what was sent."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from flywheel_site.http.middleware import LinkFilter, RequestIdFilter
from flywheel_site.ops.json_lines import JsonFormatter
from tests.conftest import ROOT

SECRET = "my number is 0171 2345678"


def line(record: logging.LogRecord) -> dict[str, Any]:
    """The record as the handler writes it."""
    for each in (RequestIdFilter(), LinkFilter()):
        each.filter(record)
    found: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return found


def failed() -> logging.LogRecord:
    """A record of an exception that quotes what was sent, caused by another that does."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        return logging.LogRecord("flywheel", logging.ERROR, __file__, 1, "It %s", ("failed",), sys.exc_info())


def test_an_exception_is_written_with_kinds_and_places_and_without_messages() -> None:
    found = line(failed())
    assert found["message"] == "It failed" and found["level"] == "ERROR"
    assert [each["type"] for each in found["exception"]] == ["ValueError", "KeyError"]
    assert "test_json_lines.py" in found["exception"][0]["at"][0] and SECRET not in json.dumps(found)


def test_a_link_to_a_persons_page_is_masked() -> None:
    record = logging.LogRecord("x", 30, __file__, 1, "Not Found: %s", ("/flywheel/privacy/gAAAAABsecretsecret",), None)
    assert line(record)["message"] == "Not Found: /flywheel/privacy/[link]"


@pytest.mark.django_db
def test_what_django_notes_after_the_answer_has_the_requests_id_too(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/no-such-page", headers={"X-Request-Id": "of-the-caller"})
    [record] = [each for each in caplog.records if each.name == "django.request"]
    assert line(record)["request_id"] == "of-the-caller"


@pytest.mark.django_db
def test_a_request_has_a_line_without_its_path(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "flywheel.request"):
        client.get("/privacy/gAAAAABsecretsecret?q=anna-17")
    [record] = [each for each in caplog.records if each.name == "flywheel.request"]
    found = line(record)["message"]
    assert found.startswith("GET privacy-page ") and "gAAAA" not in found and "anna" not in found


def test_the_setting_is_read_strictly(child_environment_without_database: dict[str, str]) -> None:
    command = [
        sys.executable,
        "-c",
        "import django; django.setup(); import logging; logging.getLogger('x').error('hm')",
    ]
    for form, status in (("json", 0), ("xml", 1)):
        environment = {**child_environment_without_database, "LOG_FORMAT": form}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        if not status:
            assert json.loads(done.stderr.splitlines()[-1])["message"] == "hm"
        else:
            assert "LOG_FORMAT must be one of line, json" in done.stderr


@pytest.fixture
def child_environment_without_database(tmp_path: Any) -> dict[str, str]:
    """An environment of its own, for a process that only reads the settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "FLYWHEEL_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "flywheel_site.settings"}
