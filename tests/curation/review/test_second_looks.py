"""A share of the tasks is judged twice, blind; where two people differ, a curator decides before anything is used."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User

from curation.models import CalibrationItem, Decision, Derived, EvalCase, ReviewEvent, ReviewTask
from curation.policies import versions
from curation.quality import audits
from curation.releases.cutting import NothingToCut
from curation.review import calibration, deciding
from curation.review.deciding import ReviewError, Verdict
from feedback.capture import Recorded
from feedback.models import Project, ProjectMember
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
Kind = ReviewTask.Kind
COMPLAINT = "That is wrong!"
Person = Callable[..., User]


@pytest.fixture
def shop() -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 1.0, "calibration_share": 1.0}}, "All twice", None)
    return made


@pytest.fixture
def person(shop: Project) -> Person:
    """Somebody of a role who is a member of the project."""

    def make(name: str, role: str = "reviewer") -> User:
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        ProjectMember.objects.create(project=shop, user=user)
        return user

    return make


@pytest.fixture
def rita(person: Person) -> User:
    return person("rita")


@pytest.fixture
def sam(person: Person) -> User:
    return person("sam")


@pytest.fixture
def cora(person: Person) -> User:
    return person("cora", "curator")


def doubtful(of: Project, question: str = cast.QUESTION, subject: str = cast.ANNA) -> Recorded:
    """An answer that was voted down, which waits for a person."""
    talk = cast.asked(of, subject, question=question)
    cast.said(of, talk, "thumbs_down")
    cast.turn(of)
    return talk


def waits_for_second(shop: Project, rita: User, resolution: str = "approve") -> Recorded:
    """An answer that one person has judged, and another is to."""
    talk = doubtful(shop)
    deciding.resolve(cast.task(talk), Verdict(resolution), rita)
    return talk


def differing(shop: Project, rita: User, sam: User) -> Recorded:
    """An answer that one person approved and another rejected."""
    talk = waits_for_second(shop, rita)
    deciding.resolve(cast.task(talk), Verdict("reject"), sam)
    return talk


def status() -> str:
    """The status of the one eval case."""
    return str(EvalCase.objects.get().status)


def test_a_drawn_task_is_judged_by_another_person_who_cannot_tell(shop: Project, rita: User, sam: User) -> None:
    talk = waits_for_second(shop, rita)
    second = cast.task(talk)
    first = ReviewTask.objects.get(kind=Kind.LABEL)
    assert (second.kind, second.reason, second.detail) == (Kind.SECOND, first.reason, first.detail)
    assert deciding.claim_next(ReviewTask.objects.all(), rita) is None and not deciding.claim(second, rita)
    assert deciding.claim_next(ReviewTask.objects.all(), sam) == second
    with pytest.raises(ReviewError, match="Another reviewer"):
        deciding.resolve(second, Verdict("approve"), rita)


def test_the_first_label_stands_until_somebody_differs(shop: Project, rita: User, sam: User) -> None:
    talk = waits_for_second(shop, rita)
    assert status() == Derived.Status.ACTIVE
    deciding.resolve(cast.task(talk), Verdict("approve"), sam)
    assert status() == Derived.Status.ACTIVE and not ReviewTask.objects.filter(state="open").exists()
    assert Decision.objects.get().task == ReviewTask.objects.get(kind=Kind.LABEL)


def test_the_label_waits_for_the_second_look_where_the_policy_says_so(shop: Project, rita: User, sam: User) -> None:
    versions.revise(shop, {"review": {"second_share": 1.0, "second_waits": True}}, "Wait", None)
    talk = waits_for_second(shop, rita)
    assert (status(), EvalCase.objects.get().reason) == (Derived.Status.HELD, "second_review")
    deciding.resolve(cast.task(talk), Verdict("approve"), sam)
    assert status() == Derived.Status.ACTIVE


def test_what_two_people_differ_about_is_in_no_release_until_a_curator_decided(
    shop: Project, rita: User, sam: User, cora: User
) -> None:
    talk = differing(shop, rita, sam)
    assert (status(), EvalCase.objects.get().reason) == (Derived.Status.HELD, "reviewers_differ")
    with pytest.raises(NothingToCut):
        cast.cut(shop)
    asked = cast.task(talk)
    assert asked.kind == Kind.ADJUDICATION and deciding.claim_next(ReviewTask.objects.all(), sam) is None
    with pytest.raises(ReviewError, match="curator"):
        deciding.resolve(asked, Verdict("approve"), sam)
    deciding.resolve(asked, Verdict("approve"), cora)
    assert status() == Derived.Status.ACTIVE and cast.cut(shop).members.count() == 1


def test_votes_and_runs_do_not_settle_what_reviewers_differ_about(shop: Project, rita: User, sam: User) -> None:
    talk = differing(shop, rita, sam)
    cast.said(shop, talk, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    assert status() == Derived.Status.HELD and cast.task(talk).kind == Kind.ADJUDICATION
    cast.said(shop, talk, "edit", correction=COMPLAINT)
    cast.turn(shop)
    assert cast.task(talk).kind == Kind.ADJUDICATION
    assert not EvalCase.objects.filter(status=Derived.Status.ACTIVE).exists()


def test_a_vote_that_leaves_a_doubt_turns_a_second_look_into_a_first(shop: Project, rita: User, sam: User) -> None:
    talk = waits_for_second(shop, rita)
    cast.said(shop, talk, "edit", correction=COMPLAINT)
    cast.turn(shop)
    asked = cast.task(talk)
    assert (asked.kind, asked.not_for) == (Kind.LABEL, None)
    assert ReviewTask.objects.get(kind=Kind.SECOND).state == "cancelled"


def test_nobody_is_asked_twice_where_one_person_reviews(shop: Project, rita: User) -> None:
    waits_for_second(shop, rita)
    assert not ReviewTask.objects.filter(kind=Kind.SECOND).exists()


def test_no_task_is_judged_twice_where_the_share_is_nothing(shop: Project, rita: User, sam: User) -> None:
    versions.revise(shop, {"review": {"second_share": 0}}, "Never", None)
    waits_for_second(shop, rita)
    assert not ReviewTask.objects.filter(kind=Kind.SECOND).exists()


def test_the_policy_refuses_what_is_no_share(shop: Project) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        versions.revise(shop, {"review": {"second_share": 1.5}}, "", None)


def test_a_first_verdict_is_undone_before_it_was_judged_again_and_not_after(
    shop: Project, rita: User, sam: User
) -> None:
    talk = waits_for_second(shop, rita)
    first = ReviewTask.objects.get(kind=Kind.LABEL)
    deciding.undo(first, rita)
    assert cast.task(talk) == first and not EvalCase.objects.exists()
    deciding.resolve(first, Verdict("approve"), rita)
    deciding.resolve(cast.task(talk), Verdict("approve"), sam)
    with pytest.raises(ReviewError, match="after you"):
        deciding.undo(first, rita)


def test_a_second_verdict_that_differed_is_undone_with_all_that_came_of_it(
    shop: Project, rita: User, sam: User
) -> None:
    talk = differing(shop, rita, sam)
    second = ReviewTask.objects.get(kind=Kind.SECOND)
    deciding.undo(second, sam)
    assert cast.task(talk) == second and status() == Derived.Status.ACTIVE


def test_an_undone_adjudication_is_held_again(shop: Project, rita: User, sam: User, cora: User) -> None:
    talk = differing(shop, rita, sam)
    asked = cast.task(talk)
    deciding.resolve(asked, Verdict("reject"), cora)
    assert not EvalCase.objects.exists()
    deciding.undo(asked, cora)
    assert (status(), cast.task(talk)) == (Derived.Status.HELD, asked)


def test_the_audit_counts_the_first_verdict_and_not_the_second(shop: Project, rita: User, sam: User) -> None:
    talk = cast.asked(shop)
    audits.enter(shop, {cast.row(talk).pk: cast.row(talk).subject_id or 0}, 1.0)
    cast.turn(shop)
    deciding.resolve(cast.task(talk), Verdict("approve"), rita)
    deciding.resolve(cast.task(talk), Verdict("reject"), sam)
    (drawn,) = audits.sample(shop)
    assert drawn.good is True and not drawn.is_asked_anyway


def known(shop: Project, rita: User, cora: User) -> ReviewTask:
    """A task whose verdict a curator vouches for."""
    versions.revise(shop, {"review": {"second_share": 0, "calibration_share": 1.0}}, "Calibrate", None)
    waits_for_second(shop, rita)
    task = ReviewTask.objects.get()
    assert calibration.mark(task, cora)
    return task


def test_a_calibration_comes_blind_and_labels_nothing(shop: Project, rita: User, sam: User, cora: User) -> None:
    task = known(shop, rita, cora)
    next_one = cast.task(doubtful(shop, "Is there a car park behind the shop?", cast.BEN))
    look = deciding.claim_next(ReviewTask.objects.all(), sam)
    assert look is not None and (look.kind, look.about, look.reason) == (Kind.CALIBRATION, task, task.reason)
    deciding.resolve(look, Verdict("reject"), sam)
    assert status() == Derived.Status.ACTIVE and Decision.objects.get(task=task).outcome == "confirmed"
    assert deciding.claim_next(ReviewTask.objects.all(), sam) == next_one  # never two in a row, and each once


def test_whoever_decided_it_is_not_calibrated_by_it(shop: Project, rita: User, cora: User) -> None:
    known(shop, rita, cora)
    next_one = cast.task(doubtful(shop, "Is there a car park behind the shop?", cast.BEN))
    assert deciding.claim_next(ReviewTask.objects.all(), rita) == next_one


def test_a_question_that_decides_a_label_goes_before_a_calibration(
    shop: Project, rita: User, sam: User, cora: User
) -> None:
    task = known(shop, rita, cora)
    doubtful(shop, "Is there a car park behind the shop?", cast.BEN)
    look = deciding.claim_next(ReviewTask.objects.all(), sam)
    cast.said(shop, task.interaction.external_id, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    assert look is not None
    assert ReviewTask.objects.get(pk=look.pk).state == "cancelled"
    assert ReviewTask.objects.get(interaction=task.interaction, state="open").kind == Kind.LABEL


def test_only_a_verdict_that_stands_and_says_something_is_vouched_for(shop: Project, rita: User, cora: User) -> None:
    waits_for_second(shop, rita, "unsure")
    assert not calibration.mark(ReviewTask.objects.get(kind=Kind.LABEL), cora)
    assert not calibration.mark(cast.task(doubtful(shop, "Is there a car park?", cast.BEN)), cora)
    assert not CalibrationItem.objects.exists()


def test_the_trail_keeps_what_was_undone_and_survives_erasure(shop: Project, rita: User) -> None:
    talk = waits_for_second(shop, rita)
    deciding.undo(ReviewTask.objects.get(), rita)
    deciding.assign([cast.task(talk)], rita, rita)
    deciding.resolve(cast.task(talk), Verdict("reject"), rita)
    erasure.erase(cast.person(shop))
    assert not ReviewTask.objects.exists()
    trail = list(ReviewEvent.objects.order_by("pk").values_list("action", "resolution", "who__username"))
    assert trail == [
        ("decided", "approve", "rita"),
        ("undone", "approve", "rita"),
        ("assigned", "", "rita"),
        ("decided", "reject", "rita"),
    ]


def test_a_calibration_item_goes_with_the_person_whose_question_it_is(shop: Project, rita: User, cora: User) -> None:
    known(shop, rita, cora)
    erasure.erase(cast.person(shop))
    assert not CalibrationItem.objects.exists()


def test_neither_party_to_a_disagreement_is_offered_it_or_may_decide_it(
    shop: Project, person: Person, cora: User
) -> None:
    curator, other = person("carl", "curator"), person("cleo", "curator")
    for first, second in ((curator, other), (other, curator)):
        talk = doubtful(shop, f"Is there a car park at {first}?", first.username)
        deciding.resolve(cast.task(talk), Verdict("approve"), first)
        deciding.resolve(cast.task(talk), Verdict("reject"), second)
    asked = list(ReviewTask.objects.filter(kind=Kind.ADJUDICATION, state="open").order_by("pk"))
    for party in (curator, other):
        assert deciding.claim_next(ReviewTask.objects.all(), party) is None
        assert not any(deciding.claim(task, party) for task in asked) and deciding.assign(asked, party) == 0
        for task in asked:
            with pytest.raises(ReviewError, match="one of the two"):
                deciding.resolve(task, Verdict("approve"), party)
    assert deciding.claim_next(ReviewTask.objects.all(), cora) == asked[0]


def test_a_disagreement_about_a_hold_is_settled_by_what_was_decided(
    shop: Project, rita: User, sam: User, cora: User
) -> None:
    talk = cast.asked(shop, question="I have diabetes and take insulin: when does it open?")
    cast.said(shop, talk, "thumbs_down", correction=cast.RIGHT)
    cast.turn(shop)
    deciding.resolve(cast.task(talk), Verdict("never"), rita)
    deciding.resolve(cast.task(talk), Verdict("use"), sam)
    deciding.resolve(cast.task(talk), Verdict("use"), cora)
    row = Decision.objects.get()
    assert (row.outcome, row.expected, status()) == ("corrected", cast.RIGHT, "active")
