"""`manage.py run_due`: cut scheduled releases once, from cron or by hand, as beat does."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from curation.models import Period, PeriodState
from curation.releases import periods
from privacy.db import isolation

WORDS = {
    PeriodState.DONE: "released",
    PeriodState.NOTHING_NEW: "nothing new",
    PeriodState.FAILED: "given up",
    PeriodState.WAITING: "will be tried again",
}


class Command(BaseCommand):
    help = (
        "Cut the scheduled releases that are due. Run it as often as you like, with or without beat: each period is "
        "released once. Exit status 1 if a release failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print [{dataset, period, state, release, error, next_at}]."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tried = periods.run_due()
        if options["json"]:
            self.stdout.write(orjson.dumps([as_json(period) for period in tried]).decode())
        else:
            for period in tried:
                more = period.release.version if period.release else period.error
                self.stdout.write(f"{period}: {WORDS[PeriodState(period.state)]}{f' ({more})' if more else ''}")
            if not tried:
                self.stdout.write("Nothing is due.")
        failing = isolation.failing(periods.ENTER)
        for line in failing:
            self.stderr.write(line)
        if failing or any(period.error for period in tried):
            raise SystemExit(1)


def as_json(period: Period) -> dict[str, Any]:
    return {
        "dataset": period.dataset.name,
        "period": period.name,
        "state": period.state,
        "release": period.release and period.release.public_id,
        "error": period.error,
        "next_at": period.next_at if period.state == PeriodState.WAITING else None,
    }
