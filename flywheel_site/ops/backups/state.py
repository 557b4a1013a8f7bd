"""When the last backup was made, and whether a restore is unfinished: two small files under FLYWHEEL_VAR."""

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

UNFINISHED = (
    "A restore has not finished, and people who were erased may be in the database. Nothing is served until it has: "
    "run manage.py restore again."
)


def marker() -> Path:
    """The file that exists while a restore is under way."""
    return Path(settings.VAR) / "restore.unfinished"


def is_unfinished() -> bool:
    """Whether a restore has begun here and not finished."""
    return marker().exists()


def expect_finished() -> None:
    """End a process that would serve or work in the middle of a restore."""
    if is_unfinished():
        raise SystemExit(UNFINISHED)


def last_file() -> Path:
    """Where the last backup is noted."""
    return Path(settings.VAR) / "last-backup.json"


def note(made_at: datetime, size: int, seconds: float) -> None:
    """Note a backup that is complete and on disk."""
    entry = {"made_at": made_at.isoformat(), "bytes": size, "seconds": round(seconds, 1)}
    aside = last_file().with_name(f".last-backup.{secrets.token_hex(4)}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(orjson.dumps(entry))
    aside.replace(last_file())


def last() -> Mapping[str, Any] | None:
    """The last backup: `made_at` (a datetime), `bytes`, `seconds`; None if none is known."""
    try:
        entry = orjson.loads(last_file().read_bytes())
        return {**entry, "made_at": datetime.fromisoformat(entry["made_at"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None
