"""Records of the same question: one stands, the others say why they do not.

Records have the same question where its key is the same, and the same answer where it claims the same. A new record is
compared with the one that stands for its answer and the one that stands for its question, and nothing else is read or
written: a question that was asked ten thousand times costs no more than one that was asked twice. A record that does not
stand points at the one that took its place at the time, which may have lost it since; `stands` says which one stands
now. All of a question is looked at again only where what stood has changed or gone.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from curation.decisions.derive import KINDS, Touched, write
from curation.models.derived import ASKED, Derived, Example, PreferencePair
from curation.questions.duplicate_status import IN_PLAY, LEADS, Row, heads, read, store
from feedback.models import Project

Status = Derived.Status
Verdict = tuple[str, str, str]
SAME = (Status.DUPLICATE, "same_question", "The same question with the same answer is in use already.")
FOLLOWED = ("corrected_later", "reviewed_otherwise")
OWN_REASONS = ("same_question", "near_question", "accepted_too", *FOLLOWED, *ASKED)


def resolve(project: Project, touched: Touched) -> int:
    """Write what was derived, each record as it stands beside the others; how many rows changed their standing. Call in a
    transaction.

    A reviewer's word stands before a rule's, the answer that is known best before another that is right, a correction
    before a confirmation, the newer before the older.
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
    """Retire preference pairs with the examples of the same decisions, and bring them back with them."""
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
    """Look at every record of these questions, and of these answers in their clusters, again; those that changed."""
    rows = {row.key: row for row in read(model, project, IN_PLAY, "near_said", saids)}
    rows |= {row.key: row for row in read(model, project, IN_PLAY, "fingerprint", marks)}
    return settle(model, project, list(rows.values()))


def orphans(model: type[Derived], project: Project) -> list[Row]:
    """Look again at the questions whose duplicates point at nothing any more, because what they repeated has gone."""
    lost = model.objects.filter(project=project, status=Status.DUPLICATE, canonical__isnull=True)
    found = list(lost.values_list("fingerprint", "near_said"))
    return again(model, project, {bytes(mark) for mark, _ in found}, {said for _, said in found})


def settle(model: type[Derived], project: Project, rows: Sequence[Row]) -> list[Row]:
    """Compare these records with those that stand for their answers and their questions; store and return what changed."""
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
    """Those of these records that another may say something of, or that may say something of another. Most new records
    are the only ones of their question, and stand.
    """
    marks, saids = Counter([row.mark for row in rows]), Counter([row.near_said for row in rows])
    return [row for row in rows if not row.is_fresh or marks[row.mark] > 1 or saids[row.near_said] > 1]


def grouped(rows: Iterable[Row], *, by_near_answer: bool = False) -> list[list[Row]]:
    """The records by their answer within a cluster; or by question, those alone that stand for their answer."""
    groups: dict[bytes | tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        if by_near_answer:
            groups[row.near_said, row.said].append(row)
        elif row.is_head:
            groups[row.mark].append(row)
    return list(groups.values())


def one_for_each_answer(group: Sequence[Row]) -> None:
    """Of records with one answer in one cluster, the first stands for it and the others repeat it; one that was retired
    only where there is no other.
    """
    first = max(group, key=lambda row: (row.is_head, row.rank))
    if not first.is_head:
        give(first, None, first)
    for row in group:
        if row is not first:
            give(row, SAME, first)


def one_for_each_question(group: Sequence[Row]) -> None:
    """Of the answers to one question, the first stands, and says what becomes of the others."""
    first = max(group, key=lambda row: row.rank) if len(group) > 1 else group[0]
    give(first, None, first)
    for row in group:
        if row is not first:
            give(row, SAME if row.said == first.said else standing(row, first), first)


def give(row: Row, verdict: Verdict | None, first: Row) -> None:
    """Let a record stand (None), or say what keeps it out. What a selection for a release said of a record that stands
    is left alone, and so is what one points at that is kept out for the same reason as before.
    """
    if verdict is None:
        if row.reason in OWN_REASONS:
            row.status, row.reason, row.detail, row.canonical = Status.ACTIVE, "", "", None
            row.figure = None
    elif (row.status, row.reason) != verdict[:2] or row.canonical is None:
        row.status, row.reason, row.detail = verdict
        row.canonical, row.figure = first.key, None


def standing(row: Row, first: Row) -> Verdict:
    """The (status, reason, words) of a record beside the one that stands, whose answer is another."""
    if not row.is_best:
        return (
            Status.DUPLICATE,
            "accepted_too",
            "It is right too, and is an accepted answer of the case that is in use.",
        )
    if first.rank[0]:
        return Status.RETIRED, "reviewed_otherwise", "A reviewer decided for another answer to the same question."
    return Status.RETIRED, "corrected_later", "A newer right answer to the same question is in use in its place."


def stands(row: Derived) -> int | None:
    """The record that stands now in the place of this one: for its answer, else for its question; None where none does."""
    model = type(row)
    for there in (
        [other for other in heads(model, row.project, [row.near_said]) if other.said == row.said],
        read(model, row.project, LEADS, "fingerprint", [bytes(row.fingerprint)]),
    ):
        if found := [other for other in there if other.key != row.pk]:
            return max(found, key=lambda other: other.rank).key
    return None
