"""`manage.py up`: the whole server on one machine, with your own data."""

import os
import secrets
import sys
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site.ops import processes
from flywheel_site.ops.backups import state
from flywheel_site.ops.ports import InUse
from privacy.checks import TAG
from privacy.subjects import master_keys

WELCOME = "FLYWHEEL_WELCOME"  # how to sign in to the demo, printed once it serves


class Command(BaseCommand):
    # Only our own checks: Django's load every view, which the web process does anyway, and took a third of the start.
    requires_system_checks = [TAG]
    help = "Serve console, API, worker and beat on this machine. No other server is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["port"] != settings.PORT:
            start(options["port"])
        try:
            claimed = processes.claim(options["port"], settings.VAR)  # held until the server ends
        except InUse as error:
            raise CommandError(str(error)) from None
        if state.is_unfinished():
            raise CommandError(state.UNFINISHED)
        call_command("migrate", verbosity=0, skip_checks=False)
        try:
            master_keys.expect_known()
        except master_keys.UnknownKey as error:
            raise CommandError(str(error.detail)) from None
        processes.serve(options["port"], settings.VAR, os.environ.pop(WELCOME, "") or first_sign_in())
        del claimed


def start(port: int, **environment: str) -> NoReturn:
    """Replace this process by one that serves on this port. Links are made from `PORT`, so the environment carries it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "up"]
    os.execve(sys.executable, command, {**os.environ, **environment, "PORT": str(port)})  # noqa: S606


def first_sign_in() -> str:
    """Make the first administrator if there is none, and say how to sign in; the password is shown this once."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return "Sign in with the account that you made."
    password = secrets.token_urlsafe(12)
    users.create_superuser("admin", "", password)
    return f"Sign in as  admin  with the password  {password}  (shown this once)."
