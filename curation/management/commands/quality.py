"""`manage.py quality --project P`: how good the answers are, according to the audit, the thumbs and the weighted
thumbs.
"""

from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from curation.policies import versions
from curation.quality import audits, report
from curation.quality.estimates import percent
from feedback.projects.commands import project_named


class Command(BaseCommand):
    help = "Show how good a project's answers are, by the random audit and by votes, each with n and interval."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--json", action="store_true", help="Print all figures as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        audits.draw(project, versions.current(project))
        made = report.measure(project)
        narrowed = report.narrowed(project, audits.sample(project), made.found)
        report.remember(project, now=timezone.now())
        if options["json"]:
            more = {"assisted": narrowed and asdict(narrowed)}
            self.stdout.write(orjson.dumps(report.as_dict(made) | more).decode())
            return
        self.stdout.write(
            f"audit     {made.audit}; {made.drawn:,} of {made.seen:,} answers drawn; {made.found.words}".rstrip("; ")
        )
        if narrowed is not None:
            self.stdout.write(
                f"assisted  {narrowed.estimate}; helped by a prediction from words and votes; {made.voted}; as precise as {narrowed.worth:,.0f} judgements alone"
            )
        self.stdout.write(f"thumbs    {made.thumbs}; {made.voted}; biased by who votes")
        doubt = "confirmed by the audit" if made.is_trusted else "not confirmed by the audit, so do not rely on it"
        self.stdout.write(
            f"weighted  {made.weighted.estimate}; effective sample of {made.weighted.ess:,.0f} votes; {percent(made.weighted.clipped)} of weights clipped; {made.voted}; {doubt}"
        )
        for one in made.slices:
            guess = "" if one.shrunk is None else f", shrunk towards its group {percent(one.shrunk, 1)}"
            period = f", {one.period}" if one.period else ""
            self.stdout.write(f"{one.group:<14} {one.name:<20} audit {one.audit}{guess}{period}; thumbs {one.thumbs}")
        if made.multiplicity:
            self.stdout.write(made.multiplicity)
