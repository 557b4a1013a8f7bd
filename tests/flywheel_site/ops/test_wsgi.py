"""What the web server gets: an answer in memory as a whole, once its request is over, and a file in parts."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow
# In a process of its own: the application changes what the collector and Django's signals do.
CALL = """
import io, json, sys
from wsgiref.util import FileWrapper
from django.core.signals import request_finished
from flywheel_site.wsgi import application
ended, started = [], []
request_finished.connect(lambda **said: ended.append(True), weak=False)
for asked in sys.argv[1:]:
    path, _, wrapped = asked.partition(" ")
    ended.clear()
    started.clear()
    given = application(
        {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
         "HTTP_HOST": "127.0.0.1", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http",
         **({"wsgi.file_wrapper": FileWrapper} if wrapped else {})},
        lambda status, headers: started.append(status),
    )
    whole, over = isinstance(given, list), bool(ended)
    size = len(b"".join(given))
    getattr(given, "close", int)()
    print(json.dumps({"status": started, "whole": whole, "over": over, "size": size, "ended": len(ended)}))
"""
PLAIN, FILE, WRAPPED = "/healthz", "/static/admin/css/base.css", "/static/admin/css/base.css wrapped"


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What comes of each call. All are made in one process, which takes two seconds to start."""
    var = str(tmp_path_factory.mktemp("var"))
    environment = {**os.environ, "FLYWHEEL_VAR": var, "DJANGO_SETTINGS_MODULE": "flywheel_site.settings"}
    asked = (PLAIN, FILE, WRAPPED)
    command = [sys.executable, "-c", CALL, *asked]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return dict(zip(asked, map(json.loads, said.splitlines()), strict=True))


def test_an_answer_in_memory_is_given_whole_with_its_request_over(called: dict[str, dict[str, Any]]) -> None:
    assert called[PLAIN] == {"status": ["200 OK"], "whole": True, "over": True, "size": 16, "ended": 1}


def test_a_file_is_given_in_parts_and_its_request_ends_with_the_last(called: dict[str, dict[str, Any]]) -> None:
    said = called[FILE]
    assert said["status"] == ["200 OK"] and said["size"] > 10_000
    assert (said["whole"], said["over"], said["ended"]) == (False, False, 1)


def test_a_file_in_the_servers_own_wrapper_is_given_as_it_is(called: dict[str, dict[str, Any]]) -> None:
    said = called[WRAPPED]
    assert said["status"] == ["200 OK"] and said["size"] > 10_000
    assert (said["whole"], said["ended"]) == (False, 1)
