"""A sitting at the review desk: 60 tasks by keyboard on a wide screen, and 60 by touch on a phone, on real logs.

    python -m bench.sitting [--log FILE.jsonl] [--tasks 60]

The verdicts take turns: approve, reject with a reason, correct by typing, unsure. It reports two figures: the seconds
from one task's page to the next, with typing but without reading; and wrong keys, which are verdicts in the database
that differ from the keys pressed. The log's answers are real, with code, tables and lists. Each has one down-vote, from
a person of its own, so each is a task.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.consolebrowser import NAME, NEXT, PASSWORD

SAMPLE = Path(__file__).resolve().parent.parent / "flywheel_site" / "demo" / "sample.jsonl"
ROUND = ("approve", "reject", "correct", "unsure")
KEYS = {"approve": "a", "reject": "r", "unsure": "u"}
ALIVE = "#review-part:not(.busy):not(.resting)"
ADDED = " That is all."
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def tasks_of(log: Path, number: int, folder: Path) -> Path:
    """A log of that many answers, each voted down by somebody else; those with code come first."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.strip()]
    lines = list({line["question"]: line for line in lines}.values())
    chosen = sorted(lines, key=lambda line: "```" not in line["answer"])[:number]
    made = folder / "sitting.jsonl"
    with made.open("w") as file:
        for place, line in enumerate(chosen):
            talk = {"question": line["question"], "answer": line["answer"], "user": f"p{place}", "feedback": "down"}
            file.write(json.dumps({"id": f"t{place}", **talk}) + "\n")
    return made


def manage(environment: Mapping[str, str], *arguments: str, given: str = "") -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, env=dict(environment), input=given, text=True, check=True, stdout=subprocess.DEVNULL)


def prepare(environment: Mapping[str, str], log: Path, number: int, folder: Path) -> None:
    """A project with that many open tasks, and somebody who may decide them."""
    manage(environment, "migrate", "-v", "0")
    manage(environment, "createproject", "desk")
    (folder / "policy.json").write_text(json.dumps({"review": {"second_share": 0.0}}))
    manage(environment, "policy", "--project", "desk", "--set", str(folder / "policy.json"), "--note", "Each task once")
    consent = ("--consent", "capture,evaluation,training", "--notice", "for the benchmark")
    manage(environment, "import_log", str(tasks_of(log, number, folder)), "--project", "desk", *consent)
    manage(environment, "curate", "--project", "desk")
    script = f"from django.contrib.auth.models import User\nUser.objects.create_superuser({NAME!r}, '', {PASSWORD!r})"
    manage(environment, "shell", given=script)


def sitting(page: Any, number: int, *, touch: bool) -> Iterator[tuple[str, str, float]]:
    """(task, verdict, seconds) of each decision."""
    for place in range(number):
        page.locator(ALIVE).wait_for()
        task = page.locator("#review-part").get_attribute("data-task")
        verdict, begun = ROUND[place % len(ROUND)], time.perf_counter()
        (by_touch if touch else by_keys)(page, verdict)
        page.locator(f'#review-part:not(.busy):not([data-task="{task}"])').wait_for()
        yield task, verdict, time.perf_counter() - begun


def by_keys(page: Any, verdict: str) -> None:
    if verdict == "correct":
        page.keyboard.press("c")
        page.keyboard.press("Control+End")
        page.keyboard.type(ADDED)
        page.keyboard.press("Control+Enter")
        return
    if verdict == "reject" and page.locator("#tags").count():
        page.keyboard.press("1")
        page.locator(ALIVE).wait_for()
    page.keyboard.press(KEYS[verdict])


def by_touch(page: Any, verdict: str) -> None:
    if verdict == "correct":
        page.locator("#open-editor").tap()
        page.locator("#correction").tap()
        page.keyboard.press("Control+End")
        page.keyboard.type(ADDED)
        page.locator(".saving .primary").tap()
        return
    if verdict == "reject" and page.locator("#tags").count():
        page.locator("#tags .pick").first.tap()
    page.locator(f".verdicts .v-{verdict}").tap()


def decided(environment: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """The verdict of each task in the database, and whether it has a reason."""
    script = (
        "import json\nfrom curation.models import ReviewTask\n"
        "print('§' + json.dumps({str(t.pk): (t.resolution, bool(t.tags)) for t in ReviewTask.objects.filter(state='resolved')}))"
    )
    command = [sys.executable, "manage.py", "shell", "-v", "0"]
    ran = subprocess.run(command, env=dict(environment), input=script, text=True, check=True, stdout=subprocess.PIPE)
    found: dict[str, tuple[str, bool]] = json.loads(ran.stdout.rpartition("§")[2])
    return found


def measure(log: Path, number: int) -> dict[str, Any]:
    from tests.chromium import launched
    from tests.processes import web_server

    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "FLYWHEEL_VAR": name, "REQUIRE_2FA": "0"}
        environment.pop("DATABASE_URL", None)
        prepare(environment, log, 2 * number, folder)
        given: dict[str, str] = {}
        with web_server(environment, folder / "log" / "web.log") as url, launched() as browser:
            for way, options in (("keyboard", {"viewport": {"width": 1280, "height": 900}}), ("touch", PHONE)):
                page = browser.new_context(**options).new_page()
                page.goto(f"{url}/admin/")
                page.locator("#id_username").fill(NAME)
                page.locator("#id_password").fill(PASSWORD)
                page.locator("[type=submit]").click()
                page.goto(f"{url}{NEXT}")
                found = list(sitting(page, number, touch=way == "touch"))
                given |= {task: verdict for task, verdict, _ in found}
                by_verdict = {verdict: [taken for _, said, taken in found if said == verdict] for verdict in ROUND}
                figures[way] = {"tasks": len(found), "seconds": median(taken for *_, taken in found)}
                figures[way] |= {
                    f"seconds to {verdict}": median(taken) for verdict, taken in by_verdict.items() if taken
                }
                page.context.close()
        there = decided(environment)
        figures["wrong keys"] = sum(there.get(task, ("", False))[0] != verdict for task, verdict in given.items())
        figures["reasons lost"] = sum(not there[task][1] for task, verdict in given.items() if verdict == "reject")
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, default=SAMPLE)
    parser.add_argument("--tasks", type=int, default=60)
    options = parser.parse_args()
    figures = measure(options.log, options.tasks)
    for way in ("keyboard", "touch"):
        print(
            way,
            *(
                f"{name} {value:.2f}" if isinstance(value, float) else f"{name} {value}"
                for name, value in figures[way].items()
            ),
            sep="  ",
        )
    print(f"wrong keys {figures['wrong keys']}, reasons lost {figures['reasons lost']}")
    return int(figures["wrong keys"] > 0 or figures["reasons lost"] > 0)


if __name__ == "__main__":
    sys.exit(main())
