"""Whose influence a record is: who asked, voted and wrote it, since when they are known, and whom the operator vouches
for. What the guards ask is read here, some thousand records at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count
from django.db.models.functions import TruncWeek

from curation import bias, columns, decided, novelty
from curation.guards import Item
from curation.models import Decision, Example, Question
from curation.records import Decided
from curation.texts import tokens
from feedback.models import Interaction, Project
from privacy.models import ConsentEntry, Purpose, Subject

CHUNK = 2_000
IMPORT_TAKES = timedelta(days=1)
SUDDEN = 3.0
WEEKS_OF_HISTORY = 4
FEW = 20


def items(project: Project, keys: Sequence[int], *, shown: bool = False) -> list[Item]:
    """What the guards ask of these records. Text is read only where it will be: not of what a reviewer decided, nor of
    what the operator vouches for, but for what a release would show, which `shown` asks for.
    """
    weeks = sudden_weeks(project)
    found: list[Item] = []
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        rows, received = decided.load(some), arrivals(some)
        clusters = dict(columns.select_in(CLUSTERS, some))
        depths = dict(columns.select_in(DEPTHS, some))
        people = {person for row in rows for person in (row.subject, row.author, *row.voters) if person is not None}
        imported, seen = vouched_since(people), first_seen(people)
        for row in rows:
            since = imported.get(row.subject)
            vouched = since is not None and received[row.interaction] <= since + IMPORT_TAKES
            made = item(row, vouched, seen, weeks, clusters.get(row.interaction), depths.get(row.interaction))
            found.append(with_all_shown(made, row) if shown and not row.reviewed else made)
    return found


CLUSTERS = f"SELECT interaction_id, cluster FROM {columns.quoted(Question)} WHERE interaction_id IN ({{keys}})"  # noqa: S608
SEEN = f"SELECT id, created_at FROM {columns.quoted(Subject)} WHERE id IN ({{keys}})"  # noqa: S608
IMPORTED = (
    f"SELECT subject_id, recorded_at FROM {columns.quoted(ConsentEntry)} "  # noqa: S608 - our own names
    "WHERE method = %s AND purpose = %s AND granted = %s AND subject_id IN ({keys})"
)
DEPTHS = f"SELECT decision_id, depth FROM {columns.quoted(Example)} WHERE decision_id IN ({{keys}})"  # noqa: S608


def item(
    row: Decided,
    vouched: bool,
    seen: dict[int, datetime],
    weeks: frozenset[str],
    cluster: int | None,
    depth: int | None,
) -> Item:
    """A decision as the guards take it."""
    voters = frozenset(row.voters)
    authors = frozenset({row.subject, *voters, *(() if row.author is None else (row.author,))})
    open_text = not (vouched or row.reviewed)
    week = bias.week(seen[row.subject]) if row.subject in seen and not vouched else ""
    return Item(
        id=row.interaction,
        authors=authors,
        voters=authors if voters == authors else voters,  # one set for both, mostly: there are hundreds of thousands
        cluster=row.interaction if cluster is None else cluster,
        text=(row.expected or "") if open_text else "",
        sources=" ".join(source.get("text", "") for source in row.sources) if open_text else "",
        authored="human" if row.corrected else "agent",
        depth=(0 if row.corrected else 1) if depth is None else depth,
        tokens=tokens(row.expected or ""),
        cohort=week if week in weeks else "",
        first_seen=() if vouched else tuple(seen[person] for person in authors if person in seen),
        vouched=vouched,
        reviewed=row.reviewed,
    )


def with_all_shown(made: Item, row: Decided) -> Item:
    """The same with all that a release shows of the conversation, and what its sources say."""
    turns = (turn.get("content", "") for turn in row.context)
    said = "\n".join((*turns, row.question, row.answer, row.expected or ""))
    return replace(made, asker=row.subject, shown=said, sources=" ".join(one.get("text", "") for one in row.sources))


def arrivals(keys: Iterable[int]) -> dict[int, datetime]:
    """When these interactions were received."""
    statement = f"SELECT id, received_at FROM {columns.quoted(Interaction)} WHERE id IN ({{keys}})"  # noqa: S608
    return {key: columns.moment(at) for key, at in columns.select_in(statement, keys)}


def vouched_since(people: Iterable[int]) -> dict[int, datetime]:
    """Whom of these the operator vouches for by importing their log, and when that was."""
    found: dict[int, datetime] = {}
    for subject, at in columns.select_in(IMPORTED, people, ["import", str(Purpose.CAPTURE), True]):
        found[subject] = max(columns.moment(at), found.get(subject, columns.moment(at)))
    return found


def first_seen(people: Iterable[int]) -> dict[int, datetime]:
    """When each of these was first seen."""
    return {person: columns.moment(at) for person, at in columns.select_in(SEEN, people)}


def sudden_weeks(project: Project) -> frozenset[str]:
    """The ISO weeks in which far more people came than usual: three times the median of all weeks, and twenty at least.

    Without a month of history there is no usual.
    """
    people = Subject.objects.filter(namespace=project.namespace).annotate(week=TruncWeek("created_at")).values("week")
    weeks = {bias.week(row["week"]): row["n"] for row in people.annotate(n=Count("pk"))}
    if len(weeks) < WEEKS_OF_HISTORY:
        return frozenset()
    usual = median(weeks.values())
    return frozenset(week for week, number in weeks.items() if number >= max(FEW, SUDDEN * usual))


def known_words(project: Project, records: Sequence[Item]) -> frozenset[str]:
    """The words that the project knows: of the sources of these records, and of what reviewers approved.

    Empty where no record is in question, which spares reading them.
    """
    if not any(one.shown or (one.authored == "human" and one.text) for one in records):
        return frozenset()
    said = (one.sources for one in records if one.sources)
    return novelty.known_words(said) | novelty.known_words(approved(project))


def known_phrases(project: Project, records: Sequence[Item], size: int) -> frozenset[str]:
    """The runs of words that the project knows: of the sources of these records, and of what reviewers approved."""
    texts = {one.sources for one in records if one.sources} | set(approved(project))
    return frozenset(phrase for text in texts for phrase in novelty.ngrams(text, size))


def approved(project: Project) -> Iterable[str]:
    """The answers that reviewers found right, or wrote."""
    keys = Decision.objects.filter(project=project, task__isnull=False).values_list("pk", flat=True)
    for row in decided.load(list(keys)):
        if row.expected is not None:
            yield row.expected
