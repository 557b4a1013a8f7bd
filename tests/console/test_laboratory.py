"""The redaction laboratory in real Chromium: what a text becomes, shown while it is typed, and a term that is added."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, expect

from feedback.models import Project
from privacy.models import RedactionPolicy
from privacy.redaction.policy import DEFAULT_POLICY
from tests import factories as cast
from tests.console.browsing import Console, opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def lab(transactional_db: None, web: str, browser: Browser) -> Console:
    project: Project = cast.project()
    User.objects.create_superuser("root", password=PASSWORD)
    console = opened(browser, web, "root", PASSWORD)
    console.go(f"/admin/privacy/redactionpolicy/{project.redaction_id}/lab/")
    return console


def test_it_shows_what_a_text_becomes_and_why_while_it_is_typed(lab: Console) -> None:
    lab.page.locator("#id_sample").fill("Write to mia@example.org, card 4111 1111 1111 1111.")
    expect(lab.page.locator("#lab-result .text")).to_have_text("Write to [EMAIL_1], card [CARD_1].")
    expect(lab.page.locator("#lab-result mark").first).to_contain_text("mia@example.org")
    assert {"email", "card"} <= set(lab.page.locator("#lab-result td code").all_inner_texts())
    lab.check()


def test_a_term_is_refused_with_a_reason_beside_its_field_and_saved_when_it_holds(lab: Console) -> None:
    page = lab.page
    page.get_by_text("Add a term").click()
    page.locator("#id_term-type").fill("ORDER_NUMBER")
    page.locator("#id_term-pattern").fill(r"(?<=a)ORD-\d{6}")
    page.locator("#id_term-must_match").fill("ORD-123456")
    page.locator("#id_term-must_not_match").fill("ORDER")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".field.wrong")).to_contain_text("It is not RE2 syntax.")
    page.locator("#id_term-pattern").fill(r"ORD-\d{6}")
    page.locator("#id_term-must_not_match").fill("ORD-654321")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".field.wrong")).to_contain_text("Line 1 is found by the term.")
    page.locator("#id_term-must_not_match").fill("ORDER")
    page.locator("#id_sample").fill("Where is ORD-123456?")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved as version")
    assert RedactionPolicy.objects.get().definition["terms"][0]["type"] == "ORDER_NUMBER"
    page.locator("#id_sample").fill("Where is ORD-123456?")
    expect(page.locator("#lab-result .text")).to_have_text("Where is [ORDER_NUMBER_1]?")
    lab.check()


def rules() -> dict[str, Any]:
    found: dict[str, Any] = RedactionPolicy.objects.get().definition
    return found


def test_settings_are_fields_and_what_differs_is_marked_and_saved(lab: Console) -> None:
    page = lab.page
    term = {"type": "FERRY", "words": ["Skua"], "must_match": ["the Skua"], "must_not_match": ["a bird"]}
    RedactionPolicy.objects.update(definition={"terms": [term]})
    lab.go(page.url.removeprefix(lab.url))
    assert page.locator("#id_regions").get_attribute("placeholder") == " ".join(DEFAULT_POLICY.regions)
    page.locator("#id_allow").fill("desk@example.org\n\n")
    page.locator("#id_regions").fill("de, fr")
    page.get_by_label("EMAIL").check()
    page.locator("#id_strict").select_option("yes")
    page.get_by_label("FERRY: Skua").check()
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved as version")
    assert rules() == {"allow": ["desk@example.org"], "regions": ["DE", "FR"], "off": ["EMAIL"], "strict": True}
    assert page.locator(".field.changed").count() == 4
    page.locator("#id_regions").fill("Germany")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".field.wrong")).to_contain_text("regions[0] is not a two-letter region")
    for name in ("#id_regions", "#id_allow"):
        page.locator(name).fill("")
    page.get_by_label("EMAIL").uncheck()
    page.locator("#id_strict").select_option("no")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved as version")
    assert rules() == {} and page.locator(".field.changed").count() == 0
    lab.check()


def test_json_is_taken_where_it_alone_has_changed(lab: Console) -> None:
    page = lab.page
    page.get_by_text("As JSON").click()
    page.locator("#id_definition").fill('{"allow": ["desk@example.org"]}')
    page.locator("#id_regions").fill("GB")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".field.wrong")).to_contain_text("Change either them or the JSON")
    page.locator("#id_regions").fill("")
    page.get_by_role("button", name="Save these rules").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved as version")
    assert rules() == {"allow": ["desk@example.org"]}
    lab.check()
