"""`manage.py up`: the whole server on one machine, on the operator's own data."""

import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from flywheel_site import processes

STARTUP_SECONDS = 30.0


class Command(BaseCommand):
    help = "Serve console, API, worker and beat on this machine. No other server is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        sign_in = first_sign_in()
        sys.exit(serve(self, options["port"], sign_in))


def first_sign_in() -> str:
    """Make the first administrator where there is none, and say how to sign in; the password is shown this once."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return "Sign in with the account that you made."
    password = secrets.token_urlsafe(12)
    users.create_superuser("admin", "", password)
    return f"Sign in as  admin  with the password  {password}  (shown this once)."


def serve(command: BaseCommand, port: int, sign_in: str) -> int:
    """Run the embedded server until it is stopped."""
    children = processes.embedded(port)

    def ready() -> None:
        wait_until_ready(port)
        command.stdout.write(f"\nFlywheel is at  http://127.0.0.1:{port}\n{sign_in}\nCtrl-C ends it.")
        command.stdout.flush()

    return processes.supervise(children, ready)


def wait_until_ready(port: int) -> None:
    """Return when the server answers, or after half a minute."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
