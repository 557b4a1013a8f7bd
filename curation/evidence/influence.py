"""Who influenced a record: who asked, voted and wrote it, how long they have been known, and whom the operator
vouches for. What the guards ask is read here, some thousand records at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from itertools import chain
from statistics import median
from typing import Any, NamedTuple

from curation.decisions import rules
from curation.decisions.posterior import Tier
from curation.evidence import poisoning, sources, store
from curation.filters.texts import tokens
from curation.models import Claim, Decision, EvalCase, Example
from curation.quality import estimates
from curation.selection.balance import RecordPool
from curation.selection.guards import OWN_PHRASE_WORDS, PHRASE_WORDS, GuardSettings, Item
from feedback.models import Interaction, Project, Signal
from privacy.db import bulk
from privacy.models import ConsentEntry, Purpose, Subject

CHUNK = 2_000
CORRECTED = rules.Outcome.CORRECTED.value
IMPORT_TAKES = timedelta(days=1)
SUDDEN = 3.0
WEEKS_OF_HISTORY = 4
HISTORY = timedelta(weeks=WEEKS_OF_HISTORY)  # after which a person counts alone, whoever came the same week
FEW = 20
QUARTER = 13  # weeks that tell what is usual


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
            self.words.update(poisoning.words(text))

    def learn_sources(self, records: Iterable[Item]) -> None:
        """Add the words of what these records' sources say."""
        keys = [one.id for one in records if not one.reviewed]
        for _, found in bulk.select_in(SOURCES, keys):
            self.learn(source_text(bulk.parsed(found)))

    def learn_approved(self, project: Project) -> None:
        """Add the words of what the project's reviewers approved, once."""
        if not self.has_approved:
            self.has_approved = True
            for text in approved(project):
                self.learn(text)


class Shared:
    """The records that several plans of one project weigh, each read once: a trial compares two."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.stocks: dict[tuple[str, ...], RecordPool] = {}
        self.weighed: defaultdict[bool, dict[int, Item]] = defaultdict(dict)

    def items(self, keys: Sequence[int], settings: GuardSettings, known: Known) -> Iterator[Item]:
        """What `items` gives, of what was not read before for the same guards."""
        there = self.weighed[settings.rare_subjects > 1]
        known.learn_sources(there[key] for key in keys if key in there)
        missing = [key for key in keys if key not in there]
        there.update((item.id, item) for item in items(self.project, missing, settings, known))
        return (there[key] for key in keys if key in there)


def items(project: Project, keys: Sequence[int], settings: GuardSettings, known: Known) -> Iterator[Item]:
    """What these guards ask of these records; `known` learns what their sources say.

    Text is looked at only where it counts: not of what a reviewer decided, nor of what the operator vouches for, but for
    what a release would show, where rare names are asked for.
    """
    weeks, shows = sudden_weeks(project), settings.rare_subjects > 1
    alike: dict[Any, Any] = {}
    for start in range(0, len(keys), CHUNK):
        rows = [ReadRecord._make(row) for row in bulk.select_in(READ, keys[start : start + CHUNK])]
        voters = voted(row.id for row in rows)
        people = {person for row in rows for person in (row.subject, row.author) if person is not None}
        people.update(*voters.values())
        imported, seen = vouched_since(people), first_seen(people)
        for row in sorted(rows):
            since = imported.get(row.subject)
            vouched = since is not None and bulk.moment(row.received_at) <= since + IMPORT_TAKES
            words = said_in(row, vouched, known, shows) if row.task is None else NOTHING
            yield item(row, voters[row.id], vouched, seen, weeks, words, alike)


class ReadRecord(NamedTuple):
    """What is read of a record; the texts of JSON columns as they are."""

    id: int
    subject: int
    outcome: str
    answer: str
    task: int | None
    typed: str | None
    written: str | None
    author: int | None
    sources: Any
    question: str
    context: Any
    received_at: Any
    depth: int | None
    tier: str | None

    @property
    def is_single(self) -> bool:
        """Whether it would fall without one of the people behind it."""
        return self.tier in (None, Tier.SINGLE)

    @property
    def expected(self) -> str:
        """What it would teach."""
        return rules.right_answer(self.answer, self.typed, self.written)


# Times as text: either driver would have Python take each apart.
READ = (
    "SELECT i.id, i.subject_id, d.outcome, i.answer, d.task_id, t.correction, s.correction, s.subject_id, "  # noqa: S608
    f"i.sources, i.question, i.context, CAST(i.received_at AS text), x.depth, c.tier FROM {bulk.quoted(Decision)} d "
    f"{store.RESTS_ON} LEFT JOIN {bulk.quoted(Example)} x ON x.decision_id = d.interaction_id "
    f"LEFT JOIN {bulk.quoted(EvalCase)} e ON e.decision_id = d.interaction_id "
    f"LEFT JOIN {bulk.quoted(Claim)} c ON c.project_id = d.project_id AND c.question = d.question "
    "AND c.claim = COALESCE(x.said, e.said) WHERE d.interaction_id IN ({keys})"
)
VOTED = (
    f"SELECT g.interaction_id, g.subject_id FROM {bulk.quoted(Signal)} g "  # noqa: S608 - our own names
    f"JOIN {bulk.quoted(Subject)} p ON p.id = g.subject_id WHERE g.withdrawn_at IS NULL AND p.restricted_at IS NULL "
    f"AND g.kind IN ({', '.join(repr(kind) for kind in sorted(rules.EXPLICIT))}) AND g.interaction_id IN ({{keys}})"
)
SEEN = f"SELECT id, CAST(created_at AS text) FROM {bulk.quoted(Subject)} WHERE id IN ({{keys}})"  # noqa: S608
IMPORTED = (
    f"SELECT subject_id, recorded_at FROM {bulk.quoted(ConsentEntry)} "  # noqa: S608 - our own names
    "WHERE method = %s AND purpose = %s AND granted = %s AND subject_id IN ({keys})"
)


class Words(NamedTuple):
    """What the guards look for in what a record says."""

    phrases: Sequence[int] = ()
    names: Sequence[str] = ()
    asker: int = 0
    shown: Sequence[str] = ()
    own_phrases: Sequence[int] = ()


NOTHING = Words()


def item(
    row: ReadRecord,
    votes: Set[int],
    vouched: bool,
    seen: dict[int, datetime],
    weeks: frozenset[str],
    words: Words,
    alike: dict[Any, Any],
) -> Item:
    """A record as the guards take it. `alike` has what other records have too: there are hundreds of thousands."""
    voters = tuple(sorted(votes))
    authors = tuple(sorted({row.subject, *voters, *(() if row.author is None else (row.author,))}))
    authors = alike.setdefault(authors, authors)
    corrected = row.outcome == CORRECTED
    week = estimates.week(seen[row.subject]) if weeks and row.subject in seen and not vouched else ""
    return Item(
        id=row.id,
        authors=authors,
        voters=alike.setdefault(voters, voters),
        phrases=words.phrases,
        names=words.names,
        authored="human" if corrected else "agent",
        depth=(0 if corrected else 1) if row.depth is None else row.depth,
        tokens=tokens(row.expected),
        cohort=week if week in weeks else "",
        vouched=vouched,
        reviewed=row.task is not None,
        asker=words.asker,
        shown=words.shown,
        own_phrases=words.own_phrases,
        is_single=row.is_single,
        cited=tuple(sources.cited(bulk.parsed(row.sources))) if row.sources != "[]" else (),
    )


def said_in(row: ReadRecord, vouched: bool, known: Known, shows: bool) -> Words:
    """The phrases and names of a record, and the names of all that a release shows of the conversation."""
    own, text = source_text(bulk.parsed(row.sources)), row.expected
    known.learn(own)
    found = NOTHING
    if not vouched and row.is_single:
        by_person = row.outcome == CORRECTED
        names = poisoning.names(text, own) if by_person else ()
        short = poisoning.phrases(text, own, OWN_PHRASE_WORDS) if by_person else ()
        found = Words(poisoning.phrases(text, own, PHRASE_WORDS), names, own_phrases=short)
    if shows:
        turns = (turn.get("content", "") for turn in bulk.parsed(row.context))
        everything = "\n".join((*turns, row.question, row.answer, text))
        found = found._replace(asker=row.subject, shown=poisoning.names(everything, own))
    return found


def source_text(sources: Iterable[Mapping[str, str]]) -> str:
    """What a record's sources say."""
    return " ".join(source.get("text", "") for source in sources)


def voted(keys: Iterable[int]) -> defaultdict[int, set[int]]:
    """Whose votes stand on each of these: everybody's who has one, for the newest of each person's does."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for interaction, subject in bulk.select_in(VOTED, keys):
        found[interaction].add(subject)
    return found


def vouched_since(people: Iterable[int]) -> dict[int, datetime]:
    """Whom of these the operator vouches for by importing their log, and when that was."""
    found: dict[int, datetime] = {}
    for subject, at in bulk.select_in(IMPORTED, people, ["import", str(Purpose.CAPTURE), True]):
        found[subject] = max(bulk.moment(at), found.get(subject, bulk.moment(at)))
    return found


def first_seen(people: Iterable[int]) -> dict[int, datetime]:
    return {person: bulk.moment(at) for person, at in bulk.select_in(SEEN, people)}


def sudden_weeks(project: Project) -> frozenset[str]:
    """The ISO weeks in which far more people came than was usual before: three times the median of the weeks before, and
    twenty at least. Before a month of history there is no usual: in a product's first week everybody comes.
    """
    seen = bulk.stream(CAME, [project.namespace])
    return sudden(Counter(map(estimates.week, (bulk.moment(at) for (at,) in seen))))


def sudden(weeks: Mapping[str, int]) -> frozenset[str]:
    """The same of numbers of people by week."""
    usual: list[int] = []
    found = set()
    for week, number in sorted(weeks.items()):
        if len(usual) >= WEEKS_OF_HISTORY and number >= max(FEW, SUDDEN * median(usual[-QUARTER:])):
            found.add(week)
        else:
            usual.append(number)
    return frozenset(found)


CAME = f"SELECT CAST(created_at AS text) FROM {bulk.quoted(Subject)} WHERE namespace = %s"  # noqa: S608 - our own names


def known_phrases(project: Project, records: Iterable[Item], size: int) -> frozenset[int]:
    """The runs of words that the project knows: of the sources of these records, of what reviewers approved, and of what
    the agent said to several people who found it right.
    """
    keys = [one.id for one in records if not one.reviewed]
    sources = (source_text(bulk.parsed(found)) for _, found in bulk.select_in(SOURCES, keys))
    known = frozenset(phrase for text in chain(sources, approved(project)) for phrase in poisoning.ngrams(text, size))
    told = ((person, poisoning.ngrams(answer, size)) for person, answer in confirmed(project))
    return known | poisoning.said_to_several(told)


SOURCES = f"SELECT id, sources FROM {bulk.quoted(Interaction)} WHERE sources <> '[]' AND id IN ({{keys}})"  # noqa: S608


def confirmed(project: Project) -> Iterable[tuple[int, str]]:
    """The newest answers that were found right, each with the person who was told it."""
    rows = Decision.objects.filter(project=project, outcome=rules.Outcome.CONFIRMED).order_by("-interaction")
    return rows.values_list("subject", "interaction__answer")[:CHUNK]


def approved(project: Project) -> Iterable[str]:
    """The answers that reviewers found right, or wrote."""
    keys = Decision.objects.filter(project=project, task__isnull=False).values_list("pk", flat=True)
    for row in store.load(list(keys)):
        if row.expected is not None:
            yield row.expected
