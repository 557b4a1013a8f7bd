"""`manage.py evalgate --release R --agent URL|module:function [--baseline RUN]`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError

from curation.gate import agents, judging, reports
from curation.models import GateRun
from privacy.console.progress import bar
from privacy.db import state

EXIT = {GateRun.Verdict.PASSED: 0, GateRun.Verdict.REFUSED: 1, GateRun.Verdict.NOT_JUDGED: 2}
NOT_JUDGED = EXIT[GateRun.Verdict.NOT_JUDGED]


@contextmanager
def stdout_for_us_alone() -> Iterator[None]:
    """Send whatever the agent and its libraries print to stderr, so that stdout holds only the verdict."""
    try:
        sys.__stdout__.flush()  # type: ignore[union-attr]
        kept = os.dup(1)
        os.dup2(2, 1)
    except (AttributeError, OSError):  # without a stdout or a stderr there is nothing to separate
        yield
        return
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


class Command(BaseCommand):
    help = "Ask a candidate a release's eval cases and judge its answers. Exit status 0: passed; 1: refused; 2: could not be judged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", required=True, help="dataset:v3, or just dataset for the newest.")
        parser.add_argument(
            "--agent", required=True, help="http://… or module:function(question, context[, world]) -> answer"
        )
        parser.add_argument(
            "--baseline", help="The gate run to compare with. Default: the promoted version's, or the last that passed."
        )
        parser.add_argument("--name", default="", help="The candidate's name. Default: the --agent.")
        parser.add_argument("--candidate-version", default="", help="The candidate's version.")
        parser.add_argument("--model", default="", help="The model behind it.")
        parser.add_argument("--concurrency", type=int, default=4, help="Questions at a time (4).")
        parser.add_argument("--timeout", type=float, default=60.0, help="Seconds an answer may take (60).")
        parser.add_argument("--retries", type=int, default=0, help="Tries after a failure (0).")
        parser.add_argument(
            "--repeat",
            type=int,
            default=1,
            help="Ask every case N times (1). Surprising results are always asked again.",
        )
        parser.add_argument("--variants", type=int, default=0, help="Also ask N rewordings of every question (0).")
        parser.add_argument(
            "--resume",
            type=Path,
            metavar="FILE",
            help="Keep the answers in this file, redacted, and continue from them.",
        )
        parser.add_argument("--junit", type=Path, metavar="FILE", help="Write JUnit XML.")
        parser.add_argument("--markdown", type=Path, metavar="FILE", help="Append a summary for a pull request.")
        parser.add_argument("--json", action="store_true", help="Print the run as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        with redirect_stdout(sys.stderr):  # until the process ends: a hanging call may print at any time
            self.judge_and_report(options)

    def judge_and_report(self, options: dict[str, Any]) -> None:
        failures = agents.Failures()
        try:
            with stdout_for_us_alone():
                run = self.judge(options, failures)
            self.report(run, options)
        except (judging.GateError, agents.AgentError, OSError) as error:
            self.stderr.write(f"Could not judge: {error}")
            sys.exit(NOT_JUDGED)
        except (DatabaseError, InterfaceError) as error:
            self.stderr.write(f"Could not judge: {state.trouble() or f'unexpected {type(error).__name__}'}")
            sys.exit(NOT_JUDGED)
        except Exception as error:  # noqa: BLE001 - Python's own exit status, 1, would read as a verdict
            self.stderr.write(f"Could not judge: unexpected {type(error).__name__}")
            sys.exit(NOT_JUDGED)
        finally:
            for line in failures.lines():
                self.stderr.write(line)
        sys.exit(EXIT[GateRun.Verdict(run.verdict)])

    def judge(self, options: dict[str, Any], failures: agents.Failures) -> GateRun:
        release = judging.find_release(options["release"])
        agent = agents.load(options["agent"], timeout=options["timeout"])
        candidate = judging.CandidateIn(
            options["name"] or options["agent"][:200], options["candidate_version"], options["model"]
        )
        names = ("baseline", "concurrency", "timeout", "retries", "repeat", "variants", "resume")
        with bar("ask", "case") as progress:
            given = {name: options[name] for name in names}
            return judging.run(release, agent, candidate, **given, progress=progress, failures=failures)

    def report(self, run: GateRun, options: dict[str, Any]) -> None:
        if options["junit"]:
            options["junit"].write_text(reports.as_junit(run), encoding="utf-8")
        if options["markdown"]:
            with options["markdown"].open(
                "a", encoding="utf-8"
            ) as summary:  # other steps write to GitHub's summary too
                summary.write(reports.as_markdown(run))
        self.stdout.write(
            orjson.dumps(judging.as_json(run), default=str).decode() if options["json"] else judging.as_text(run)
        )
