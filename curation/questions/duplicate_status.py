"""The status of records relative to each other, read and written without their text: digests show which records repeat each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curation.decisions.posterior import Verdict
from curation.models import Claim, Decision
from curation.models.derived import ASKED, HEADS, HELD_BACK, Derived
from feedback.models import Interaction, Project
from privacy.db import bulk

Rank = tuple[bool, bool, bool, float, int]
Status = Derived.Status


@dataclass(slots=True, eq=False)
class Row:
    """One record among others.

    `mark` is its question's fingerprint, `said` the digest of its answer, `near_said` that of its cluster and answer.
    `known`: it existed before, and may have a review task. `is_fresh`: it is still to be written.
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
        """Remember the stored status."""
        self.was = (self.status, self.reason, self.canonical is None)

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what is stored. Pointing at another record is not a change; no longer pointing at one
        is.
        """
        return (self.status, self.reason, self.canonical is None) != self.was

    @property
    def is_best(self) -> bool:
        """Whether no other answer to its question is better supported."""
        return self.rank[1]

    @property
    def is_head(self) -> bool:
        """Whether no other record with the same answer represents it."""
        return self.status in HEADS


def rank(key: int, *, reviewed: bool, is_best: bool, corrected: bool, occurred_at: datetime) -> Rank:
    """The greatest of a question's records is used: first a reviewer's verdict, then the best-supported answer, then a
    correction, then the newest.
    """
    return reviewed, is_best, corrected, occurred_at.timestamp(), key


def digest_of(question: bytes, said: int) -> int:
    """The digest of a question with an answer; only `said` tells answers apart with certainty."""
    return int.from_bytes(question[:8], "big", signed=True) ^ said


def listed(values: Iterable[str]) -> str:
    """Constants of ours in SQL form."""
    return f"({', '.join(repr(str(value)) for value in values)})"


IN_PLAY = (
    f"NOT (r.status = '{Status.FILTERED}') AND NOT (r.status = '{Status.HELD}' AND r.reason IN {listed(HELD_BACK)})"
)
CURRENT = (
    f"r.canonical_id IS NULL AND r.status IN {listed(HEADS)}"  # a disputed record points at the one that disputes it
)
LEADS = f"{CURRENT} AND NOT (r.reason IN {listed((*ASKED, *HELD_BACK))})"


WRITTEN = ("decision_id", "status", "reason", "detail", "figure", "canonical_id", "selected")


def read(model: type[Derived], project: Project, which: str, column: str, values: Iterable[Any]) -> list[Row]:
    """The records of a project for which `which` (a condition of ours) holds, by the values of one of their columns."""
    statement = (
        "SELECT r.decision_id, r.subject_id, r.fingerprint, r.said, r.near_said, r.status, r.reason, r.detail, "  # noqa: S608
        f"r.canonical_id, d.outcome, d.task_id, c.verdict, {bulk.at('i.occurred_at')} FROM {bulk.quoted(model)} r "
        f"JOIN {bulk.quoted(Decision)} d ON d.interaction_id = r.decision_id "
        f"JOIN {bulk.quoted(Interaction)} i ON i.id = r.decision_id LEFT JOIN {bulk.quoted(Claim)} c "
        "ON c.project_id = r.project_id AND c.question = d.question AND c.claim = r.said "
        f"WHERE r.project_id = %s AND {which} AND r.{column} IN ({{keys}})"
    )
    return [
        Row(
            key, subject, bytes(mark), said, near_said,
            rank(
                key, reviewed=task is not None, is_best=verdict != Verdict.ACCEPTED,
                corrected=outcome == "corrected", occurred_at=bulk.moment(at),
            ),
            status, reason, detail, canonical,
        )
        for key, subject, mark, said, near_said, status, reason, detail, canonical, outcome, task, verdict, at in bulk.select_in(
            statement, set(values), [project.pk]
        )
    ]  # fmt: skip


def heads(model: type[Derived], project: Project, saids: Iterable[int]) -> list[Row]:
    """The records that represent one of these answers to their questions."""
    return read(model, project, CURRENT, "near_said", set(saids))


def store(model: type[Derived], rows: Sequence[Row]) -> None:
    """Write the status of these records; a selection then judges them again."""
    values = [(row.key, str(row.status), row.reason, row.detail, None, row.canonical, False) for row in rows]
    bulk.update(model, WRITTEN, values)
