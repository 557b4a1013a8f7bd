"""The database, the `var/` and the processes that tests use. The operator's own are never touched.

Without DATABASE_URL the database is SQLite in a file, as in production: threads and processes cannot share
one in memory. With it, and with REDIS_URL, the same tests run on PostgreSQL and Redis.
"""

import atexit
import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

# What is imported stays: nothing is garbage until all tests are collected.
gc.disable()

if settings.configured or "DJANGO_SETTINGS_MODULE" in os.environ:
    raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests load the settings with a `var/` of their own.")

# Each process of a session has a folder of its own, each xdist worker too: they inherit the environment, so that
# the settings are loaded here, and the variable that would load them earlier there is taken away again. Each
# xdist worker has a database of its own on the Redis server, too: a test empties it.
VAR = Path(tempfile.mkdtemp(prefix="flywheel-tests-"))
KEPT = VAR / "kept"


def leave_nothing(owner: int) -> None:
    """Remove the folder when its process ends; a fork of it is another process."""
    if os.getpid() == owner:
        shutil.rmtree(VAR, ignore_errors=True)


atexit.register(leave_nothing, os.getpid())
os.environ["FLYWHEEL_VAR"] = str(VAR)
os.environ.setdefault("FLYWHEEL_NATIVE", "0")  # the sources as they are; a stage of `make test` runs them compiled
os.environ["REQUIRE_2FA"] = "0"  # the tests of the second factor turn it on for themselves
if (number := os.environ.get("PYTEST_XDIST_WORKER", "")[2:]) and os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{int(number) + 1}").geturl()
os.environ["DJANGO_SETTINGS_MODULE"] = "flywheel_site.settings"
if not settings.DATABASES["default"].get("HOST"):
    settings.DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.core.cache import caches  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from tests.chromium import chromium_path, launched  # noqa: E402
from tests.cputime import CpuTimes  # noqa: E402
from tests.databases import all_have_marker, has_marker, on_both  # noqa: E402
from tests.extent import THOROUGH  # noqa: E402
from tests.new_databases import FOLDER, migrated  # noqa: E402
from tests.processes import running, wait, web_server  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault(FOLDER, str(VAR / "database"))  # the workers of xdist inherit it

# A busy machine is no failure: no deadline for one example. What the thorough run finds is printed, to be kept as an
# `@example`, and tried first in the next one.
hypothesis_settings.register_profile("same", deadline=None, derandomize=True, max_examples=50)
hypothesis_settings.register_profile("drawn", deadline=None, print_blob=True)
hypothesis_settings.load_profile("drawn" if THOROUGH else "same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only",
        choices=sorted(CHOICES),
        help="the tests that use a database; of these, those that run "
        "on both in `make test`; those in a browser; or the quick ones: no database, no other process",
    )
    parser.addoption("--cpu-times", action="store_true", help="say where processor time goes")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--cpu-times"):
        config.pluginmanager.register(CpuTimes())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files that have none of the tests asked for: to import them takes longer than to run those tests."""
    may_have = FILES.get(config.getoption("--only") or "")
    if may_have is None or not collection_path.name.startswith("test_"):
        return None
    return None if may_have(collection_path) else True


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """In a new checkout one worker compiles the tests, while the others wait: each of them took ten seconds for it."""
    is_compiled = any((ROOT / "tests" / "__pycache__").glob("test_worlds.*.pyc"))
    if is_compiled or "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    folder = Path(os.environ[FOLDER])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compiling").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose what was asked for. Tests in a browser come last: they leave its event loop open in this process."""
    asked = CHOICES.get(config.getoption("--only") or "")
    wanted = {
        item
        for item in items
        if (asked is None or asked(item)) and (THOROUGH or not item.get_closest_marker("thorough"))
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = [item for item in items if item in wanted]
    items.sort(key=in_browser)
    if connection.vendor != "postgresql":
        skip = pytest.mark.skip(reason="needs PostgreSQL: give DATABASE_URL, or run `make test`")
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(skip)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking for garbage in it, again and again, takes a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def migrated_database(django_db_modify_db_settings: None) -> Iterator[tuple[bool, Callable[[], None]]]:
    """Whether the database is there and migrated, and what keeps it for others once it is. On PostgreSQL each is new."""
    if connection.vendor != "sqlite":
        yield False, lambda: None
        return
    with migrated(Path(connection.settings_dict["TEST"]["NAME"]), Path(os.environ[FOLDER])) as found:
        yield found


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_database: tuple[bool, Callable[[], None]]) -> bool:
    """Whether pytest-django finds the database in its place."""
    return migrated_database[0]


@pytest.fixture(scope="session")
def django_db_setup(
    migrated_database: tuple[bool, Callable[[], None]], django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """The database, where a flush after a test with transactions of its own empties the tables that it filled, and what
    Django and the migrations put into a new one is as it was.

    PostgreSQL took 0.2 s to truncate all tables; working out all permissions anew took a quarter of a second.
    """
    migrated_database[1]()
    with django_db_blocker.unblock():
        kept = FirstRows()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.core.management.commands.flush.sql_flush", kept.flush)
        patched.setattr("django.core.management.commands.flush.emit_post_migrate_signal", kept.put_back)
        yield


class FirstRows:
    """The rows of a new database: content types, permissions, and the roles with theirs."""

    def __init__(self) -> None:
        from django.contrib.auth.models import Group, Permission
        from django.contrib.contenttypes.models import ContentType

        self.types = ContentType
        self.models: tuple[Any, ...] = (ContentType, Permission, Group, Group.permissions.through)
        self.rows = [list(model._base_manager.order_by("pk")) for model in self.models]
        self.values = self.read()

    def read(self) -> list[list[tuple[Any, ...]]]:
        """What is there now."""
        return [list(model._base_manager.order_by("pk").values_list()) for model in self.models]

    def flush(self, style: Any, database: Any, **options: Any) -> list[str]:
        """What empties the tables that have rows, but for these where they are as they were. The keys are checked in the
        end, so that the order does not matter.
        """
        mine = {model._meta.db_table for model in self.models}
        left = mine if self.read() == self.values else set()
        tables = [name for name in database.introspection.django_table_names(only_existing=True) if name not in left]
        named = {name: database.ops.quote_name(name) for name in tables}
        rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {named[name]})" for name in tables)  # noqa: S608
        with database.cursor() as cursor:
            cursor.execute(rows)
            return [f"DELETE FROM {named[name]}" for (name,) in cursor.fetchall()]  # noqa: S608

    def put_back(self, *args: Any, **named: Any) -> None:
        """Bring these back where a flush has emptied them."""
        if self.read() == self.values:
            return
        self.types.objects.clear_cache()
        for model, rows in zip(self.models, self.rows, strict=True):
            model._base_manager.bulk_create(rows)


def uses_database(item: pytest.Item) -> bool:
    """Whether the test asks for a database, by a marker or by a fixture."""
    asked = any(item.get_closest_marker(marker) for marker in ("django_db", "postgres", "worker"))
    return asked or not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


def is_about_database(item: pytest.Item) -> bool:
    """Whether `make test` runs the test on both databases."""
    asked = any(item.get_closest_marker(marker) for marker in ("postgres", "worker"))
    is_again = item.get_closest_marker("one_database") is not None
    return not is_again and (asked or (uses_database(item) and item.path in on_both()))


def in_browser(item: pytest.Item) -> bool:
    """Whether the test drives a browser."""
    return item.get_closest_marker("browser") is not None


def is_quick(item: pytest.Item) -> bool:
    """Whether the test needs no database, no browser and no other process."""
    return not uses_database(item) and not any(item.get_closest_marker(each) for each in ("slow", "browser", "peers"))


CHOICES: dict[str, Callable[[pytest.Item], bool]] = {
    "database": uses_database,
    "both": is_about_database,
    "browser": in_browser,
    "quick": is_quick,
}
# Which files can have such a test, by their text; a choice that is not here is looked for in all of them.
FILES: dict[str, Callable[[Path], bool]] = {
    "both": lambda path: path in on_both() or has_marker(path, "postgres", "worker"),
    "browser": lambda path: has_marker(path, "browser"),
    "quick": lambda path: not all_have_marker(path, "django_db", "postgres", "worker", "slow", "browser", "peers"),
}


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """No test inherits another's counts of requests, or its released files."""
    for name in settings.CACHES:
        caches[name].clear()
    forget_releases()
    if KEPT.exists():
        shutil.copytree(KEPT, settings.RELEASES, symlinks=True, dirs_exist_ok=True)


def forget_releases() -> None:
    """Remove all released files."""
    for folder in settings.RELEASES.iterdir():
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def keep(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], None]]:
    """A transaction round all tests of a module: what a fixture of that scope makes in it is there for each of them, and
    no test sees another's changes. To be called when it is made: released files come back before each test, too. Not for
    tests with transactions of their own.
    """

    def keep_files() -> None:
        shutil.copytree(settings.RELEASES, KEPT, symlinks=True)

    forget_releases()
    with django_db_blocker.unblock(), transaction.atomic():
        yield keep_files
        transaction.set_rollback(True)
    shutil.rmtree(KEPT, ignore_errors=True)


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment in which another process works on this test's own database, broker and `var/`."""
    return environment_of_child()


def environment_of_child() -> dict[str, str]:
    """The same, once the test database is there."""
    name = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        server, _, rest = os.environ["DATABASE_URL"].rpartition("/")
        _, mark, options = rest.partition("?")
        url = f"{server}/{name}{mark}{options}"
    ours = ("PYTEST", "DJANGO_ALLOW_ASYNC_UNSAFE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    keys = {"FLYWHEEL_MASTER_KEY": settings.MASTER_KEY, "SECRET_KEY": settings.SECRET_KEY}
    return {**kept, **keys, "DATABASE_URL": url, "FLYWHEEL_VAR": str(VAR), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def worker(child_environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker with its beat, ready for work on this test's database."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "--app",
        "flywheel_site",
        "worker",
        "--pool",
        "solo",
        "--beat-thread",
        "--loglevel",
        "info",
        "--without-gossip",
        "--without-mingle",
        "--schedule",
        str(VAR / "beat-of-test"),
    ]
    log = VAR / "log" / "test-worker.log"
    log.write_bytes(b"")
    with running(command, child_environment, log) as process:
        wait(lambda: b"ready." in log.read_bytes(), process, log)
        yield process


@pytest.fixture
def web(child_environment: dict[str, str]) -> Iterator[str]:
    """The address of a real web server on this test's database."""
    with web_server(child_environment, VAR / "log" / "test-web.log") as url:
        yield url


@pytest.fixture(scope="module")
def shared_web(django_db_setup: None) -> Iterator[str]:
    """The address of a real web server for all tests of a module, each of which must ask for `transactional_db`."""
    with web_server(environment_of_child(), VAR / "log" / "test-web.log") as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium for all tests in a browser; a test closes the contexts that it opens. An open Playwright is an event
    loop, in which Django refuses its ORM unless it is told that nothing else runs there.
    """
    pytest.importorskip("playwright.sync_api", reason="pip install -r requirements-dev.txt")
    if not chromium_path():
        pytest.skip("There is no Chromium: install the package chromium, or name one in CHROMIUM")
    with pytest.MonkeyPatch.context() as patched, launched() as browser:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser
