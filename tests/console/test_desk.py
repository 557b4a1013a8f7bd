"""The context of a task, in real Chromium: the editor's initial text, other conversations, and past decisions."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from curation.models import Decision, EvalCase, ReviewTask
from curation.policies import versions
from feedback.models import Project
from tests import factories as cast
from tests.console.browsing import ALIVE, PHONE, WIDE, Console, opened
from tests.console.test_reviewing import NEXT, PASSWORD, doubted, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(transactional_db: None) -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    somebody(made)
    return made


def desk(browser: Browser, web: str, **options: Any) -> Console:
    console = opened(browser, web, "rita", PASSWORD, **options)
    console.go(NEXT)
    console.page.locator(ALIVE).wait_for()
    return console


@pytest.mark.parametrize("options", [{"viewport": WIDE}, {"viewport": PHONE, "has_touch": True}], ids=["wide", "phone"])
def test_the_editor_begins_with_the_answer_with_what_somebody_wrote_or_empty(
    shop: Project, web: str, browser: Browser, options: Any
) -> None:
    cast.contested(shop)
    console = desk(browser, web, **options)
    window = console.page
    window.locator("#open-editor").click()
    begun = {}
    for start in window.locator(".start").all():
        start.click()
        begun[start.inner_text()] = window.locator("#correction").input_value()
    assert set(begun.values()) == {cast.ANSWER, "should be ten", ""} and len(begun) == 3
    console.check()


def test_one_verdict_settles_every_conversation_with_this_question_and_answer(
    shop: Project, web: str, browser: Browser
) -> None:
    talks = [cast.asked(shop, f"person-{place}") for place in range(3)]
    for place, talk in enumerate(talks):
        cast.said(shop, talk, "thumbs_down", subject=f"person-{place}")
    cast.turn(shop)
    assert ReviewTask.objects.filter(state="open").count() == 1
    console = desk(browser, web)
    expect(console.page.locator("#evidence")).to_contain_text("3 people")
    console.press("a")
    cast.turn(shop)
    assert {row.outcome for row in Decision.objects.all()} == {"confirmed"} and Decision.objects.count() == 3
    console.check()


def test_a_task_that_votes_closed_meanwhile_says_why_and_goes_on(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 2)
    console = desk(browser, web)
    task = ReviewTask.objects.get(pk=console.task())
    person = task.interaction.question.split()[1]
    cast.said(shop, task.interaction.external_id, "thumbs_up", subject=f"person-{person}")
    cast.turn(shop)
    task.refresh_from_db()
    assert task.state == "cancelled"
    assert console.press("r") not in ("", "0", str(task.pk)), "the next task comes"
    expect(console.page.locator("#review-notice")).to_contain_text("Closed automatically, because it was decided")
    task.refresh_from_db()
    assert task.resolution == ""


def test_a_near_question_stands_beside_the_task(shop: Project, web: str, browser: Browser) -> None:
    near = [("old town", "At nine.", "thumbs_down"), ("old town then", "At ten.", "thumbs_up")]
    for place, (where, answer, said) in enumerate(near):
        question = f"When does the shop in the {where} open on a Sunday?"
        talk = cast.asked(shop, f"person-{place}", question=question, answer=answer)
        cast.said(shop, talk, said, subject=f"person-{place}")
    cast.turn(shop)
    EvalCase.objects.all().delete()  # a decision with a case is shown among the earlier ones instead
    console = desk(browser, web)
    columns = console.page.locator("#near .columns > div")
    boxes = [column.bounding_box() for column in columns.all()]
    assert [text.partition("Answer")[2].split()[:2] for text in columns.all_inner_texts()] == [
        ["At", "nine."],
        ["At", "ten."],
    ]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"], "side by side"  # type: ignore[index]
    console.check()


def test_my_last_decisions_are_listed_opened_and_changed_and_the_session_is_counted(
    shop: Project, web: str, browser: Browser
) -> None:
    doubted(shop, 3)
    console = desk(browser, web)
    first = console.task()
    for key in ("r", "a"):
        console.press(key)
    window = console.page
    expect(window.locator("#sitting")).to_contain_text("1 left, 2 done today · 2 in this session")
    assert window.get_by_role("progressbar", name="This session").get_attribute("value") == "2"
    window.locator(ALIVE).wait_for()
    window.keyboard.press("p")
    listed = window.locator("#recent li")
    assert listed.locator(".chip").all_inner_texts() == ["The answer is right", "Of no use"]
    listed.nth(1).locator("a").click()
    window.locator("#change").click()
    window.locator(f'#review-part:not(.busy)[data-task="{first}"] .verdicts').wait_for()
    console.press("a")
    assert ReviewTask.objects.get(pk=first).resolution == "approve"
    console.check()
