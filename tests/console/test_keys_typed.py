"""Key presses on the review page with a slow server: none decides a task that the reviewer has not seen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route

from curation.models import ReviewTask
from curation.policies import versions
from feedback.models import Project
from tests import factories as cast
from tests.console.browsing import ALIVE, Console, opened
from tests.console.test_reviewing import NEXT, PASSWORD, doubted, somebody, verdicts
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db(transaction=True)
SLOW_MS = 400
# Presses "r" in the very moment in which the next task is shown: a busy machine would press it too late for that.
AT_ONCE = """(before) => new MutationObserver((_, self) => {
    if (!document.querySelector(`#review-part.resting:not(.busy):not([data-task="${before}"])`)) return;
    self.disconnect();
    window.pressed = document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "r", bubbles: true }));
}).observe(document.body, { subtree: true, childList: true, attributes: true })"""
TYPED = "cars and such are a rusty lot, as our usual buyers know: arsu kzbn"


def slow(route: Route) -> None:
    """Pass the request on after a while."""
    route.request.frame.page.wait_for_timeout(SLOW_MS)
    route.continue_()


@pytest.fixture
def shop(transactional_db: None) -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    doubted(made, 6)
    return made


@pytest.fixture
def console(shop: Project, web: str, browser: Browser) -> Console:
    """Rita's window on the first of six tasks; what she decides takes a while."""
    somebody(shop)
    window = opened(browser, web, "rita", PASSWORD)
    window.go(NEXT)
    window.page.route("**/decide/*", slow)
    return window


def settled(page: Page) -> None:
    """Wait until what was pressed has come to its end, and keys are alive again."""
    page.wait_for_timeout(SLOW_MS + 100)
    page.locator(ALIVE).wait_for()


@pytest.mark.browser
def test_letters_typed_after_a_verdict_and_c_decide_nothing_and_the_editor_opens_on_the_next_task(
    console: Console,
) -> None:
    page = console.page
    for turn, pace_ms in enumerate((0, 60), start=1):
        before = console.task()
        page.keyboard.press("a")
        page.keyboard.press("c")
        page.keyboard.type(TYPED, delay=pace_ms)
        settled(page)
        assert verdicts() == {"approve": turn} and console.task() != before
        box = page.locator("#correction")
        assert box.is_visible() and box.evaluate("box => box === document.activeElement")
        page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.locator("#correction").fill("It opens at ten.")
    page.keyboard.press("Control+Enter")
    settled(page)
    assert verdicts() == {"approve": 2, "correct": 1}
    console.check()


@pytest.mark.browser
def test_letters_typed_without_an_editor_decide_at_most_the_task_on_which_they_began(console: Console) -> None:
    page = console.page
    for turn, pace_ms in enumerate((0, 60), start=1):
        page.keyboard.type("The usual answer, as a rule: arsu kzbn", delay=pace_ms)
        settled(page)
        assert verdicts().total() == turn - 1
        page.keyboard.type("arsuarsu" * (1 + pace_ms // 10), delay=pace_ms)
        settled(page)
        assert verdicts() == {"approve": turn}
    console.press("r")
    assert verdicts() == {"approve": 2, "reject": 1}, "keys are alive after a pause"


@pytest.mark.browser
def test_a_key_with_another_one_held_decides_nothing_and_one_held_down_decides_once(console: Console) -> None:
    page = console.page
    for key in ("Shift+A", "Control+a", "Alt+a", "Meta+a", "A"):
        page.locator(ALIVE).wait_for()
        page.keyboard.press(key)
    settled(page)
    assert not verdicts()
    for _ in range(25):
        page.keyboard.down("a")  # each after the first is a repetition
        page.wait_for_timeout(40)
    page.keyboard.up("a")
    settled(page)
    assert verdicts() == {"approve": 1}


@pytest.mark.browser
def test_keys_are_dead_for_a_moment_after_the_next_task_was_shown_and_a_double_click_decides_once(
    console: Console,
) -> None:
    page = console.page
    page.unroute("**/decide/*")
    page.evaluate(AT_ONCE, console.task())
    second = console.press("a")
    settled(page)
    assert page.evaluate("window.pressed") is True
    assert verdicts() == {"approve": 1} and console.task() == second
    page.locator(".v-approve").dblclick(delay=150)
    settled(page)
    assert verdicts() == {"approve": 2}
    assert console.press("r") != second and verdicts() == {"approve": 2, "reject": 1}


@pytest.fixture
def rita(shop: Project) -> Client:
    return signed_in(staff("superuser", shop))


def claim_on(page: Any) -> str:
    """When the claim ends of which the page knows."""
    return str(page.context["page"].claim)


def test_a_verdict_from_a_page_that_is_older_than_the_claim_is_refused_and_kept(shop: Project, rita: Client) -> None:
    task = ReviewTask.objects.first()
    assert task is not None
    url = reverse("admin:curation_reviewtask_decide", args=[task.pk])
    old, new = claim_on(rita.get(url)), claim_on(rita.get(url))
    sent = {"resolution": "correct", "correction": "At ten.", "note": "I rang them."}
    refused = rita.post(url, {**sent, "claim": old})
    text = refused.content.decode()
    assert refused.status_code == 422 and "was opened again" in text and "At ten." in text and not verdicts()
    assert old != new and rita.post(url, {**sent, "claim": claim_on(refused)}).status_code == 302


def test_a_verdict_is_taken_by_the_claim_of_its_own_page(shop: Project, rita: Client) -> None:
    task = ReviewTask.objects.first()
    assert task is not None
    url = reverse("admin:curation_reviewtask_decide", args=[task.pk])
    assert rita.post(url, {"resolution": "approve", "claim": claim_on(rita.get(url))}).status_code == 302
    assert verdicts() == {"approve": 1}


def test_undo_takes_back_the_decision_that_its_page_shows_and_no_later_one(shop: Project, rita: Client) -> None:
    first, second = ReviewTask.objects.order_by("pk")[:2]
    for task in (first, second):
        rita.post(reverse("admin:curation_reviewtask_decide", args=[task.pk]), {"resolution": "reject"})
    undo = reverse("admin:curation_reviewtask_undo")
    assert rita.post(undo, {"last": first.pk}).status_code == 422 and verdicts() == {"reject": 2}
    assert rita.post(undo, {"last": second.pk}).status_code == 302 and verdicts() == {"reject": 1}
