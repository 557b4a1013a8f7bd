"""Checks the master key against the database. With another key, an erasure would find nothing to remove. The database
holds a keyed fingerprint of each live version of the key. The first key used adds its own; after that, no process
starts and nothing is erased with a key that matches no live version.
"""

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from privacy.api.problems import Problem
from privacy.models import MasterKey
from privacy.subjects.digests import digest

SHOWN = 12  # characters of a fingerprint that a person compares


class UnknownKey(Problem):
    """The master key of this process matches no live version; says how to go on."""

    def __init__(self, words: str) -> None:
        super().__init__(503, words)


def fingerprint() -> str:
    """The fingerprint of this process's master key."""
    return digest("master key", "fingerprint")


def is_known() -> bool:
    """Whether it is the fingerprint of a live version."""
    return MasterKey.objects.filter(fingerprint=fingerprint(), retired_at__isnull=True).exists()


def problem() -> str:
    """Why the key may not be used, and what to do; empty if it may. Raises `DatabaseError` if the database cannot be
    read.
    """
    if is_known() or not MasterKey.objects.filter(version__gt=0).exists():
        return ""
    live = dict(MasterKey.objects.filter(retired_at__isnull=True).values_list("version", "fingerprint"))
    here = fingerprint()
    accepted = ", ".join(f"{found[:SHOWN]} (version {version})" for version, found in sorted(live.items())) or "none"
    made = " This machine has no key. Flywheel makes none here, since a new key would not match." if take_back() else ""
    return (
        f"The master key of this machine has the fingerprint {here[:SHOWN]}; this database accepts: {accepted}.{made} Restore "
        "the key: set FLYWHEEL_MASTER_KEY as on the first machine, or put the file flywheel_master_key back under "
        "FLYWHEEL_VAR. Only if you mean to rotate it, or the old one is lost for good: manage.py masterkey --add."
    )


def expect_known() -> None:
    """Add the first key; raise `UnknownKey` for one that matches no live version."""
    if is_known():
        return
    if words := problem():
        raise UnknownKey(words)
    try:
        with transaction.atomic():
            MasterKey.objects.create(version=1, fingerprint=fingerprint())
    except IntegrityError:  # another process was first, perhaps with another key
        expect_known()


def expect_known_at_start() -> None:
    """The same for a process that starts: an unknown key ends it with a message. It does not end because the database
    cannot be read yet.
    """
    try:
        expect_known()
    except UnknownKey as error:
        raise SystemExit(str(error.detail)) from None
    except DatabaseError:
        return


def add() -> int:
    """Accept this process's key from now on, as a further version; returns its number. A live version stays live."""
    with transaction.atomic():
        row = MasterKey.objects.filter(fingerprint=fingerprint()).first()
        if row is None:
            newest = MasterKey.objects.order_by("-version").values_list("version", flat=True).first() or 0
            row = MasterKey.objects.create(version=newest + 1, fingerprint=fingerprint())
        elif row.retired_at:
            row.retired_at = None
            row.save(update_fields=["retired_at"])
    return row.version


def retire(version: int) -> bool:
    """Stop accepting this version; return whether it was live."""
    rows = MasterKey.objects.filter(version=version, retired_at__isnull=True)
    return bool(rows.update(retired_at=timezone.now()))


def take_back() -> bool:
    """Remove the key that this process has just generated; return whether it had generated one."""
    made = settings.MASTER_KEY_MADE
    if made is None:
        return False
    if made.exists() and made.read_text().strip() == settings.MASTER_KEY:
        made.unlink()
    return True
