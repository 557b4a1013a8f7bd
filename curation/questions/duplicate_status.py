"""The standing of records beside each other, read and written without their text: digests say what repeats what."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curation.models import Decision
from curation.models.derived import ASKED, HEADS, HELD_BACK, Derived
from feedback.models import Interaction, Project
from feedback.texts.fingerprints import normalise
from privacy.db import bulk

ANSWER_BITS = 27
ANSWER, CLUSTER = (1 << ANSWER_BITS) - 1, (1 << 63 - ANSWER_BITS) - 1
Rank = tuple[bool, bool, float, int]
Status = Derived.Status


@dataclass(slots=True, eq=False)
class Row:
    """One record beside others. `mark` is its question's fingerprint, `said` the digest of its answer, `near_said` that
    of its cluster and its answer. `known`: it was there before, and may have a review task. `is_fresh`: it is still to be written.
    """

    key: int
    subject: int
    mark: bytes
    said: int
    near_said: int
    rank: Rank
    status: str
    reason: str = ""
    detail: str = ""
    canonical: int | None = None
    figure: float | None = None
    known: bool = True
    is_fresh: bool = False
    was: tuple[str, str, bool] = field(init=False)

    def __post_init__(self) -> None:
        """Remember what is stored."""
        self.was = (self.status, self.reason, self.canonical is None)

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what is stored. To point at another is no change, to point at none is."""
        return (self.status, self.reason, self.canonical is None) != self.was

    @property
    def is_head(self) -> bool:
        """Whether no record with the same answer stands for it."""
        return self.status in HEADS


def rank(key: int, *, reviewed: bool, corrected: bool, occurred_at: datetime) -> Rank:
    """Which of several records stands: the greatest. A reviewer's word, then a correction, then the newest."""
    return reviewed, corrected, occurred_at.timestamp(), key


def digest(answer: str) -> int:
    """The digest of an answer: the same for what differs in case, space or punctuation alone."""
    return number(normalise(answer))


def near_digest(cluster: int, said: int) -> int:
    """The digest of a cluster of near questions with an answer: in the order of the clusters, so that what is new comes
    last in its index. A hash would come anywhere, and an index in no order costs a page a record.

    What tells answers of one cluster apart for certain is `said`, which stands beside it.
    """
    return (cluster & CLUSTER) << ANSWER_BITS | (said & ANSWER)


def number(text: str) -> int:
    """A digest that a column of signed 64-bit integers holds."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def one_of(column: str, values: Iterable[str]) -> str:
    """That a column has one of these constants of ours, in the words of `derivedmodels.one_of`: else its index would not serve."""
    return f"({' OR '.join(f'r.{column} = {str(value)!r}' for value in values)})"


def listed(values: Iterable[str]) -> str:
    """Constants of ours as SQL lists them."""
    return f"({', '.join(repr(str(value)) for value in values)})"


IN_PLAY = (
    f"NOT (r.status = '{Status.FILTERED}') AND NOT (r.status = '{Status.HELD}' AND r.reason IN {listed(HELD_BACK)})"
)
STANDS = f"r.canonical_id IS NULL AND r.status IN {listed(HEADS)}"  # what is disputed points at what disputes it
LEADS = f"{STANDS} AND NOT (r.reason IN {listed((*ASKED, *HELD_BACK))})"
DISPUTED = f"r.status = '{Status.HELD}' AND {one_of('reason', ASKED)}"


WRITTEN = ("decision_id", "status", "reason", "detail", "figure", "canonical_id", "selected")


def read(model: type[Derived], project: Project, which: str, column: str, values: Iterable[Any]) -> list[Row]:
    """The records of a project for which `which` (a condition of ours) holds, by the values of a column of theirs."""
    statement = (
        "SELECT r.decision_id, r.subject_id, r.fingerprint, r.said, r.near_said, r.status, r.reason, r.detail, "  # noqa: S608
        f"r.canonical_id, d.outcome, d.task_id, {bulk.at('i.occurred_at')} FROM {bulk.quoted(model)} r "
        f"JOIN {bulk.quoted(Decision)} d ON d.interaction_id = r.decision_id "
        f"JOIN {bulk.quoted(Interaction)} i ON i.id = r.decision_id "
        f"WHERE r.project_id = %s AND {which} AND r.{column} IN ({{keys}})"
    )
    return [
        Row(
            key, subject, bytes(mark), said, near_said,
            rank(key, reviewed=task is not None, corrected=outcome == "corrected", occurred_at=bulk.moment(at)),
            status, reason, detail, canonical,
        )
        for key, subject, mark, said, near_said, status, reason, detail, canonical, outcome, task, at in bulk.select_in(
            statement, set(values), [project.pk]
        )
    ]  # fmt: skip


def heads(model: type[Derived], project: Project, saids: Iterable[int]) -> list[Row]:
    """The records that stand for one of these answers in their clusters, disputed or not."""
    wanted = set(saids)
    return [row for which in (STANDS, DISPUTED) for row in read(model, project, which, "near_said", wanted)]


def store(model: type[Derived], rows: Sequence[Row]) -> None:
    """Write the standing of these records; a selection looks at them anew."""
    values = [(row.key, str(row.status), row.reason, row.detail, None, row.canonical, False) for row in rows]
    bulk.update(model, WRITTEN, values)
