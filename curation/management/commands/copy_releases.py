"""`manage.py copy_releases [DATASET …]`: bring the bucket up to date with the published releases."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.models import Dataset
from curation.releases import copies
from curation.releases.copies import StoreFailed
from privacy.console.progress import bar
from privacy.db import isolation


class Command(BaseCommand):
    help = (
        "Copy the published releases into the bucket of RELEASES_S3, and remove withdrawn ones. The worker does this "
        "after each release and every ten minutes; use this command if you do not want to wait, or run no worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", nargs="*", help="Names of datasets; default: all.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not copies.is_configured():
            raise CommandError("No bucket is set: RELEASES_S3=s3://bucket/prefix. See docs/how-to/operate.md.")
        named = options["dataset"]
        datasets = list(Dataset.objects.filter(name__in=named) if named else Dataset.objects.all())
        if unknown := set(named) - {dataset.name for dataset in datasets}:
            raise CommandError(f"There is no dataset {', '.join(sorted(unknown))}.")
        failures = isolation.each(copies.WORK, datasets, self.copy)
        if wrong := [*filter(None, failures), *isolation.failing(copies.WORK)]:
            raise CommandError("\n".join(wrong))

    def copy(self, dataset: Dataset) -> str:
        try:
            with bar(f"copy {dataset.name}", unit="file") as progress:
                done = copies.sync(dataset, progress)
        except copies.CopyInProgress:
            return f"Another process is copying {dataset.name}. Try again in a minute."
        except StoreFailed as error:
            return f"{dataset.name}: the store failed ({error}). Files already copied stay."
        self.stdout.write(f"{dataset.name}: {done.put} files copied, {done.removed} removed, {done.there} in place.")
        return ""
