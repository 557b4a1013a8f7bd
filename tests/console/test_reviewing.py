"""What reviewers do, done in real Chromium: by keyboard, beside others, with the second factor, on a phone, in the dark."""

import re
import time
from binascii import unhexlify
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser

from curation.models import EvalCase, ReviewTask
from curation.policies import versions
from curation.review import deciding
from curation.roles import ROLES
from feedback.models import Project, ProjectMember
from tests import factories as cast
from tests.console.browsing import PHONE, Console, opened
from tests.processes import web_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEXT = "/admin/curation/reviewtask/next/"
LIST = "/admin/curation/reviewtask/"
PASSWORD = "correct horse battery staple"
BETTER = "On Saturdays it opens at ten in the morning and closes at four."


def somebody(project: Project, name: str = "rita", role: str = "reviewer") -> User:
    """A member of the project with one role."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    group = Group.objects.get_or_create(name=role)[0]  # a test with transactions starts without what migrations made
    names = [name.partition(".")[2] for name in ROLES[role]]
    group.permissions.set(Permission.objects.filter(codename__in=names))
    user.groups.add(group)
    ProjectMember.objects.create(project=project, user=user)
    return user


def doubted(project: Project, number: int, **given: Any) -> None:
    """That many answers that were voted down, each a review task."""
    about = " and ".join(given.get("tags", ["opening"]))
    for place in range(number):
        question = f"Question {place} of {about}: when does shop {place} open?"
        talk = cast.asked(project, f"person-{place}", question=question, **given)
        cast.said(project, talk, "thumbs_down")
    cast.turn(project)


@pytest.fixture
def shop(transactional_db: None) -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    return made


def signed_in(browser: Browser, url: str, name: str = "rita", **options: Any) -> Console:
    """A window in which that person has signed in."""
    return opened(browser, url, name, PASSWORD, **options)


def verdicts() -> Counter[str]:
    """How many tasks were decided in each way."""
    return Counter(ReviewTask.objects.filter(state="resolved").values_list("resolution", flat=True))


def test_thirty_tasks_are_decided_by_keyboard_alone(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 30)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    bar = console.page.get_by_role("progressbar", name="This session")
    for place in range(30):
        assert bar.evaluate("bar => [bar.value, bar.max]") == [place, 30]
        assert f"{30 - place} left, {place} done today" in console.page.locator("#sitting").inner_text()
        shown = console.press("arsu"[place % 4])
    assert shown == "0"
    assert verdicts() == {"approve": 8, "reject": 8, "sensitive": 7, "unsure": 7}
    assert console.page.locator("#review-title").inner_text() == "The queue is empty. Well done."
    console.check()


def test_a_hold_is_decided_by_its_own_keys_and_by_no_others(shop: Project, web: str, browser: Browser) -> None:
    for place in range(3):
        question = f"I have diabetes and take insulin: when does shop {place} open?"
        talk = cast.asked(shop, f"person-{place}", question=question)
        cast.said(shop, talk, "thumbs_down", correction=BETTER)
    cast.turn(shop)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    assert console.page.locator("#record-expected").inner_text() == BETTER
    console.check()
    console.page.keyboard.press("s")
    console.page.keyboard.press("u")
    for key in "agr":
        console.press(key)
    assert verdicts() == {"use": 1, "agent": 1, "never": 1}
    assert sorted(EvalCase.objects.values_list("kind", flat=True)) == ["golden", "regression"]


def test_a_correction_shows_its_changes_while_it_is_typed(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 1)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    console.page.keyboard.press("c")
    box = console.page.locator("#correction")
    assert box.evaluate("box => box === document.activeElement") and box.input_value() == cast.ANSWER
    box.fill(BETTER)
    changes = console.page.locator("#diff")
    assert changes.locator("del").all_inner_texts() == ["nine", "six."]
    assert changes.locator("ins").all_inner_texts() == ["ten", "four."]
    assert console.press("Control+Enter") == "0"
    case = EvalCase.objects.get()
    assert (case.kind, str(case.decision.expected)) == ("regression", BETTER)


def test_no_key_decides_while_somebody_types(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 2)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    before = console.task()
    console.page.keyboard.press("c")
    console.page.locator("#correction").press_sequentially(" arsukzn?")
    console.page.locator("#note").press_sequentially("arsukzn?")
    console.page.locator("body").press("Control+a")
    assert console.task() == before and not verdicts()
    console.page.keyboard.press("Escape")


def test_a_draft_survives_a_closed_tab(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 1)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    console.page.keyboard.press("c")
    console.page.locator("#correction").fill(BETTER)
    console.page.close()
    console.page = console.context.new_page()
    console.go(NEXT)
    assert console.page.locator("#correction").input_value() == BETTER
    assert console.page.locator("#draft-note").is_visible()
    console.page.locator("#correction").focus()
    assert console.press("Control+Enter") == "0"
    assert console.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('flywheel-draft'))") == []


def test_the_last_decision_is_undone_with_a_key(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 2)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    first = console.task()
    console.press("a")
    assert EvalCase.objects.count() == 1
    assert console.press("z") == first
    assert not verdicts() and not EvalCase.objects.exists()


def test_two_reviewers_never_get_the_same_task(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 12)
    somebody(shop, "rita")
    somebody(shop, "sam")
    rita, sam = signed_in(browser, web, "rita"), signed_in(browser, web, "sam")
    rita.go(NEXT)
    sam.go(NEXT)
    seen: list[str] = []
    for _turn in range(6):
        assert rita.task() != sam.task()
        seen += [rita.task(), sam.task()]
        rita.press("a")
        sam.press("r")
    assert len(set(seen)) == 12 and verdicts() == {"approve": 6, "reject": 6}
    by = Counter(ReviewTask.objects.values_list("resolved_by__username", flat=True))
    assert by == {"rita": 6, "sam": 6}


def test_a_task_is_free_again_when_its_page_is_left(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 1)
    somebody(shop, "rita")
    somebody(shop, "sam")
    rita, sam = signed_in(browser, web, "rita"), signed_in(browser, web, "sam")
    rita.go(NEXT)
    held = rita.task()
    sam.go(NEXT)
    assert sam.task() == "0"
    rita.go("/admin/")
    for _try in range(50):
        sam.go(NEXT)
        if sam.task() == held:
            break
        time.sleep(0.1)
    assert sam.task() == held


def test_many_are_decided_only_within_the_filter_and_after_a_count(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 3, tags=["opening"])
    doubted(shop, 2, tags=["prices"])
    somebody(shop)
    console = signed_in(browser, web)
    console.go(f"{LIST}?tag=prices")
    console.page.locator("#action-toggle").check()
    console.page.locator("select[name=action]").select_option("decide_chosen")
    console.page.locator("button[name=index]").click()
    console.page.wait_for_load_state()
    assert re.match(r"2\s+open tasks would be affected", console.page.locator(".big").inner_text())
    assert not verdicts()
    console.page.locator("input[value=reject]").check()
    console.page.get_by_role("button", name="Decide 2").click()
    console.page.wait_for_url(f"**{LIST}*")
    assert verdicts() == {"reject": 2}
    decided = ReviewTask.objects.filter(state="resolved").values_list("interaction__tags", flat=True)
    assert list(decided) == [["prices"], ["prices"]]


def test_a_key_opens_the_guidelines(shop: Project, web: str, browser: Browser) -> None:
    Project.objects.update(guidelines="Prices are net.")
    doubted(shop, 1)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    said = console.page.get_by_text("Prices are net.")
    assert not said.is_visible()
    console.page.keyboard.press("h")
    said.wait_for(state="visible")
    console.page.keyboard.press("h")
    said.wait_for(state="hidden")


def test_judging_blind_hides_what_people_said(shop: Project, web: str, browser: Browser) -> None:
    doubted(shop, 1)
    somebody(shop)
    console = signed_in(browser, web)
    console.go(NEXT)
    assert console.page.get_by_text("Thumbs down", exact=True).count() == 1
    console.page.keyboard.press("b")
    console.page.get_by_text("Hidden until you have decided.").wait_for()
    assert console.page.get_by_text("Thumbs down", exact=True).count() == 0


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": PHONE}], ids=str)
def test_it_works_in_the_dark_and_on_a_phone(
    shop: Project, web: str, browser: Browser, options: dict[str, Any]
) -> None:
    doubted(shop, 2)
    somebody(shop)
    console = signed_in(browser, web, **options)
    for path in ("/admin/", LIST, NEXT):
        console.go(path)
        wide = console.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    if "color_scheme" in options:
        ground = console.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 120
    console.page.locator(".v-approve").click()
    console.page.get_by_text("Last decision:").wait_for(state="attached")
    assert verdicts() == {"approve": 1}


def test_who_must_sets_up_a_second_factor_and_gives_it_the_next_time(
    shop: Project, child_environment: dict[str, str], browser: Browser, tmp_path: Path
) -> None:
    somebody(shop)
    with web_server({**child_environment, "REQUIRE_2FA": "1"}, tmp_path / "web.log") as url:
        first = signed_in(browser, url)
        assert "Set up the second factor" in first.page.title()
        device = TOTPDevice.objects.get(confirmed=False)
        first.page.locator("#id_token").fill("000000")
        first.page.keyboard.press("Enter")
        first.page.get_by_text("Wrong code").wait_for()
        time.sleep(1.2)  # a device waits a second after a wrong code
        first.page.locator("#id_token").fill(f"{totp(unhexlify(device.key)):06d}")
        first.page.keyboard.press("Enter")
        first.page.get_by_text("Your backup codes").first.wait_for()
        codes = re.findall(r"\b\d{10}\b", first.page.content())
        assert len(codes) == 10 and TOTPDevice.objects.get().confirmed
        first.go("/admin/")

        second = signed_in(browser, url)
        assert second.page.goto(f"{url}{NEXT}") is not None
        assert "Second factor" in second.page.title()
        second.page.locator("#id_token").fill(codes[0])
        second.page.keyboard.press("Enter")
        second.page.wait_for_url(f"**{NEXT}")


def test_a_second_look_is_blind_and_a_curator_decides_between_the_two(
    shop: Project, web: str, browser: Browser
) -> None:
    versions.revise(shop, {"review": {"second_share": 1.0}}, "All twice", None)
    rita = somebody(shop)
    somebody(shop, "sam")
    somebody(shop, "cora", "curator")
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down", comment="No, that is wrong.")
    cast.turn(shop)
    deciding.resolve(cast.task(talk), deciding.Verdict("correct", BETTER, "I rang them."), rita)
    sam, cora = signed_in(browser, web, "sam"), signed_in(browser, web, "cora")
    sam.go(NEXT)
    shown = sam.page.locator("#review-part").inner_text()
    assert "Hidden until you have decided" in shown and BETTER not in shown and "rang" not in shown
    assert sam.press("a") == "0" and EvalCase.objects.get().status == "held"
    cora.go(NEXT)
    between = cora.page.locator("#differ").inner_text()
    assert BETTER in between and "I rang them." in between and "The answer is right" in between
    assert cora.press("a") == "0" and EvalCase.objects.get().status == "active"
    cora.check()


def test_a_curator_sees_how_all_do_and_a_reviewer_only_themselves(shop: Project, web: str, browser: Browser) -> None:
    versions.revise(shop, {"review": {"second_share": 1.0}}, "All twice", None)
    rita, sam = somebody(shop), somebody(shop, "sam")
    somebody(shop, "cora", "curator")
    doubted(shop, 4)
    for task in ReviewTask.objects.order_by("pk"):
        deciding.resolve(task, deciding.Verdict("approve"), rita)
    for task in ReviewTask.objects.filter(state="open"):
        deciding.resolve(task, deciding.Verdict("approve" if task.pk % 2 else "reject"), sam)
    windows = signed_in(browser, web, "rita"), signed_in(browser, web, "cora", viewport=PHONE)
    for window in windows:
        window.go(LIST)
        window.page.get_by_role("link", name="Progress", exact=True).click()
        window.page.locator("#progress").wait_for()
        window.check()
    names = [window.page.locator("#progress tbody th").all_inner_texts() for window in windows]
    assert names == [["rita"], ["cora", "rita", "sam"]]
    assert "too few to say: 4 of 30" in windows[1].page.locator("table.agreement").inner_text()
    width = windows[1].page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
