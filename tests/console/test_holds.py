"""A hold on its page and in bulk: the verdicts that it offers, and the record that would be released."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from curation.models import Decision, EvalCase, ReviewTask
from curation.review import bulk_admin
from feedback.models import Project, ProjectMember
from tests import factories as cast

pytestmark = pytest.mark.django_db
ASKED = "I have diabetes and take insulin: when does it open on Saturdays?"
LIST = reverse("admin:curation_reviewtask_changelist")


@pytest.fixture
def shop() -> Project:
    return cast.project()


def somebody(project: Project, name: str, role: str) -> Client:
    """A member of the project with one role, signed in."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    ProjectMember.objects.create(project=project, user=user)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def rita(shop: Project) -> Client:
    return somebody(shop, "rita", "reviewer")


def held(project: Project, subject: str = cast.ANNA, question: str = ASKED) -> ReviewTask:
    """The task about a corrected answer that is held."""
    talk = cast.asked(project, subject, question=question)
    cast.said(project, talk, "thumbs_down", correction=cast.RIGHT)
    cast.turn(project)
    return cast.task(talk)


def page(client: Client, task: ReviewTask) -> str:
    return client.get(reverse("admin:curation_reviewtask_decide", args=[task.pk])).content.decode()


def decide(client: Client, task: ReviewTask, resolution: str, **more: str) -> Any:
    url = reverse("admin:curation_reviewtask_decide", args=[task.pk])
    return client.post(url, {"resolution": resolution, **more})


def test_the_page_of_a_hold_shows_what_would_be_released_and_offers_its_own_verdicts(
    shop: Project, rita: Client
) -> None:
    text = page(rita, held(shop))
    assert "May this record be used?" in text
    for part, words in (("question", "diabetes"), ("expected", cast.RIGHT), ("rejected", cast.ANSWER)):
        assert words in text.partition(f'id="record-{part}"')[2].partition("</dd>")[0]
    for value, key in (("use", "a"), ("agent", "g"), ("never", "r")):
        assert f'name="resolution" value="{value}" data-key="{key}"' in text
    assert 'value="approve"' not in text and "Write another" in text


def test_the_page_of_an_answer_without_a_label_keeps_its_verdicts(shop: Project, rita: Client) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    text = page(rita, cast.task(talk))
    assert all(f'value="{value}"' in text for value in ("approve", "correct", "reject", "sensitive", "unsure"))
    assert 'value="use"' not in text and 'id="record"' not in text


def test_a_hold_of_the_agents_own_answer_offers_that_answer_once(shop: Project, rita: Client) -> None:
    talk = cast.asked(shop, question=ASKED)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    text = page(rita, cast.task(talk))
    assert 'value="use"' in text and 'value="agent"' not in text


def test_using_it_as_decided_teaches_the_correction_and_approving_is_refused(shop: Project, rita: Client) -> None:
    task = held(shop)
    assert decide(rita, task, "approve").status_code == 422
    assert Decision.objects.get().outcome == "corrected"
    token = page(rita, task).partition('name="shown" value="')[2].partition('"')[0]
    assert decide(rita, task, "use", shown=token).status_code in (200, 302)
    case = EvalCase.objects.get()
    assert (case.kind, case.status, case.decision.expected) == ("regression", "active", cast.RIGHT)


def test_many_holds_are_used_as_decided_or_never_and_in_no_other_way(
    shop: Project, rita: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_admin, "AT_ONCE_SECONDS", 600)  # however busy the machine is, all is done in the request
    tasks = [held(shop, who, f"{ASKED} I am number {n}.") for n, who in enumerate((cast.ANNA, cast.BEN))]
    keys = [task.pk for task in tasks]
    text = rita.post(LIST, {"action": "decide_chosen", "_selected_action": keys}).content.decode()
    assert 'value="use"' in text and 'value="never"' in text
    assert not any(f'value="{value}"' in text for value in ("approve", "agent", "reject", "sensitive", "unsure"))
    bulk = reverse("admin:curation_reviewtask_bulk")
    rita.post(bulk, {"task": keys, "resolution": "approve"})
    assert set(Decision.objects.values_list("outcome", flat=True)) == {"corrected"}
    assert ReviewTask.objects.filter(state="open").count() == 2
    rita.post(bulk, {"task": keys, "resolution": "use"})
    assert set(EvalCase.objects.values_list("kind", "status")) == {("regression", "active")}


def test_holds_and_open_labels_are_not_decided_alike(shop: Project, rita: Client) -> None:
    talk = cast.asked(shop, cast.CLEO, question="Is there a car park behind the shop?")
    cast.said(shop, talk, "thumbs_down")
    keys = [held(shop).pk, cast.task(talk).pk]
    text = rita.post(LIST, {"action": "decide_chosen", "_selected_action": keys}).content.decode()
    assert "different verdicts" in text and 'name="resolution" value' not in text
    for resolution in ("approve", "use", "reject", "never"):
        rita.post(reverse("admin:curation_reviewtask_bulk"), {"task": keys, "resolution": resolution})
    assert ReviewTask.objects.filter(state="open").count() == 2


def test_a_party_to_a_disagreement_is_told_why_it_is_not_theirs(shop: Project) -> None:
    carl, cora = (somebody(shop, name, "curator") for name in ("carl", "cora"))
    task = held(shop)
    ReviewTask.objects.filter(pk=task.pk).update(
        state="resolved", resolution="use", resolved_by=User.objects.get(username="carl")
    )
    asked = ReviewTask.objects.create(
        project=shop,
        interaction=task.interaction,
        subject=task.subject,
        reason="reviewers_differ",
        kind="adjudication",
        about=task,
        revision=task.revision,
    )
    text = page(carl, asked)
    assert "one of the two reviewers who differ" in text and 'id="verdict-form"' not in text
    assert 'id="verdict-form"' in page(cora, asked)


def test_a_curator_marks_cases_as_never_again_and_a_reviewer_may_not(shop: Project, rita: Client) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    cora, case = somebody(shop, "cora", "curator"), EvalCase.objects.get()
    url = reverse("admin:curation_evalcase_changelist")
    for client, action, after in (
        (rita, "mark_never_again", False),
        (cora, "mark_never_again", True),
        (cora, "unmark_never_again", False),
        (cora, "mark_never_again", True),
    ):
        client.post(url, {"action": action, "_selected_action": [case.pk]})
        case.refresh_from_db()
        assert case.never_again is after
    cast.said(shop, talk, "thumbs_up", subject=cast.BEN)
    cast.turn(shop)
    case.refresh_from_db()
    assert case.never_again, "curated again, it stays marked"


def test_a_marked_case_of_another_project_is_not_changed(shop: Project) -> None:
    bank = cast.project("bank")
    cast.said(bank, cast.asked(bank), "thumbs_up")
    cast.turn(bank)
    cora = somebody(shop, "cora", "curator")
    url = reverse("admin:curation_evalcase_changelist")
    cora.post(url, {"action": "mark_never_again", "_selected_action": [EvalCase.objects.get().pk]})
    assert not EvalCase.objects.get().never_again
