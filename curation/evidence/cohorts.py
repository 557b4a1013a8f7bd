"""Cohorts: who came together. New people who push a claim that no earlier person supported count as one against earlier people,
and a claim that only people of one week support rests on one.

To make thirty accounts costs little, and thirty votes in a week look like a truth that has changed. But where the truth
has changed, old and new people say so alike. So a claim is a cohort's where chance would hardly make all its supporters
as new as they are, next to those who asked meanwhile, and somebody older says otherwise.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from django.db.models import Min

from curation.decisions.posterior import ANONYMOUS, REVIEWS, Stance, Standing, Tier, Word, counted
from curation.evidence import influence, store
from curation.models import Claim
from curation.quality import estimates
from feedback.models import Interaction, Project
from privacy.db import bulk
from privacy.models import Subject

CHANCE: Final = 0.01  # at most, that supporters drawn from everybody would all be so new
SAMPLE: Final = 2_000  # conversations, of those held while a claim was made: the newest tell how new people are
YOUNG: Final = timedelta(days=7)
LEAST: Final = 20  # of them in the days of the claim: fewer tell nothing
Words = Mapping[bytes, Sequence[Word]]


def as_one(project: Project, spoken: Words) -> Words:
    """The words about each question, where of each cohort only the newest is left. What is left of one question does not
    depend on the others. A few queries at most, and none where no two people speak for a claim that another contests.
    """
    heard = {question: counted(words) for question, words in spoken.items() if len(words) > 2}
    suspects = {question: found for question, words in heard.items() if (found := contested(words))}
    if not suspects:
        return spoken
    everybody = {word.person for question in suspects for word in spoken[question] if word.person > ANONYMOUS}
    seen, imported = influence.first_seen(everybody), influence.vouched_since(everybody)
    pushed = [
        (question, backing, oldest)
        for question, claims in suspects.items()
        for backing in claims.values()
        if not any(word.person in imported for word in backing)
        and (oldest := newer_than_others(backing, heard[question], seen)) is not None
    ]
    askers = newest_askers(project, [(backing[0].at, backing[-1].at) for _, backing, _ in pushed])
    left = dict(spoken)
    for (question, backing, oldest), meanwhile in zip(pushed, askers, strict=True):
        share = share_as_new(oldest, meanwhile)
        if share is not None and share ** sum(map(is_persons, backing)) < CHANCE:
            left[question] = newest_of(backing, left[question])
    return left


def contested(heard: Sequence[Word]) -> dict[int, list[Word]]:
    """The words for each claim that at least two named people and no reviewer support, and that somebody else contradicts.
    `heard` are `counted`.
    """
    backing: defaultdict[int, list[Word]] = defaultdict(list)
    for word in heard:
        if word.backs is not None:
            backing[word.backs].append(word)
    return {
        claim: some
        for claim, some in backing.items()
        if len(some) < len(heard)
        and sum(map(is_persons, some)) > 1
        and not any(word.stance in REVIEWS for word in some)
    }


def is_persons(word: Word) -> bool:
    """Whether somebody with a name, and no reviewer, says so."""
    return word.person > ANONYMOUS and word.stance not in REVIEWS


def newest_askers(project: Project, times: Sequence[tuple[datetime, datetime]]) -> list[list[timedelta]]:
    """For each pair of moments: how long people had been known who asked between them. Only the newest `SAMPLE` are read."""
    found: list[list[timedelta]] = [[] for _ in times]
    for start in range(0, len(times), WINDOWS):
        some = times[start : start + WINDOWS]
        statement = " UNION ALL ".join(ASKED.format(place=start + number, most=SAMPLE) for number in range(len(some)))
        values = [value for first, last in some for value in (project.pk, bulk.stamp(first), bulk.stamp(last))]
        for place, at, known_since in bulk.select(statement, values):
            found[place].append(bulk.moment(at) - bulk.moment(known_since))
    return found


WINDOWS: Final = 20  # in one statement
ASKED: Final = (
    "SELECT {place} AS place, a.* FROM (SELECT CAST(i.received_at AS text) AS at, CAST(p.created_at AS text) AS known_since "  # noqa: S608
    f"FROM {bulk.quoted(Interaction)} i JOIN {bulk.quoted(Subject)} p ON p.id = i.subject_id "
    "WHERE i.project_id = %s AND i.received_at >= %s AND i.received_at <= %s "
    "ORDER BY i.received_at DESC, i.id DESC LIMIT {most}) a"
)


def newer_than_others(backing: Sequence[Word], heard: Iterable[Word], seen: Mapping[int, datetime]) -> timedelta | None:
    """How long the supporters of a claim had been known at most. None if they include somebody known for `HISTORY`, or if
    nobody who was known for longer says otherwise.
    """
    oldest = max(age(word, seen) for word in backing)
    mine = {word.person for word in backing}
    if oldest >= influence.HISTORY or not any(
        is_persons(word) and word.person not in mine and age(word, seen) > oldest for word in heard
    ):
        return None
    return oldest


def age(word: Word, seen: Mapping[int, datetime]) -> timedelta:
    """How long a person had been known when they said this."""
    return word.at - seen.get(word.person, word.at)


def share_as_new(oldest: timedelta, ages: Sequence[timedelta]) -> float | None:
    """The share of these askers that were as new as this; None where they are too few to tell."""
    if len(ages) < LEAST:
        return None
    return (sum(one <= oldest for one in ages) + 1) / (len(ages) + 1)


def newest_of(backing: Collection[Word], words: Iterable[Word]) -> list[Word]:
    """The words without those of a cohort, but for the newest of them."""
    newest = max(backing, key=lambda word: (word.at, word.ref))
    others = {word.person for word in backing} - {newest.person}
    return [word for word in words if word.person not in others]


def first_week(project: Project) -> datetime | None:
    """When a project's first week ends, in which everybody comes together; None where nothing has been captured yet."""
    first = Interaction.objects.filter(project=project).aggregate(first=Min("received_at"))["first"]
    return first + YOUNG if first is not None else None


def is_young(project: Project, now: datetime) -> bool:
    """Whether a project is in its first week, in which few people are all the people."""
    began = first_week(project)
    return began is None or now < began


def count_apart(project: Project, known: Mapping[bytes, Mapping[int, Standing]]) -> None:
    """Let claims rest on one person's word whose supporters came together: to make two accounts costs little. Only claims
    that are said to rest on several are looked at; a constant number of queries. Of those who came in a project's first week two are two.
    """
    several = {
        (question, claim)
        for question, claims in known.items()
        for claim, one in claims.items()
        if one.tier == Tier.SEVERAL
    }
    began = first_week(project) if several else None
    if began is None:
        return
    newest: dict[tuple[bytes, int], Supporter] = {}
    for question, *columns in store.newest_opinions(project, {question for question, _ in several}, SUPPORTER):
        one = Supporter.of(*columns)
        key = (bytes(question), one.person)
        if key not in newest or one.spoken > newest[key].spoken:
            newest[key] = one
    imported = influence.vouched_since({one.person for one in newest.values()})
    apart: defaultdict[tuple[bytes, int], set[str]] = defaultdict(set)
    for (question, _), one in newest.items():
        if (question, one.backs) in several:
            apart[question, one.backs].add(one.company(imported.get(one.person), began))
    together = {key for key in several if len(apart[key]) < 2}
    rows = Claim.objects.filter(project=project, question__in={question for question, _ in together})
    keys = [key for key, *of in rows.values_list("pk", "question", "claim") if (bytes(of[0]), of[1]) in together]
    Claim.objects.filter(pk__in=keys).update(tier=Tier.SINGLE)


class Supporter(NamedTuple):
    """A person's newest word about a question: the claim that it backs (0: none), and the day the person first came."""

    person: int
    spoken: tuple[datetime, int]
    backs: int
    seen: datetime

    @classmethod
    def of(
        cls, person: int, anonymous: bool, at: Any, ref: int, stance: str, claim: int, made: int | None, seen: Any
    ) -> Self:
        """An opinion as the database gives it; all people without a name are one."""
        backs = claim if stance in (Stance.UP, Stance.REVIEW_UP) else made if stance != Stance.DOWN else 0
        return cls(0 if anonymous else person, (bulk.moment(at), ref), backs or 0, bulk.moment(seen))

    def company(self, imported: datetime | None, began: datetime) -> str:
        """Whom the person counts with: nobody else, once known for a while or vouched for, or come before the project had
        begun; else who came the same week.
        """
        at, _ = self.spoken
        is_vouched = imported is not None and at <= imported + influence.IMPORT_TAKES
        if self.person and (is_vouched or self.seen < began or at - self.seen >= influence.HISTORY):
            return f"person {self.person}"
        return estimates.week(self.seen) if self.person else ""


# Times as text: either driver would have Python take each apart.
SUPPORTER = "o.subject_id, o.is_anonymous, CAST(o.at AS text), o.signal, o.stance, o.claim, o.proposed, CAST(p.created_at AS text)"
