"""`manage.py` as a process: what is wrong with the database as a whole is said in one line, and real faults are not hidden."""

import errno
import gc
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.db import OperationalError

from flywheel_site.ops.environment import Environment, settled
from manage import main

ROOT = Path(__file__).resolve().parents[3]


def manage(folder: Path, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """The command, on a `var/` of its own."""
    environment = {**os.environ, "FLYWHEEL_VAR": str(folder), "DATABASE_URL": url}
    environment.pop("REDIS_URL", None)
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


pytestmark = pytest.mark.slow


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed said, which is one line."""
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr[-2000:]
    return done.stderr


def test_a_command_on_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    assert one_line(manage(tmp_path, "curate", "--project", "shop")).endswith("Run: manage.py migrate\n")


def test_a_command_on_a_database_of_another_version_says_what_to_run(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "flywheel.sqlite3")) as database:
        database.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied text)")
        database.execute("INSERT INTO django_migrations VALUES (1, 'privacy', '0001_initial', '2026-01-01 00:00:00')")
        database.commit()
    said = one_line(manage(tmp_path, "createproject", "shop"))
    assert "migrations are missing. Run: manage.py migrate" in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://ada:geheim@host:port/name", "DATABASE_URL must be"),
        # How a database that cannot be opened is said is shown below by a server that is away as well.
        pytest.param(
            "sqlite:////no/such/folder/file.sqlite3", "/no/such/folder/file.sqlite3", marks=pytest.mark.thorough
        ),
    ],
)
def test_a_wrong_database_url_is_said_without_its_password(tmp_path: Path, url: str, said: str) -> None:
    words = one_line(manage(tmp_path, "curate", "--project", "shop", url=url))
    assert said in words and "geheim" not in words


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://a:b@c/d", "postgres://", "postgres://a:b@c:d/e", "http://x/y", "://"]
)
def test_a_url_of_no_database_of_ours_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must be"):
        Environment().db_url("DATABASE_URL", default="")


def test_options_in_the_address_of_postgresql_are_kept() -> None:
    given = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"sslmode": "require"}}
    assert settled(given, pool=3)["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("asked", "threshold"), [("", 5), ("?prepare_threshold=2", 2), ("?prepare_threshold=none", None)]
)
def test_statements_are_prepared_unless_the_address_says_otherwise(
    asked: str, threshold: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_DATABASE", f"postgres://user@host:5432/name{asked}")
    found = Environment().db_url("SOME_DATABASE", default="")
    assert settled(found, pool=3)["OPTIONS"]["prepare_threshold"] == threshold


@pytest.mark.slow
def test_a_server_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    words = one_line(manage(tmp_path, "curate", "--project", "shop", url="postgres://ada:geheim@127.0.0.1:1/name"))
    assert "cannot be reached" in words and "127.0.0.1:1/name" in words and "geheim" not in words


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OperationalError("database or disk is full")]
)
def test_a_full_disk_is_said_in_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object) -> None:
        raise error

    monkeypatch.setattr("django.core.management.execute_from_command_line", fails)
    with pytest.raises(SystemExit, match="Error: The disk is full"):
        main()
    error = OSError(errno.EACCES, "Permission denied")
    with pytest.raises(OSError, match="Permission denied"):
        main()


def test_a_fault_of_the_command_itself_is_not_hidden(child_environment: dict[str, str], tmp_path: Path) -> None:
    code = "from django.db import connection; connection.cursor().execute('SELECT nothing_of_this_name')"
    done = manage(tmp_path, "shell", "-c", code, url=child_environment["DATABASE_URL"])
    assert done.returncode == 1 and "Traceback" in done.stderr and "nothing_of_this_name" in done.stderr


OURS = sorted(name for name, app in get_commands().items() if app in {"privacy", "feedback", "curation"})
ARGUMENTS = {
    "curate": "--project p",
    "createkey": "p --scope ingest",
    "createproject": "p",
    "erase": "--project p --subject s",
    "evalgate": "--release r --agent json:dumps",
    "import_consent": "README.md --project p",
    "import_evals": "README.md --project p",
    "import_log": "README.md --project p",
    "policy": "show --project p",
    "quality": "--project p",
    "redact": "--project p",
    "redaction_report": "--project p",
    "release": "--dataset p",
    "addwebhook": "http://x --event recall",
    "replay_tombstones": "README.md",
    "thresholds": "--project p",
}
EACH = """
import sys
sys.argv[0] = "manage.py"
import manage

for line in sys.stdin.read().splitlines():
    sys.argv[1:] = line.split()
    try:
        manage.main()
    except SystemExit as end:
        print(f"{sys.argv[1]}: {end.code}", flush=True)
"""


def test_no_command_of_ours_ends_in_a_traceback_before_migrate(tmp_path: Path) -> None:
    lines = "\n".join(f"{name} {ARGUMENTS.get(name, '')}" for name in OURS)
    environment = {**os.environ, "FLYWHEEL_VAR": str(tmp_path), "DATABASE_URL": ""}
    command = [sys.executable, "-c", EACH]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=lines, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-2000:]
    assert done.stdout.count("Run: manage.py migrate") > 12


def test_a_command_runs_with_garbage_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr("django.core.management.execute_from_command_line", lambda words: seen.append(gc.isenabled()))
    main()
    assert seen == [True] and gc.isenabled()
