"""A slow server, in real Chromium: keys pressed while waiting count once, and pages never mix two tasks."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, Route, expect

from curation.gate import judging
from curation.models import Decision, EvalCase, GateRun, Release, ReviewTask, Run
from curation.policies import versions
from feedback.models import Interaction, Project
from tests import factories as cast
from tests.console.browsing import ALIVE, Console, opened
from tests.console.test_near_questions import TEXTS
from tests.console.test_reviewing import NEXT, PASSWORD, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOW_MS = 800


def slowly(page: Page) -> None:
    """Delay every answer of the server from now on, except its static files."""

    def later(route: Route) -> None:
        if "/static/" not in route.request.url:
            page.wait_for_timeout(SLOW_MS)
        route.continue_()

    page.route("**/*", later)


@pytest.fixture
def shop(transactional_db: None) -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    return made


@pytest.fixture
def root(shop: Project, web: str, browser: Browser) -> Callable[[str], Console]:
    """A superuser's window on a page, on which the server has become slow."""

    def window(path: str) -> Console:
        User.objects.create_superuser("root", password=PASSWORD)
        console = opened(browser, web, "root", PASSWORD)
        console.go(path)
        slowly(console.page)
        return console

    return window


@pytest.fixture
def desk(shop: Project, web: str, browser: Browser) -> Console:
    """Rita's window on the first of two tasks, each with a near question beside it."""
    for place in ("old town", "harbour"):
        for number, (words, vote) in enumerate([(place, "thumbs_down"), (f"{place} then", "thumbs_up")]):
            question, answer = (
                f"When does the shop in the {words} open on a Sunday?",
                f"At {number + 8} in the {place}.",
            )
            talk = cast.asked(shop, f"{place}-{number}", question=question, answer=answer)
            cast.said(shop, talk, vote)
    cast.turn(shop)
    EvalCase.objects.all().delete()  # a decision with a case is shown among the earlier ones instead
    return ritas(shop, web, browser)


def ritas(shop: Project, web: str, browser: Browser) -> Console:
    """Rita's window on the first task, on which the server has become slow."""
    somebody(shop)
    console = opened(browser, web, "rita", PASSWORD)
    console.go(NEXT)
    slowly(console.page)
    console.page.locator(ALIVE).wait_for()
    return console


def test_ticks_go_with_the_verdict_before_which_they_were_made(desk: Console) -> None:
    page = desk.page
    page.locator(ALIVE).wait_for()
    first = desk.task()
    page.keyboard.press("1")
    page.locator(".pick", has_text="outdated").click()
    page.locator(ALIVE).wait_for()  # a digit rests the keys, for it may be one of a typed word
    page.keyboard.press("r")
    page.keyboard.press("2")
    page.locator(f'#review-part:not(.busy):not([data-task="{first}"])').wait_for()
    assert sorted(ReviewTask.objects.get(pk=first).tags) == ["outdated", "wrong fact"]
    assert page.locator(".pick input:checked").count() == 0
    desk.check()


def test_this_one_beside_others_is_the_task_that_is_judged(desk: Console) -> None:
    page, seen = desk.page, set()
    for _ in range(2):
        page.locator(ALIVE).wait_for()
        task = ReviewTask.objects.get(pk=desk.task())
        shown = page.locator("#near .columns > div").first
        expect(shown).to_contain_text(str(task.interaction.answer))
        assert str(task.interaction.question) in page.locator(".talk").inner_text()
        seen.add(task.pk)
        page.keyboard.press("r")
        page.locator(f'#review-part:not(.busy):not([data-task="{task.pk}"])').wait_for()
    assert len(seen) == 2
    desk.check()


def test_a_correction_with_its_preview_is_saved_undone_and_among_the_last_decisions(desk: Console) -> None:
    page = desk.page
    page.locator(ALIVE).wait_for()
    first = desk.task()
    page.keyboard.press("c")
    page.locator("#correction").fill("At **eleven** on a Sunday.")
    page.locator("#preview-button").click()
    expect(page.locator("#preview-text strong")).to_have_text("eleven")
    expect(page.locator("#diff ins").first).to_be_visible()
    page.locator(".saving .primary").dblclick()  # the second click comes while the server still saves
    page.locator(f'#review-part:not(.busy):not([data-task="{first}"])').wait_for()
    assert ReviewTask.objects.get(pk=first).resolution == "correct"
    assert ReviewTask.objects.filter(state="resolved").count() == 1
    expect(page.locator("#sitting")).to_contain_text("1 left, 1 done today")
    expect(page.locator("#recent li .chip")).to_have_text(["Here is the right answer"])
    assert desk.press("z") == first
    assert ReviewTask.objects.get(pk=first).state == "open"
    desk.check()


def test_a_verdict_on_a_task_that_votes_closed_meanwhile_says_why_and_goes_on(shop: Project, desk: Console) -> None:
    desk.page.locator(ALIVE).wait_for()
    task = ReviewTask.objects.get(pk=desk.task())
    person = "harbour-0" if "harbour" in task.interaction.question else "old town-0"
    cast.said(shop, task.interaction.external_id, "thumbs_up", subject=person)
    cast.turn(shop)
    desk.page.keyboard.press("r")
    desk.page.locator(f'#review-part:not(.busy):not([data-task="{task.pk}"])').wait_for()
    expect(desk.page.locator("#review-notice")).to_contain_text("Closed automatically, because it was decided")
    task.refresh_from_db()
    assert (task.state, task.resolution) == ("cancelled", "")


def test_the_guidelines_are_beside_the_task_and_one_verdict_settles_every_conversation(
    shop: Project, web: str, browser: Browser
) -> None:
    Project.objects.update(guidelines="Prices are **net**.")
    for place in range(3):
        talk = cast.asked(shop, f"person-{place}")
        cast.said(shop, talk, "thumbs_down", subject=f"person-{place}")
    cast.turn(shop)
    console = ritas(shop, web, browser)
    page = console.page
    expect(page.locator("#guidelines strong")).to_be_hidden()
    page.keyboard.press("h")
    expect(page.locator("#guidelines strong")).to_have_text("net")
    expect(page.locator("#evidence")).to_contain_text("3 people")
    first = console.task()
    page.locator(ALIVE).wait_for()
    page.keyboard.press("a")
    page.keyboard.press("a")  # while the server still saves
    page.locator(f'#review-part:not(.busy):not([data-task="{first}"])').wait_for()
    cast.turn(shop)
    assert [row.outcome for row in Decision.objects.all()] == ["confirmed"] * 3
    assert ReviewTask.objects.filter(state="resolved").count() == 1
    console.check()


def test_the_text_that_the_editor_started_from_is_saved_as_it_was_at_the_click(
    shop: Project, web: str, browser: Browser
) -> None:
    cast.contested(shop)
    console = ritas(shop, web, browser)
    page, first = console.page, console.task()
    page.keyboard.press("c")
    box = page.locator("#correction")
    for words, text in (("the answer", cast.ANSWER), ("nothing", ""), ("the person’s correction", "should be ten")):
        page.get_by_role("button", name=words, exact=True).click()
        expect(box).to_have_value(text)
    box.press("End")
    box.press_sequentially(" or later.")
    page.locator(".saving .primary").click(no_wait_after=True)
    page.keyboard.type(" No.")  # while the server still saves
    page.locator(f'#review-part:not(.busy):not([data-task="{first}"])').wait_for()
    assert ReviewTask.objects.get().correction == "should be ten or later."
    console.check()


def test_a_project_and_its_key_sent_twice_are_made_once_and_the_light_turns_green(
    root: Callable[[str], Console],
) -> None:
    console = root("/admin/new-project/")
    page = console.page
    page.get_by_label("Name").fill("support-bot")
    page.get_by_role("button", name="Create project").dblclick(no_wait_after=True)
    page.get_by_role("button", name="Create key").dblclick(no_wait_after=True)
    expect(page.locator("#light")).to_contain_text("Waiting")
    made = Project.objects.get(name="support-bot")
    assert made.keys.count() == 1
    cast.asked(made)
    expect(page.locator("#light.green")).to_contain_text("The first conversation has arrived.")
    console.check()


def test_curation_and_a_release_clicked_twice_run_once(shop: Project, root: Callable[[str], Console]) -> None:
    cast.said(shop, cast.asked(shop), "thumbs_up")
    console = root("/admin/curation/run/")
    page = console.page
    page.get_by_role("button", name="Run curation now").dblclick(no_wait_after=True)
    page.locator("#result_list .chip-done").first.wait_for()
    assert Run.objects.count() == 1
    page.get_by_role("link", name="Datasets", exact=True).click()
    page.get_by_role("link", name="Cut a release…").first.click()
    page.get_by_role("button", name="Cut the release").dblclick(no_wait_after=True)
    page.locator(".chip-published").first.wait_for()
    page.wait_for_timeout(SLOW_MS)
    assert Release.objects.count() == 1
    with page.expect_download() as file:
        page.get_by_role("link", name="eval_cases.jsonl").click()
    assert json.loads(file.value.path().read_text())["question"] == cast.QUESTION
    console.check()


def test_the_preview_of_a_file_is_of_the_newest_settings_and_keeps_nothing(
    shop: Project, root: Callable[[str], Console], tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("prompt,response\nMail anna@example.org?,Yes.\n")
    console = root(f"/admin/feedback/project/{shop.pk}/import/")
    page, before = console.page, Interaction.objects.count()
    page.locator("#id_file").set_input_files(log)
    page.locator("#id_notice").fill("Terms")
    page.locator("[name=consent][value=capture]").check()
    for names in ("question=nothing, answer=response", "question=prompt, answer=response"):
        page.locator("#id_map").fill(names)
        page.get_by_role("button", name="Preview").click(no_wait_after=True)
    expect(page.locator("#import-result")).to_contain_text("Mail [EMAIL_1]?")
    page.wait_for_timeout(SLOW_MS)
    expect(page.locator("#import-result")).to_contain_text("Mail [EMAIL_1]?")
    assert Interaction.objects.count() == before
    console.check()


def test_an_invitation_sent_twice_is_one_link_and_it_works(root: Callable[[str], Console]) -> None:
    console = root("/admin/invite/")
    page = console.page
    page.locator("#id_name").fill("ben")
    page.get_by_label("reviewer").check()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="Create link").dblclick(no_wait_after=True)
    link = page.locator("#secret").inner_text()
    assert sent.count("POST") == 1 and User.objects.filter(username="ben").count() == 1
    page.goto(f"{console.url}{urlsplit(link).path}")
    assert page.locator("#id_new_password1").is_visible()
    console.check()


def test_a_file_of_answers_sent_twice_is_judged_once(
    shop: Project, root: Callable[[str], Console], tmp_path: Path
) -> None:
    for place in range(3):
        cast.said(shop, cast.asked(shop, f"reader-{place}", question=TEXTS[place]), "thumbs_up")
    cast.turn(shop)
    release = cast.cut(shop)
    answers = tmp_path / "answers.jsonl"
    cases = judging.exam(release).cases
    answers.write_text("".join(json.dumps({"case": case.id, "answer": "No."}) + "\n" for case in cases))
    console = root("/admin/curation/gaterun/judge/")
    page = console.page
    page.locator("#id_release").select_option(index=page.locator("#id_release option").count() - 1)
    page.locator("#id_name").fill("from-a-file")
    page.locator("#id_file").set_input_files(answers)
    page.locator("form.sheet button.primary").dblclick(no_wait_after=True)
    page.wait_for_url("**/gaterun/*/change/")
    page.wait_for_timeout(SLOW_MS)
    assert GateRun.objects.count() == 1
    console.check()
