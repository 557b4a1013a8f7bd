"""From an empty installation to the first release and the first gate run: only by clicks, timed, as a film strip.

    python -m bench.first_hour [--strip docs/images/first-hour.jpg]

It starts `manage.py up` on an empty folder, signs in, and then only clicks, types and picks files. It prints the seconds
from the first page to the first file and to the gate's verdict, machine time without reading, and the number of clicks.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
SAMPLE = HERE / "flywheel_site" / "demo" / "sample.jsonl"
FRAME: Any = {"width": 1120, "height": 760}
SHOWN = 520  # pixels that a frame of the strip is wide
PATIENCE = 120_000
NAME, PASSWORD = "admin", "the ferry leaves at nine"


class Film:
    """The window, its clicks, and the frames taken so far."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.clicks, self.frames, self.begun = 0, [], 0.0  # type: ignore[var-annotated]
        page.set_default_timeout(PATIENCE)

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.clicks += 1

    def frame(self, words: str) -> None:
        picture = self.page.screenshot(type="jpeg", quality=80)
        self.frames.append((words, self.seconds(), base64.b64encode(picture).decode()))

    def seconds(self) -> float:
        return time.perf_counter() - self.begun

    def until(self, shown: Callable[[], bool]) -> None:
        """Load the page again until it shows the expected text."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not shown():
            assert time.monotonic() < deadline, self.page.url
            time.sleep(1)
            self.page.reload()


def play(film: Film) -> dict[str, float]:
    """The first hour; seconds to the first release and to the first verdict of the gate."""
    page = film.page
    page.goto(f"{film.url}/admin/")
    page.locator("#id_username").fill(NAME)
    page.locator("#id_password").fill(PASSWORD)
    film.begun = time.perf_counter()
    page.locator("[type=submit]").click()
    film.frame("An empty installation")
    page.get_by_role("link", name="Create a project").first.click()
    page.get_by_label("Name").fill("support-bot")
    film.frame("A project: its name, legal basis, sites")
    film.click("button", "Create project")
    film.click("button", "Create key")
    send_first(film)
    page.locator("#light.green").wait_for()
    film.frame("Its key, and the light that turns green")
    bring_in(film)
    film.click("link", "At a glance")
    film.frame("What is next, until it is done")
    film.click("link", "Runs")
    film.click("button", "Run curation now")
    film.until(lambda: page.locator("#result_list .chip-done").count() > 0)
    film.click("link", "Review next")
    for key in ("a", "r"):
        page.locator("#review-part:not(.busy):not(.resting)").wait_for()
        page.keyboard.press(key)
        film.clicks += 1
    page.locator("#review-part:not(.busy):not(.resting)").wait_for()
    film.frame("Answers that votes cannot settle")
    film.click("link", "Datasets")
    film.click("link", "Cut a release…")
    film.until(lambda: page.locator("button.primary:not([disabled])").count() > 0)
    film.click("button", "Cut the release")
    film.until(lambda: page.locator(".chip-published").count() > 0)
    if page.locator("#result_list").count():
        page.locator("#result_list a").first.click()
    film.frame("The first release")
    released = film.seconds()
    judge(film)
    film.frame("An agent tested with it")
    return {"released": released, "judged": film.seconds()}


def send_first(film: Film) -> None:
    """Send the command that the key's page shows, unchanged."""
    line = film.page.locator("#with-curl").inner_text()
    subprocess.run(["sh", "-c", line], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def bring_in(film: Film) -> None:
    """A log, after its preview."""
    page = film.page
    film.click("link", "Projects")
    film.click("link", "support-bot")
    film.click("link", "Import a log")
    page.get_by_label("File").set_input_files(SAMPLE)
    for box in page.locator("[name=consent]").all():
        box.check()
        film.clicks += 1
    page.locator("[name=notice]").fill("We may keep what you ask, to make our answers better.")
    film.click("button", "Preview")
    page.get_by_text("What would be stored").first.wait_for()
    film.frame("A log, previewed before anything is kept")
    if page.locator("[name=file]").evaluate("one => one.files.length") == 0:
        page.get_by_label("File").set_input_files(SAMPLE)
    film.click("button", "Import")
    page.get_by_text("Imported").first.wait_for()


def judge(film: Film) -> None:
    """The release's cases are downloaded, answered, and the answers uploaded."""
    page = film.page
    with page.expect_download() as download:
        film.click("link", "eval_cases.jsonl")
    cases = [json.loads(line) for line in Path(download.value.path()).read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.jsonl"
        answers.write_text("".join(json.dumps({"case": one["id"], "answer": one["expected"]}) + "\n" for one in cases))
        film.click("link", "Judge a file of answers")
        page.get_by_label("Agent").fill("support-bot")
        page.get_by_label("Version").fill("2")
        page.get_by_label("Answers").set_input_files(answers)
        film.click("button", "Judge")
        page.locator("text=Counts").first.wait_for()


def strip(browser: Any, frames: list[tuple[str, float, str]], to: Path) -> None:
    """All frames in one picture, two in a row, each with its second and a caption."""
    cells = "".join(
        f'<figure><img src="data:image/jpeg;base64,{picture}"><figcaption>{place}. {words} <i>{at:.0f} s</i></figcaption></figure>'
        for place, (words, at, picture) in enumerate(frames, 1)
    )
    style = (
        "body{margin:0;padding:14px;display:grid;grid-template-columns:1fr 1fr;gap:14px;background:#20262f;font:15px sans-serif;color:#fff}"
        f"figure{{margin:0;width:{SHOWN}px}}img{{width:100%;border-radius:6px;display:block}}figcaption{{padding:6px 2px}}i{{opacity:.7}}"
    )
    page = browser.new_page(viewport={"width": 2 * SHOWN + 42, "height": 600})
    page.set_content(f"<style>{style}</style>{cells}")
    page.screenshot(path=to, type="jpeg", quality=70, full_page=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strip", type=Path, help="Where to write the film strip.")
    options = parser.parse_args()
    from tests.chromium import launched
    from tests.processes import answers, running, wait
    from tests.servers import free_port

    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        url, log = f"http://127.0.0.1:{port}", Path(name) / "log" / "up.log"
        environment = {**os.environ, "FLYWHEEL_VAR": name, "REQUIRE_2FA": "0", "PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v", "0"], env=environment, check=True)
        script = (
            f"from django.contrib.auth.models import User\nUser.objects.create_superuser({NAME!r}, '', {PASSWORD!r})"
        )
        subprocess.run(
            [*manage, "shell", "-v", "0"],
            env=environment,
            input=script,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with running([*manage, "up"], environment, log) as process, launched() as browser:
            wait(lambda: answers(f"{url}/healthz"), process, log)
            film = Film(browser.new_context(viewport=FRAME, accept_downloads=True).new_page(), url)
            taken = play(film)
            if options.strip:
                strip(browser, film.frames, options.strip)
    print(
        f"first release after {taken['released']:.0f} s, first verdict of the gate after {taken['judged']:.0f} s, {film.clicks} clicks and keys"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
