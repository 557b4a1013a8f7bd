"""The review page in Chromium: milliseconds from the key that decides to the frame that shows the next task."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME, PASSWORD = "member", "the ferry leaves at nine"
NEXT = "/admin/curation/reviewtask/next/"
WARM = 3
OFFERED = ".verdicts [data-key]"  # an answer and a held record have different keys
# From the key to the second frame after the task was swapped: by then the first has been painted.
WATCH = """
window.shown = [];
let pressed = null;
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
new MutationObserver(() => {
  const part = document.getElementById("review-part");
  if (!part || part.dataset.task === window.task) return;
  window.task = part.dataset.task;
  const from = pressed;
  requestAnimationFrame(() => requestAnimationFrame((at) => { if (from !== null) shown.push(performance.now() - from); }));
}).observe(document, { childList: true, subtree: true });
"""


def next_times(environment: Mapping[str, str], decisions: int) -> list[float]:
    """Milliseconds from decision to next task, decision by decision, on a web server of its own over that database.

    The first few are left out: the server and the browser warm up by them.
    """
    from tests.chromium import launched
    from tests.processes import web_server

    log = Path(environment["FLYWHEEL_VAR"]) / "log" / "bench-web.log"
    with web_server(dict(environment), log) as url, launched() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        sign_in(page, url)
        page.goto(f"{url}{NEXT}")
        for number in range(WARM + decisions):
            page.locator("#review-part:not(.resting)").wait_for()  # keys are dead for a moment after a task was shown
            offered = page.locator(OFFERED)
            page.keyboard.press(offered.nth(number % offered.count()).get_attribute("data-key") or "")
            wait_for(page, number + 1)
        taken: list[float] = page.evaluate("window.shown")
    return taken[WARM:]


def sign_in(page: Any, url: str) -> None:
    """Give the name and the password."""
    page.goto(f"{url}/admin/")
    page.locator("#id_username").fill(NAME)
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def wait_for(page: Any, number: int) -> None:
    """Return once this many tasks were shown after a decision; raise after ten seconds."""
    for _ in range(500):
        if page.evaluate("window.shown.length") >= number:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"no task after decision {number}: {page.locator('#review-part').inner_text()[:300]}")
