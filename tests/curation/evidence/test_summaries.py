"""What people said about an answer, in sentences, on the page of its review task."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from curation.decisions.posterior import Stance, Word
from curation.evidence import summaries
from curation.models import ReviewTask
from curation.policies import versions
from curation.quality import audits
from feedback.models import Project
from privacy.models import Subject
from tests import factories as cast
from tests.console.world import signed_in, staff

QUESTION = "How long is the warranty on the kettle?"
SIX, NINE = "The warranty on the kettle is 6 months.", "The warranty on the kettle is <b>9</b> months."
RIGHT, OTHER = 1, 2


def words(*said: tuple[str, Stance], claim: int = RIGHT, proposed: int | None = None) -> list[Word]:
    """One word of each of these people, each in a conversation of its own."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Word(at, place, int(who) if who.isdigit() else 0, 100 + place, claim, stance, proposed)
        for place, (who, stance) in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (words(("1", Stance.UP)), "1 person found this right in 1 conversation."),
        (words(("1", Stance.UP), ("2", Stance.UP)), "2 people found this right in 2 conversations."),
        (words(("1", Stance.DOWN)), "1 person found it wrong."),
        (words(("1", Stance.DOWN), ("2", Stance.DOWN)), "2 people found it wrong."),
        (words(("1", Stance.REPLACED), proposed=OTHER), "1 person wrote another answer."),
        (
            words(*[(str(who), Stance.UP) for who in range(1, 8)])
            + words(("8", Stance.DOWN), ("9", Stance.DOWN))
            + words(("10", Stance.REPLACED), proposed=OTHER),
            "7 people found this right in 7 conversations, 2 found it wrong, 1 wrote another answer.",
        ),
        (words(("1", Stance.UP), ("-5", Stance.REVIEW_DOWN)), "1 person found this right in 1 conversation."),
    ],
)
def test_each_is_counted_in_words(said: list[Word], told: str) -> None:
    heard = [word for word in said if word.stance != Stance.REVIEW_DOWN]
    assert summaries.said_of(RIGHT, heard, said) == told


def test_a_reviewer_is_told_apart() -> None:
    said = [*words(("1", Stance.DOWN)), *words(("2", Stance.REVIEW_UP)), *words(("3", Stance.REVIEW_DOWN))]
    assert (
        summaries.said_of(RIGHT, said, said)
        == "1 reviewer found it right, 1 found it wrong, 1 reviewer found it wrong."
    )


def test_the_nameless_are_noted() -> None:
    said = words(("nobody", Stance.UP), ("1", Stance.UP))
    assert summaries.notes(said, said, 0) == ["People without a name count as one."]
    assert summaries.notes(said[1:] * 400, said[1:], 0) == ["Of the newest 400 votes on this question."]


def contested() -> tuple[Project, ReviewTask, Client]:
    """A shop in which people found two answers to a question right, and one of them wrong too."""
    shop = cast.project()
    for who, answer, vote in (
        ("one", SIX, "thumbs_up"),
        ("two", SIX, "thumbs_up"),
        ("three", SIX, "thumbs_down"),
        ("four", NINE, "thumbs_up"),
        ("five", NINE, "thumbs_up"),
        ("six", NINE, "thumbs_down"),
        ("seven", NINE, "thumbs_down"),
    ):
        cast.said(shop, cast.asked(shop, who, question=QUESTION, answer=answer), vote)
    talk = cast.asked(shop, "eight", question=QUESTION, answer=SIX)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    tasks = ReviewTask.objects.filter(state="open").select_related("interaction")
    task = next(one for one in tasks if str(one.interaction.answer) == SIX)
    return shop, task, signed_in(staff("reviewer", shop))


def page(window: Client, task: ReviewTask) -> str:
    return window.get(reverse("admin:curation_reviewtask_decide", args=[task.pk])).content.decode()


@pytest.mark.django_db
def test_the_page_tells_who_said_what_and_what_else_people_found_right() -> None:
    _, task, window = contested()
    shown = page(window, task)
    assert "2 people found this right in 2 conversations, 2 found it wrong." in shown
    assert "2 people found another answer right in 2 conversations, 2 found it wrong." in shown
    assert "Without your review, it would rest on several people (tier “several”)." in shown
    assert "<b>9</b>" not in shown.split('id="evidence"')[1], "captured text is no markup"


@pytest.mark.django_db
def test_who_has_a_request_under_way_is_not_told_of() -> None:
    shop, task, window = contested()
    Subject.objects.filter(pk=cast.person(shop, "two").pk).update(restricted_at=task.created_at)
    assert "1 person found this right in 1 conversation, 2 found it wrong." in page(window, task)


@pytest.mark.django_db
def test_it_is_hidden_where_the_task_is_judged_blind() -> None:
    shop, task, window = contested()
    policy = versions.current(shop)
    policy.settings = {"audit": {"share": 1.0}}
    audits.enter(shop, {task.interaction_id: task.subject_id}, 1.0)
    shown = page(window, task)
    assert "found this right" not in shown and "Hidden until you have decided." in shown


@pytest.mark.django_db
def test_an_answer_that_nobody_spoke_of_has_nothing_told() -> None:
    shop = cast.project()
    assert summaries.evidence(shop, cast.row(cast.asked(shop)).pk) is None
