"""Reads decisions with their interactions, signals and consent: a constant number of statements for a batch.

Where one writer at a time has the database, a batch is read before its turn to write and compared with a second reading
in it, so that everything written rests on what is stored at that moment. Elsewhere the rows are locked when they are
read, so that several workers share them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils import timezone

from curation.decisions import posterior
from curation.decisions.posterior import Stance, Standing, Verdict, Word
from curation.decisions.rules import LABELLED, Outcome, Vote, newest_votes, right_answer
from curation.evidence.attached import has_media, is_cut, steps_text
from curation.evidence.records import Decided
from curation.models import AuditItem, Claim, Decision, Opinion, ReviewTask
from feedback.models import Interaction, Project, Signal
from privacy.consent import ledger
from privacy.db import bulk, engine
from privacy.models import Subject
from privacy.subjects.lookup import ANONYMOUS

Columns = tuple[Any, ...]
REVIEW: Final = 0
"""In place of a signal: a reviewer's word."""
# What a decision `d` rests on: its interaction, the signal whose text it takes, and the task that a reviewer closed.
RESTS_ON = (
    f"JOIN {bulk.quoted(Interaction)} i ON i.id = d.interaction_id "
    f"LEFT JOIN {bulk.quoted(Signal)} s ON s.id = d.correction_id "
    f"LEFT JOIN {bulk.quoted(ReviewTask)} t ON t.id = d.task_id"
)
DRAWN = f"CASE WHEN EXISTS (SELECT 1 FROM {bulk.quoted(AuditItem)} a WHERE a.interaction_id = d.interaction_id) THEN 1 ELSE 0 END"  # noqa: S608


class Stored(NamedTuple):
    """What is stored of one interaction, as the driver gives it: its row, its votes, oldest first, and its decision."""

    row: Columns
    votes: Sequence[Columns]
    decision: Columns | None


class PreviousDecision(NamedTuple):
    """The previous decision: whether and when a reviewer made it, whose words it took (typed, or of a signal), and whether
    the audit drew its interaction.
    """

    outcome: str
    reason: str
    detail: str
    task: int | None
    resolved_at: datetime | None
    correction: str
    signal: int | None
    is_drawn: bool = False


class PendingInteraction(NamedTuple):
    """One interaction as a batch reads it: its votes, the previous decision, and after a review when the newest vote came."""

    key: int
    subject: int
    question: str
    answer: str
    context: Sequence[Mapping[str, str]]
    sources: Sequence[Mapping[str, Any]]
    tags: tuple[str, ...]
    agent: tuple[str, str]
    occurred_at: datetime
    fingerprint: bytes
    revision: int
    votes: tuple[Vote, ...]
    is_cut: bool
    has_media: bool
    steps_text: str
    heard_at: datetime | None
    before: PreviousDecision | None


class Reading(NamedTuple):
    """Pending interactions as they were at one version of the database's data."""

    stored: list[Stored]
    version: int


def are_locked() -> bool:
    """Whether what `waiting` reads is kept as it is until the transaction ends."""
    return not engine.one_writer()


def waiting(project: Project, after: int, most: int) -> Reading:
    """The next pending interactions, of those with a key above `after`."""
    version = engine.data_version()
    lock = " FOR NO KEY UPDATE OF i SKIP LOCKED" if are_locked() else ""
    which = f"i.project_id = %s AND i.id > %s ORDER BY i.id LIMIT {most}{lock}"
    return Reading(with_decisions(bulk.select(statement(which), [project.pk, after])), version)


def stored(keys: Sequence[int]) -> list[Stored]:
    """What is stored of these interactions, of those that wait."""
    return with_decisions(list(bulk.select_in(statement("i.id IN ({keys})"), keys)))


def undecided(key: int) -> Stored | None:
    """What is stored of one interaction, as if nobody had decided it; None where its person is restricted."""
    rows = bulk.select(statement("i.id = %s", pending=False), [key])
    return Stored(rows[0], list(signals_on([key])), None) if rows else None


def unchanged(stored: Sequence[Stored], *, since: int) -> set[int]:
    """The keys of those that wait still, and are to the letter what they were when they were read, which was after the
    data's version `since`. Call in the transaction that writes.
    """
    keys = [one.row[0] for one in stored]
    if are_locked() or engine.data_version() == since:
        return set(keys)
    now = {one.row[0]: one for one in with_decisions(list(bulk.select_in(statement("i.id IN ({keys})"), keys)))}
    return {key for key, one in zip(keys, stored, strict=True) if now.get(key) == one}


def statement(which: str, *, pending: bool = True) -> str:
    """A SELECT of the interactions, the pending ones unless told otherwise, for which `which` holds."""
    return (
        "SELECT i.id, i.subject_id, i.question, i.answer, i.context, i.sources, i.tags, i.agent_name, "  # noqa: S608
        f"i.agent_version, {bulk.at('i.occurred_at')}, i.fingerprint, i.revision, i.metadata, i.steps "
        f"FROM {bulk.quoted(Interaction)} i JOIN {bulk.quoted(Subject)} p ON p.id = i.subject_id "
        f"WHERE {'i.pending AND ' if pending else ''}NOT i.scan_due AND p.restricted_at IS NULL AND {which}"
    )


def with_decisions(rows: Sequence[Columns]) -> list[Stored]:
    """These interactions with their votes and decisions."""
    keys = [row[0] for row in rows]
    votes: dict[int, list[Columns]] = {key: [] for key in keys}
    for vote in signals_on(keys):
        votes[vote[0]].append(vote)
    decisions = {decision[0]: decision for decision in decisions_on(keys)}
    return [Stored(row, votes[row[0]], decisions.get(row[0])) for row in rows]


def signals_on(keys: Iterable[int]) -> Iterable[Columns]:
    """The live signals on these interactions, oldest first, without those of people who are restricted."""
    statement = (
        "SELECT g.interaction_id, g.id, g.subject_id, g.kind, g.correction, "  # noqa: S608 - our own names
        f"{bulk.at('g.effective_at')}, CASE WHEN p.digest LIKE '{ANONYMOUS}%%' THEN 1 ELSE 0 END, "
        f"{bulk.at('g.received_at')} "
        f"FROM {bulk.quoted(Signal)} g JOIN {bulk.quoted(Subject)} p ON p.id = g.subject_id "
        "WHERE g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.interaction_id IN ({keys}) ORDER BY g.id"
    )
    return bulk.select_in(statement, keys)


def decisions_on(keys: Sequence[int]) -> Iterable[Columns]:
    """The decisions that stand on these interactions."""
    statement = (
        "SELECT d.interaction_id, d.outcome, d.reason, d.detail, d.task_id, t.resolved_at, t.correction, d.correction_id, "  # noqa: S608
        f"{DRAWN} FROM {bulk.quoted(Decision)} d LEFT JOIN {bulk.quoted(ReviewTask)} t ON t.id = d.task_id "
        "WHERE d.interaction_id IN ({keys})"
    )
    return bulk.select_in(statement, keys)


def read(stored: Stored) -> PendingInteraction:
    """What is stored of an interaction, as the rules take it."""
    *rest, metadata, steps = stored.row
    key, subject, question, answer, context, sources, tags, name, version, at, mark, revision = rest
    before = decision_before(stored.decision)
    reviewed = before is not None and before.task is not None
    return PendingInteraction(
        key, subject, question, answer, bulk.parsed(context), bulk.parsed(sources), tuple(bulk.parsed(tags)),
        (name, version), bulk.moment(at), bytes(mark), revision,
        tuple(map(vote, stored.votes)), is_cut(metadata), has_media(metadata, context), steps_text(steps),
        max((bulk.moment(vote[-1]) for vote in stored.votes), default=None) if reviewed else None,
        before,
    )  # fmt: skip


def decision_before(stored: Columns | None) -> PreviousDecision | None:
    """The current decision on an interaction, if there is one."""
    if stored is None:
        return None
    _, outcome, reason, detail, task, at, typed, signal, drawn = stored
    return PreviousDecision(
        outcome, reason, detail, task, bulk.moment(at) if at else None, typed or "", signal, bool(drawn)
    )


def load(keys: Sequence[int]) -> list[Decided]:
    """The decisions of these interactions, in order of key."""
    if not keys:
        return []
    statement = (
        "SELECT i.id, i.subject_id, i.question, i.context, i.answer, d.outcome, d.task_id, t.correction, "  # noqa: S608
        "d.correction_id, s.correction, s.subject_id, i.sources, i.tags, d.language, i.agent_name, i.agent_version, "
        f"i.occurred_at, d.question, i.fingerprint, i.metadata, i.steps, s.step, {DRAWN} FROM {bulk.quoted(Decision)} d {RESTS_ON} "
        "WHERE d.interaction_id IN ({keys})"
    )
    voters = {key: tuple(one.subject for one in newest_votes(votes)) for key, votes in votes_on(keys).items()}
    rows = []
    for (
        key, subject, question, context, answer, outcome, task, typed, correction, written, author, sources, tags,
        language, name, version, occurred_at, key_of_question, fingerprint, metadata, steps, fix, drawn,
    ) in bulk.select_in(statement, keys):  # fmt: skip
        rows.append(
            Decided(
                interaction=key,
                subject=subject,
                question=question,
                context=bulk.parsed(context),
                answer=answer,
                expected=right_answer(answer, typed, written) if outcome in LABELLED else None,
                corrected=outcome == Outcome.CORRECTED,
                reviewed=task is not None,
                correction=correction,
                author=author,
                sources=bulk.parsed(sources),
                tags=tuple(bulk.parsed(tags)),
                language=language,
                agent=(name, version),
                occurred_at=bulk.moment(occurred_at),
                fingerprint=bytes(key_of_question) or bytes(fingerprint),
                wording=bytes(fingerprint),
                voters=voters.get(key, ()),
                is_cut=is_cut(metadata),
                has_media=has_media(metadata, context),
                steps_text=steps_text(steps, fix),
                is_drawn=bool(drawn),
            )
        )
    return sorted(rows, key=lambda row: row.interaction)


def votes_on(keys: Iterable[int]) -> Mapping[int, list[Vote]]:
    """The live signals on these interactions, oldest first, as the rules take them."""
    found: defaultdict[int, list[Vote]] = defaultdict(list)
    for signal in signals_on(keys):
        found[signal[0]].append(vote(signal))
    return found


def vote(signal: Columns) -> Vote:
    """A signal as the rules take it."""
    _, key, subject, kind, correction, at, is_anonymous, _ = signal
    return Vote(key, subject, kind, correction or None, bulk.moment(at), is_anonymous=bool(is_anonymous))


def agreements(rows: Sequence[Decided], project: Project) -> dict[str, frozenset[int]]:
    """For each purpose, the askers and authors who agree to it at this moment, and to capture; one statement."""
    people = {row.subject for row in rows} | {row.author for row in rows if row.author is not None}
    return ledger.consenting(people, project.consent_defaults, timezone.now())


OPINION = tuple(
    "project_id interaction_id subject_id question claim proposed stance signal is_anonymous sources sourced "
    "length at".split()
)
WORD = tuple("at signal subject_id is_anonymous interaction_id claim stance proposed sources sourced length".split())
CLAIM = tuple("project_id question claim verdict probability supporters opponents conversations tier".split())


def write_opinions(rows: Sequence[Columns], decided_before: Sequence[int]) -> None:
    """Replace what people said of these interactions; reviews stay."""
    for start in range(0, len(decided_before), bulk.KEYS):
        some = decided_before[start : start + bulk.KEYS]
        Opinion.objects.filter(interaction__in=some).exclude(signal=REVIEW).delete()
    reviews = [row[1] for row in rows if row[7] == REVIEW]
    Opinion.objects.filter(interaction__in=reviews, signal=REVIEW).delete()
    bulk.upsert(Opinion, OPINION, rows, keep=True)


def words_on(project: Project, questions: Collection[bytes]) -> dict[bytes, list[Word]]:
    """The newest words about each of these questions, without those of people who are restricted."""
    columns = f"{bulk.at('o.at')}, {', '.join(f'o.{name}' for name in WORD[1:])}"
    found: dict[bytes, list[Word]] = {}
    for question, *one in newest_opinions(project, questions, columns):
        found.setdefault(bytes(question), []).append(word(one))
    return {question: posterior.believed(words) for question, words in found.items()}


def newest_opinions(project: Project, questions: Collection[bytes], columns: str) -> Iterable[Columns]:
    """These columns, of an opinion `o` and its person `p`, of the newest opinions about each of these questions."""
    newest = (
        "WHERE n.project_id = k.project_id AND n.question = k.question "
        f"ORDER BY n.at DESC, n.signal DESC, n.interaction_id DESC LIMIT {2 * posterior.NEWEST}"
    )
    statement = (
        f"SELECT o.question, {columns} "  # noqa: S608
        f"FROM (SELECT DISTINCT project_id, question FROM {bulk.quoted(Opinion)} WHERE project_id = %s AND question IN ({{keys}})) k "
        f"{bulk.join_each(Opinion, 'o', newest)} "
        f"JOIN {bulk.quoted(Subject)} p ON p.id = o.subject_id WHERE p.restricted_at IS NULL"
    )
    return bulk.select_in(statement, questions, [project.pk])


def word(columns: Sequence[Any]) -> Word:
    """An opinion as the rules take it."""
    at, signal, subject, is_anonymous, interaction, claim, stance, proposed, sources, sourced, length = columns
    named = posterior.ANONYMOUS if is_anonymous else subject
    person = -interaction if signal == REVIEW else named
    return Word(
        bulk.moment(at), signal, person, interaction, claim, Stance(stance), proposed, sources, bool(sourced), length
    )


def claims_on(project: Project, questions: Collection[bytes]) -> dict[tuple[bytes, int], Verdict]:
    """The verdict that is stored of each claim about these questions."""
    statement = (
        f"SELECT question, claim, verdict FROM {bulk.quoted(Claim)} WHERE project_id = %s AND question IN ({{keys}})"  # noqa: S608
    )
    rows = bulk.select_in(statement, questions, [project.pk])
    return {(bytes(question), claim): Verdict(verdict) for question, claim, verdict in rows}


def write_claims(
    project: Project, standings: Mapping[bytes, Mapping[int, Standing]], gone: Iterable[tuple[bytes, int]]
) -> None:
    """Store what is known of each claim about these questions, and forget claims that nobody speaks of any more."""
    rows = [
        (project.pk, question, claim, one.verdict.value, one.probability, one.supporters, one.opponents,
         one.conversations, one.tier.value)
        for question, claims in standings.items()
        for claim, one in claims.items()
    ]  # fmt: skip
    bulk.upsert(Claim, CLAIM, rows, key=CLAIM[:3])
    if wanted := set(gone):
        stored = Claim.objects.filter(project=project, question__in={question for question, _ in wanted})
        found = stored.values_list("pk", "question", "claim")
        Claim.objects.filter(pk__in=[key for key, *of in found if (bytes(of[0]), of[1]) in wanted]).delete()


def claims_made(project: Project, questions: Collection[bytes]) -> Iterable[tuple[bytes, int, int, int | None]]:
    """What was said of these questions, by all people: the question, the interaction, what its answer claims, and what a
    correction of it claims instead.
    """
    statement = (
        f"SELECT question, interaction_id, claim, proposed FROM {bulk.quoted(Opinion)} "  # noqa: S608 - our own names
        "WHERE project_id = %s AND question IN ({keys})"
    )
    rows = bulk.select_in(statement, questions, [project.pk])
    return ((bytes(question), key, claim, proposed) for question, key, claim, proposed in rows)
