"""Real Chromium against a stub of the API. Every page is watched: a breach of its policy fails its test."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from .stub_api import Stub, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

ANSWER = "You can return it within 14 days of delivery."
PATIENCE_MS = 10_000
WATCH = """
window.violations = [];
window.told = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
for (const name of ["sent", "queued", "error", "retry"]) {
  document.addEventListener(`flywheel-${name}`, (event) => told.push({ name, ...event.detail }));
}
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Widget</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="demo.css"><script type="module" src="{script}"></script></head>
<body><main><h1>Answer</h1><article class="answer" id="answer">{answer}</article>
<flywheel-feedback {attributes}></flywheel-feedback></main></body></html>"""


@dataclass
class Widget:
    """One page with the element on it."""

    page: "Page"
    stub: Stub
    said: list[str] = field(default_factory=list)

    def button(self, name: str) -> "Locator":
        """The button of that accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def expect_status(self, text: str) -> None:
        """Wait until the live region says so."""
        from playwright.sync_api import expect

        expect(self.page.get_by_role("status")).to_have_text(text, timeout=PATIENCE_MS)

    def expect_pressed(self, name: str, pressed: bool) -> None:
        """Wait until a thumb is pressed, or is not."""
        from playwright.sync_api import expect

        expect(self.button(name)).to_have_attribute("aria-pressed", str(pressed).lower())

    def expect_told(self, number: int, name: str = "") -> None:
        """Wait until the page has heard that many events. Playwright's own waiting would need eval."""
        for _ in range(PATIENCE_MS // 50):
            if len([event for event in self.told() if name in ("", event["name"])]) >= number:
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"heard {self.told()}")

    def told(self) -> list[dict[str, object]]:
        """The events that the page heard, oldest first."""
        events: list[dict[str, object]] = self.page.evaluate("told")
        return events

    def stored(self) -> dict[str, str]:
        """What the browser keeps."""
        kept: dict[str, str] = self.page.evaluate("({...localStorage})")
        return kept


@dataclass
class Opener:
    """Opens pages in one browser context, and checks each of them in the end."""

    context: "BrowserContext"
    stub: Stub
    pages: list[Widget] = field(default_factory=list)

    def __call__(self, text: str = ANSWER, script: str = "flywheel-feedback.js", **given: str) -> Widget:
        attributes = {"interaction": "q-1", "token": "v1.token", "answer-for": "#answer"}
        attributes |= {name.replace("_", "-"): value for name, value in given.items()}
        written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
        self.stub.page = PAGE.format(answer=html.escape(text), attributes=written, script=script)
        return self.again()

    def again(self) -> Widget:
        """Another page of the same address."""
        page = self.context.new_page()
        widget = Widget(page, self.stub)
        page.on("pageerror", lambda error: widget.said.append(str(error)))
        page.on("console", lambda said: widget.said.append(said.text))
        page.goto(self.stub.url)
        page.locator("flywheel-feedback button").first.wait_for(state="attached")
        self.pages.append(widget)
        return widget

    def check(self) -> None:
        """No page broke its policy or threw; a failed request that the test asked for is no fault."""
        for widget in self.pages:
            unasked = [text for text in widget.said if not text.startswith("Failed to load resource")]
            assert not unasked
            if not widget.page.is_closed():
                assert widget.page.evaluate("violations") == []


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The API, and the server of the page."""
    with serving() as server:
        yield server


@pytest.fixture
def open_widget(chromium: "Browser", stub: Stub) -> Iterator[Opener]:
    """Opens a page with the element; its attributes are keyword arguments."""
    context = chromium.new_context()
    context.set_default_timeout(8_000)
    context.add_init_script(WATCH)
    opener = Opener(context, stub)
    yield opener
    opener.check()
    context.close()
