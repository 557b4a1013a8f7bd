"""The command ``flywheel``: gates and downloads."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import __version__
from .client import Client
from .errors import FlywheelError
from .gate.asking import Effort
from .gate.reports import as_junit, as_markdown, as_text, printable
from .gate.running import Gated, Plan, run_gate
from .gate.verdicts import Exit, unjudged

GATE_HELP = """\
Ask an agent every eval case of a release and let the server judge the answers.

The agent is module:function, called with (question, context), or an http(s) address that takes a POST of
{"question": "...", "context": [...]} and answers {"answer": "..."}.

Exit status: 0 passed, 1 refused, 2 could not be judged (any error)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = parser().parse_args(argv)
    try:
        run: Any = options.run
        return int(run(options))
    except (FlywheelError, ValueError, OSError) as error:
        print(f"flywheel: {printable(str(error))}", file=sys.stderr)
    except KeyboardInterrupt:
        print("flywheel: interrupted", file=sys.stderr)
    except Exception as error:
        # Fail closed: a fault in the gate must exit as "not judged", never as Python's 1, which means
        # "refused".
        print(f"flywheel: unexpected {type(error).__name__}: {printable(str(error))}", file=sys.stderr)
    return Exit.NOT_JUDGED


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="flywheel", description="Flywheel's command for CI and training machines."
    )
    top.add_argument("--version", action="version", version=f"flywheel-client {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_gate(commands)
    _add_download(commands)
    return top


def _add_server(command: argparse.ArgumentParser) -> None:
    server = command.add_argument_group("server")
    server.add_argument(
        "--endpoint",
        default=os.environ.get("FLYWHEEL_ENDPOINT"),
        help="address of the service [FLYWHEEL_ENDPOINT]",
    )
    server.add_argument(
        "--key",
        default=os.environ.get("FLYWHEEL_KEY"),
        help="key with the export scope; the variable hides it from other users [FLYWHEEL_KEY]",
    )
    command.add_argument(
        "--release", required=True, metavar="R", help="release id, DATASET/latest or DATASET/v2"
    )


def _add_gate(commands: Any) -> None:
    gate = commands.add_parser(
        "gate",
        help="judge a candidate agent against a release",
        description=GATE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    gate.set_defaults(run=_gate)
    _add_server(gate)
    gate.add_argument("--agent", required=True, metavar="A", help="module:function or http(s) address")
    gate.add_argument("--baseline", metavar="RUN", help="gate run to compare with (default: the server's)")
    candidate = gate.add_argument_group("the candidate, as the list of agent versions will show it")
    candidate.add_argument("--name", help="its name (default: the --agent)")
    candidate.add_argument(
        "--candidate-version",
        metavar="V",
        default=os.environ.get("GITHUB_SHA") or os.environ.get("CI_COMMIT_SHA"),
        help="its version (default in GitHub and GitLab jobs: the commit)",
    )
    candidate.add_argument("--model", help="the model behind it")
    asking = gate.add_argument_group("asking")
    asking.add_argument("--concurrency", type=int, default=4, metavar="N", help="questions at a time (4)")
    asking.add_argument("--timeout", type=float, default=60.0, metavar="S", help="seconds per question (60)")
    asking.add_argument("--retries", type=int, default=2, metavar="N", help="tries after a failure (2)")
    asking.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="ask everything N times, to find flaky cases (1)"
    )
    asking.add_argument(
        "--resume", type=Path, metavar="FILE", help="keep answers in this file and continue from them"
    )
    output = gate.add_argument_group("output")
    output.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    output.add_argument("--markdown", type=Path, metavar="FILE", help="append a summary for a pull request")
    output.add_argument("--json", action="store_true", help="print the verdict as JSON")
    output.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_download(commands: Any) -> None:
    download = commands.add_parser(
        "download", help="download a release, with checksums, resuming if interrupted"
    )
    download.set_defaults(run=_download)
    _add_server(download)
    download.add_argument("directory", type=Path, help="a folder that does not exist yet or is empty")
    download.add_argument("--file", action="append", metavar="NAME", help="only this file (may be repeated)")


def _client(options: argparse.Namespace) -> Client:
    if not options.endpoint or not options.key:
        raise FlywheelError("name the server: --endpoint and --key, or FLYWHEEL_ENDPOINT and FLYWHEEL_KEY")
    return Client(options.endpoint, options.key, timeout=30.0)


def _download(options: argparse.Namespace) -> int:
    with _client(options) as client:
        print(client.download_release(options.release, options.directory, files=options.file))
    return Exit.PASSED


def _gate(options: argparse.Namespace) -> int:
    candidate = {"name": options.name or options.agent}
    if options.candidate_version:
        candidate["version"] = options.candidate_version
    if options.model:
        candidate["model"] = options.model
    if not 1 <= options.repeat <= 21:
        raise FlywheelError("--repeat must be between 1 and 21")
    plan = Plan(
        release=options.release,
        agent=options.agent,
        candidate=candidate,
        baseline=options.baseline,
        repeat=options.repeat,
        effort=Effort(options.concurrency, options.timeout, options.retries),
        journal=options.resume,
        quiet=options.quiet,
    )
    try:
        with _client(options) as client:
            gated = run_gate(client, plan)
    except Exception as error:
        # A CI job also reads the report if the gate failed.
        _write_files(options, Gated([], [[]], unjudged(error)))
        raise
    _print(options, gated)
    _write_files(options, gated)
    return gated.verdict.exit


def _write_files(options: argparse.Namespace, gated: Gated) -> None:
    if options.junit:
        options.junit.parent.mkdir(parents=True, exist_ok=True)
        options.junit.write_text(as_junit(gated.verdict, gated.rounds[0], gated.cases), encoding="utf-8")
    if options.markdown:
        # Appended, because other steps write to GitHub's job summary too.
        with options.markdown.open("a", encoding="utf-8") as summary:
            summary.write(as_markdown(gated.verdict))


def _print(options: argparse.Namespace, gated: Gated) -> None:
    if options.json:
        print(json.dumps(gated.verdict.raw))
        print(as_text(gated.verdict), file=sys.stderr)
    else:
        print(as_text(gated.verdict))


if __name__ == "__main__":
    sys.exit(main())
