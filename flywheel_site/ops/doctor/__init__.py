"""Examines a deployment and says what to do: settings, keys, database, broker, workers, disk, clock, backups, work.

`examine` runs every examination, in order. A new one is a function without arguments that yields findings, listed in
`WITH_DATABASE` or `WITHOUT_DATABASE`; one that fails is a finding too. A fault in settings alone is a system check
(`flywheel_site/checks.py`); the checks run as one of the examinations.
"""

from collections.abc import Callable, Iterator

from flywheel_site.ops.doctor import parts, setup, work
from flywheel_site.ops.doctor.findings import Finding, Severity, fault, worst

__all__ = ["Finding", "Severity", "examine", "worst"]

Examination = Callable[[], Iterator[Finding]]
WITHOUT_DATABASE: dict[str, Examination] = {
    "broker": parts.broker,
    "workers": parts.workers,
    "disk": parts.disk,
    "backups": parts.last_backup,
}
WITH_DATABASE: dict[str, Examination] = {
    "settings": setup.settings_and_keys,
    "migrations": setup.migrations,
    "durability": parts.durability,
    "room": parts.room,
    "clock": parts.clock,
    "requests": work.requests,
    "erasures": work.erasures,
    "queues": work.queues,
    "webhooks": work.webhooks,
}


def examine(*, deployed: bool | None = None) -> Iterator[Finding]:
    """Every finding. `deployed` judges settings as those of a production; the default if PUBLIC_URL is not on this
    machine.

    If the database does not answer, examinations that need it are skipped, and the report says so.
    """
    yield from attempted("restore", setup.restore)
    [answer] = list(attempted("database", parts.database))
    yield answer
    is_there = answer.severity is not Severity.FAULT
    yield from attempted("checks", lambda: setup.system_checks(deployed=deployed, database=is_there))
    for name, examination in {**(WITH_DATABASE if is_there else {}), **WITHOUT_DATABASE}.items():
        yield from attempted(name, examination)


def attempted(name: str, examination: Examination) -> Iterator[Finding]:
    """The findings of an examination; a fault if it could not be made.

    The error's message is left out, since it may quote stored text.
    """
    try:
        yield from list(examination())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other examinations go on
        yield fault(
            name, f"Could not be examined: {type(error).__name__}.", "See the findings above; then run it again."
        )
