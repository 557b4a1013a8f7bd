"""`manage.py addwebhook PROJECT URL`: send the project's recalls to a receiver."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.webhooks import delivery


class Command(BaseCommand):
    help = "Add a webhook to a project, and print its signing secret, which is shown only now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project")
        parser.add_argument(
            "url", help="An https address on the public internet (anywhere with WEBHOOKS_TO_PRIVATE=1)."
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row, secret = delivery.add(options["project"], options["url"])
        except delivery.Forbidden as error:
            raise CommandError(str(error)) from None
        report = {"webhook": row.pk, "secret": secret}
        self.stdout.write(orjson.dumps(report).decode() if options["json"] else f"Webhook {row.pk}. Secret: {secret}")
