"""Pictures of the console's page kinds for the documentation: light, dark, on a phone, and at 125 %.

    python -m bench.screens [--to docs/images] [--only quality,policy]

It runs the demo in a folder of its own and takes what a reader sees after `make demo`; then it gives some verdicts,
cuts a second release and hands in requests, for the pages that show those. It prints the browser's errors and the pages
that are wider than the window; the exit status is 1 if there are any.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

AFTER_THE_DEMO = {
    "home": "/admin/",
    "review-task": "/admin/curation/reviewtask/next/",
    "quality": "/admin/quality/",
    "list": "/admin/feedback/interaction/",
    "policy": "/admin/curation/curationpolicy/2/revise/",
    "thresholds": "/admin/curation/curationpolicy/2/thresholds/",
    "gate-run": "/admin/curation/gaterun/3/change/",
    "agent-version": "/admin/curation/agentversion/1/change/",
    "new-project": "/admin/new-project/",
    "not-found": "/admin/feedback/interaction/999999/change/",
}
LATER = {
    "release-diff": "/admin/curation/release/2/change/",
    "privacy-desk": "/admin/privacy/privacyrequest/",
    "person-page": "",  # its address is a link that only this person gets
}
WHOLE = {"person-page"}
TWO, THREE = ("light", "phone"), ("light", "dark", "phone")
FEWER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("gate-run", "agent-version", "new-project", "not-found"), TWO),
    **dict.fromkeys(("home", "release-diff", "privacy-desk", "person-page"), THREE),
    "thresholds": ("light",),
}
WIDE = {"width": 1180, "height": 780}
MODES: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "125": {"viewport": {"width": 944, "height": 624}, "device_scale_factor": 1.25},
}
NAME, PASSWORD = "demo", "the ferry leaves at nine"
SIGN_IN = f"""
from django.contrib.auth.models import User
user, _ = User.objects.get_or_create(username={NAME!r}, defaults={{"is_staff": True, "is_superuser": True}})
user.set_password({PASSWORD!r})
user.save()
"""
# A dozen verdicts and a second release; a request of each kind, of which one is almost due; the link of one person.
MORE = """
from datetime import timedelta
from django.urls import reverse
from curation import pipeline
from curation.models import Dataset, ReviewTask
from curation.releases import cutting
from curation.review import deciding
from feedback.models import Project
from flywheel_site.demo import build_sample, sample
from privacy.models import PrivacyRequest
from privacy.requests import lifecycle, links
project, right = Project.objects.get(name="demo"), build_sample.right_passages()
tasks = ReviewTask.objects.filter(project=project, state="open", reason="bare_down", interaction__external_id__in=right)
for task in tasks.select_related("interaction").order_by("pk")[:12]:
    verdict = sample.verdict(task, right[task.interaction.external_id].text)
    deciding.resolve(task, verdict, sample.reviewer_account())
pipeline.curate(project)
cutting.cut(Dataset.objects.get(project=project))
asked = [("rider-11724", "erasure", 0), ("rider-57720", "erasure", 22), ("rider-67293", "withdrawal", 6), ("rider-42108", "access", 2)]
for person, kind, days in asked:
    row = lifecycle.submit(project.namespace, person, kind, verified_by="" if kind == "access" else "key", origin="demo", purposes=["training"] if kind == "withdrawal" else ())
    if not days:
        lifecycle.advance_all()
    ago = timedelta(days=days)
    PrivacyRequest.objects.filter(pk=row.pk).update(received_at=row.received_at - ago, due_at=row.due_at - ago)
link, _ = links.make(project.namespace, "rider-83856", "demo", project.consent_defaults)
print("§" + reverse("privacy-page", args=[link]))
"""


def manage(environment: Mapping[str, str], *arguments: str, given: str = "") -> str:
    """What the command prints."""
    command = [sys.executable, "manage.py", *arguments]
    ran = subprocess.run(command, env=dict(environment), input=given, text=True, check=True, stdout=subprocess.PIPE)
    return ran.stdout


def shots(browser: Any, url: str, pages: Mapping[str, str], to: Path) -> list[str]:
    """Take the pictures of these pages; return the errors of the pages."""
    faults: list[str] = []
    for mode, settings in MODES.items():
        page = browser.new_context(**settings).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if said.type == "error" and "404" not in said.text else None,
        )
        page.goto(f"{url}/admin/")
        page.locator("#id_username").fill(NAME)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("[type=submit]").click()
        page.wait_for_load_state()
        for name, address in pages.items():
            if mode not in FEWER.get(name, MODES):
                continue
            page.goto(f"{url}{address}")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                faults.append(f"{name} {mode}: {over} pixels too wide")
            page.screenshot(path=to / f"{name}-{mode}.jpg", type="jpeg", quality=72, full_page=name in WHOLE)
        page.context.close()
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", default="", help="Names of pages, with commas.")
    options = parser.parse_args()
    from tests.chromium import launched
    from tests.processes import web_server

    wanted = options.only.split(",") if options.only else [*AFTER_THE_DEMO, *LATER]
    with tempfile.TemporaryDirectory() as name:
        environment = {**os.environ, "FLYWHEEL_VAR": name, "REQUIRE_2FA": "0"}
        environment.pop("DATABASE_URL", None)
        manage(environment, "demo", "--no-serve")
        manage(environment, "shell", "-v", "0", given=SIGN_IN)
        with web_server(environment, Path(name) / "log" / "web.log") as url, launched() as browser:
            first = {page: address for page, address in AFTER_THE_DEMO.items() if page in wanted}
            faults = shots(browser, url, first, options.to)
            if later := {page: address for page, address in LATER.items() if page in wanted}:
                said = manage(environment, "shell", "-v", "0", given=MORE)
                later = {page: address or said.rpartition("§")[2].strip() for page, address in later.items()}
                faults += shots(browser, url, later, options.to)
    print(*faults, sep="\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
