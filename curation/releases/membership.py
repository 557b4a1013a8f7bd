"""A release's members: selected in one statement, with consent checked again, and stored so that an erasure finds the
files.
"""

from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from curation.decisions.rules import Outcome
from curation.models import Decision, Derived, EvalCase, Example, PreferencePair, Question, Release, ReleaseMember
from feedback.models import Interaction, Signal
from privacy.consent import ledger
from privacy.db import bulk
from privacy.models import ConsentEntry, Purpose, Subject

ACTIVE = Derived.Status.ACTIVE
ALL = Q(pk__isnull=False)
READ = (Decision, EvalCase, Example, PreferencePair, Question, Interaction, Signal, Subject, ConsentEntry)


def choose(release: Release) -> int:
    """Insert every interaction whose records belong in the release, and return how many. One INSERT … SELECT."""
    rows = chosen(release).values_list(
        Value(release.pk), "pk", "subject_id", "for_evaluation", "for_training", "other_author"
    )
    return insert(["release_id", "interaction_id", "subject_id", "evaluation", "training", "author_id"], rows)


def chosen(release: Release) -> QuerySet[Decision]:
    """Decisions with a record in use and current consent to its purpose."""
    project = release.dataset.project
    author = Case(When(~Q(correction__subject=F("subject")), then=F("correction__subject")), default=None)
    evaluation, training = (
        side & agreed(purpose, project.consents_by_default(purpose)) for purpose, side in sides(release)
    )
    return (
        Decision.objects.filter(
            project=project,
            outcome__in=[Outcome.CONFIRMED, Outcome.CORRECTED],
            subject__restricted_at__isnull=True,
            interaction__scan_due=False,
        )
        .exclude(held("evalcase") | held("example") | held("preferencepair"))
        .annotate(
            for_evaluation=flag(in_use("evalcase") & evaluation),
            for_training=flag((in_use("example") | in_use("preferencepair")) & training),
            other_author=author,
        )
        .filter(Q(for_evaluation=True) | Q(for_training=True))
        .order_by("pk")
    )


def in_use(kind: str) -> Q:
    """A record in use that a selection has kept since it was derived."""
    return Q(**{f"{kind}__status": ACTIVE, f"{kind}__selected": True})


def held(kind: str) -> Q:
    """A held record: it keeps every record of its decision out of the release."""
    return Q(**{f"{kind}__status": Derived.Status.HELD})


def sides(release: Release) -> list[tuple[str, Q]]:
    """For each purpose, the clusters that may serve it: all, or those on its side of the hold-out share."""
    held_out = release.dataset.holdout
    if not held_out:
        return [(Purpose.EVALUATION, ALL), (Purpose.TRAINING, ALL)]
    below = Q(interaction__asked__place__lt=held_out)
    return [(Purpose.EVALUATION, below), (Purpose.TRAINING, Q(interaction__asked__place__gte=held_out))]


def agreed(purpose: str, default: bool) -> Q:
    """The asker and the author of the correction both consent to the purpose."""
    theirs = ledger.agrees(purpose, subject="correction__subject_id", default=default)
    return ledger.agrees(purpose, default=default) & (Q(correction__isnull=True) | theirs)


def flag(condition: Q) -> Case:
    """A condition as a column that is true or false, never null."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def insert(columns: list[str], rows: QuerySet[Any, Any]) -> int:
    """`INSERT INTO … SELECT`: the rows never leave the database. Django has no such call."""
    sql, parameters = rows.query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    return bulk.execute(f"INSERT INTO {bulk.quoted(ReleaseMember)} ({names}) {sql}", parameters)


def carry_over(old: Release, new: Release) -> int:
    """Copy the remaining members of a release to its recut."""
    members = ReleaseMember.objects.filter(release=old).order_by("interaction")
    rows = members.values_list(Value(new.pk), "interaction_id", "subject_id", "evaluation", "training", "author_id")
    return insert(["release_id", "interaction_id", "subject_id", "evaluation", "training", "author_id"], rows)
