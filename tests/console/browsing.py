"""A console in real Chromium: signed in as somebody, every page watched for errors and breaches of its policy."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE_MS = 15_000
WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));"""
ALIVE = "#review-part:not(.busy):not(.resting)"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Console:
    """One person's window on the console."""

    url: str
    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Hear what each page of the window complains of."""
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda said: self.said.append(said.text) if said.type == "error" else None)

    def go(self, path: str) -> None:
        """Open a page of the console."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None and answer.status == 200, path
        self.check()

    def check(self) -> None:
        """Nothing on the open page was refused by its policy, and no script of it threw."""
        assert self.page.evaluate("window.violations") == [] and self.said == []

    def press(self, key: str) -> str:
        """Press a key that decides, and wait for the next task: its key, or "0" when none is left. Keys are dead for a moment
        after a task was shown.
        """
        before = self.task()
        self.page.locator(ALIVE).wait_for()
        self.page.keyboard.press(key)
        self.page.locator(f'#review-part:not(.busy):not([data-task="{before}"])').wait_for()
        return self.task()

    def task(self) -> str:
        """The key of the task that is shown; "0" where none is."""
        return self.page.locator("#review-part").get_attribute("data-task") or ""

    def sign_in(self, name: str, password: str) -> None:
        """Give the name and the password on the sign-in page, by keyboard."""
        self.page.goto(f"{self.url}/admin/")
        self.page.locator("#id_username").fill(name)
        self.page.locator("#id_password").fill(password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def opened(browser: Browser, url: str, name: str, password: str, **options: Any) -> Console:
    """A window of its own, own cookies and own storage, in which that person has signed in."""
    context = browser.new_context(**{"viewport": WIDE, **options})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH)
    console = Console(url, context, context.new_page())
    console.watch()
    console.sign_in(name, password)
    return console
