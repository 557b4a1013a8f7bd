"""A worker that dies: imported by a worker process, it kills that process with SIGKILL where FLYWHEEL_DIES_AT says.

python -m tests.privacy.killing          does once what the worker's beat asks for every few seconds
celery … --include tests.privacy.killing is a real worker that dies there
"""

import os
import signal
from collections.abc import Callable
from typing import Any

import django

django.setup()

from curation.releases import cutting, recalls  # noqa: E402
from privacy import tasks  # noqa: E402
from privacy.erasure import erasure, scan  # noqa: E402
from privacy.requests import lifecycle  # noqa: E402

STEPS = ("restricted", "executed", "scanned", "recalled")
INSIDE = ("erase", "files", "folder", "recall", "look", "place")
PLACES = [*(f"{state}:{when}" for state in STEPS for when in ("before", "after")), *INSIDE]


def die(*args: Any, **kwargs: Any) -> Any:
    """No handler runs, nothing is rolled back by us, no lease is given up."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(work: Callable[..., Any]) -> Callable[..., Any]:
    """The work, and then the end."""

    def run(*args: Any, **kwargs: Any) -> Any:
        work(*args, **kwargs)
        return die()

    return run


def arm(place: str) -> None:
    """Put the end where it is wanted: before or after a step, or in the middle of what one does."""
    state, _, when = place.partition(":")
    if when:
        lifecycle.STEPS[state] = die if when == "before" else after(lifecycle.STEPS[state])
    elif place == "erase":  # the rows are gone, but for the commit
        erasure.bury_person = after(erasure.bury_person)  # type: ignore[attr-defined]
    elif place == "files":  # the releases are cut again, the log is not yet emptied
        erasure.overwrite_free_pages = die
    elif place == "folder":  # the new files are written, and not yet published
        cutting.reveal = die
    elif place == "recall":  # the new release stands in the database, but for the commit
        recalls.announce = after(recalls.announce)
    elif place == "look":
        scan.look = die
    elif place == "place":
        scan.STEP, lifecycle.keep_place = 0, after(lifecycle.keep_place)
    else:
        raise ValueError(place)


if place := os.environ.get("FLYWHEEL_DIES_AT"):
    arm(place)

if __name__ == "__main__":
    tasks.advance_requests()
