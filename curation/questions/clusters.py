"""Clusters of near-duplicate questions, in indexed rows: the cost of a new question does not grow with their number.

A question with no near one starts a cluster and gets eight band keys; otherwise it joins the nearest question's cluster
and gets none. Every comparison is exact (`fingerprints.near`); the keys only say what to compare.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, Count, Min, Q, QuerySet, When

from curation.evidence.records import Decided
from curation.models import Question
from curation.questions.fingerprints import BUCKET, VERSION, Index, Sketch, bands, may_be_near, signature, sketch, words
from curation.selection import holdout
from feedback.capture import mark_pending
from feedback.models import Interaction
from privacy.db import bulk
from privacy.subjects import digests

BANDS = tuple(f"band_{number}" for number in range(8))
COLUMNS = ("interaction_id", "project_id", "subject_id", "cluster", "place", "version", "pinned", "words", *BANDS)
NO_BANDS: tuple[int | None, ...] = (None,) * len(BANDS)
LEADS = reduce(or_, (Q(**{f"{name}__isnull": False}) for name in BANDS))  # a band with a full bucket is skipped


class ClusterQuestion(NamedTuple):
    """A question on its way into its cluster, with what it is compared by and found by."""

    interaction: int
    subject: int
    fingerprint: bytes
    sketch: Sketch
    keys: tuple[int, ...]
    words: int
    size: int


def asked(project: int, row: Decided) -> ClusterQuestion:
    """A decision's question, prepared for comparison."""
    made = of(row.question, row.context)
    keys = salted(project, bands(signature(made)))
    return ClusterQuestion(row.interaction, row.subject, row.fingerprint, made, keys, *words(made))


def assign(project: int, kept: Sequence[ClusterQuestion], rewritten: Sequence[int]) -> None:
    """Put questions with records into their clusters, and take rewritten ones without records out. Call in a
    transaction.
    """
    leave(sorted({*rewritten} - {one.interaction for one in kept}))
    enter(project, kept)


def enter(project: int, questions: Sequence[ClusterQuestion]) -> dict[int, int]:
    """The cluster of each of these questions; one that is in none yet is put into one. Call in a transaction."""
    entered = known([one.interaction for one in questions])
    fresh = {one.interaction: one for one in questions if one.interaction not in entered}
    if not fresh:
        return entered
    index = looked_up(fresh.values())
    nearest = {key: index.place(key, one.sketch, one.keys) for key, one in fresh.items()}
    homes = homes_of({first for first in nearest.values() if first not in fresh})
    rows = []
    for key, one in fresh.items():
        bands = NO_BANDS
        if nearest[key] == key:
            homes[key] = key, holdout.place(one.fingerprint, key=digests.key("hold-out"))
            bands = tuple([band if key in index.buckets[band] else None for band in one.keys]) or NO_BANDS
        entered[key], place = homes[nearest[key]]
        rows.append((key, project, one.subject, entered[key], place, VERSION, False, one.words, *bands))
    bulk.upsert(Question, COLUMNS, rows, keep=True)
    return entered


def cluster_of(row: Interaction) -> int | None:
    """The cluster that an interaction's question is in, or would be put into if it were decided now; None if there is no
    near question.
    """
    if found := known([row.pk]):
        return found[row.pk]
    made = of(row.question, row.context)
    one = ClusterQuestion(
        row.pk, row.subject_id, b"", made, salted(row.project_id, bands(signature(made))), *words(made)
    )
    nearest = looked_up([one]).place(row.pk, made, one.keys)
    return None if nearest == row.pk else homes_of([nearest])[nearest][0]


def leave(interactions: Sequence[int]) -> None:
    """Take questions without any records left out of their clusters, unless a curator put them there."""
    take_out(Question.objects.filter(pk__in=interactions, pinned=False))


def of(question: str, context: Sequence[Mapping[str, str]]) -> Sketch:
    """The parts of a stored question that are compared."""
    return sketch(question, [(turn["role"], turn["content"]) for turn in context] if context else ())


def known(keys: Sequence[int]) -> dict[int, int]:
    """The clusters of those of these interactions that are in one."""
    statement = f"SELECT interaction_id, cluster FROM {bulk.quoted(Question)} WHERE interaction_id IN ({{keys}})"  # noqa: S608
    return dict(bulk.select_in(statement, keys))


def salted(project: int, keys: Sequence[int]) -> tuple[int, ...]:
    """The keys as stored: another project's, or another version's, keys differ."""
    grain = salt(project)
    return tuple([key ^ grain for key in keys])


@lru_cache(maxsize=256)
def salt(project: int) -> int:
    """32 bits of a project and of the version of the method, signed as the keys are."""
    made = hashlib.blake2b(f"{project}:{VERSION}".encode(), digest_size=8).digest()
    return int.from_bytes(made[:4], "big", signed=True) ^ int.from_bytes(made[4:], "big", signed=True)


def looked_up(asked: Collection[ClusterQuestion]) -> Index:
    """An index of the stored questions that share a key with any of these.

    For most, sharing a key is all that is needed, and for most of the others their bits; the text is read only of those
    that may be near.
    """
    buckets: dict[int, list[int]] = {}
    wanted = zip(BANDS, zip(*[one.keys for one in asked if one.keys], strict=True), strict=False)
    each = [
        (f"SELECT {name}, interaction_id FROM {bulk.quoted(Question)} WHERE {name} IN ({{keys}})", list(set(keys)))  # noqa: S608
        for name, keys in wanted
    ]
    for band, key in bulk.select_any(each, order="1, 2"):
        buckets.setdefault(band, []).append(key)
    index = Index()
    index.buckets = {band: tuple(found[:BUCKET]) for band, found in buckets.items()}
    index.sketches = {key: (made.question, made.context) for key, made in sketches_of(near_some(asked, index)).items()}
    return index


def near_some(asked: Iterable[ClusterQuestion], index: Index) -> set[int]:
    """The stored questions in the index that may be near one of these, by their bits. A question stored before bits
    existed has none, and is read.
    """
    bits = words_of(set().union(*index.buckets.values()))
    found: set[int] = set()
    for one in asked:
        for band in one.keys:
            for other in index.buckets.get(band, ()):
                if other not in found and ((theirs := bits[other]) is None or may_be_near(one.words, one.size, theirs)):
                    found.add(other)
    return found


def words_of(keys: Iterable[int]) -> dict[int, int | None]:
    """The bits of the words of stored questions."""
    statement = f"SELECT interaction_id, words FROM {bulk.quoted(Question)} WHERE interaction_id IN ({{keys}})"  # noqa: S608
    return dict(bulk.select_in(statement, keys))


def homes_of(keys: Iterable[int]) -> dict[int, tuple[int, float]]:
    """The clusters of stored questions, and their places in them."""
    statement = f"SELECT interaction_id, cluster, place FROM {bulk.quoted(Question)} WHERE interaction_id IN ({{keys}})"  # noqa: S608
    return {key: (cluster, place) for key, cluster, place in bulk.select_in(statement, keys)}


def sketches_of(keys: Iterable[int]) -> dict[int, Sketch]:
    """The sketches of stored questions, made from their text."""
    statement = f"SELECT id, question, context FROM {bulk.quoted(Interaction)} WHERE id IN ({{keys}})"  # noqa: S608
    return {key: of(text, bulk.parsed(turns)) for key, text, turns in bulk.select_in(statement, keys)}


def remove(keys: Sequence[int]) -> int:
    """Take questions out; if a cluster loses the one that others are compared with, its next takes its place."""
    with transaction.atomic(savepoint=False):
        return take_out(Question.objects.filter(pk__in=keys))


def take_out(rows: QuerySet[Question]) -> int:
    """The same for the questions of a query. Call in a transaction."""
    leads = Case(When(LEADS, then=True), default=False)
    found = list(rows.order_by().values_list("pk", "project", "cluster", leads))
    if not found:
        return 0
    leading: defaultdict[int, set[int]] = defaultdict(set)
    for _, project, cluster, is_leading in found:
        if is_leading:
            leading[project].add(cluster)
    removed: int = Question.objects.filter(pk__in=[key for key, *_ in found]).delete()[0]
    for project, named in leading.items():
        promote(project, named)
    return removed


def promote(project: int, named: Collection[int]) -> None:
    """Make sure that each of these clusters has a question to compare with: its first, if there is none."""
    members = Question.objects.filter(project=project, cluster__in=named).order_by().values("cluster")
    led = Count("pk", filter=LEADS)
    firsts = members.annotate(first=Min("pk"), led=led).filter(led=0).values_list("first", flat=True)
    give_bands(project, *firsts)


def give_bands(project: int, *keys: int) -> None:
    """Let new questions be compared with these from now on."""
    for key, made in sketches_of(keys).items():
        given = dict(zip(BANDS, salted(project, bands(signature(made))) or NO_BANDS, strict=True))
        Question.objects.filter(pk=key).update(version=VERSION, words=words(made)[0], **given)


def split(questions: Sequence[Question]) -> int:
    """A curator's decision that these questions do not belong with the others in their cluster: they get their own;
    returns its name.

    They keep their side of the hold-out, and stay where they were put. Everything about them is compared again, as in
    `merge`. Raises `ValueError` if they are in more than one cluster, or are all of it.
    """
    keys = sorted(question.pk for question in questions)
    groups = {(question.project_id, question.cluster) for question in questions}
    if len(groups) != 1:
        raise ValueError("the questions to split off must be in one cluster")
    ((project, old),) = groups
    with transaction.atomic():
        rest = Question.objects.select_for_update().filter(project=project, cluster=old).exclude(pk__in=keys)
        if not rest.exists():
            raise ValueError("a cluster cannot be split from itself")
        if old in keys:  # the name goes with its question; the others are named after their first
            renamed = rest.aggregate(first=Min("pk"))["first"]
            rest.update(cluster=renamed)
            promote(project, [renamed])
        new = old if old in keys else keys[0]
        Question.objects.filter(pk__in=keys).update(cluster=new, pinned=True)
        promote(project, [new, old])
        look_again(project, [new, *rest.values_list("cluster", flat=True)[:1]])
    return new


def merge(into: Question, other: Question) -> int:
    """A curator's decision that two clusters are one: the other's questions join this one, and its side; returns how
    many moved.

    Both are still compared with. Curation compares all of them again, since different records may now repeat each
    other. Raises `ValueError` across projects, or if they are already one.
    """
    if into.project_id != other.project_id or into.cluster == other.cluster:
        raise ValueError("two different clusters of one project can be merged")
    with transaction.atomic():
        moved = Question.objects.filter(project=into.project_id, cluster=other.cluster)
        number = moved.update(cluster=into.cluster, place=into.place, pinned=True)
        look_again(into.project_id, [into.cluster])
    return number


def look_again(project: int, named: Iterable[int]) -> None:
    """Let curation read every question of these clusters again."""
    members = Question.objects.filter(project=project, cluster__in=set(named))
    mark_pending(list(members.values_list("pk", flat=True)))
