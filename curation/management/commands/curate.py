"""`manage.py curate --project P`, or `--explain ID`: why a record is in a release or not, with what each stage found
and measured.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import pipeline
from curation.decisions.derive import KINDS, PURPOSE, agent_depths, candidate, covers, is_due
from curation.decisions.rules import LABELLED
from curation.evidence import store
from curation.evidence.records import Decided
from curation.filters.filters import FilterSettings, apply
from curation.models import AuditItem, Decision, Derived, Question, ReleaseMember
from curation.policies import versions
from curation.quality import audits
from curation.questions import duplicates
from curation.selection import selection
from feedback.models import Interaction, Project
from feedback.projects.commands import project_named
from privacy.console.progress import bar

Status = Derived.Status
DEDUPE = frozenset(duplicates.OWN_REASONS)


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage said about a record. `verdict`: passed, out, held or none (no finding). Holds no captured text."""

    stage: str
    verdict: str
    code: str
    detail: str
    figure: float | None = None


def explain(interaction: Interaction) -> list[Step]:
    """The path of an interaction's records, stage by stage, as far as they came."""
    steps = [*capture_steps(interaction)]
    row = Decision.objects.filter(pk=interaction.pk).select_related("task").first()
    if row is None:
        waits = "It is waiting for curation." if interaction.pending else "Nobody has rated it."
        return [*steps, Step("decide", "none", "undecided", waits)]
    labelled = row.outcome in LABELLED
    steps.append(Step("decide", "passed" if labelled else "out", row.reason, row.detail))
    (read,) = store.load([row.pk])
    if read.expected is None:
        return steps
    return [
        *steps,
        *filter_steps(interaction, read),
        *cluster_steps(read),
        *record_steps(interaction, read),
        *release_steps(interaction),
    ]


def capture_steps(interaction: Interaction) -> Iterator[Step]:
    """What is known about the interaction apart from its signals."""
    if interaction.subject.restricted_at is not None:
        yield Step("capture", "held", "restricted", "Its person has an open privacy request.")
    elif interaction.scan_due:
        yield Step("capture", "held", "scan_due", "Its second redaction is still to be done.")
    else:
        replaced = sum(interaction.redactions.values())
        yield Step("capture", "passed", "stored", f"{replaced} values were replaced before it was stored.", replaced)
    if AuditItem.objects.filter(pk=interaction.pk).exists():
        yield Step("audit", "none", "drawn", "It was drawn into the random audit, regardless of votes.")


def filter_steps(interaction: Interaction, read: Decided) -> Iterator[Step]:
    """Every finding of the filters, under the settings in force now."""
    policy = versions.current(interaction.project)
    settings = FilterSettings.from_dict(policy.settings.get("filter", {}))
    made = candidate(read, interaction.project_id, agent_depths(interaction.project))
    findings = apply(made, settings)
    for found in findings:
        yield Step("filter", "passed" if read.reviewed else "out", found.code, found.detail, found.figure)
    if not findings:
        yield Step("filter", "passed", "", "No filter found anything.")


def cluster_steps(read: Decided) -> Iterator[Step]:
    """The cluster of near questions that it is in."""
    row = Question.objects.filter(pk=read.interaction).first()
    if row is not None:
        size = Question.objects.filter(project=row.project_id, cluster=row.cluster).count()
        words = "It has no near questions." if size == 1 else f"Its cluster has {size} near questions."
        yield Step("cluster", "none", str(row.cluster), words, size)


def record_steps(interaction: Interaction, read: Decided) -> Iterator[Step]:
    """Consent, and the status, of each kind of record made from it."""
    agreed = store.agreements([read], interaction.project)
    for model in KINDS:
        name = str(model._meta.verbose_name)
        row = model.objects.filter(pk=interaction.pk).first()
        if row is None:
            if is_due(model, read) and not covers(agreed[PURPOSE[model]], read):
                words = f"No {name}: somebody behind it has not agreed to {PURPOSE[model]}."
                yield Step("consent", "out", "no_consent", words)
            continue
        stage = stage_of(row)
        verdict = "passed" if row.status == Status.ACTIVE else "held" if row.status == Status.HELD else "out"
        words = f"The {name} is in use." if row.status == Status.ACTIVE else f"The {name}: {row.detail}"
        if row.status == Status.ACTIVE and not row.selected:
            words, verdict = f"The {name} waits for the next release's selection.", "none"
        if row.reason in DEDUPE and (first := duplicates.record_in_use(row)):
            words += f" See {Interaction.objects.get(pk=first).external_id}."
        yield Step(stage, verdict, row.reason or row.status, words, row.figure)


def stage_of(row: Derived) -> str:
    """The stage that gave a record its status."""
    if row.status == Status.FILTERED:
        return "filter"
    if row.status == Status.BALANCED:
        return "balance"
    if row.status == Status.GUARDED or row.reason in selection.GUARD_HOLDS:
        return "guard"
    if row.reason in DEDUPE:
        return "dedupe"
    return "filter" if row.status == Status.HELD else "select"


def release_steps(interaction: Interaction) -> Iterator[Step]:
    """The releases that hold it, and for what."""
    rows = ReleaseMember.objects.filter(interaction=interaction).select_related("release__dataset").order_by("pk")
    for row in rows:
        purposes = [name for name, is_in in (("evaluation", row.evaluation), ("training", row.training)) if is_in]
        yield Step("release", "passed", row.release.public_id, f"In {row.release} for {' and '.join(purposes)}.")
    if not rows:
        yield Step("release", "none", "not_released", "No release contains it.")


class Command(BaseCommand):
    help = "Decide everything new since the last run. If nothing is new, it does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--explain", metavar="ID", help="Explain the status of this interaction's records.")
        parser.add_argument("--json", action="store_true", help="Print the counts, or the explanation, as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        if options["explain"]:
            self.explain(project, options["explain"], as_json=options["json"])
            return
        with bar("curate") as progress:
            run = pipeline.curate(project, progress=progress)
        audits.draw(project, versions.current(project))
        counts = {"read": run.read if run else 0, **(run.counts if run else {})}
        if options["json"]:
            self.stdout.write(orjson.dumps(counts).decode())
        elif run is None:
            self.stdout.write("Nothing new to decide.")
        else:
            self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))

    def explain(self, project: Project, name: str, *, as_json: bool) -> None:
        """Print the whole path of one record, each stage with its figure."""
        found = Interaction.objects.filter(project=project, external_id=name).select_related("subject", "project")
        interaction = found.first()
        if interaction is None:
            raise CommandError("There is no such interaction in this project.")
        steps = explain(interaction)
        if as_json:
            self.stdout.write(orjson.dumps([asdict(step) for step in steps]).decode())
            return
        for step in steps:
            figure = "" if step.figure is None else f"{step.figure:g}"
            self.stdout.write(f"{step.stage:<9} {step.verdict:<7} {step.code:<20} {figure:>8}  {step.detail}")
