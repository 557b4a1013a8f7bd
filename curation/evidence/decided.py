"""Decisions read with all that is made of them: one statement for the rows, one for the votes, one for the consent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from curation.decisions import rules
from curation.decisions.rules import Outcome, Vote
from curation.evidence.records import Decided
from curation.models import Decision, ReviewTask
from feedback.models import Interaction, Project, Signal
from privacy.db import columns
from privacy.models import ConsentEntry, Purpose, Subject

LABELLED = frozenset({Outcome.CONFIRMED.value, Outcome.CORRECTED.value})


def load(keys: Sequence[int]) -> list[Decided]:
    """The decisions of these interactions, in order of key."""
    if not keys:
        return []
    statement = (
        "SELECT i.id, i.subject_id, i.question, i.context, i.answer, d.outcome, d.task_id, t.correction, "  # noqa: S608
        "d.correction_id, s.correction, s.subject_id, i.sources, i.tags, d.language, i.agent_name, i.agent_version, "
        f"i.occurred_at, i.fingerprint FROM {columns.quoted(Decision)} d "
        f"JOIN {columns.quoted(Interaction)} i ON i.id = d.interaction_id "
        f"LEFT JOIN {columns.quoted(Signal)} s ON s.id = d.correction_id "
        f"LEFT JOIN {columns.quoted(ReviewTask)} t ON t.id = d.task_id "
        "WHERE d.interaction_id IN ({keys})"
    )
    voters = {key: tuple(vote.subject for vote in rules.standing(votes)) for key, votes in votes_on(keys).items()}
    rows = []
    for (
        key, subject, question, context, answer, outcome, task, typed, correction, written, author, sources, tags,
        language, name, version, occurred_at, fingerprint,
    ) in columns.select_in(statement, keys):  # fmt: skip
        rows.append(
            Decided(
                interaction=key,
                subject=subject,
                question=question,
                context=columns.parsed(context),
                answer=answer,
                expected=expected(outcome, answer, typed, written),
                corrected=outcome == Outcome.CORRECTED,
                reviewed=task is not None,
                correction=correction,
                author=author,
                sources=columns.parsed(sources),
                tags=tuple(columns.parsed(tags)),
                language=language,
                agent=(name, version),
                occurred_at=columns.moment(occurred_at),
                fingerprint=bytes(fingerprint),
                voters=voters.get(key, ()),
            )
        )
    return sorted(rows, key=lambda row: row.interaction)


def expected(outcome: str, answer: str, typed: str | None, written: str | None) -> str | None:
    """The right answer: what a reviewer typed, else what a person wrote, else the agent's; None where that is open."""
    return (typed or written or answer) if outcome in LABELLED else None


def votes_on(keys: Iterable[int]) -> Mapping[int, list[Vote]]:
    """The signals that stand on these interactions, oldest first, without those of people who are restricted."""
    statement = (
        "SELECT g.interaction_id, g.id, g.subject_id, g.kind, g.correction, g.effective_at "  # noqa: S608 - our own names
        f"FROM {columns.quoted(Signal)} g JOIN {columns.quoted(Subject)} p ON p.id = g.subject_id "
        "WHERE g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.interaction_id IN ({keys}) ORDER BY g.id"
    )
    found: defaultdict[int, list[Vote]] = defaultdict(list)
    for interaction, key, subject, kind, correction, at in columns.select_in(statement, keys):
        found[interaction].append(Vote(key, subject, kind, correction or None, columns.moment(at)))
    return found


def agreements(rows: Sequence[Decided], project: Project) -> dict[str, frozenset[int]]:
    """For each purpose, the askers and authors who agree to it at this moment, and to capture; one statement."""
    people = {row.subject for row in rows} | {row.author for row in rows if row.author is not None}
    return consenting(people, project)


def consenting(people: set[int], project: Project) -> dict[str, frozenset[int]]:
    """For each purpose, those of these people who agree to it at this moment, and to capture; one statement."""
    statement = (
        "SELECT id, subject_id, purpose, granted, expires_at "  # noqa: S608 - our own names
        f"FROM {columns.quoted(ConsentEntry)} WHERE subject_id IN ({{keys}})"
    )
    newest: dict[tuple[int, str], tuple[int, bool]] = {}
    now = timezone.now()
    for key, subject, purpose, granted, expires_at in columns.select_in(statement, people):
        before = newest.get((subject, purpose))
        if before is None or key > before[0]:
            newest[subject, purpose] = key, bool(granted) and (expires_at is None or columns.moment(expires_at) > now)
    agreed = {
        purpose: {
            person for person in people if newest.get((person, purpose), (0, project.consents_by_default(purpose)))[1]
        }
        for purpose in Purpose.values
    }
    return {purpose: frozenset(found & agreed[Purpose.CAPTURE]) for purpose, found in agreed.items()}
