"""Everything that CI runs, one stage after another; all of them, even after one failed.

`python -m tests.run` is what `make test` calls; `--only lint,types` picks stages. Failures are shown last,
then a table, then what ran and what could not. The exit status is 1 when anything failed.
"""

import argparse
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from deploy.native import MISSING, can_compile
from tests.audit import audit
from tests.servers import Unavailable, postgres, redis

ROOT = Path(__file__).resolve().parent.parent
State = Literal["passed", "failed", "not run"]
STAGE_SECONDS = 1_500
SHOWN_LINES = 60
PARALLEL = ("--numprocesses", "auto", "--maxprocesses", "4")
# A production's environment, as far as Django's own checks look at it.
PRODUCTION = {
    "HTTPS": "1",
    "ALLOWED_HOSTS": "flywheel.example.org",
    "PUBLIC_URL": "https://flywheel.example.org",
    "SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "FLYWHEEL_MASTER_KEY": "check-only-9876543210-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "DATABASE_URL": "postgres://flywheel:secret@127.0.0.1:1/flywheel",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
# What an operator may have set for a server of theirs has no say in a test.
NOT_FOR_TESTS = {*PRODUCTION, "FLYWHEEL_VAR", "DJANGO_SETTINGS_MODULE", "PORT", "LOG_LEVEL"}


@dataclass(frozen=True)
class Outcome:
    """What came of a stage: its state, a line for the table, and what to show where it failed."""

    state: State
    note: str = ""
    output: str = ""


@dataclass(frozen=True)
class Stage:
    """One stage: its name for `--only`, its title, and what it does."""

    name: str
    title: str
    run: Callable[[], Outcome]


@dataclass(frozen=True)
class Result:
    """A stage that was run, and how long it took in seconds."""

    stage: Stage
    outcome: Outcome
    seconds: float


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a stage: ours, without an operator's settings, with a `var/` of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
    return {**kept, "FLYWHEEL_VAR": str(folder / "var"), "PYTHONUNBUFFERED": "1", **more}


def tool(*arguments: str, environment: Mapping[str, str]) -> Outcome:
    """Run one tool of the environment; it passes with status 0. Shows its output as it comes."""
    output, status = shown([sys.executable, *arguments], environment)
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    return Outcome("passed" if status == 0 else "failed", last.strip(" ="), output)


def shown(command: list[str], environment: Mapping[str, str]) -> tuple[str, int]:
    """Run a command, print what it prints at once, return that and its status; end what takes too long."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    alarm = time.monotonic() + STAGE_SECONDS
    pieces: list[bytes] = []
    try:
        while time.monotonic() < alarm:
            if select.select([process.stdout], [], [], 1.0)[0]:
                piece = os.read(process.stdout.fileno(), 65536)
                if not piece:
                    break
                pieces.append(piece)
                sys.stdout.buffer.write(piece)
                sys.stdout.flush()
            elif process.poll() is not None:  # a child of it may hold the pipe open for ever
                break
        else:
            pieces.append(f"\nEnded after {STAGE_SECONDS} seconds.\n".encode())
    finally:
        status = finished(process)
    return b"".join(pieces).decode(errors="replace"), status


def finished(process: subprocess.Popen[bytes]) -> int:
    """The status of the process; where it still runs, it and its children are ended first."""
    try:
        return process.wait(1)
    except subprocess.TimeoutExpired:
        for number in (signal.SIGINT, signal.SIGKILL):
            os.killpg(process.pid, number)
            try:
                return process.wait(10)
            except subprocess.TimeoutExpired:
                continue
        return 1


def pytest_outcome(*arguments: str, environment: Mapping[str, str], about: str) -> Outcome:
    """Run pytest; the note is its closing line and what it ran on."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    done = tool("-m", "pytest", *colour, *arguments, environment=environment)
    closing = re.sub(r"\x1b\[[0-9;]*m", "", done.note).strip("= ")
    return Outcome(done.state, f"{closing} on {about}", done.output)


def stages(folder: Path) -> list[Stage]:
    """All stages in their order; the folder holds their files."""
    plain = environment(folder)

    def manage(*arguments: str, **more: str) -> Outcome:
        return tool("manage.py", *arguments, environment={**plain, **more})

    return [
        Stage("lint", "ruff check", lambda: tool("-m", "ruff", "check", ".", environment=plain)),
        Stage("format", "ruff format", lambda: tool("-m", "ruff", "format", "--check", ".", environment=plain)),
        Stage("types", "mypy", lambda: tool("-m", "mypy", environment=plain)),
        Stage("migrations", "migrations", lambda: manage("makemigrations", "--check", "--dry-run")),
        Stage(
            "deploy",
            "check --deploy",
            lambda: manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION),
        ),
        Stage("audit", "pip-audit", lambda: advisories(plain)),
        Stage("sqlite", "tests, SQLite", lambda: tests_on_sqlite(plain)),
        Stage("postgres", "tests, PostgreSQL", lambda: tests_on_servers(plain)),
        Stage("browser", "tests, Chromium", lambda: tests_in_browser(plain)),
        Stage("native", "tests, compiled", lambda: tests_compiled(plain)),
    ]


def advisories(environment: Mapping[str, str]) -> Outcome:
    """Ask for known weaknesses of what is installed for production. No answer is no failure, and is said."""
    found = audit(ROOT / "requirements.txt", environment)
    print("\n".join(found.lines))
    state: State = "failed" if found.findings else "passed" if found.asked else "not run"
    return Outcome(state, found.summary, "\n".join(found.lines))


def tests_on_sqlite(environment: Mapping[str, str]) -> Outcome:
    """The whole suite on the embedded default: a SQLite file and the file-system broker."""
    return pytest_outcome(*PARALLEL, "-m", "not browser", environment=environment, about="SQLite, file broker")


def tests_on_servers(environment: Mapping[str, str]) -> Outcome:
    """Every test that uses a database again, and real workers, on PostgreSQL and Redis."""
    try:
        with postgres() as database, redis() as broker:
            about = f"{database.version} ({database.origin}), {broker.version} ({broker.origin})"
            print(f"On {about}.", flush=True)
            servers = {"DATABASE_URL": database.url, "REDIS_URL": broker.url}
            chosen = (*PARALLEL, "--database-only", "-m", "not browser")
            return pytest_outcome(*chosen, environment={**environment, **servers}, about=about)
    except Unavailable as error:
        return Outcome("not run", f"give DATABASE_URL and REDIS_URL: {error}")


def tests_in_browser(environment: Mapping[str, str]) -> Outcome:
    """What only a browser can show."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return Outcome("not run", "no Chromium: apt-get install chromium, or name one in CHROMIUM")
    return pytest_outcome("-m", "browser", environment=environment, about=chromium)


def tests_compiled(environment: Mapping[str, str]) -> Outcome:
    """The redactor's tests again, on what mypyc makes of it."""
    if not can_compile():
        return Outcome("not run", MISSING)
    made = tool("-m", "deploy.native", environment=environment)
    if made.state == "failed":
        return made
    compiled = {**environment, "FLYWHEEL_NATIVE": "1"}
    return pytest_outcome("tests/privacy", "-k", "redaction", environment=compiled, about="mypyc")


def prepare_machine() -> None:
    """On a CI machine where we are root, install what the tests can use and is not there."""
    programs = {"chromium": "chromium", "redis-server": "redis-server", "postgres": "postgresql", "cc": "gcc"}
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    if any(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        missing = [package for package in missing if package != "postgresql"]
    wanted = os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get")
    if not missing or not wanted:
        return
    print(f"Installing {', '.join(missing)} for the tests.", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update"],
        *(["install", "-y", "--no-install-recommends", package] for package in missing),
    ):
        try:
            done = subprocess.run(
                ["apt-get", "-qq", *command],
                env=quiet,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            trouble = done.stderr.strip()[-200:] if done.returncode else ""
        except subprocess.TimeoutExpired:
            trouble = "took more than five minutes"
        if trouble:
            print(f"  apt-get {' '.join(command)}: {trouble}", flush=True)


def run(chosen: list[Stage]) -> list[Result]:
    """Run the stages in order, each under its title."""
    results = []
    for stage in chosen:
        print(f"\n── {stage.title} " + "─" * (100 - len(stage.title)), flush=True)
        started = time.monotonic()
        outcome = stage.run()
        results.append(Result(stage, outcome, time.monotonic() - started))
        if outcome.state == "not run":
            print(f"Not run: {outcome.note}", flush=True)
    return results


def report(results: list[Result]) -> str:
    """The failures, the table, and in the last lines what ran and what could not."""
    lines = []
    failed = [result for result in results if result.outcome.state == "failed"]
    for result in failed:
        lines += ["", f"── failed: {result.stage.title} " + "─" * 80]
        lines += result.outcome.output.rstrip().splitlines()[-SHOWN_LINES:]
    lines += ["", "── summary " + "─" * 92]
    for result in results:
        done = result.outcome
        lines.append(f"{done.state:8} {result.seconds:6.1f} s  {result.stage.title:18} {done.note:.200}")
    by_state = {
        state: ", ".join(result.stage.title for result in results if result.outcome.state == state)
        for state in ("passed", "not run", "failed")
    }
    lines += ["", f"Passed: {by_state['passed'] or 'nothing'}."]
    lines += [f"Could not run: {by_state['not run']}."] if by_state["not run"] else ["Nothing was left out."]
    lines += [f"FAILED: {by_state['failed']}."] if failed else []
    return "\n".join(lines)


def interrupt(number: int, frame: FrameType | None) -> None:
    """A request to end closes servers and folders, as Ctrl-C does."""
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run the stages that were asked for, and say what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.run", description="Everything that CI runs.")
    parser.add_argument("--only", default="", help="names of stages, with commas between them")
    only = {name for name in parser.parse_args(arguments).only.split(",") if name}
    signal.signal(signal.SIGTERM, interrupt)
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="flywheel-run-")))
        every = stages(folder)
        if unknown := only - {stage.name for stage in every}:
            parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(stage.name for stage in every)}")
        prepare_machine()
        try:
            results = run([stage for stage in every if not only or stage.name in only])
        except KeyboardInterrupt:
            print("\nInterrupted.")
            return 130
    print(report(results), flush=True)
    return 1 if any(result.outcome.state == "failed" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
