"""`manage.py datamap [--write FILE]`: print the data map as Markdown, or write it into a document between its two
marks. It is generated from the models: each column with its class, purpose and retention.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import models

from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.db.state import APPS
from privacy.erasure.tables import personal_models
from privacy.models import Subject

PURPOSES = {
    "privacy": "evidence of consent and requests",
    "feedback": "capture",
    "curation": "evaluation, training",
}
HEADER = "| table | class | columns | purpose | kept |\n|---|---|---|---|---|\n"


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """(table, class, columns, purpose, retention): every column of each of our tables is in exactly one row."""
    personal = set(personal_models())
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            mine, classes = model in personal, dict[str, list[str]]()
            for column in model._meta.concrete_fields:
                classes.setdefault(kind_of(column, mine), []).append(f"`{column.name}`")
            for kind, columns in classes.items():
                purpose = PURPOSES[app] if mine else "operation"
                yield model._meta.label, kind, ", ".join(columns), purpose, kept(app, mine)


def kind_of(column: models.Field, personal: bool) -> str:  # type: ignore[type-arg]
    """What personal data a column holds."""
    if isinstance(column, RedactedTextField | RedactedJSONField):
        return "words, redacted"
    if isinstance(column, models.ForeignKey) and column.related_model is Subject:
        return "pseudonym"
    if column.model is Subject and column.name == "digest":
        return "pseudonym"
    return "about a pseudonym" if personal else "not personal"


def kept(app: str, personal: bool) -> str:
    """How long the app's rows are kept."""
    if not personal:
        return "as long as the installation"
    return {
        "privacy": "until erasure; closed requests PRIVACY_LOG_DAYS",
        "feedback": "the project's keep_days unless used; until withdrawal or erasure",
        "curation": "while the conversation is used; until withdrawal or erasure",
    }[app]


def table() -> str:
    """The map as a table of Markdown."""
    return HEADER + "".join(f"| {' | '.join(row)} |\n" for row in rows())


BEGIN, END = "<!-- datamap -->\n", "<!-- /datamap -->"


class Command(BaseCommand):
    help = "Print every column with its class, purpose and retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", help="Write it into this document, between the marks.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(table())
            return
        path = Path(options["write"])
        before, _, rest = path.read_text().partition(BEGIN)
        path.write_text(f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}")
