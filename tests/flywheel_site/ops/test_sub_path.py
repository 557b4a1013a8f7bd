"""With a path in PUBLIC_URL all of it is served below that path, whether or not the proxy takes the path off."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests import factories as cast
from tests.conftest import environment_of_child
from tests.processes import web_server

pytestmark = [pytest.mark.worker, pytest.mark.one_database, pytest.mark.django_db(transaction=True)]
PATH = "/flywheel"


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[str]:
    """A server below a path."""
    environment = {**environment_of_child(), "PUBLIC_URL": f"https://example.org{PATH}"}
    with web_server(environment, Path(settings.VAR) / "log" / "test-sub-path.log") as url:
        yield url


@pytest.fixture
def web(transactional_db: None, server: str) -> str:
    return server


def ask(url: str, body: Any = None, **headers: str) -> tuple[int, str, Any]:
    """Status, text and headers."""
    data = None if body is None else json.dumps(body).encode()
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, named)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def test_every_part_is_below_the_path(web: str) -> None:
    shop = cast.project()
    shop.web_origins = ["https://shop.example"]
    shop.save()
    key = cast.key(shop)
    below, bearer = f"{web}{PATH}", f"Bearer {key}"

    status, page, headers = ask(f"{below}/admin/login/")
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert status == 200 and links and all(link.startswith(f"{PATH}/") for link in links)
    assert f"Path={PATH}/" in headers["Set-Cookie"]
    for link in [each for each in links if each.endswith((".css", ".js"))]:
        assert ask(f"{web}{link}")[0] == 200, link

    talk = {"id": "t1", "subject": "anna-17", "question": cast.QUESTION, "answer": cast.ANSWER, "consent": cast.ALL}
    status, text, _ = ask(f"{below}/api/v1/interactions", talk, Authorization=bearer)
    token = json.loads(text)["feedback_token"]
    said = {"interaction": "t1", "signal": "thumbs_up"}
    origin = {"Origin": "https://shop.example", "Authorization": f"Bearer {token}"}
    status, _, headers = ask(f"{below}/api/v1/feedback", said, **origin)
    assert status == 201 and headers["Access-Control-Allow-Origin"] == "https://shop.example"

    status, text, _ = ask(f"{below}/api/v1/privacy/link", {"subject": "anna-17"}, Authorization=bearer)
    url = json.loads(text)["url"]
    assert url.startswith(f"https://example.org{PATH}/privacy/")
    status, page, _ = ask(url.replace("https://example.org", web))
    assert status == 200
    assert all(link.startswith(f"{PATH}/") for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', page))

    assert json.loads(ask(f"{below}/api/v1/schema", Accept="application/json")[1])["servers"] == [{"url": PATH}]
    assert ask(f"{below}/static/widget/flywheel-feedback.js")[0] == 200
    assert ask(f"{below}/v1/traces", {"resourceSpans": []}, Authorization=bearer)[0] == 200


def test_a_proxy_may_take_the_path_off_and_probes_need_none(web: str) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert ask(f"{web}{path}", Host="10.2.3.4:8000")[0] == ask(f"{web}{PATH}{path}")[0] == 200, path
    assert f'href="{PATH}/static/' in ask(f"{web}/admin/login/")[1]


def test_the_processes_of_a_server_count_together(web: str) -> None:
    for _ in range(5):
        ask(f"{web}/healthz")
    counted = re.search(r'flywheel_request_seconds_count\{call="healthz",.*\} (\d+)', ask(f"{web}/metrics")[1])
    assert counted and int(counted[1]) >= 5
