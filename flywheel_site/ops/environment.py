"""Reads the environment strictly: an unusable value is refused at the start, with a message that has its name, never
the value. A secret that the environment does not set is made once and stored in a file that only its owner can read.
"""

import contextlib
import ipaddress
import math
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from feedback.api import rates


def kept_secret(path: Path) -> str:
    """The secret in that file, made if there is none yet."""
    if not path.exists():
        make(path)
    found = path.read_text().strip()
    if not found:
        raise ImproperlyConfigured(f"{path.name} is empty: put the secret back, or remove the file for a new one.")
    return found


def make(path: Path) -> None:
    """Write a new secret to the file, on disk before it is used: a power cut must not leave it empty."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    aside.touch(mode=0o600)
    try:
        with aside.open("w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is read instead
            path.hardlink_to(aside)  # atomic: of two processes that start together, one key wins for both
    finally:
        aside.unlink()


def given_or_kept(given: str, path: Path) -> tuple[str, Path | None]:
    """The secret from the environment, or else from that file; and the file, if it was made just now."""
    if given:
        return given, None
    is_there = path.exists()
    return kept_secret(path), None if is_there else path


Read = TypeVar("Read")
Number = TypeVar("Number", int, float)
TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
FALSE = frozenset({"0", "false", "no", "off", "n", "f", ""})
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
SCHEMES = ("sqlite", "postgres", "postgresql", "psql", "pgsql")
MAIL = ("smtp", "smtp+tls", "smtp+ssl", "smtps")
PREPARED_AFTER = 5  # uses of a statement before PostgreSQL keeps its plan; capture repeats a few
DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")


class Environment:
    """Reads variables by type. Raises `ImproperlyConfigured` with the variable's name and what it may be.

    Methods named like a type come last, since below them the name no longer means the type.
    """

    def __init__(self) -> None:
        self._env = environ.Env()

    def _read(self, name: str, default: Any, convert: Callable[[str], Read], allowed: str) -> Read:
        given: str = self._env.str(name, default=str(default))
        try:
            return convert(given.strip() or str(default))  # blank is the same as absent
        except (ValueError, TypeError, LookupError, ImproperlyConfigured):
            raise ImproperlyConfigured(f"{name} must be {allowed}.") from None

    def hosts(self, name: str, default: list[str]) -> list[str]:
        def checked(text: str) -> list[str]:
            found = items(text)
            if not found or any(set("/@ ") & set(host) for host in found):
                raise ValueError(name)
            return found

        return self._read(name, ",".join(default), checked, "host names separated by commas, without https://")

    def rate(self, name: str, default: str) -> str:
        def checked(text: str) -> str:
            rates.parse(text)
            return text

        return self._read(name, default, checked, "a rate like 1000/minute, 600/min or 10/s, and not 0")

    def networks(self, name: str, default: str = "") -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        allowed = "networks or addresses separated by commas, like 10.0.0.0/8"
        return self._read(name, default, lambda text: [ipaddress.ip_network(each) for each in items(text)], allowed)

    def url(self, name: str, default: str = "", schemes: tuple[str, ...] = ("http", "https")) -> str:
        def checked(text: str) -> str:
            parts = urlsplit(text)
            if text and (parts.scheme not in schemes or not parts.hostname or parts.port == 0):
                raise ValueError(name)
            return text

        return self._read(
            name, default, checked, f"an address that begins with {' or '.join(f'{s}://' for s in schemes)}"
        )

    def public_url(self, name: str, default: str) -> tuple[str, str]:
        """An address, and its path (`/flywheel`, or empty) separately."""
        allowed = "an address like https://flywheel.example.org or https://example.org/flywheel, without ? and #"

        def checked(text: str) -> tuple[str, str]:
            parts = urlsplit(self.url(name, text).rstrip("/"))
            if parts.query or parts.fragment or not PATH.fullmatch(parts.path):
                raise ValueError(name)
            return f"{parts.scheme}://{parts.netloc}", parts.path

        return self._read(name, default, checked, allowed)

    def choice(self, name: str, default: str, among: tuple[str, ...]) -> str:
        return self._read(name, default, lambda text: among[among.index(text.lower())], f"one of {', '.join(among)}")

    def level(self, name: str, default: str) -> str:
        return self._read(name, default, lambda text: LEVELS[LEVELS.index(text.upper())], f"one of {', '.join(LEVELS)}")

    def db_url(self, name: str, default: str) -> dict[str, Any]:
        allowed = "postgres://user:password@host:5432/name or sqlite:///file"

        def checked(text: str) -> dict[str, Any]:
            if urlsplit(text).scheme not in SCHEMES:  # otherwise the library warns, and shows the whole address
                raise ValueError(name)
            found: dict[str, Any] = environ.Env.db_url_config(text)
            if found.get("ENGINE") not in DATABASES or not found.get("NAME"):
                raise ValueError(name)
            return found

        return self._read(name, default, checked, allowed)

    def email(self, name: str) -> dict[str, Any]:
        """Django's settings for a mail server; without one, its host is empty."""

        def checked(text: str) -> dict[str, Any]:
            if not text:
                return {"EMAIL_HOST": ""}
            if urlsplit(text).scheme not in MAIL or not urlsplit(text).hostname:
                raise ValueError(name)
            found: dict[str, Any] = environ.Env.email_url_config(text)
            return {key: value for key, value in found.items() if key.startswith("EMAIL_")}

        return self._read(name, "", checked, "smtp+tls://user:password@host:587, smtp+ssl:// or smtp://")

    def float(self, name: str, default: float, least: float = 0.0) -> float:
        """A finite number of `least` or more."""
        return self._read(
            name, default, lambda text: within(float(text), least, None), f"a number of {least:g} or more"
        )

    def int(self, name: str, default: int, least: int = 1, most: int | None = None) -> int:
        bounds = f"from {least} to {most}" if most is not None else f"of {least} or more"
        return self._read(name, default, lambda text: within(int(text), least, most), f"a whole number {bounds}")

    def bool(self, name: str, default: bool) -> bool:
        """On or off; anything else is refused."""
        return self._read(name, "1" if default else "0", switch, "1 or 0 (true, false, yes, no, on, off)")

    def list(self, name: str, default: list[str]) -> list[str]:
        return self._read(name, ",".join(default), items, "a list separated by commas, without empty items")

    def str(self, name: str, default: str = "") -> str:
        text: str = self._env.str(name, default=default)
        return text


def switch(text: str) -> bool:
    """True or false, in the usual spellings. Raises `ValueError`."""
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError("neither on nor off")


def within(number: Number, least: float, most: float | None) -> Number:
    """The number, if it is within the bounds. Raises `ValueError`."""
    if not math.isfinite(number) or number < least or (most is not None and number > most):
        raise ValueError("out of bounds")
    return number


def items(text: str) -> list[str]:
    """The items between the commas; a trailing comma adds none. Raises `ValueError` if one is empty."""
    found = [each.strip() for each in text.removesuffix(",").split(",")] if text else []
    if not all(found):
        raise ValueError("an empty item")
    return found


def settled(database: dict[str, Any], *, pool: int) -> dict[str, Any]:
    """A database with its connection settings: at most `pool` connections to PostgreSQL. Options in the address are
    kept.
    """
    if not database["ENGINE"].endswith("sqlite3"):
        options = {"prepare_threshold": PREPARED_AFTER, **database.get("OPTIONS", {})}
        if not isinstance(options["prepare_threshold"], int):  # `none`, for a pooler that loses prepared statements
            options["prepare_threshold"] = None
        return {**database, "OPTIONS": {**options, "pool": {"min_size": 1, "max_size": pool, "timeout": 10}}}
    # FULL: a 201 means that the write is on disk. secure_delete, and the checkpoint after an erasure, overwrite what is
    # erased.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "cached_statements": 40,  # each of a dozen threads has its own cache, and batches need a large one
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000; PRAGMA journal_size_limit=67108864;",
    }
    return {**database, "OPTIONS": options, "CONN_MAX_AGE": None}
