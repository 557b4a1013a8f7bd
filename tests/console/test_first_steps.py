"""From an empty installation to the first conversation by clicks: a project, a key, and the lines that its page shows."""

import html
import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from curation.models import Dataset
from feedback.models import Interaction, Project
from tests import factories as cast
from tests.console.world import PASSWORD, signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> Client:
    return signed_in(User.objects.create_superuser("root", password=PASSWORD))


def test_an_empty_installation_offers_a_project(root: Client) -> None:
    page = root.get("/admin/").content.decode()
    assert "/admin/new-project/" in page and "manage.py" not in page


def test_a_project_comes_with_its_dataset_and_leads_to_its_key(root: Client) -> None:
    answer = root.post("/admin/new-project/", {"name": "support-bot"})
    made = Project.objects.get()
    assert answer["Location"] == f"/admin/feedback/apikey/make/?project={made.pk}&scopes=ingest"
    assert Dataset.objects.filter(project=made).exists()
    form = root.get(answer["Location"]).content.decode()
    assert f'<option value="{made.pk}" selected>' in form and re.search(r'value="ingest"[^>]* checked', form)


@pytest.mark.parametrize(
    ("name", "words"), [("Support Bot", "lower-case"), ("shop", "There is already a project with this name.")]
)
def test_a_name_that_cannot_be_is_refused_with_a_reason(root: Client, name: str, words: str) -> None:
    cast.project("shop")
    page = root.post("/admin/new-project/", {"name": name}).content.decode()
    assert words.lower() in page.lower() and Project.objects.count() == 1


def test_only_a_superuser_makes_projects() -> None:
    operator = signed_in(staff("operator", cast.project("shop")))
    assert operator.get("/admin/new-project/").status_code == 403


def test_the_line_on_the_page_of_a_key_sends_the_first_conversation(root: Client) -> None:
    shop = cast.project("shop")
    page = root.post("/admin/feedback/apikey/make/", {"project": shop.pk, "scopes": ["ingest"]}).content.decode()
    line = html.unescape(re.findall(r'id="with-curl">(.*?)</pre>', page, re.DOTALL)[0])
    address, key, body = re.findall(r"curl \S+?(/api\S+) .*Bearer (\S+)\".*-d '(.*)'", line, re.DOTALL)[0]
    answer = Client().post(address, json.loads(body), "application/json", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.content
    assert Interaction.objects.get().external_id == "first-1"
    for other in ("with-python", "with-otel"):
        assert key in page.partition(f'id="{other}"')[2].partition("</pre>")[0]


def test_a_key_that_may_not_send_shows_no_such_lines(root: Client) -> None:
    shop = cast.project("shop")
    page = root.post("/admin/feedback/apikey/make/", {"project": shop.pk, "scopes": ["export"]}).content.decode()
    assert "with-curl" not in page and 'id="secret"' in page
