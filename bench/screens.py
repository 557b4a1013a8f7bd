"""Pictures of the console's page kinds for the documentation: light, dark, on a phone, and at 125 %.

    python -m bench.screens --url http://127.0.0.1:8000 --name NAME --password PASSWORD [--to docs/images] [--only quality,policy]

The console runs already, with `make demo`'s data. It prints what a page complains of in the browser, and pages that are
wider than the window; the exit status is 1 if there is any.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

PAGES = {
    "review-task": "/admin/curation/reviewtask/next/",
    "quality": "/admin/quality/",
    "list": "/admin/feedback/interaction/",
    "policy": "/admin/curation/curationpolicy/2/revise/",
    "gate-run": "/admin/curation/gaterun/1/change/",
    "agent-version": "/admin/curation/agentversion/1/change/",
    "new-project": "/admin/new-project/",
    "not-found": "/admin/feedback/interaction/999999/change/",
}
WIDE = {"width": 1180, "height": 780}
MODES: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "125": {"viewport": {"width": 944, "height": 624}, "device_scale_factor": 1.25},
}


def shots(browser: Any, options: argparse.Namespace) -> list[str]:
    """Take the pictures; what the pages complained of."""
    faults: list[str] = []
    wanted = options.only.split(",") if options.only else list(PAGES)
    for mode, settings in MODES.items():
        page = browser.new_context(**settings).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if said.type == "error" and "404" not in said.text else None,
        )
        page.goto(f"{options.url}/admin/")
        page.locator("#id_username").fill(options.name)
        page.locator("#id_password").fill(options.password)
        page.locator("[type=submit]").click()
        page.wait_for_load_state()
        for name in wanted:
            page.goto(f"{options.url}{PAGES[name]}")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                faults.append(f"{name} {mode}: {over} pixels too wide")
            page.screenshot(path=options.to / f"{name}-{mode}.jpg", type="jpeg", quality=72)
        page.context.close()
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--name", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", default="", help="Names of pages, with commas.")
    options = parser.parse_args()
    from tests.chromium import launched

    with launched() as browser:
        faults = shots(browser, options)
    print(*faults, sep="\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
