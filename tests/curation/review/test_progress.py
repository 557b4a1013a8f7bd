"""A reviewer sees how they do, a curator how all do; a coefficient is never shown without its n."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from curation.models import CalibrationItem, ReviewEvent, ReviewTask
from curation.policies import versions
from curation.review import calibration, deciding, progress
from curation.review.deciding import Verdict
from feedback.models import Project, ProjectMember
from tests import factories as cast

pytestmark = pytest.mark.django_db
PAGE, LIST = "/admin/curation/reviewtask/progress/", "/admin/curation/reviewtask/?state=resolved"
TWICE = {"review": {"second_share": 1.0, "calibration_share": 1.0}}


def somebody(shop: Project, name: str, role: str = "reviewer") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    ProjectMember.objects.create(project=shop, user=user)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shop() -> Project:
    made = cast.project()
    versions.revise(made, TWICE, "All twice", None)
    return made


def judged_twice(shop: Project, rita: User, sam: User, verdicts: list[tuple[str, str]]) -> None:
    """Answers that rita judged, and then sam."""
    talks = [cast.asked(shop, f"p-{n}", question=f"When does shop {n} open?") for n in range(len(verdicts))]
    for talk in talks:
        cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    for talk, (first, second) in zip(talks, verdicts, strict=True):
        deciding.resolve(cast.task(talk), Verdict(first), rita)
        deciding.resolve(cast.task(talk), Verdict(second), sam)


def test_agreement_is_counted_of_what_two_people_judged(shop: Project) -> None:
    rita, sam = somebody(shop, "rita"), somebody(shop, "sam")
    judged_twice(shop, rita, sam, [("approve", "approve"), ("reject", "reject"), ("approve", "reject")])
    everybody, two = progress.reliability(ReviewTask.objects.all(), shop)
    assert (everybody.found.units, two.who, two.found.units) == (3, "rita and sam (κ)", 3)
    assert two.found.value == pytest.approx(0.4)
    assert two.words == "too few to say: 3 of 30" and two.verdict == ""
    (mine,) = progress.progress(ReviewTask.objects.all(), [sam], timezone.now())
    assert (mine.today, mine.week, mine.others.n, mine.calibration.n) == (3, 3, 3, 0)
    assert mine.others.rate == pytest.approx(2 / 3)


def test_last_weeks_verdicts_are_not_this_weeks(shop: Project) -> None:
    rita, sam = somebody(shop, "rita"), somebody(shop, "sam")
    judged_twice(shop, rita, sam, [("approve", "approve")])
    ReviewTask.objects.update(resolved_at=progress.monday(timezone.now()) - timedelta(seconds=1))
    (mine,) = progress.progress(ReviewTask.objects.all(), [rita], timezone.now())
    assert (mine.today, mine.week) == (0, 0)


def test_a_reviewer_sees_their_own_progress_and_a_curator_everybodys(shop: Project) -> None:
    rita, sam, cora = somebody(shop, "rita"), somebody(shop, "sam"), somebody(shop, "cora", "curator")
    judged_twice(shop, rita, sam, [("approve", "approve")])
    own = signed_in(rita).get(PAGE)
    assert [row.name for row in own.context["rows"]] == ["rita"] and b"sam" not in own.content
    every = signed_in(cora).get(PAGE)
    assert [row.name for row in every.context["rows"]] == ["cora", "rita", "sam"]
    assert "too few to say: 1 of 30" in every.content.decode()


def test_another_projects_reviewers_are_not_shown(shop: Project) -> None:
    cora, other = somebody(shop, "cora", "curator"), cast.project("bank")
    versions.revise(other, TWICE, "All twice", None)
    judged_twice(other, somebody(other, "wendell"), somebody(other, "xanthe"), [("approve", "reject")])
    shown = signed_in(cora).get(PAGE).content.decode()
    assert "wendell" not in shown and "bank" not in shown


def test_a_curator_makes_calibration_items_of_decided_tasks_and_a_reviewer_cannot(shop: Project) -> None:
    rita, sam, cora = somebody(shop, "rita"), somebody(shop, "sam"), somebody(shop, "cora", "curator")
    judged_twice(shop, rita, sam, [("approve", "approve")])
    first = ReviewTask.objects.get(kind="label")
    body = {"action": "mark_calibration", "_selected_action": [first.pk]}
    signed_in(rita).post(LIST, body)
    assert not CalibrationItem.objects.exists()
    signed_in(cora).post(LIST, body)
    assert CalibrationItem.objects.get().task == first
    signed_in(cora).post(LIST, {**body, "action": "unmark_calibration"})
    assert not CalibrationItem.objects.exists()
    assert list(ReviewEvent.objects.order_by("pk").values_list("action", flat=True))[2:] == ["marked", "unmarked"]


def test_known_answers_count_for_whoever_was_asked_and_not_among_reviewers(shop: Project) -> None:
    rita, sam, tom = somebody(shop, "rita"), somebody(shop, "sam"), somebody(shop, "tom")
    judged_twice(shop, rita, sam, [("approve", "approve")])
    calibration.mark(ReviewTask.objects.get(kind="label"), rita)
    cast.said(shop, cast.asked(shop, "p-9", question="Is there a car park behind it?"), "thumbs_down")
    cast.turn(shop)
    look = deciding.claim_next(ReviewTask.objects.all(), tom)
    assert look is not None and look.kind == "calibration"
    deciding.resolve(look, Verdict("reject"), tom)
    (his,) = progress.progress(ReviewTask.objects.all(), [tom], timezone.now())
    assert (his.calibration.rate, his.calibration.n, his.others.n) == (0.0, 1, 0)
    assert progress.reliability(ReviewTask.objects.all(), shop)[0].found.units == 1


def test_the_queries_of_the_page_do_not_grow_with_reviewers(
    shop: Project, django_assert_max_num_queries: object
) -> None:
    rita, sam, cora = somebody(shop, "rita"), somebody(shop, "sam"), somebody(shop, "cora", "curator")
    judged_twice(shop, rita, sam, [("approve", "approve")] * 2)
    client = signed_in(cora)
    client.get(PAGE)
    with django_assert_max_num_queries(40) as first:  # type: ignore[operator]
        client.get(PAGE)
    for number in range(5):
        ReviewTask.objects.filter(kind="second").update(resolved_by=somebody(shop, f"more-{number}"))
    with django_assert_max_num_queries(len(first)):  # type: ignore[operator]
        client.get(PAGE)
