"""Whose influence a record is: who asked, voted and wrote it, since when they are known, and whom the operator vouches
for. What the guards ask is read here, some thousand records at a time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from statistics import median

from django.db.models import Count
from django.db.models.functions import TruncWeek

from curation import bias, columns, decided, novelty
from curation.guards import GuardSettings, Item
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


class Known:
    """The words that a project knows: of sources, and of what reviewers approved. A text is read once."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.read: set[int] = set()
        self.has_approved = False

    def learn(self, text: str) -> None:
        """Add the words of a text."""
        if (mark := hash(text)) not in self.read:
            self.read.add(mark)
            self.words.update(novelty.words(text))

    def learn_approved(self, project: Project) -> None:
        """Add the words of what the project's reviewers approved, once."""
        if not self.has_approved:
            self.has_approved = True
            for text in approved(project):
                self.learn(text)


def items(project: Project, keys: Sequence[int], settings: GuardSettings, known: Known) -> Iterator[Item]:
    """What these guards ask of these records; `known` learns what their sources say.

    Text is looked at only where it counts: not of what a reviewer decided, nor of what the operator vouches for, but for
    what a release would show, where rare names are asked for.
    """
    weeks = sudden_weeks(project)
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
            if not row.reviewed:
                made = with_words(made, row, settings, known)
            yield made


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
    voters = tuple(sorted(set(row.voters)))
    authors = tuple(sorted({row.subject, *voters, *(() if row.author is None else (row.author,))}))
    week = bias.week(seen[row.subject]) if row.subject in seen and not vouched else ""
    return Item(
        id=row.interaction,
        authors=authors,
        voters=authors if voters == authors else voters,  # one for both, mostly: there are hundreds of thousands
        cluster=row.interaction if cluster is None else cluster,
        authored="human" if row.corrected else "agent",
        depth=(0 if row.corrected else 1) if depth is None else depth,
        tokens=tokens(row.expected or ""),
        cohort=week if week in weeks else "",
        first_seen=() if vouched else tuple(seen[person] for person in authors if person in seen),
        vouched=vouched,
        reviewed=row.reviewed,
    )


def with_words(made: Item, row: Decided, settings: GuardSettings, known: Known) -> Item:
    """The same with its phrases and names, and those of all that a release shows of the conversation."""
    own, text, shows = said(row.sources), row.expected or "", settings.rare_subjects > 1
    if shows or settings.hold_unknown:
        known.learn(own)
    if not made.vouched:
        names = novelty.names(text, own) if made.by_person and settings.hold_unknown else ()
        made = replace(made, phrases=novelty.phrases(text, own, settings.phrase_words), names=names)
    if shows:
        turns = (turn.get("content", "") for turn in row.context)
        everything = "\n".join((*turns, row.question, row.answer, text))
        made = replace(made, asker=row.subject, shown=novelty.names(everything, own))
    return made


def said(sources: Iterable[Mapping[str, str]]) -> str:
    """What a record's sources say."""
    return " ".join(source.get("text", "") for source in sources)


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


def known_phrases(project: Project, records: Iterable[Item], size: int) -> frozenset[int]:
    """The runs of words that the project knows: of the sources of these records, and of what reviewers approved."""
    keys = [one.id for one in records if not one.reviewed]
    sources = (said(columns.parsed(found)) for _, found in columns.select_in(SOURCES, keys))
    return frozenset(phrase for text in chain(sources, approved(project)) for phrase in novelty.ngrams(text, size))


SOURCES = f"SELECT id, sources FROM {columns.quoted(Interaction)} WHERE sources <> '[]' AND id IN ({{keys}})"  # noqa: S608


def approved(project: Project) -> Iterable[str]:
    """The answers that reviewers found right, or wrote."""
    keys = Decision.objects.filter(project=project, task__isnull=False).values_list("pk", flat=True)
    for row in decided.load(list(keys)):
        if row.expected is not None:
            yield row.expected
