"""The environment is read strictly: what cannot be used is refused by its name, and never shown."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from feedback.api import rates
from flywheel_site.ops.environment import Environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
READ: dict[str, Callable[[Environment], Any]] = {
    "switch": lambda env: env.bool("NAME", default=True),
    "port": lambda env: env.int("NAME", default=8000, most=65535),
    "seconds": lambda env: env.float("NAME", default=1.0, least=0.1),
    "list": lambda env: env.list("NAME", default=["1"]),
    "rate": lambda env: env.rate("NAME", default="1/s"),
    "hosts": lambda env: env.hosts("NAME", default=["localhost"]),
    "networks": lambda env: env.networks("NAME"),
    "url": lambda env: env.url("NAME"),
    "level": lambda env: env.level("NAME", default="WARNING"),
    "database": lambda env: env.db_url("NAME", default="sqlite:///x"),
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("switch", "fales"),
        ("switch", "2"),
        ("port", "http"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "80.5"),
        ("seconds", "nan"),
        ("seconds", "inf"),
        ("seconds", "-1"),
        ("seconds", "30s"),
        ("list", "a,,b"),
        ("rate", "often"),
        ("rate", "0/min"),
        ("rate", "-1/min"),
        ("rate", "10/fortnight"),
        ("rate", "10"),
        ("rate", "/s"),
        ("hosts", "https://a.example"),
        ("hosts", "a.example/b"),
        ("networks", "10.0.0.0/33"),
        ("networks", "proxy"),
        ("networks", "10.0.0.1/8"),
        ("url", "a.example"),
        ("url", "ftp://a.example"),
        ("url", "https://"),
        ("url", "http://a:port"),
        ("level", "loud"),
        ("database", "mysql://ada:s3cret@h/x"),
        ("database", "s3cret"),
        ("database", "postgres://ada:s3cret@h:port/x"),
        ("database", "postgres://h"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, kind: str, value: str
) -> None:
    monkeypatch.setenv("NAME", value)
    with pytest.raises(ImproperlyConfigured, match=r"^NAME must be .+\.$") as refusal:
        READ[kind](Environment())
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("kind", sorted(READ))
def test_a_blank_value_is_the_same_as_none(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.delenv("NAME", raising=False)
    absent = READ[kind](Environment())
    monkeypatch.setenv("NAME", " ")
    assert READ[kind](Environment()) == absent


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1000/minute", (1000, 60)),
        ("1000/minutes", (1000, 60)),
        ("1000/min", (1000, 60)),
        ("1000/m", (1000, 60)),
        ("10/s", (10, 1)),
        ("10/sec", (10, 1)),
        ("10/second", (10, 1)),
        ("5/h", (5, 3600)),
        ("5/hour", (5, 3600)),
        ("5/hrs", (5, 3600)),
        ("9/d", (9, 86400)),
        ("9 / DAY", (9, 86400)),
        ("9 per day", (9, 86400)),
    ],
)
def test_a_rate_may_be_written_as_is_usual(written: str, meant: tuple[int, int]) -> None:
    assert rates.parse(written) == meant


@pytest.mark.parametrize(("name", "value"), [("KEY_RATE", "often"), ("DATABASE_URL", "oracle://ada:s3cret@h/x")])
def test_no_command_starts_with_such_a_value(tmp_path: Path, name: str, value: str) -> None:
    environment = {**os.environ, "FLYWHEEL_VAR": str(tmp_path), name: value}
    command = [sys.executable, "-W", "always::UserWarning", "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {name} must be ") and done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr
