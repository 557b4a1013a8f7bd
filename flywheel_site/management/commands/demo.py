"""`manage.py demo`: one whole turn on a bundled sample log, or on yours, and then the server."""

import re
import secrets
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import pipeline
from curation.gate import judging
from curation.gate.case_graders import NOT_DISCRIMINATING
from curation.models import Dataset, Derived, EvalCase, Example, GateRun, PreferencePair, Release, ReviewTask, TaskState
from curation.policies import projects
from curation.quality import audits
from curation.releases import cutting
from curation.releases.files import folder
from feedback.capture import ConsentSource
from feedback.importing import commands, logs
from feedback.importing.reading import Reading
from feedback.models import Interaction, Project
from flywheel_site.demo import agent, sample
from flywheel_site.management.commands import up
from flywheel_site.ops import processes
from flywheel_site.ops.ports import InUse
from privacy.consent.ledger import notice_for
from privacy.console.progress import bar

PROJECT = "demo"
SAMPLE = Path(__file__).resolve().parents[2] / "demo" / "sample.jsonl"
NOTICE = "May we keep this conversation, test our assistant with it, and train it on it?"
WIDTH = 46
NOTHING = (
    "Nothing is published: the release would be empty. It needs answers with feedback, from people who agree to "
    "evaluation or training. Decide what waits for a person in the console: make up"
)
ASK = (
    'Write consent into each line ("consent": {"capture": true, "evaluation": true, "training": true}), or, if you hold '
    "it already: make demo LOG=… CONSENT=capture,evaluation,training NOTICE='the words under which people agreed'"
)


class Command(BaseCommand):
    help = (
        "Watch one turn of the flywheel on a sample log, then look around in the console. Your own log gets a project "
        "of its own, named after the file. Exit status 1 if nothing in it can be stored, or the release would be empty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = commands.Format
        parser.description = f"{parser.description}\n\n{logs.FORMAT.strip()}\n\n{commands.FILES}"
        parser.add_argument("--log", type=Path, help="Your own log instead of the sample (make demo LOG=FILE).")
        commands.add_log_options(parser)
        parser.add_argument("--no-serve", action="store_true", help="Exit after the figures.")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        own: Path | None = options["log"]
        if own is not None and not own.is_file():
            raise CommandError("There is no log file at this path.")
        if not options["no_serve"]:
            look_free(options["port"])
        call_command("migrate", verbosity=0, skip_checks=False)
        project = project_of(own) if own else projects.create_project(PROJECT)
        held, asked = commands.consent_of(options) if own else ({}, ConsentSource("import", notice_for(NOTICE)))
        lines = self.capture(project, own or SAMPLE, held, asked, Reading(fields=commands.fields_of(options)))
        self.decide(project, is_sample=own is None)
        release = self.release(project)
        if own is None:
            self.judge(release)
        self.funnel(project, release, lines)
        if options["no_serve"]:
            self.stdout.write("  serve      make up                             the console; it prints the sign-in")
            return
        serve(options["port"])

    def stage(self, title: str, *lines: str) -> None:
        self.stdout.write(f"\n{self.style.MIGRATE_HEADING(title)}")
        for line in lines:
            self.stdout.write(f"  {line}")

    def capture(
        self, project: Project, log: Path, held: dict[str, bool], asked: ConsentSource, reading: Reading
    ) -> int:
        """Import the log: redact before anything is stored, and keep only what people agreed to."""
        tally = commands.Tally()
        read = commands.log_records(log)
        records = iter(sample.in_last_week(project, read)) if log == SAMPLE else read
        for line in logs.import_lines(project, records, consent=held, asked=asked, reading=reading):
            tally.add(line.number, str(line.result), line.field, line.problem)
        self.report(project, tally)
        for words in commands.grouped(tally.problems):
            self.stderr.write(f"  {words}")
        if any("--map" in problem for _, _, problem in tally.problems):
            self.stderr.write("  With make: make demo LOG=… MAP=question=YOURS,answer=YOURS")
        if tally.counts["no_consent"] and log != SAMPLE:
            self.stderr.write(f"  {ASK}")
        if not any(tally.counts[result] for result in logs.TAKEN):
            raise CommandError("Nothing in the log could be stored, so there is nothing to release.")
        return tally.counts.total()

    def report(self, project: Project, tally: commands.Tally) -> None:
        counts = tally.counts
        replaced: Counter[str] = Counter()
        for found in Interaction.objects.filter(project=project).values_list("redactions", flat=True):
            replaced.update(found)
        parts = ", ".join(f"{number} {kind}" for kind, number in replaced.most_common())
        again = f", {counts['replayed']} were there already" if counts["replayed"] else ""
        self.stage(
            "1  Capture: redact first, keep only what people agreed to",
            f"{counts.total()} conversations in the log: {counts['stored']} stored{again}",
            f"{counts['no_consent']} not kept, because nobody agreed to that",
            *([f"{counts['bad']} not stored, for the reasons below"] if counts["bad"] else []),
            f"replaced before anything was stored: {parts or 'nothing'}",
        )

    def decide(self, project: Project, *, is_sample: bool) -> None:
        """Turn what people said into labels, or into questions for a person. Of the sample, a random audit is judged."""
        with bar("curate") as progress:
            run = pipeline.curate(project, progress=progress)
        counts = run.counts if run else {}
        waiting = waiting_in(project)
        self.stage(
            "2  Decide: thumbs become labels, never guesses",
            f"answers confirmed: {counts.get('confirmed', 0)}, corrected: {counts.get('corrected', 0)}"
            if run
            else "nothing new since the last run",
            f"{waiting} review tasks wait for a person: bare down-votes, conflicts, corrections that correct nothing",
        )
        if is_sample:
            self.audit(project)

    def audit(self, project: Project) -> None:
        """Judge a random share of the answers, as the sample's reviewer."""
        drawn = sample.audit(project)
        good = sum(one.good is True for one in drawn)
        self.stage(
            "3  Audit: how good the answers are, whoever voted",
            f"{len(drawn)} answers drawn at random, and judged by what the help pages say: "
            f"{good} right, {len(drawn) - good} wrong",
        )

    def release(self, project: Project) -> Release:
        dataset = Dataset.objects.get(name=project.name, project=project)
        try:
            with bar("release") as progress:
                made = cutting.cut(dataset, progress=progress)
        except cutting.NothingToCut:
            raise CommandError(NOTHING) from None
        files = [f"{entry['records']:>6}  {entry['name']}" for entry in made.manifest["files"]]
        self.stage(f"4  Release: {made}, immutable and checksummed", *files, f"in {folder(made)}")
        return made

    def judge(self, release: Release) -> None:
        """Judge today's agent, the same agent taught by this release, and one that only sounds better.

        Each is compared with the last version that passed. Earlier verdicts on this release are shown, not repeated.
        """
        candidates = (
            ("v1", agent.v1, "today's agent"),
            ("v1-taught", agent.from_release(str(folder(release))), "the same, taught by this release"),
            ("v3-tempting", agent.v3_tempting, "one that only sounds better"),
        )
        lines, baseline = [], None
        for version, asked, what in candidates:
            run = (
                release.gate_runs.filter(candidate__name=agent.NAME, candidate__version=version).order_by("-pk").first()
            )
            if run is None:
                candidate = judging.CandidateIn(agent.NAME, version)
                with bar(f"gate {version}", "case") as progress:
                    run = judging.run(release, asked, candidate, baseline=baseline, progress=progress)
            if run.verdict == GateRun.Verdict.PASSED:
                baseline = str(run.pk)
            lines.append(f"{version:<12} {what:<33} {verdict_words(run)}")
            lines += [f"{'':<12} {in_short(reason)}" for reason in run.reasons[:2]]
        more = waiting_in(release.dataset.project, reason=NOT_DISCRIMINATING)
        lines += [f"{more} more answers wait for a person: no grader can tell right answers from wrong ones there"]
        self.stage("5  Gate: nothing that worked may break", *lines)

    def funnel(self, project: Project, release: Release, lines: int) -> None:
        stored = Interaction.objects.filter(project=project).count()
        rated = Interaction.objects.filter(project=project, signals__isnull=False).distinct().count()
        decided = Interaction.objects.filter(project=project, decision__outcome__in=["confirmed", "corrected"]).count()
        active = {
            model: model.objects.filter(project=project, status=Derived.Status.ACTIVE).count()
            for model in (EvalCase, Example, PreferencePair)
        }
        steps = [
            ("in the log", lines),
            ("stored with consent", stored),
            ("rated", rated),
            ("decided", decided),
            ("eval cases", active[EvalCase]),
            ("training examples", active[Example]),
            ("preference pairs", active[PreferencePair]),
        ]
        widest = max(number for _, number in steps) or 1
        bars = [f"{name:<20} {'█' * round(WIDTH * number / widest):<{WIDTH}} {number}" for name, number in steps]
        found = audits.audit(project)
        right = [f"right, by the audit: {found.estimate}; {found.words}"] if found.judged else []
        self.stage("One turn of the flywheel", *bars, *right)
        self.stage(
            "Next",
            "console    /admin/                             the flywheel at a glance",
            f"review     /admin/curation/reviewtask/next/    {waiting_in(project)} answers wait for a person",
            "widget     /demo/widget                        rate an answer as a visitor would",
            f"files      {folder(release)}",
        )


def waiting_in(project: Project, **which: str) -> int:
    return ReviewTask.objects.filter(project=project, state=TaskState.OPEN, **which).count()


def in_short(reason: Mapping[str, Any]) -> str:
    """A reason of the gate on one line, without its list of cases."""
    detail = str(reason["detail"])
    if reason["cases"]:
        detail = detail.rpartition(": ")[0] or detail
    return textwrap.shorten(detail, WIDTH * 2, placeholder=" …")


def project_of(log: Path) -> Project:
    """The log's own project, named after the file: never the sample's, and never one that a product writes to."""
    plain = unicodedata.normalize("NFKD", log.stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:64] or "log"
    name = f"{name}-log" if name == PROJECT else name
    if Project.objects.filter(name=name, keys__isnull=False).exists():
        raise CommandError(f"The project {name} has keys, so it is a product's. Give the file another name.")
    return projects.create_project(name)


def look_free(port: int) -> None:
    """Fail at once, not after the whole turn, if the server could not start; it claims port and folder itself later."""
    try:
        for claimed in processes.claim(port, settings.VAR):
            claimed.close()
    except InUse as error:
        raise CommandError(str(error)) from None


def verdict_words(run: GateRun) -> str:
    counts = run.counts
    parts = [
        f"{counts[name]} {name.replace('_', ' ')}"
        for name in ("fixed", "regressed", "newly_failing")
        if counts.get(name)
    ]
    return f"{run.verdict.upper()}" + (f"  ({', '.join(parts)})" if parts else "")


def serve(port: int) -> NoReturn:
    """Replace this process, which has read a whole log, by one that serves the result."""
    sys.stdout.flush()
    up.start(port, **{"FLYWHEEL_DEMO": "1", up.WELCOME: demo_sign_in()})


def demo_sign_in() -> str:
    """A new password for the demo's administrator, printed once each run."""
    user, _ = get_user_model().objects.get_or_create(username="demo", defaults={"is_staff": True, "is_superuser": True})
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    user.save()
    return f"Sign in as  demo  with the password  {password}"
