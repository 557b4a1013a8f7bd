"""`manage.py verify_release [RELEASE | FOLDER …]`: check that releases are intact."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.models import Release, ReleaseState
from curation.releases import cutting
from curation.releases.files import folder
from curation.releases.verify import verify
from privacy.console.progress import bar


class Command(BaseCommand):
    help = (
        "Check releases: their hashes, their manifest, their counts and every line of every file. "
        "Exit status 1 if one is faulty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            nargs="*",
            help="A release such as shop:v3 or shop:latest, or a copied folder; default: all published releases.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folders = [place(what) for what in options["what"]] or published()
        if not folders:
            raise CommandError("No release is published yet. Cut one: manage.py release --dataset D.")
        faults = 0
        with bar("verify", unit="release") as progress:
            for number, path in enumerate(folders, start=1):
                problems = verify(path)
                faults += len(problems)
                for problem in problems:
                    self.stderr.write(f"{path.parent.name}/{path.name}/{problem}")
                progress(number, len(folders))
        if faults:
            raise CommandError(f"{faults} faults. Do not use these releases: copy them again, or cut new ones.")
        said = "The release is intact" if len(folders) == 1 else f"All {len(folders)} releases are intact"
        self.stdout.write(f"{said}: every hash, count and line.")


def place(what: str) -> Path:
    """The folder of the named release, or the folder itself. Raises `CommandError`."""
    if release := cutting.find(what):
        if release.state not in (ReleaseState.PUBLISHED, ReleaseState.STALE):
            raise CommandError(f"{release} was withdrawn; its files are deleted.")
        return folder(release)
    if Path(what).is_dir():
        return Path(what).resolve()
    raise CommandError(f"There is neither a release nor a folder {what}.")


def published() -> list[Path]:
    rows = Release.objects.filter(state=ReleaseState.PUBLISHED).select_related("dataset")
    return [folder(release) for release in rows.order_by("dataset__name", "number", "recut")]
