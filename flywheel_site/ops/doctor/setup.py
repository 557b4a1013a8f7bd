"""Examinations of the setup: settings, keys, migrations, an unfinished restore."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from flywheel_site.ops.backups import state as backups
from flywheel_site.ops.doctor.findings import Finding, Severity, fault, ok, warning
from privacy.models import MasterKey
from privacy.subjects import master_keys

NOT_OURS = frozenset({"security.W004", "security.W005", "security.W008", "security.W021"})  # HTTPS=0 covers these


def restore() -> Iterator[Finding]:
    """Whether a restore has finished."""
    if backups.is_unfinished():
        yield fault(
            "restore",
            "A restore has not finished.",
            "Run manage.py restore again; nothing is served until it has finished.",
        )


def is_deployed() -> bool:
    """Whether it is meant to be reached from other machines."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def system_checks(*, deployed: bool | None, database: bool) -> Iterator[Finding]:
    """Django's system checks and ours. Those for production run only for a deployment."""
    judged = is_deployed() if deployed is None else deployed
    messages = checks.run_checks(include_deployment_checks=judged, databases=["default"] if database else None)
    found = [each for each in messages if each.id not in NOT_OURS and not each.is_silenced()]
    for message in found:
        severe = message.level >= checks.ERROR
        made = Finding(
            Severity.FAULT if severe else Severity.WARNING,
            "settings",
            " ".join(str(message.msg).split()),
            " ".join((message.hint or "See docs/reference/settings.md.").split()),
            message.id or "",
        )
        if message.level >= checks.WARNING:
            yield made
    if not found:
        yield ok(
            "settings", f"fit for {'production' if judged else 'one machine; check them for production with --deploy'}"
        )


def settings_and_keys() -> Iterator[Finding]:
    """Whether the keys match the database, and where they are kept."""
    if words := master_keys.problem():
        yield fault("keys", words, "Put the master key back.", "privacy.E003")
        return
    live = MasterKey.objects.filter(retired_at__isnull=True).count()
    if not live:
        yield warning(
            "keys",
            "The database has no master key yet.",
            "Start the server once, then keep a copy of the key in a safe place.",
        )
    elif settings.MASTER_KEY_MADE is None and (settings.VAR / "flywheel_master_key").exists():
        yield warning(
            "keys",
            "The master key is a file under FLYWHEEL_VAR.",
            "Keep a copy separate from the database's backups, or set FLYWHEEL_MASTER_KEY.",
        )
    else:
        yield ok("keys", f"the master key is the database's ({live} live)")


def migrations() -> Iterator[Finding]:
    """Whether the tables are this version's."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        yield fault("migrations", f"{missing} migrations have not run.", "Back up, then run manage.py migrate.")
    else:
        yield ok("migrations", "all have run")
