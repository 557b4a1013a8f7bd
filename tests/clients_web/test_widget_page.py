"""The element on a page: with a keyboard, with a screen reader, in any colours, next to hostile text."""

import re
import subprocess
import tarfile
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest
from django.template.loader import render_to_string

from flywheel_site.http.middleware import POLICY

from .conftest import Opener
from .stub_api import WEB, Answer, Stub

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
THANKS = "Thank you for your feedback."
HOSTILE = '</textarea><img src=x onerror="window.hit=1"><script>window.hit=1</script>{{7*7}}\'";--'
AXE = "axe-core@4.14.1"


def focused(page: "Page") -> str:
    """The accessible name of what has the focus."""
    script = """() => { let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at.ariaLabel || at.labels?.[0]?.textContent || at.textContent; }"""
    return str(page.evaluate(script))


def test_everything_can_be_done_with_the_keyboard_alone(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    keyboard = widget.page.keyboard
    keyboard.press("Tab")
    assert focused(widget.page) == "Good answer"
    keyboard.press("Tab")
    keyboard.press("Space")
    widget.expect_status(THANKS)
    assert focused(widget.page) == "Bad answer"
    keyboard.press("Tab")
    assert focused(widget.page) == "Correct"
    keyboard.press("Enter")
    assert focused(widget.page) == "What should the answer have been?"
    keyboard.press("Escape")
    assert focused(widget.page) == "Correct"
    keyboard.press("Enter")
    keyboard.press("Control+a")
    keyboard.type("Thirty days.")
    keyboard.press("Control+Enter")
    widget.expect_told(2)
    assert focused(widget.page) == "Correct"
    for name in ("Comment", "Try again", "Undo"):
        keyboard.press("Tab")
        assert focused(widget.page) == name
    keyboard.press("Enter")
    widget.expect_status("Your feedback was withdrawn.")
    assert focused(widget.page) == "Good answer"
    widget.expect_told(4)
    assert stub.calls[1].body["correction"] == "Thirty days."
    assert stub.signals == ["thumbs_down", "thumbs_down", "DELETE", "DELETE"]


def test_it_tells_assistive_technology_what_it_is_and_does(open_widget: Opener) -> None:
    widget = open_widget()
    group = widget.page.get_by_role("group", name="Feedback on this answer")
    assert group.get_by_role("button").count() == 4
    widget.expect_pressed("Good answer", False)
    assert widget.button("Correct").get_attribute("aria-expanded") == "false"
    widget.button("Correct").click()
    assert widget.button("Correct").get_attribute("aria-expanded") == "true"
    assert widget.page.get_by_role("status").count() == 1


@pytest.mark.parametrize("state", ["new", "voted", "editing"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_widget: Opener, axe: str, state: str, scheme: str) -> None:
    widget = open_widget()
    widget.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if state != "new":
        widget.button("Bad answer").click()
        widget.expect_status(THANKS)
    if state == "editing":
        widget.button("Correct").click()
    widget.page.wait_for_timeout(300)
    widget.page.evaluate(axe)
    found = widget.page.evaluate("axe.run().then(({ violations }) => violations.map(({ id, impact }) => [id, impact]))")
    assert [id for id, impact in found if impact in ("serious", "critical")] == []
    assert widget.page.evaluate("axe.run('flywheel-feedback').then(({ passes }) => passes.length)") > 5


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, fetched for this run alone."""
    folder: Path = tmp_path_factory.mktemp("axe")
    if not which("npm"):
        pytest.skip("axe-core could not be fetched: npm is not installed")
    fetched = subprocess.run(
        ["npm", "pack", AXE, "--silent"], cwd=folder, capture_output=True, timeout=120, check=False
    )
    if fetched.returncode:
        pytest.skip("axe-core could not be fetched from the npm registry")
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        source = package.extractfile("package/axe.min.js")
        assert source
        return source.read().decode()


def test_hostile_text_stays_text(open_widget: Opener, stub: Stub) -> None:
    stub.answers = [Answer(400, {"Content-Type": "text/html"}, HOSTILE)]
    widget = open_widget(text=HOSTILE, **{"text-up": HOSTILE, "text-refused": HOSTILE})
    widget.page.get_by_role("button").first.click()
    widget.expect_status(HOSTILE)
    widget.button("Correct").click()
    assert widget.page.get_by_label("What should the answer have been?").input_value() == HOSTILE
    inside = widget.page.locator("flywheel-feedback").evaluate(
        "(it) => it.shadowRoot.querySelectorAll('img, script').length"
    )
    assert inside == 0
    assert widget.page.evaluate("window.hit") is None


def test_it_needs_no_style_attribute_and_no_style_element(open_widget: Opener) -> None:
    widget = open_widget()
    widget.button("Good answer").click()
    widget.button("Correct").click()
    inline = "(it) => it.shadowRoot.querySelectorAll('[style], style, link').length"
    assert widget.page.locator("flywheel-feedback").evaluate(inline) == 0
    radius = "(it) => getComputedStyle(it.shadowRoot.querySelector('button')).borderRadius"
    assert widget.page.locator("flywheel-feedback").evaluate(radius) == "8px"


def test_the_policy_is_watched(open_widget: Opener) -> None:
    widget = open_widget()
    widget.page.evaluate("document.body.setAttribute('style', 'color: red')")
    widget.page.close()
    assert any("Content Security Policy" in text for text in widget.said)
    widget.said.clear()


def test_it_speaks_german_and_whatever_the_page_says(open_widget: Opener) -> None:
    widget = open_widget(lang="de-AT", **{"text-retry": "Nochmals bitte"})
    assert widget.button("Gute Antwort").is_visible()
    assert widget.button("Nochmals bitte").is_visible()
    element = widget.page.locator("flywheel-feedback")
    element.evaluate("(it) => { it.constructor.strings.fr = { up: 'Bonne réponse' }; it.lang = 'fr'; }")
    assert widget.button("Bonne réponse").is_visible()
    assert widget.button("Bad answer").is_visible()
    element.evaluate("(it) => { it.strings = { up: 'Super' }; it.refresh(); }")
    assert widget.button("Super").is_visible()


def test_it_shows_only_the_controls_that_were_asked_for(open_widget: Opener) -> None:
    widget = open_widget(controls="thumbs retry")
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    shown = [button.inner_text() for button in widget.page.get_by_role("button").all()]
    assert shown == ["", "", "Try again", "Undo"]


def test_it_is_disabled_without_a_token(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.page.locator("flywheel-feedback").evaluate("(it) => it.removeAttribute('token')")
    assert widget.button("Good answer").is_disabled()
    assert widget.button("Correct").is_disabled()
    assert stub.calls == []


def test_it_fits_a_narrow_phone_and_a_large_font(open_widget: Opener) -> None:
    widget = open_widget(lang="de")
    widget.page.set_viewport_size({"width": 320, "height": 640})
    widget.button("Schlechte Antwort").click()
    widget.expect_status("Danke für Ihre Rückmeldung.")
    widget.button("Korrigieren").click()
    assert widget.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_forced_colors_and_reduced_motion_are_heeded(open_widget: Opener) -> None:
    widget = open_widget()
    widget.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    widget.button("Good answer").click()
    widget.expect_pressed("Good answer", True)
    style = "(button, name) => getComputedStyle(button)[name]"
    pressed, other = widget.button("Good answer"), widget.button("Bad answer")
    assert pressed.evaluate(style, "forcedColorAdjust") == "none"  # else both get the same forced background
    assert other.evaluate(style, "forcedColorAdjust") == "auto"
    assert pressed.evaluate(style, "transitionDuration") == "0s"
    widget.page.emulate_media(reduced_motion="no-preference")
    assert pressed.evaluate(style, "transitionDuration") != "0s"


def test_focus_is_visible_and_colours_follow_the_page(open_widget: Opener) -> None:
    widget = open_widget()
    widget.page.keyboard.press("Tab")
    style = "(button, name) => getComputedStyle(button)[name]"
    up = widget.button("Good answer")
    assert up.evaluate(style, "outlineStyle") == "solid"
    light = up.evaluate(style, "color")
    widget.page.emulate_media(color_scheme="dark")
    assert up.evaluate(style, "color") != light
    theme = "flywheel-feedback { --flywheel-radius: 3px } flywheel-feedback::part(up) { border-style: dashed }"
    adopt = """(css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
        document.adoptedStyleSheets = [sheet]; }"""
    widget.page.evaluate(adopt, theme)
    assert up.evaluate(style, "borderRadius") == "3px"
    assert up.evaluate(style, "borderTopStyle") == "dashed"


def test_the_sources_work_without_a_build(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget(script="src/flywheel-feedback.js")
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    assert stub.signals == ["thumbs_up"]


def test_the_demo_page_works_as_it_stands(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    page = re.sub(
        'data-interaction="" data-token=""',
        'data-interaction="d-1" data-token="t"',
        (WEB / "demo.html").read_text(),
    )
    stub.page = page
    widget.page.reload()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    assert "flywheel-sent · thumbs_up · 201" in widget.page.locator("#events").inner_text()
    assert (stub.calls[0].body["interaction"], stub.calls[0].token) == ("d-1", "t")


def test_the_live_page_of_the_demo_shows_hostile_text_as_text(open_widget: Opener, stub: Stub) -> None:
    filled = {"interaction": "d-2", "token": "v1.t", "question": HOSTILE, "answer": HOSTILE}
    widget = open_widget()
    stub.page = render_to_string("demo/widget.html", filled)
    stub.policy = POLICY
    widget.page.reload()
    assert widget.page.locator("#answer").inner_text() == HOSTILE
    assert widget.page.get_by_label("Question").inner_text() == HOSTILE
    widget.button("Correct").click()
    widget.page.get_by_label("What should the answer have been?").fill("Harmless.")
    widget.button("Send").click()
    widget.expect_status(THANKS)
    assert widget.page.evaluate("window.hit") is None
    assert (stub.calls[0].body["interaction"], stub.calls[0].body["correction"]) == ("d-2", "Harmless.")
