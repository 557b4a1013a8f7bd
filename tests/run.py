"""Everything that CI runs: the tests and, at the same time, the checks that only read the sources; all of it, even
after a failure.

`python -m tests.run` is what `make test` calls, `--all` what `make test-all` does; `--only lint,types` picks stages.
Failures are shown last, then a table, then what ran and what could not, then a line as pytest's. The exit status is 1
when anything failed.
"""

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Literal

from deploy.native import MISSING, can_compile
from tests import reruns, tools
from tests.audit import audit
from tests.new_databases import FOLDER
from tests.programs import prepare_machine
from tests.servers import Unavailable, postgres, redis

ROOT = Path(__file__).resolve().parent.parent
State = Literal["passed", "failed", "not run"]
SHOWN_LINES = 60
ROOM = 4 * 1024**3  # a run takes a third of it
# Two workers more than cores: tests that wait for a process or a clock leave a core idle for a fifth of the time.
PARALLEL = ("--numprocesses", str((os.cpu_count() or 1) + 2), "--maxprocesses", "4", "--dist", "worksteal")
# Fewer for those that run next to these.
ASIDE = ("--numprocesses", "2", "--dist", "worksteal")
# Where none of its tests is asked for: each process would load it for half a second.
UNUSED = ("-p", "no:schemathesis")
# To collect its one file takes three seconds: one process does it, not each worker.
DESCRIBED = "tests/flywheel_site/http/test_schemathesis.py"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ended = threading.Event()
# A production's environment on one machine; what is checked of PostgreSQL is tested where there is one.
PRODUCTION = {
    "HTTPS": "1",
    "ALLOWED_HOSTS": "flywheel.example.org",
    "PUBLIC_URL": "https://flywheel.example.org",
    "SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "FLYWHEEL_MASTER_KEY": "check-only-9876543210-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
# What an operator may have set for a server of theirs has no say in a test. Python keeps what it compiles: without that,
# each process that a test starts compiles the product for half a second, and pytest the tests for ten.
NOT_FOR_TESTS = {*PRODUCTION, "DATABASE_URL", "FLYWHEEL_VAR", "DJANGO_SETTINGS_MODULE", "PORT", "LOG_LEVEL"}
NOT_FOR_TESTS |= {"PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Outcome:
    """What came of a stage: its state, a line for the table, what to show where it failed, and processor seconds.

    `chance` names the tests that failed at first and passed alone.
    """

    state: State
    note: str = ""
    output: str = ""
    cpu: float = field(default=0.0, compare=False)
    chance: str = ""


@dataclass(frozen=True)
class Stage:
    """One stage: its name for `--only`, its title, and what it does.

    One that is `aside` runs next to the others, and its output is shown where it failed. One that is `extra` is no
    part of `make test`.
    """

    name: str
    title: str
    run: Callable[[], Outcome]
    aside: bool = False
    extra: bool = False


@dataclass(frozen=True)
class Result:
    """A stage that was run, and how long it took in seconds."""

    stage: Stage
    outcome: Outcome
    seconds: float


def in_memory() -> Path | None:
    """A folder in memory that holds all files of a run; None, for the disk, where there is none or little room.

    A test with transactions of its own takes an eighth less of the processor there, and does not wait for a disk.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return None
    return memory if shutil.disk_usage(memory).free >= ROOM else None


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a stage: ours, without an operator's settings, with a `var/` of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
    (folder / "tmp").mkdir(exist_ok=True)
    ours = {"FLYWHEEL_VAR": str(folder / "var"), FOLDER: str(folder / "database"), "PYTHONUNBUFFERED": "1"}
    ours["TMPDIR"] = str(folder / "tmp")
    return {**kept, **ours, **more}


def tool(*arguments: str, environment: Mapping[str, str], aside: bool = False) -> Outcome:
    """Run one tool of the environment; it passes with status 0. Shows its output as it comes, unless it is aside."""
    return outcome_of(tools.followed([sys.executable, *arguments], environment, shown=not aside))


def outcome_of(done: tools.Ended) -> Outcome:
    """What came of a tool; the note is its last line."""
    last = next((line for line in reversed(done.output.splitlines()) if line.strip()), "")
    return Outcome("passed" if done.status == 0 else "failed", last.strip(" ="), done.output, done.cpu)


def pytest_outcome(*arguments: str, environment: Mapping[str, str], about: str, aside: bool = False) -> Outcome:
    """Run pytest, and once more what failed of it; the note is its closing line and what it ran on."""
    colour = ["--color=yes"] if sys.stdout.isatty() and not aside else []
    with tempfile.TemporaryDirectory(prefix="flywheel-cache-") as cache:
        pytest = [sys.executable, "-m", "pytest", *colour, "-o", f"cache_dir={cache}"]
        done = tools.followed([*pytest, *arguments], environment, shown=not aside)
        first = outcome_of(done)
        first = replace(first, note=COLOUR.sub("", first.note).strip("= "))
        if failed := reruns.few_failed(done.status, COLOUR.sub("", done.output), Path(cache)):
            again = outcome_of(tools.followed([*pytest, *failed.arguments], environment, shown=not aside))
            first = replace(first, output=first.output + again.output, cpu=first.cpu + again.cpu)
            if again.state == "passed":
                first = replace(first, state="passed", note=reruns.closing_note(first.note), chance=failed.words)
    return replace(first, note=f"{first.note} on {about}")


def stages(folder: Path, *, thorough: bool = False) -> list[Stage]:
    """All stages in their order; the folder holds their files."""
    plain = environment(folder, THOROUGH="1" if thorough else "0")

    def quiet(*arguments: str, **more: str) -> Callable[[], Outcome]:
        return lambda: tool(*arguments, environment={**plain, **more}, aside=True)

    deploy = quiet("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    return [
        Stage("lint", "ruff check", quiet("-m", "ruff", "check", "."), aside=True),
        Stage("format", "ruff format", quiet("-m", "ruff", "format", "--check", "."), aside=True),
        Stage("types", "mypy", quiet("-m", "mypy"), aside=True),
        Stage("migrations", "migrations", quiet("manage.py", "makemigrations", "--check", "--dry-run"), aside=True),
        Stage("deploy", "check --deploy", deploy, aside=True),
        Stage("audit", "pip-audit", lambda: advisories(plain), aside=True),
        Stage("described", "tests, API", lambda: tests_of_description(plain), aside=True),
        Stage("browser", "tests, Chromium", lambda: tests_in_browser(plain), aside=True),
        Stage("postgres", "tests, PostgreSQL", lambda: tests_on_servers(plain, thorough), aside=True),
        Stage("sqlite", "tests, SQLite", lambda: tests_on_sqlite(plain, thorough)),
        Stage("native", "tests, compiled", lambda: tests_compiled(plain), extra=not thorough),
        Stage("quick", "tests, quick", lambda: tests_that_are_quick(plain), extra=True),
    ]


def advisories(environment: Mapping[str, str]) -> Outcome:
    """Ask for known weaknesses of what is installed for production. No answer is no failure, and is said."""
    found = audit(ROOT / "requirements.txt", environment)
    state: State = "failed" if found.findings else "passed" if found.asked else "not run"
    return Outcome(state, found.summary, "\n".join(found.lines))


def tests_on_sqlite(environment: Mapping[str, str], thorough: bool) -> Outcome:
    """The suite on the embedded default, a SQLite file and the file-system broker, but for what other stages run."""
    measured = ("--cov", "--cov-report=term:skip-covered") if thorough else ()
    chosen = (*PARALLEL, *measured, *UNUSED, f"--ignore={DESCRIBED}", "-m", "not browser")
    done = pytest_outcome(*chosen, environment=environment, about="SQLite, file broker")
    total = re.search(r"^TOTAL .*?([\d.]+%)$", COLOUR.sub("", done.output), re.MULTILINE)
    return replace(done, note=f"{done.note}; branch coverage {total[1]}") if total else done


def tests_that_are_quick(environment: Mapping[str, str]) -> Outcome:
    """Those without a database, a browser or another process: what `make check` runs."""
    return pytest_outcome(*PARALLEL, *UNUSED, "--only", "quick", environment=environment, about="no database")


def tests_on_servers(environment: Mapping[str, str], thorough: bool) -> Outcome:
    """What is SQL, locks, search or workers on PostgreSQL and Redis too; all that uses a database, if thorough."""
    try:
        with postgres() as database, redis() as broker:
            about = f"{database.version} ({database.origin}), {broker.version} ({broker.origin})"
            servers = {"DATABASE_URL": database.url, "REDIS_URL": broker.url}
            asked = ("database",) if thorough else ("both", *UNUSED)
            chosen = (*ASIDE, "-m", "not browser", "--only", *asked)
            return pytest_outcome(*chosen, environment={**environment, **servers}, about=about, aside=True)
    except Unavailable as error:
        return Outcome("not run", f"give DATABASE_URL and REDIS_URL: {error}")


def tests_of_description(environment: Mapping[str, str]) -> Outcome:
    """Whatever the API's description allows, on SQLite."""
    return pytest_outcome(DESCRIBED, environment=environment, about="SQLite", aside=True)


def tests_in_browser(environment: Mapping[str, str]) -> Outcome:
    """What only a browser can show."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return Outcome("not run", "no Chromium: apt-get install chromium, or name one in CHROMIUM")
    return pytest_outcome(*UNUSED, "--only", "browser", environment=environment, about=Path(chromium).name, aside=True)


def tests_compiled(environment: Mapping[str, str]) -> Outcome:
    """The redactor's tests again, on what mypyc makes of it."""
    if not can_compile():
        return Outcome("not run", MISSING)
    made = tool("-m", "deploy.native", environment=environment)
    if made.state == "failed":
        return made
    compiled = {**environment, "FLYWHEEL_NATIVE": "1"}
    return pytest_outcome("tests/privacy", "-k", "redaction", environment=compiled, about="mypyc")


def run(chosen: list[Stage]) -> list[Result]:
    """Run the stages in order, each under its title, and next to them those that are aside."""
    with ThreadPoolExecutor(1) as side:
        try:
            aside = side.submit(lambda: [timed(stage) for stage in chosen if stage.aside and not _ended.is_set()])
            results = [timed(stage) for stage in chosen if not stage.aside]
            return [*aside.result(), *results]
        except KeyboardInterrupt:
            _ended.set()  # so that the stages that are aside end as well
            tools.end_everything()
            raise


def timed(stage: Stage) -> Result:
    """Run one stage."""
    if not stage.aside:
        print(f"\n── {stage.title} " + "─" * (100 - len(stage.title)), flush=True)
    started = time.monotonic()
    outcome = stage.run()
    result = Result(stage, outcome, time.monotonic() - started)
    if stage.aside or outcome.state == "not run":
        print(f"\n── {line_of(result)}", flush=True)
    return result


def line_of(result: Result) -> str:
    """The line of the table: seconds, and of the processor, which another program on the machine does not change much."""
    done = result.outcome
    note = f"{done.note:.240}" + (f"; {done.chance}" if done.chance else "")
    return f"{done.state:8} {result.seconds:6.1f} s ({done.cpu:5.0f} s of a core)  {result.stage.title:18} {note}"


def report(results: list[Result]) -> str:
    """The failures, the table, what ran and what could not, and a line as pytest's."""
    lines = []
    for result in results:
        if result.outcome.state == "failed":
            lines += ["", f"── failed: {result.stage.title} " + "─" * 80]
            lines += result.outcome.output.rstrip().splitlines()[-SHOWN_LINES:]
    lines += ["", "── summary " + "─" * 92, *map(line_of, results)]
    by_state = {
        state: ", ".join(result.stage.title for result in results if result.outcome.state == state)
        for state in ("passed", "not run", "failed")
    }
    lines += ["", f"Passed: {by_state['passed'] or 'nothing'}."]
    lines += [f"Could not run: {by_state['not run']}."] if by_state["not run"] else ["Nothing was left out."]
    lines += [f"FAILED: {by_state['failed']}."] if by_state["failed"] else []
    lines += [f"{result.stage.title}: {result.outcome.chance}." for result in results if result.outcome.chance]
    return "\n".join([*lines, closing_line(results)])


def closing_line(results: list[Result]) -> str:
    """How many tests passed, failed and were skipped. A stage that counts no tests counts as one."""
    total = Counter[str]()
    for result in results:
        total += counts(result.outcome)
    return f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped"


def counts(outcome: Outcome) -> Counter[str]:
    """The numbers in pytest's closing line; an error counts as a failure, and a stage that failed has at least one."""
    found = Counter[str]()
    for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)\b", outcome.note):
        found["failed" if word.startswith("error") else word] += int(number)
    if outcome.state == "failed" and not found["failed"]:
        found["failed"] = 1
    return found or Counter({"skipped" if outcome.state == "not run" else outcome.state: 1})


def interrupt(number: int, frame: FrameType | None) -> None:
    """A request to end closes servers and folders, as Ctrl-C does."""
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run the stages that were asked for, and say what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.run", description="Everything that CI runs.")
    parser.add_argument("--all", action="store_true", help="the long forms too")
    parser.add_argument("--only", default="", help="names of stages, with commas between them")
    options = parser.parse_args(arguments)
    only = {name for name in options.only.split(",") if name}
    signal.signal(signal.SIGTERM, interrupt)
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="flywheel-run-", dir=in_memory())))
        every = stages(folder, thorough=options.all)
        if unknown := only - {stage.name for stage in every}:
            parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(stage.name for stage in every)}")
        prepare_machine(compiler=options.all)
        try:
            results = run([s for s in every if (s.name in only if only else not s.extra)])
        except KeyboardInterrupt:
            print("\nInterrupted.")
            return 130
    print(report(results), flush=True)
    return 1 if any(result.outcome.state == "failed" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
