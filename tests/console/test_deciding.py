"""Deciding tasks one after another: the editor's initial text, tasks closed by others meanwhile, and past decisions."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from curation.models import EvalCase, ReviewTask
from curation.policies import versions
from curation.review import deciding, page
from feedback.capture import Recorded
from feedback.models import Interaction, Project
from privacy.models import Subject
from tests import factories as cast
from tests.console.browsing import ALIVE, PHONE, WIDE, opened
from tests.console.test_reviewing import NEXT, PASSWORD, doubted, somebody
from tests.console.world import signed_in

BY_SCRIPT = {"X-Review": "1"}
OVERTAKEN = 409


@pytest.fixture
def shop(db: None) -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    return made


@pytest.fixture
def rita(shop: Project) -> User:
    return somebody(shop)


@pytest.fixture
def desk(rita: User) -> Client:
    return signed_in(rita)


def voted_down(shop: Project, number: int, **given: Any) -> list[Recorded]:
    talks = [
        cast.asked(shop, f"person-{place}", question=f"When does shop {place} open?", **given)
        for place in range(number)
    ]
    for talk in talks:
        cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    return talks


def decide(desk: Client, task: ReviewTask, headers: dict[str, str] = BY_SCRIPT, **given: str) -> Any:
    return desk.post(
        f"/admin/curation/reviewtask/{task.pk}/decide/", {"resolution": "reject", **given}, headers=headers
    )


def decide_page(desk: Client, task: ReviewTask) -> str:
    return desk.get(f"/admin/curation/reviewtask/{task.pk}/decide/").content.decode()


def closed_by_votes(shop: Project, talk: Recorded) -> ReviewTask:
    """The task of an answer of which the person who had voted it down thinks better now."""
    task = cast.task(talk)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    task.refresh_from_db()
    assert task.state == "cancelled"
    return task


def test_a_task_that_curation_closed_says_why_and_the_next_one_comes(shop: Project, desk: Client) -> None:
    first, second = voted_down(shop, 2)
    task = closed_by_votes(shop, first)
    answer = decide(desk, task, resolution="correct", correction="My own **words**.")
    shown = answer.content.decode()
    assert answer.status_code == OVERTAKEN and f'data-task="{cast.task(second).pk}"' in shown
    assert "Closed automatically, because it was decided without a reviewer" in shown
    assert "<strong>words</strong>" in shown  # what was typed is not lost
    assert ReviewTask.objects.filter(state="resolved").count() == 0


def test_a_task_that_somebody_else_decided_says_who_did(shop: Project, desk: Client) -> None:
    (talk,) = voted_down(shop, 1)
    deciding.resolve(cast.task(talk), deciding.Verdict("approve"), somebody(shop, "sam"))
    answer = decide(desk, ReviewTask.objects.get())
    assert answer.status_code == OVERTAKEN
    assert "sam has decided it: the answer is right" in answer.content.decode().lower()
    assert "The queue is empty" in answer.content.decode()


def test_without_script_the_next_task_comes_as_a_whole_page(shop: Project, desk: Client) -> None:
    first, second = voted_down(shop, 2)
    shown = decide(desk, closed_by_votes(shop, first), headers={}).content.decode()
    assert "<html" in shown and f'data-task="{cast.task(second).pk}"' in shown and "Closed automatically" in shown


def test_a_deleted_conversation_does_not_stop_a_reviewer(shop: Project, desk: Client) -> None:
    first, second = voted_down(shop, 2)
    task = cast.task(first)
    Subject.objects.filter(pk=task.subject_id).update(restricted_at=timezone.now())
    answer = decide(desk, task)
    assert answer.status_code == OVERTAKEN and f'data-task="{cast.task(second).pk}"' in answer.content.decode()
    assert decide(desk, task, headers={}).status_code == 404


def test_a_closed_task_says_why_on_its_own_page(shop: Project, desk: Client) -> None:
    (talk,) = voted_down(shop, 1)
    task = closed_by_votes(shop, talk)
    assert "Closed automatically" in desk.get(f"/admin/curation/reviewtask/{task.pk}/decide/").content.decode()


def test_the_editor_begins_with_the_answer_a_persons_correction_or_nothing(shop: Project, desk: Client) -> None:
    talk = cast.contested(shop)
    where = f"/admin/curation/reviewtask/{cast.task(talk).pk}/decide/"
    shown = desk.get(where).content.decode()
    assert f'class="start" value="{cast.ANSWER}"' in shown
    assert 'class="start" value="should be ten"' in shown and 'class="start" value=""' in shown
    desk.post("/admin/curation/reviewtask/blind/", {"task": cast.task(talk).pk})
    assert "should be ten" not in desk.get(where).content.decode()


def test_a_preview_is_what_readers_will_see(desk: Client) -> None:
    answer = desk.post("/admin/curation/reviewtask/preview/", {"correction": "At **ten**. <script>x</script>"})
    assert "<strong>ten</strong>" in answer.content.decode() and "<script>" not in answer.content.decode()


def test_the_guidelines_of_the_project_stand_beside_the_task(shop: Project, desk: Client) -> None:
    voted_down(shop, 1)
    assert "Guidelines" not in desk.get(NEXT, follow=True).content.decode()
    Project.objects.update(guidelines="Prices are **net**. <script>alert(1)</script>")
    text = desk.get(NEXT, follow=True).content.decode()
    assert '<details class="card" id="guidelines">' in text and "Prices are <strong>net</strong>" in text
    assert "<script>alert" not in text


def test_an_older_decision_is_found_and_changed(shop: Project, desk: Client, rita: User) -> None:
    first, _second, third = voted_down(shop, 3)
    older = cast.task(first)
    deciding.resolve(older, deciding.Verdict("reject"), rita)
    deciding.resolve(cast.task(third), deciding.Verdict("reject"), rita)
    shown = desk.get(NEXT, follow=True).content.decode()
    assert "My last decisions" in shown and f"/admin/curation/reviewtask/{older.pk}/decide/" in shown
    assert "Change this decision" in desk.get(f"/admin/curation/reviewtask/{older.pk}/decide/").content.decode()
    answer = desk.post("/admin/curation/reviewtask/undo/", {"task": older.pk}, headers=BY_SCRIPT)
    assert f'data-task="{older.pk}"' in answer.content.decode()
    assert ReviewTask.objects.get(pk=older.pk).state == "open"


def test_nobody_changes_the_decision_of_somebody_else(shop: Project, desk: Client) -> None:
    (talk,) = voted_down(shop, 1)
    deciding.resolve(cast.task(talk), deciding.Verdict("reject"), somebody(shop, "sam"))
    task = ReviewTask.objects.get()
    answer = desk.post("/admin/curation/reviewtask/undo/", {"task": task.pk}, headers=BY_SCRIPT)
    assert "Only your own decision can be undone." in answer.content.decode()
    assert ReviewTask.objects.get().state == "resolved"


def test_a_sitting_ends_with_a_long_pause(shop: Project, rita: User) -> None:
    now = timezone.now()
    for talk, ago in zip(voted_down(shop, 4), (10, 50, 90, 3_000), strict=True):
        task = cast.task(talk)
        deciding.resolve(task, deciding.Verdict("reject"), rita)
        ReviewTask.objects.filter(pk=task.pk).update(resolved_at=now - timedelta(seconds=ago))
    assert page.sitting(rita, now) == (4, 3, 40)
    assert page.sitting(rita, now + timedelta(hours=1)).done == 0


LONG = "\n\n".join(f"Paragraph {place} of an answer that goes on, with many words." for place in range(80))
IN_SIGHT = """(one) => { const box = one.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.top >= 0 && box.bottom <= innerHeight && one.contains(top); }"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_verdicts_stay_in_sight_and_the_editor_shows_only_what_changed(
    transactional_db: None, web: str, browser: Browser, viewport: Any
) -> None:
    shop = cast.project()
    doubted(shop, 1, answer=LONG)
    somebody(shop)
    console = opened(browser, web, "rita", PASSWORD, viewport=viewport)
    console.go(NEXT)
    window = console.page
    window.locator(".unfold").first.check()
    for place in (0, 1_500, 3_000):
        window.evaluate("top => scrollTo(0, top)", place)
        assert all(one.evaluate(IN_SIGHT) for one in window.locator(".verdicts button").all())
    window.locator("#open-editor").click()
    box = window.locator("#correction")
    width = window.evaluate("document.querySelector('.read').clientWidth")
    assert box.bounding_box()["width"] > 0.85 * width and window.locator(".saving .primary").evaluate(IN_SIGHT)  # type: ignore[index]
    box.fill(LONG.replace("Paragraph 40 of", "Part 40 of"))
    changes = window.locator("#diff")
    assert changes.locator("del").all_inner_texts() == ["Paragraph"] and len(changes.inner_text()) < 300
    window.locator("#preview-button").click()
    window.locator("#preview-text").wait_for()
    assert "Part 40 of" in window.locator("#preview-text").inner_text()
    window.locator(".start", has_text="nothing").click()
    assert box.input_value() == ""
    window.keyboard.press("Control+z")
    assert "Part 40 of" in box.input_value()
    console.check()


def test_what_is_wrong_is_ticked_among_the_projects_own_tags(shop: Project, desk: Client) -> None:
    versions.revise(shop, {"review": {"second_share": 0, "tags": ["wrong price", "rude"]}}, "Our words", None)
    first, second = voted_down(shop, 2)
    shown = desk.get(NEXT, follow=True).content.decode()
    assert 'value="wrong price"' in shown and "off topic" not in shown
    task = cast.task(first)
    desk.post(
        f"/admin/curation/reviewtask/{task.pk}/decide/",
        {"resolution": "reject", "tags": ["rude", "not one of them"]},
        headers=BY_SCRIPT,
    )
    task.refresh_from_db()
    assert task.tags == ["rude"]
    assert (
        '<span class="chip">rude</span>' in desk.get(f"/admin/curation/reviewtask/{task.pk}/decide/").content.decode()
    )
    desk.post("/admin/curation/reviewtask/undo/", {"task": task.pk}, headers=BY_SCRIPT)
    task.refresh_from_db()
    assert task.tags == [] and task.state == "open"
    assert cast.task(second).tags == []


def test_ticked_tags_survive_a_refused_verdict(shop: Project, desk: Client) -> None:
    (talk,) = voted_down(shop, 1)
    shown = decide(desk, cast.task(talk), resolution="correct", correction="", tags="outdated").content.decode()
    assert "The correction is empty" in shown
    assert shown.split('value="outdated"')[1].split(">")[0].endswith("checked")


@pytest.mark.parametrize("tags", ["rude", [""], ["x" * 33], ["rude", "rude"], [str(n) for n in range(13)], [1]])
def test_tags_that_no_reviewer_could_read_are_refused(shop: Project, tags: Any) -> None:
    with pytest.raises(ValueError, match="tag"):
        versions.revise(shop, {"review": {"tags": tags}}, "Our words", None)


def test_a_priority_is_explained_in_words_where_something_raised_it(shop: Project, desk: Client) -> None:
    plain, raised = voted_down(shop, 2)
    for number in range(2):
        cast.said(shop, raised, "retry", id=f"again-{number}")
    cast.turn(shop)
    assert cast.task(raised).priority == 50
    assert "50: 10 as usual, 40 for 2 × retry" in decide_page(desk, cast.task(raised))
    assert "Priority" not in decide_page(desk, cast.task(plain))


def test_near_questions_are_shown_next_to_the_task(shop: Project, desk: Client) -> None:
    first, second = (
        cast.asked(shop, f"person-{n}", question=f"When does the shop in the {where} open on a Sunday?", answer=answer)
        for n, (where, answer) in enumerate([("old town", "At nine."), ("old town then", "At ten.")])
    )
    cast.said(shop, first, "thumbs_down", subject="person-0")
    cast.said(shop, second, "thumbs_up", subject="person-1")
    cast.turn(shop)
    EvalCase.objects.all().delete()  # a decision with a case is shown among the earlier ones instead
    shown = desk.get(f"/admin/curation/reviewtask/{cast.task(first).pk}/decide/").content.decode()
    other = Interaction.objects.exclude(pk=cast.task(first).interaction_id).get()
    beside = shown.split('id="near"')[1].split("</section>")[0]
    assert "At nine." in beside and "At ten." in beside and f"/admin/feedback/interaction/{other.pk}/change/" in beside
    Subject.objects.filter(pk=other.subject_id).update(restricted_at=timezone.now())
    assert 'id="near"' not in desk.get(f"/admin/curation/reviewtask/{cast.task(first).pk}/decide/").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["keys", "touch"])
def test_a_reason_is_ticked_by_key_or_touch_and_saved_with_the_verdict(
    transactional_db: None, web: str, browser: Browser, viewport: Any
) -> None:
    shop = cast.project()
    doubted(shop, 2)
    somebody(shop)
    console = opened(browser, web, "rita", PASSWORD, viewport=viewport, has_touch=viewport == PHONE)
    console.go(NEXT)
    task = console.task()
    if viewport == PHONE:
        console.page.locator("#tags .pick").nth(1).tap()
        console.page.locator(".v-reject").tap()
        console.page.locator(f'#review-part:not(.busy):not([data-task="{task}"])').wait_for()
    else:
        console.page.locator(ALIVE).wait_for()
        for key in ("1", "2", "1"):
            console.page.keyboard.press(key)
        assert console.task() == task, "a digit decides nothing"
        console.press("r")
    decided = ReviewTask.objects.get(pk=task)
    assert decided.resolution == "reject" and decided.tags == ["incomplete"]
    console.check()
