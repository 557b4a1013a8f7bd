"""A person decides what signals cannot."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from curation.models import Decision, EvalCase, Example, PreferencePair, ReviewTask
from curation.policies import versions
from curation.quality import audits
from curation.releases.cutting import NothingToCut
from curation.review import deciding, holds
from curation.review.deciding import ReviewError, Verdict
from feedback.capture import Recorded
from feedback.models import Interaction, Project, Signal
from privacy.redaction import redact
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    return cast.project()


@pytest.fixture
def rita() -> User:
    return User.objects.create_user("rita")


@pytest.fixture
def doubtful(shop: Project) -> Recorded:
    talk = cast.asked(shop, question="I am mia@example.com, when do you open on Saturdays?")
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    return talk


def test_an_approved_answer_becomes_a_golden_case(doubtful: Recorded, rita: User) -> None:
    decision = deciding.resolve(cast.task(doubtful), Verdict("approve"), rita)
    assert (decision.outcome, decision.decided_by, EvalCase.objects.get().kind) == ("confirmed", "reviewer", "golden")
    assert Example.objects.get().decision.expected == cast.ANSWER


def test_a_reviewers_correction_becomes_all_three_records_and_is_redacted(doubtful: Recorded, rita: User) -> None:
    text = "At ten. We wrote that to mia@example.com and to leo@example.com."
    decision = deciding.resolve(cast.task(doubtful), Verdict("correct", text, "asked tom@example.com"), rita)
    assert decision.expected == "At ten. We wrote that to [EMAIL_1] and to [EMAIL_2]."
    assert decision.task is not None and "tom" not in decision.task.note
    assert EvalCase.objects.get().kind == "regression" and PreferencePair.objects.count() == 1


@pytest.mark.parametrize("resolution", ["reject", "sensitive", "unsure"])
def test_what_is_rejected_becomes_nothing(doubtful: Recorded, rita: User, resolution: str) -> None:
    decision = deciding.resolve(cast.task(doubtful), Verdict(resolution), rita)
    assert decision.outcome == "rejected" and not EvalCase.objects.exists() and not Example.objects.exists()


@pytest.mark.parametrize(
    "text", ["\u200b\u200d", "\u3164", "\u2800", "<p><br></p>", "&nbsp;", "<!-- At ten. -->", "** **"]
)
def test_a_correction_that_shows_no_word_is_refused_on_its_page(doubtful: Recorded, shop: Project, text: str) -> None:
    window, task = signed_in(staff("reviewer", shop)), cast.task(doubtful)
    url = reverse("admin:curation_reviewtask_decide", args=[task.pk])
    answer = window.post(url, {"resolution": "correct", "correction": text, "note": "I rang them."})
    assert answer.status_code == 422 and "The correction is empty" in answer.content.decode()
    assert "I rang them." in answer.content.decode() and cast.task(doubtful).state == "open"


def test_a_correction_of_one_letter_is_taken(doubtful: Recorded, rita: User) -> None:
    assert deciding.resolve(cast.task(doubtful), Verdict("correct", "x"), rita).expected == "x"


@pytest.mark.parametrize("text", ["", "  ", cast.ANSWER, cast.ANSWER.upper()])
def test_a_correction_that_corrects_nothing_is_refused(doubtful: Recorded, rita: User, text: str) -> None:
    with pytest.raises(ReviewError):
        deciding.resolve(cast.task(doubtful), Verdict("correct", text), rita)
    assert cast.task(doubtful).state == "open"


def test_a_task_is_decided_once(doubtful: Recorded, rita: User) -> None:
    open_task = cast.task(doubtful)
    deciding.resolve(open_task, Verdict("approve"), rita)
    with pytest.raises(ReviewError, match="closed"):
        deciding.resolve(open_task, Verdict("reject"), rita)


def test_two_reviewers_are_never_given_the_same_task(shop: Project, rita: User) -> None:
    for index in range(2):
        cast.said(shop, cast.asked(shop, question=f"Doubtful question number {index}?"), "thumbs_down")
    cast.turn(shop)
    sam = User.objects.create_user("sam")
    queue = ReviewTask.objects.all()
    first, second, third = (
        deciding.claim_next(queue, rita),
        deciding.claim_next(queue, sam),
        deciding.claim_next(queue, rita),
    )
    assert first and second and third and first == third and first != second
    with pytest.raises(ReviewError, match="Somebody else"):
        deciding.resolve(first, Verdict("approve"), sam)
    assert third.claimed_until and deciding.release(third.pk, rita, third.claimed_until)
    assert deciding.resolve(first, Verdict("approve"), sam)


def test_a_decision_can_be_undone_by_whoever_took_it(doubtful: Recorded, rita: User) -> None:
    decided = cast.task(doubtful)
    deciding.resolve(decided, Verdict("correct", cast.RIGHT), rita)
    with pytest.raises(ReviewError):
        deciding.undo(decided, User.objects.create_user("sam"))
    deciding.undo(decided, rita)
    assert cast.task(doubtful).correction == "" and not EvalCase.objects.exists()


def test_a_reviewers_decision_outlives_another_run(shop: Project, doubtful: Recorded, rita: User) -> None:
    deciding.resolve(cast.task(doubtful), Verdict("approve"), rita)
    type(cast.row(doubtful)).objects.update(pending=True)
    cast.turn(shop)
    assert cast.row(doubtful).decision.decided_by == "reviewer"


def test_a_vote_after_the_review_is_heard(shop: Project, doubtful: Recorded, rita: User) -> None:
    deciding.resolve(cast.task(doubtful), Verdict("approve"), rita)
    cast.said(shop, doubtful, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    assert cast.row(doubtful).decision.expected == cast.RIGHT


def differing_answers(shop: Project) -> ReviewTask:
    """The first task about two confirmed answers to one question that differ."""
    for who, answer in ((cast.ANNA, "It opens at nine o'clock."), (cast.BEN, "It opens at ten o'clock.")):
        cast.said(shop, cast.asked(shop, who, question="When does it open?", answer=answer), "thumbs_up")
        cast.turn(shop)
    return ReviewTask.objects.filter(state="open").order_by("pk")[0]


def held_by_selection(shop: Project) -> ReviewTask:
    """The task about a record that too few have voted on for the policy."""
    versions.revise(shop, {"guard": {"quorum": 2}}, "Two", None)
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    with pytest.raises(NothingToCut):
        cast.cut(shop)
    return ReviewTask.objects.get(state="open")


def sensitive(shop: Project) -> ReviewTask:
    """The task about a record that a filter holds."""
    cast.said(shop, cast.asked(shop, question="I have diabetes: may I bring my insulin?"), "thumbs_up")
    cast.turn(shop)
    return ReviewTask.objects.get(state="open")


def drawn(shop: Project) -> ReviewTask:
    """The task about an answer of the random audit."""
    row = cast.row(cast.asked(shop))
    audits.enter(shop, {row.pk: row.subject_id or 0}, 1.0)
    return ReviewTask.objects.get(state="open")


def voted_down(shop: Project) -> ReviewTask:
    """The task about an answer that was voted down."""
    cast.said(shop, cast.asked(shop), "thumbs_down")
    cast.turn(shop)
    return ReviewTask.objects.get(state="open")


def standing() -> list[tuple[object, ...]]:
    """Everything that a verdict may change, as it is."""
    return [
        (model.__name__, *row)
        for model in (EvalCase, Example, PreferencePair)
        for row in model.objects.order_by("pk").values_list("pk", "status", "reason")
    ] + list(Decision.objects.order_by("pk").values_list("pk", "outcome", "reason", "task"))


@pytest.mark.parametrize("asked", [differing_answers, held_by_selection, sensitive, drawn, voted_down])
def test_undo_gives_back_the_task_and_what_was_decided_without_it(
    shop: Project, rita: User, asked: Callable[[Project], ReviewTask]
) -> None:
    task = asked(shop)
    before, waiting = standing(), ReviewTask.objects.filter(state="open").count()
    for verdict in holds.verdicts(task, holds.record(task, versions.current(shop))):
        deciding.resolve(task, Verdict(verdict, "It opens at noon."), rita)
        deciding.undo(task, rita)
        task.refresh_from_db()
        assert (task.state, task.claimed_by, task.resolution) == ("open", rita, "")
        assert ReviewTask.objects.filter(state="open").count() == waiting
        if asked in (differing_answers, sensitive, voted_down):  # the others are held again by the next selection
            assert standing() == before


def test_undo_lets_an_earlier_review_decide_that_no_vote_has_followed(shop: Project, rita: User) -> None:
    deciding.resolve(voted_down(shop), Verdict("correct", cast.RIGHT), rita)
    row = Interaction.objects.get()
    task = ReviewTask.objects.create(
        project=shop, interaction=row, subject=row.subject, reason="judge_divided", revision=row.revision
    )
    before = standing()
    for verdict in ("agent", "use", "never"):
        deciding.resolve(task, Verdict(verdict), rita)
        deciding.undo(task, rita)
        assert standing() == before and Decision.objects.get().expected == cast.RIGHT


@pytest.mark.parametrize("text", ["\u3164", "\u200b", "<b></b>", "**\u3164**", "&nbsp;"])
def test_a_blank_is_no_right_answer(shop: Project, rita: User, text: str) -> None:
    talk = cast.asked(shop)
    Interaction.objects.update(answer=redact(text))  # stored before capture refused blanks
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    task = cast.task(talk)
    assert task.reason == "answer_is_empty" and not EvalCase.objects.exists()
    for verdict in (Verdict("approve"), Verdict("correct", text)):
        with pytest.raises(ReviewError):
            deciding.resolve(task, verdict, rita)


@pytest.mark.parametrize("text", ["\u3164", "\u200b\u2060", "<p>\u3164</p>", "**\uffa0**", "<br>"])
def test_a_blank_correction_corrects_nothing(shop: Project, text: str) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "edit", correction="None of this")
    Signal.objects.update(correction=redact(text))  # stored before capture refused blanks
    cast.turn(shop)
    assert cast.task(talk).reason == "correction_is_empty" and not EvalCase.objects.exists()


@pytest.mark.parametrize("answer", ["x", "Yes", "42", "Paris", "%", "Wrong.", "n/a", "Good"])
def test_a_short_answer_that_a_reviewer_wrote_is_tested_and_taught(shop: Project, rita: User, answer: str) -> None:
    deciding.resolve(voted_down(shop), Verdict("correct", answer), rita)
    assert EvalCase.objects.get().status == Example.objects.get().status == "active"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is 2 + 2 = 5 right or wrong?", "Wrong."),
        ("Is this review good or bad: 'Loved it'?", "good"),
        ("Is it open?", "Yes, it is open."),
    ],
)
def test_a_short_correction_is_judged_by_its_question(shop: Project, question: str, answer: str) -> None:
    cast.said(shop, cast.asked(shop, question=question), "edit", correction=answer)
    cast.turn(shop)
    assert EvalCase.objects.get().status == "active" and Decision.objects.get().expected == answer


@pytest.mark.parametrize(
    ("fragment", "start"),
    [("10 -> 11", cast.RIGHT.replace("ten", "11")), ("eleven instead of ten", cast.RIGHT.replace("ten", "eleven"))],
)
def test_a_fragment_is_asked_about_with_the_answer_amended(shop: Project, fragment: str, start: str) -> None:
    answer = cast.RIGHT.replace("ten", "10") if "10" in fragment else cast.RIGHT
    talk = cast.asked(shop, answer=answer)
    cast.said(shop, talk, "thumbs_down", correction=fragment)
    cast.turn(shop)
    task = cast.task(talk)
    assert (task.reason, Decision.objects.get().outcome) == ("correction_is_fragment", "ambiguous")
    page = signed_in(staff("reviewer", shop)).get(reverse("admin:curation_reviewtask_decide", args=[task.pk]))
    assert f">{start}</textarea>" in page.content.decode()


def test_a_remark_is_asked_about_as_a_bare_down_vote_is(shop: Project) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down", correction="outdated")
    cast.turn(shop)
    page = signed_in(staff("reviewer", shop)).get(
        reverse("admin:curation_reviewtask_decide", args=[cast.task(talk).pk])
    )
    assert cast.task(talk).reason == "correction_is_no_answer" and not EvalCase.objects.exists()
    assert f">{cast.ANSWER}</textarea>" in page.content.decode()
