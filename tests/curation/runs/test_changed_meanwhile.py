"""Changes between a batch's reading and its writing: curation decides as if it had run later.

Only on SQLite: PostgreSQL locks what a batch reads, so nobody can change it before the batch writes.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model

from curation import pipeline
from curation.decisions import judging
from curation.decisions.derive import KINDS
from curation.models import Decision, EvalCase, Question, ReviewTask, Run
from curation.policies import versions
from curation.review import deciding
from curation.runs import pace
from feedback import capture
from feedback.models import Interaction, Project
from feedback.rescans import rescan
from privacy.erasure import erasure
from privacy.models import RedactionPolicy, Subject
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks what a batch reads"),
]
TERM, MENDED = "Zyxwell", "The house of Zyxwell opens at ten and closes at four in the afternoon."
PLACE = {"type": "PLACE", "pattern": TERM, "must_match": [TERM], "must_not_match": ["Oxwell"]}
MADE: tuple[type[Model], ...] = (Decision, Question, *KINDS)
Change = Callable[[Project], Any]


def said_of(shop: Project) -> None:
    """Six conversations, each of which becomes something else; one was decided and voted on again, one was reviewed."""
    versions.revise(shop, {"review": {"second_share": 0}}, "Each task once")
    for day, (name, who, question) in enumerate(
        (
            ("asked-again", cast.DAN, "May I bring a dog into the reading room on Sundays?"),
            ("reviewed", cast.DAN, "Is there a lift to the second floor of the library?"),
            ("first", cast.ANNA, cast.QUESTION),
            ("same", cast.CLEO, cast.QUESTION),
            ("near", cast.ANNA, cast.QUESTION.replace("Saturdays", "Saturdays then")),
            ("corrected", cast.ANNA, f"Until when can {TERM} be visited in the winter months?"),
            ("doubtful", cast.DAN, "Which of the entrances has a ramp for a wheelchair?"),
        ),
        start=1,
    ):
        cast.asked(shop, who, id=name, question=question, occurred_at=datetime(2026, 5, day, tzinfo=UTC).isoformat())
        if day < 3:
            cast.said(shop, name, "thumbs_down")
    cast.asked(shop, cast.BEN, id="ben-was-here")
    cast.turn(shop)
    deciding.resolve(open_task(shop, "reviewed"), deciding.Verdict("approve"), reviewer())
    for name, signal, given in (
        ("asked-again", "retry", {}),
        ("reviewed", "copy", {}),
        ("first", "thumbs_up", {}),
        ("same", "thumbs_up", {}),
        ("near", "thumbs_up", {}),
        ("corrected", "edit", {"correction": MENDED, "subject": cast.BEN}),
        ("doubtful", "thumbs_down", {}),
    ):
        cast.said(shop, name, signal, id=f"says-{name}", **given)


def reviewer() -> User:
    return User.objects.get_or_create(username="rita")[0]


def open_task(shop: Project, name: str) -> ReviewTask:
    return ReviewTask.objects.get(project=shop, interaction__external_id=name, state="open")


def votes(name: str, signal: str, **given: Any) -> Change:
    return lambda shop: cast.said(shop, name, signal, **given)


def takes_back(name: str) -> Change:
    return lambda shop: capture.withdraw_signal(shop, f"says-{name}")


def erased(who: str) -> Change:
    return lambda shop: erasure.erase(cast.person(shop, who))


def withdraws(who: str, purpose: str) -> Change:
    return lambda shop: erasure.withdraw(cast.person(shop, who), purpose, method="page")


def restricted(who: str) -> Change:
    return lambda shop: lifecycle.submit(shop.namespace, who, "erasure", verified_by="key", origin=shop.name)


def decides(name: str, verdict: str, correction: str = "") -> Change:
    return lambda shop: deciding.resolve(open_task(shop, name), deciding.Verdict(verdict, correction), reviewer())


def takes_back_a_verdict(shop: Project) -> None:
    deciding.undo(
        ReviewTask.objects.get(project=shop, interaction__external_id="reviewed", state="resolved"), reviewer()
    )


def redacted_again(shop: Project) -> None:
    RedactionPolicy.objects.filter(pk=shop.redaction_id).update(version=2, definition={"terms": [PLACE]})
    rescan.run()


def read_first_again(shop: Project) -> None:
    Interaction.objects.filter(project=shop, external_id="first").update(scan_due=True)


CHANGES: dict[str, Change] = {
    "a vote": votes("first", "thumbs_down"),
    "a correction": votes("near", "edit", correction=cast.RIGHT, subject=cast.BEN),
    "a vote on what was decided": votes("asked-again", "thumbs_up"),
    "a vote on what was reviewed": votes("reviewed", "thumbs_down"),
    "a vote taken back": takes_back("first"),
    "a correction taken back": takes_back("corrected"),
    "an asker erased": erased(cast.ANNA),
    "an author erased": erased(cast.BEN),
    "an asker of what was decided erased": erased(cast.DAN),
    "no evaluation": withdraws(cast.ANNA, "evaluation"),
    "no training": withdraws(cast.ANNA, "training"),
    "no training with an author's words": withdraws(cast.BEN, "training"),
    "nothing any more": withdraws(cast.CLEO, "capture"),
    "an asker restricted": restricted(cast.ANNA),
    "an author restricted": restricted(cast.BEN),
    "a verdict": decides("asked-again", "approve"),
    "a correcting verdict": decides("asked-again", "correct", cast.RIGHT),
    "a verdict taken back": takes_back_a_verdict,
    "text redacted again": redacted_again,
    "text to be redacted again": read_first_again,
    "another worker": pipeline.curate,
}


def comes_to(shop: Project) -> set[tuple[Any, ...]]:
    """All that curation wrote of a project, by the names of its conversations."""
    names = dict(Interaction.objects.filter(project=shop).values_list("pk", "external_id"))
    found: set[tuple[Any, ...]] = set()
    for row in Decision.objects.filter(project=shop).select_related("correction", "task"):
        wrote, typed = row.correction and row.correction.correction, row.task and row.task.correction
        found.add(
            (
                "decision",
                names[row.pk],
                row.outcome,
                row.reason,
                row.detail,
                row.language,
                row.revision,
                wrote,
                row.decided_by,
                typed,
                row.interaction.pending,
            )
        )
    for model in KINDS:
        for made in model.objects.filter(project=shop):
            own = (made.kind,) if isinstance(made, EvalCase) else (getattr(made, "depth", None),)
            found.add(
                (
                    model.__name__,
                    names[made.pk],
                    made.status,
                    made.reason,
                    names.get(made.canonical_id or 0),
                    None if "[" in (made.decision.expected or "") else made.said,  # what it hides is its own
                    *own,
                )
            )
    for asked in Question.objects.filter(project=shop):
        found.add(
            ("question", names[asked.pk], asked.words)
        )  # its cluster keeps the name and the side that it had first
    for task in ReviewTask.objects.filter(project=shop).exclude(state="cancelled"):
        found.add(
            (
                "task",
                names[task.interaction_id],
                task.reason,
                task.detail,
                task.state,
                task.priority,
                task.revision,
                task.correction,
            )
        )
    return found


def elsewhere(change: Change, shop: Project) -> None:
    """Let something change over another connection."""

    def work() -> None:
        try:
            change(shop)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def between(monkeypatch: pytest.MonkeyPatch, shop: Project, change: Change) -> None:
    """Let something change as soon as the next batch of this project has been read and judged."""
    real, waits = judging.judge, [shop.pk]

    def judged(*given: Any) -> Any:
        made = real(*given)
        if waits == [shop.pk]:
            assert not connection.in_atomic_block, "nobody waits for what a batch reads"
            waits.clear()
            elsewhere(change, shop)
        return made

    monkeypatch.setattr(judging, "judge", judged)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PAUSE_SECONDS", 0.0)


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_after_a_batch_was_read_is_as_if_it_had_changed_before(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, later = cast.project(), cast.project("later")
    said_of(shop)
    said_of(later)
    before = set(Run.objects.values_list("pk", flat=True))
    between(monkeypatch, shop, CHANGES[what])
    cast.turn(shop)
    CHANGES[what](later)
    while cast.turn(shop):  # what it left is pending, and nothing else is
        pass
    cast.turn(later)
    assert comes_to(shop) == comes_to(later)
    counts = {each.pk: sum(each.counts.values()) for each in Run.objects.exclude(pk__in=before)}
    assert sum(counts.values()) == sum(Run.objects.exclude(pk__in=before).values_list("read", flat=True))
    assert not Interaction.objects.filter(project=shop).pending().exists()


@pytest.mark.parametrize("who", [cast.ANNA, cast.BEN, cast.CLEO, cast.DAN])
def test_of_a_person_who_is_erased_after_a_batch_was_read_nothing_is_written(
    who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = cast.project()
    said_of(shop)
    keys = list(Interaction.objects.filter(subject=cast.person(shop, who)).values_list("pk", flat=True))
    corrected = Interaction.objects.get(external_id="corrected").pk
    between(monkeypatch, shop, erased(who))
    cast.turn(shop)
    gone = {*keys, corrected} if who == cast.BEN else set(keys)
    assert not any(model._default_manager.filter(pk__in=gone).exists() for model in MADE)
    assert not ReviewTask.objects.filter(interaction__in=gone).exists()
    assert not Subject.objects.filter(pk__in=Interaction.objects.filter(pk__in=keys).values("subject")).exists()
    assert Decision.objects.exists(), "the others were decided"


def test_nothing_is_made_of_text_that_was_redacted_after_a_batch_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    said_of(shop)
    row = Interaction.objects.get(external_id="corrected")
    between(monkeypatch, shop, redacted_again)
    cast.turn(shop)
    assert not any(model._default_manager.filter(pk=row.pk).exists() for model in MADE)
    cast.turn(shop)
    row.refresh_from_db()
    decided = Decision.objects.select_related("correction").get(pk=row.pk)
    assert TERM not in row.question and decided.correction is not None and TERM not in decided.correction.correction
    assert Question.objects.filter(pk=row.pk).exists()


def test_two_workers_that_read_the_same_write_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    said_of(shop)
    before = Decision.objects.count()
    between(monkeypatch, shop, pipeline.curate)
    run = cast.turn(shop)
    assert run is not None and run.read == sum(run.counts.values()) == 7
    assert Decision.objects.count() == before + 5
