"""Records of the same question: one is used, the others say why they are not.

Records share a question if its key is the same, and an answer if it claims the same. A new record is compared only with
the one that represents its answer and the one that represents its question, and nothing else is read or written: a
question asked ten thousand times costs no more than one asked twice. A record that is not used points at the one that
took its place, which may itself have been replaced since; `record_in_use` finds the current one. A whole question is compared
again only if its current record changed or was removed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from curation.decisions.derive import KINDS, AffectedRecords, write
from curation.models.derived import ASKED, Derived, Example, PreferencePair
from curation.questions.duplicate_status import IN_PLAY, LEADS, Row, heads, read, store
from feedback.models import Project

Status = Derived.Status
Verdict = tuple[str, str, str]
SAME = (Status.DUPLICATE, "same_question", "The same question with the same answer is already in use.")
FOLLOWED = ("corrected_later", "reviewed_otherwise")
OWN_REASONS = ("same_question", "near_question", "accepted_too", *FOLLOWED, *ASKED)


def resolve(project: Project, touched: AffectedRecords) -> int:
    """Write derived records, each with its status relative to the others; return how many rows changed status. Call in
    a transaction.

    A reviewer's verdict comes before a rule's, the best-supported answer before another right one, a correction before
    a confirmation, the newer before the older.
    """
    changed, taught = 0, set[int]()
    for model in KINDS:
        moved = settle(model, project, touched.fresh.get(model, []))
        write(model, project, touched)
        if touched.marks or touched.saids:
            moved += again(model, project, touched.marks, touched.saids)
            moved += orphans(model, project)
        changed += len(moved)
        if model is Example:
            taught = {row.key for row in moved}
        if model is PreferencePair:
            follow(project, taught | {row.key for row in [*moved, *touched.fresh.get(model, [])]})
    return changed


def follow(project: Project, keys: Iterable[int]) -> None:
    """Retire preference pairs with the examples of the same decisions, and restore them with them."""
    pairs = read(PreferencePair, project, IN_PLAY, "decision_id", keys)
    examples = {row.key: row for row in read(Example, project, IN_PLAY, "decision_id", [row.key for row in pairs])}
    freed = []
    for pair in pairs:
        example = examples.get(pair.key)
        if example is not None and example.reason in FOLLOWED:
            pair.status, pair.reason, pair.detail, pair.canonical = example.status, example.reason, example.detail, None
        elif pair.reason in FOLLOWED:
            give(pair, None, pair)
            freed.append(pair)
    store(PreferencePair, [pair for pair in pairs if pair.is_changed])
    settle(PreferencePair, project, freed)


def again(model: type[Derived], project: Project, marks: Iterable[bytes], saids: Iterable[int]) -> list[Row]:
    """Compare every record of these questions, and of these answers in their clusters, again; return those that
    changed.
    """
    rows = {row.key: row for row in read(model, project, IN_PLAY, "near_said", saids)}
    rows |= {row.key: row for row in read(model, project, IN_PLAY, "fingerprint", marks)}
    return settle(model, project, list(rows.values()))


def orphans(model: type[Derived], project: Project) -> list[Row]:
    """Compare again the questions whose duplicates point at nothing, because the record they repeated was removed."""
    lost = model.objects.filter(project=project, status=Status.DUPLICATE, canonical__isnull=True)
    found = list(lost.values_list("fingerprint", "near_said"))
    return again(model, project, {bytes(mark) for mark, _ in found}, {said for _, said in found})


def settle(model: type[Derived], project: Project, rows: Sequence[Row]) -> list[Row]:
    """Compare these records with those that represent their answers and questions; store and return what changed."""
    if not rows:
        return []
    pool = {row.key: row for row in rows}
    marks = {row.mark for row in rows}
    for row in heads(model, project, (row.near_said for row in rows)):
        pool.setdefault(row.key, row)
    for row in read(model, project, LEADS, "fingerprint", marks):
        pool.setdefault(row.key, row)
    met = meeting(pool.values())
    for group in grouped(met, by_near_answer=True):
        if len(group) > 1 or not group[0].is_head:
            one_for_each_answer(group)
    if model is not PreferencePair:
        for group in grouped(met):
            if group[0].mark in marks:
                one_for_each_question(group)
    moved = [row for row in met if row.is_changed]
    store(model, [row for row in moved if not row.is_fresh])
    return moved


def meeting(rows: Collection[Row]) -> list[Row]:
    """Those of these records that another may affect, or that may affect another. Most new records are the only ones
    for their question, and are used.
    """
    marks, saids = Counter([row.mark for row in rows]), Counter([row.near_said for row in rows])
    return [row for row in rows if not row.is_fresh or marks[row.mark] > 1 or saids[row.near_said] > 1]


def grouped(rows: Iterable[Row], *, by_near_answer: bool = False) -> list[list[Row]]:
    """The records by their answer within a cluster; or by question, only those that represent their answer."""
    groups: dict[bytes | tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        if by_near_answer:
            groups[row.near_said, row.said].append(row)
        elif row.is_head:
            groups[row.mark].append(row)
    return list(groups.values())


def one_for_each_answer(group: Sequence[Row]) -> None:
    """Among records with one answer in one cluster, the first represents it and the others repeat it; a retired one
    only if there is no other.
    """
    first = max(group, key=lambda row: (row.is_head, row.rank))
    if not first.is_head:
        give(first, None, first)
    for row in group:
        if row is not first:
            give(row, SAME, first)


def one_for_each_question(group: Sequence[Row]) -> None:
    """Among the answers to one question, the first is used, and decides what becomes of the others."""
    first = max(group, key=lambda row: row.rank) if len(group) > 1 else group[0]
    give(first, None, first)
    for row in group:
        if row is not first:
            give(row, SAME if row.said == first.said else status_of(row, first), first)


def give(row: Row, verdict: Verdict | None, first: Row) -> None:
    """Let a record be used (None), or say what keeps it out.

    A selection's result on a record in use is left alone, and so is the target of one that is kept out for the same
    reason as before.
    """
    if verdict is None:
        if row.reason in OWN_REASONS:
            row.status, row.reason, row.detail, row.canonical = Status.ACTIVE, "", "", None
            row.figure = None
    elif (row.status, row.reason) != verdict[:2] or row.canonical is None:
        row.status, row.reason, row.detail = verdict
        row.canonical, row.figure = first.key, None


def status_of(row: Row, first: Row) -> Verdict:
    """The (status, reason, words) of a record next to the one in use, whose answer differs."""
    if not row.is_best:
        return (
            Status.DUPLICATE,
            "accepted_too",
            "It is right too, and is an accepted answer of the case that is in use.",
        )
    if first.rank[0]:
        return Status.RETIRED, "reviewed_otherwise", "A reviewer decided for another answer to the same question."
    return Status.RETIRED, "corrected_later", "A newer right answer to the same question is in use in its place."


def record_in_use(row: Derived) -> int | None:
    """The record now in use instead of this one: for its answer, else for its question; None if there is none."""
    model = type(row)
    for there in (
        [other for other in heads(model, row.project, [row.near_said]) if other.said == row.said],
        read(model, row.project, LEADS, "fingerprint", [bytes(row.fingerprint)]),
    ):
        if found := [other for other in there if other.key != row.pk]:
            return max(found, key=lambda other: other.rank).key
    return None
