"""The second redaction: stored text is read again when rules have changed, or with a model where a project asks for it.

It works over what is stored and already redacted, by id, in the database: no text goes through the broker. What it finds
is replaced in place, in the interaction and in every row that belongs to it, whoever's app that is: they are found in
the schema. A row whose text changed says so (`text_changed_at`), and releases that hold it are cut again.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from feedback import capture
from feedback.drafts import add, last_said
from feedback.models import Interaction, Project
from privacy.fields import RedactedJSONField, RedactedTextField
from privacy.redaction import Numbering, Policy, redact, redact_json
from privacy.redaction.entities import second_redactor

BATCH = 50
Reader = Callable[..., Any]  # a stored value, and the turn before it where that may ask for it


def outdated(project: Project) -> Q:
    """The project's interactions that the present rules have not read, or that wait for their second redaction."""
    now = project.redaction_version
    return Q(project=project) & (Q(scan_due=True) | Q(redaction_version__lt=now) | Q(redaction_version__gt=now))


def waiting(project: Project) -> int:
    """How many interactions of the project are to be read again."""
    return Interaction.objects.filter(outdated(project)).count()


def run(limit: int = 500, progress: Callable[[int, int], None] | None = None) -> int:
    """Read up to `limit` interactions of every project again; how many. It can be killed at any point, and goes on."""
    done = 0
    for project in Project.objects.select_related("redaction"):
        total = waiting(project) if progress else 0
        read = 0
        while read < limit and (batch := rescan_batch(project)):
            read += batch
            if progress:
                progress(read, total)
        done += read
    return done


def rescan_batch(project: Project) -> int:
    """Read the next few again, each batch in a transaction of its own; how many."""
    with transaction.atomic():
        rows = Interaction.objects.filter(outdated(project)).order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        found = list(rows[:BATCH])
        for row in found:
            rescan(project, row)
    return len(found)


def rescan(project: Project, row: Interaction) -> bool:
    """Read one interaction and all that belongs to it again; whether anything was replaced. Call in a transaction."""
    policy = project.redaction_policy
    numbering = capture.numbering_for(project, row.external_id, row.placeholders)
    findings: dict[str, int] = {}
    changed = replaced(row, reader(policy, numbering, findings))
    for relation in Interaction._meta.related_objects:
        if text_columns(relation.related_model):
            for dependent in relation.related_model._default_manager.filter(**{relation.field.name: row}):
                read = reader(policy, numbering, findings)
                if news := replaced(dependent, read):
                    type(dependent)._default_manager.filter(pk=dependent.pk).update(**news)
                    changed.setdefault("question", row.question)
    counts = {kind: row.redactions.get(kind, 0) + findings.get(kind, 0) for kind in {*row.redactions, *findings}}
    news_of_it = {"redactions": counts, "text_changed_at": timezone.now()} if changed else {}
    Interaction.objects.filter(pk=row.pk).update(
        **changed,
        **news_of_it,
        placeholders=numbering.state(),
        redaction_version=project.redaction_version,
        scan_due=False,
    )
    return bool(changed)


def reader(policy: Policy, numbering: Numbering, findings: dict[str, int]) -> Reader:
    """A function that redacts a stored value again and adds what it found to `findings`."""
    name = settings.SECOND_REDACTOR
    second = (second_redactor(name) if ":" in name else import_string(name)) if name else None

    def read(value: Any, asked: str = "") -> Any:
        if isinstance(value, str):
            clean = redact(str(value), policy, numbering, asked=asked)
            add(findings, clean.findings)
            if second is not None:
                clean = second(clean, policy, numbering)
                add(findings, clean.findings)
            return clean
        structure, found = redact_json(value, policy, numbering)
        add(findings, found)
        return structure

    return read


def replaced(row: models.Model, read: Reader) -> dict[str, Any]:
    """The columns of a row whose text is another after reading it again, with that text."""
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
    """The turn before a text, which may ask for what stands alone in it."""
    if not isinstance(row, Interaction):
        return ""
    return {"question": last_said(row.context or []), "answer": str(row.question)}.get(name, "")


def text_columns(model: type[models.Model]) -> list[str]:
    """The names of a model's columns that hold redacted text."""
    return [f.name for f in model._meta.fields if isinstance(f, RedactedTextField | RedactedJSONField)]
