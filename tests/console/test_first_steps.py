"""From an empty installation to the first conversation by clicks: a project, a key, and the lines that its page shows."""

import html
import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser

from curation.models import Dataset, EvalCase, Release
from feedback.models import Interaction, Project
from tests import factories as cast
from tests.console.browsing import opened
from tests.console.world import PASSWORD, signed_in, staff

pytestmark = pytest.mark.django_db


BASIS = {"capture_consent": "opt_out", "evaluation_consent": "opt_in", "training_consent": "opt_in"}


@pytest.fixture
def root() -> Client:
    return signed_in(User.objects.create_superuser("root", password=PASSWORD))


def test_an_empty_installation_offers_a_project(root: Client) -> None:
    page = root.get("/admin/").content.decode()
    assert "/admin/new-project/" in page and "manage.py" not in page


def test_a_project_comes_with_its_dataset_and_leads_to_its_key(root: Client) -> None:
    answer = root.post("/admin/new-project/", {"name": "support-bot", **BASIS})
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
    page = root.post("/admin/new-project/", {"name": name, **BASIS}).content.decode()
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
    for other in ("with-python", "with-typescript", "with-otel"):
        assert key in page.partition(f'id="{other}"')[2].partition("</pre>")[0]


def test_a_key_that_may_not_send_shows_no_such_lines(root: Client) -> None:
    shop = cast.project("shop")
    page = root.post("/admin/feedback/apikey/make/", {"project": shop.pk, "scopes": ["export"]}).content.decode()
    assert "with-curl" not in page and 'id="secret"' in page


def test_a_project_has_the_legal_basis_and_the_origins_that_were_given(root: Client) -> None:
    sent = {"name": "support-bot", **BASIS, "web_origins": "https://Shop.example/\nhttp://localhost:3000"}
    root.post("/admin/new-project/", sent)
    made = Project.objects.get()
    assert made.consent_defaults == {"capture": True, "evaluation": False, "training": False}
    assert made.web_origins == ["https://shop.example", "http://localhost:3000"]
    page = root.get(f"/admin/feedback/project/{made.pk}/change/").content.decode()
    assert "https://shop.example\nhttp://localhost:3000</textarea>" in page


def test_an_origin_that_is_none_is_refused_and_makes_no_project(root: Client) -> None:
    page = root.post("/admin/new-project/", {"name": "bot", **BASIS, "web_origins": "shop.example"}).content.decode()
    assert "An origin is https:// and a host" in page and not Project.objects.exists()


def test_the_light_says_what_has_come_with_the_key(root: Client) -> None:
    shop = cast.project("shop")
    page = root.post("/admin/feedback/apikey/make/", {"project": shop.pk, "scopes": ["ingest"]}).content.decode()
    url = re.findall(r'id="light"[^>]* data-url="([^"]+)"', page)[0]
    assert root.get(url).json() == {"used": False, "stored": ""}
    cast.asked(shop)
    stored = Interaction.objects.get()
    assert root.get(url).json()["stored"] == f"/admin/feedback/interaction/{stored.pk}/change/"
    integrator = signed_in(staff("integrator", cast.project("other")))
    assert integrator.get(url).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_light_turns_green_in_the_browser(transactional_db: None, web: str, browser: Browser) -> None:
    shop = cast.project("shop")
    User.objects.create_superuser("root", password=PASSWORD)
    console = opened(browser, web, "root", PASSWORD)
    console.go(f"/admin/feedback/apikey/make/?project={shop.pk}&scopes=ingest")
    console.page.get_by_role("button", name="Create key").click()
    console.page.locator("#light", has_text="Waiting").wait_for()
    cast.asked(shop)
    console.page.locator("#light.green", has_text="The first conversation has arrived.").wait_for()
    console.page.locator("#light a").click()
    assert "/admin/feedback/interaction/" in console.page.url
    console.check()


def test_the_first_release_is_cut_from_the_console_before_any_selection_has_run(root: Client) -> None:
    shop = cast.project("shop")
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    assert not EvalCase.objects.filter(selected=True).exists()
    where = f"/admin/curation/dataset/{Dataset.objects.get(project=shop).pk}/cut/"
    assert "disabled" not in root.get(where).content.decode().split('id="content"')[1]
    made = root.post(where)["Location"]
    assert f"/admin/curation/release/{Release.objects.get(state='published').pk}/" in made


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_first_hour_is_clicked_from_nothing_to_a_released_file(
    transactional_db: None, web: str, browser: Browser
) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    console = opened(browser, web, "root", PASSWORD)
    window = console.page
    window.get_by_role("link", name="Create a project").first.click()
    window.get_by_label("Name").fill("support-bot")
    window.get_by_role("button", name="Create project").click()
    window.get_by_role("button", name="Create key").click()
    ways = {line.get_attribute("id") for line in window.locator("pre[id^=with-]").all()}
    assert ways == {"with-curl", "with-python", "with-typescript", "with-otel", "with-widget"}
    shop = Project.objects.get()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.said(shop, cast.asked(shop, "ben", question="Where do I get my money back?"), "thumbs_down", subject="ben")
    window.locator("#light.green").wait_for()
    window.get_by_role("link", name="At a glance").first.click()
    done = window.locator(".steps li:has(s)").count()
    window.get_by_role("link", name="Runs", exact=True).click()
    window.get_by_role("button", name="Run curation now").click()
    window.locator("#result_list .chip-done").first.wait_for()
    window.get_by_role("link", name="Datasets", exact=True).click()
    window.get_by_role("link", name="Cut a release…").first.click()
    window.get_by_role("button", name="Cut the release").click()
    window.locator(".chip-published").first.wait_for()
    with window.expect_download() as file:
        window.get_by_role("link", name="eval_cases.jsonl").click()
    (case,) = [json.loads(line) for line in file.value.path().read_text().splitlines()]
    assert case["question"] == cast.QUESTION
    window.get_by_role("link", name="At a glance").first.click()
    assert window.locator(".steps li:has(s)").count() == done + 1
    console.check()
