"""`manage.py evalgate --release R --agent URL|module:function [--baseline RUN]`."""

import sys
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from curation import agents, gate
from curation.models import GateRun
from feedback.progress import bar

EXIT = {GateRun.Verdict.PASSED: 0, GateRun.Verdict.REFUSED: 1, GateRun.Verdict.NOT_JUDGED: 2}


class Command(BaseCommand):
    help = "Ask a candidate a release's eval cases and judge it. Exit 1: refused; 2: it could not be judged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", required=True, help="dataset:v3, or dataset for the newest.")
        parser.add_argument("--agent", required=True, help="http://… or module:function(question, context) -> answer")
        parser.add_argument("--baseline", help="The gate run to compare with. Default: the newest that passed.")
        parser.add_argument("--name", default="", help="The candidate's name. Default: as --agent.")
        parser.add_argument("--candidate-version", default="", help="The candidate's version.")
        parser.add_argument("--concurrency", type=int, default=4)
        parser.add_argument("--timeout", type=float, default=60.0, help="Seconds an answer may take.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self.judge(options)
        except (gate.GateError, agents.AgentError) as error:
            self.stderr.write(f"Could not judge: {error}")
            sys.exit(EXIT[GateRun.Verdict.NOT_JUDGED])
        if options["json"]:
            self.stdout.write(orjson.dumps(gate.shown(run), default=str).decode())
        else:
            self.stdout.write(gate.told(run))
        sys.exit(EXIT[GateRun.Verdict(run.verdict)])

    def judge(self, options: dict[str, Any]) -> GateRun:
        """Ask every case, with a progress bar, and judge the answers."""
        release = gate.find_release(options["release"])
        agent = agents.load(options["agent"], timeout=options["timeout"])
        candidate = gate.CandidateIn(options["name"] or options["agent"][:200], options["candidate_version"])
        with bar("ask", "case") as progress:
            return gate.run(
                release,
                agent,
                candidate,
                baseline=options["baseline"],
                concurrency=options["concurrency"],
                progress=progress,
            )
