"""`manage.py release --dataset D`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.models import Dataset
from curation.releases import cutting, funnel
from curation.releases.files import folder
from privacy.console.progress import bar

NOTHING = (
    "Nothing is published: the release would be empty. A record needs a decision, and consent to evaluation or "
    "training. Run manage.py curate --project {project}, decide what waits for review, and check whose consent is "
    "missing."
)


class Command(BaseCommand):
    help = (
        "Cut and publish the next release of a dataset. If nothing has changed, the newest release is named again. "
        "Exit status 1 if the release would be empty; then nothing is published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dataset", required=True)
        parser.add_argument("--json", action="store_true", help="Print {release, path, …}.")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = Dataset.objects.select_related("project").filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError("There is no such dataset.")
        before = dataset.published().first()
        try:
            with bar("release") as progress:
                made = cutting.cut(dataset, progress=progress)
        except cutting.NothingToCut:
            raise CommandError(NOTHING.format(project=dataset.project.name)) from None
        files = {entry["name"]: entry["records"] for entry in made.manifest["files"]}
        if options["json"]:
            self.stdout.write(
                orjson.dumps(
                    {
                        "release": made.public_id,
                        "version": made.version,
                        "path": str(folder(made)),
                        "files": files,
                        "tiers": made.manifest.get("tiers", {}),
                        "funnel": made.manifest.get("funnel"),
                        "new": made != before,
                    }
                ).decode()
            )
            return
        said = ", ".join(f"{number} in {name}" for name, number in files.items())
        news = "" if made != before else " Nothing has changed since it was cut."
        self.stdout.write(f"{made}: {said}.{news}\n{folder(made)}")
        tiers = ", ".join(f"{n} {name}" for name, n in made.manifest.get("tiers", {}).items() if n)
        self.stdout.write(f"Eval cases by evidence: {tiers or 'none'}.")
        if found := made.manifest.get("funnel"):
            self.stdout.write("\n".join(funnel.lines(found)))
