"""Secrets that the environment does not set: made once, and stored in files that only their owner can read."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept_secret(path: Path) -> str:
    """The secret in that file, made if there is none yet."""
    if not path.exists():
        make(path)
    found = path.read_text().strip()
    if not found:
        raise ImproperlyConfigured(f"{path.name} is empty: put the secret back, or remove the file for a new one.")
    return found


def make(path: Path) -> None:
    """Write a new secret to the file, on disk before it is used: a power cut must not leave an empty one."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    aside.touch(mode=0o600)
    try:
        with aside.open("w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is read then
            path.hardlink_to(aside)  # atomic: of two processes that start together, one key wins for both
    finally:
        aside.unlink()


def given_or_kept(given: str, path: Path) -> tuple[str, Path | None]:
    """The secret, from the environment or else from that file; and the file, if it was made just now."""
    if given:
        return given, None
    is_there = path.exists()
    return kept_secret(path), None if is_there else path
