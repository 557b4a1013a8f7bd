"""The second redaction: reads stored text again when rules have changed, or with a model if a project uses one.

It works by id on already redacted text in the database: no text goes through the broker. What it finds is replaced in
the interaction and in every row, in any app, with a key to it, according to the schema. A row whose text changed
records that (`text_changed_at`), and releases that hold it are cut again.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from feedback.models import Interaction, Project
from privacy.db import engine, isolation
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.redaction import Numbering, Policy, redact, redact_json
from privacy.redaction.entities import second_redactor

BATCH = 50
WORK = "second redaction"
Reader = Callable[..., Any]  # a stored value, and the previous turn if that may have asked for it


def outdated(project: Project) -> Q:
    """The project's interactions that the current rules have not read, or that wait for their second redaction."""
    now = project.redaction_version
    return Q(project=project) & (Q(scan_due=True) | Q(redaction_version__lt=now) | Q(redaction_version__gt=now))


def waiting(project: Project) -> int:
    """How many of the project's interactions are still to be read again."""
    return Interaction.objects.filter(outdated(project)).count()


def run(limit: int = 500, progress: Callable[[int, int], None] | None = None) -> int:
    """Read up to `limit` interactions of every project again; return how many. It may be killed and restarted at any
    point.
    """
    projects = Project.objects.select_related("redaction")
    return sum(isolation.each(WORK, projects, lambda project: rescan_project(project, limit, progress)))


def rescan_project(project: Project, limit: int, progress: Callable[[int, int], None] | None) -> int:
    """The same for one project."""
    total = waiting(project) if progress else 0
    read = 0
    while read < limit and (batch := rescan_batch(project)):
        read += batch
        if progress:
            progress(read, total)
    return read


def rescan_batch(project: Project) -> int:
    """Read the next few again, each batch in its own transaction; return how many."""
    with transaction.atomic():
        rows = Interaction.objects.filter(outdated(project)).order_by("pk")
        found = list(engine.unlocked(rows)[:BATCH])
        for row in found:
            rescan(project, row)
    return len(found)


def rescan(project: Project, row: Interaction) -> bool:
    """Read one interaction and everything that belongs to it again; return whether anything was replaced. Call in a
    transaction.
    """
    policy = project.redaction_policy
    numbering = project.numbering(row.external_id, row.placeholders)
    findings: Counter[str] = Counter()
    changed = replaced(row, reader(policy, numbering, findings))
    for relation in Interaction._meta.related_objects:
        if text_columns(relation.related_model):
            for dependent in relation.related_model._default_manager.filter(**{relation.field.name: row}):
                read = reader(policy, numbering, findings)
                if news := replaced(dependent, read):
                    type(dependent)._default_manager.filter(pk=dependent.pk).update(**news)
                    changed.setdefault("question", row.question)
    counts = {kind: row.redactions.get(kind, 0) + findings[kind] for kind in {*row.redactions, *findings}}
    news_of_it = {"redactions": counts, "text_changed_at": timezone.now()} if changed else {}
    Interaction.objects.filter(pk=row.pk).update(
        **changed,
        **news_of_it,
        placeholders=numbering.state(),
        redaction_version=project.redaction_version,
        scan_due=False,
    )
    return bool(changed)


def reader(policy: Policy, numbering: Numbering, findings: Counter[str]) -> Reader:
    """A function that redacts a stored value again and adds its findings to `findings`."""
    name = settings.SECOND_REDACTOR
    second = (second_redactor(name) if ":" in name else import_string(name)) if name else None

    def read(value: Any, asked: str = "") -> Any:
        if isinstance(value, str):
            clean = redact(str(value), policy, numbering, asked=asked)
            findings.update(clean.findings)
            if second is not None:
                clean = second(clean, policy, numbering)
                findings.update(clean.findings)
            return clean
        structure, found = redact_json(value, policy, numbering)
        findings.update(found)
        return structure

    return read


def replaced(row: models.Model, read: Reader) -> dict[str, Any]:
    """The columns whose text changes when it is redacted again, with their new text."""
    found = {}
    for name in text_columns(type(row)):
        before = getattr(row, name)
        if before in (None, "", [], {}):
            continue
        after = read(before, asked_for(row, name))
        if after != before:
            found[name] = after
    return found


def asked_for(row: models.Model, name: str) -> str:
    """The turn before a text: it may have asked for the name or number that the text consists of."""
    if not isinstance(row, Interaction):
        return ""
    turn_before = row.context[-1]["content"] if row.context else ""
    return {"question": turn_before, "answer": str(row.question)}.get(name, "")


def text_columns(model: type[models.Model]) -> list[str]:
    """The names of a model's columns that hold redacted text."""
    return [f.name for f in model._meta.fields if isinstance(f, RedactedTextField | RedactedJSONField)]
