"""New people who push a claim that nobody older supports count as one against older people; a truth that changes does not wait."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.utils import timezone

from curation.evidence import telling
from curation.models import Claim, Decision, Opinion
from feedback.models import Project
from privacy.models import Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db
QUESTION = "How long is the warranty on the kettle?"
SIX, NINE, TEN = (f"The warranty on the kettle is {number} months." for number in (6, 9, 10))
OLD, NEW = timedelta(days=200), timedelta(hours=1)
PUSH = [f"pusher-{number}" for number in range(6)]


def voted(shop: Project, who: str, answer: str, correction: str = "", question: str = QUESTION) -> str:
    talk = cast.asked(shop, who, question=question, answer=answer)
    if correction:
        cast.said(shop, talk, "edit", correction=correction)
    else:
        cast.said(shop, talk, "thumbs_up")
    return talk.id


def known_for(shop: Project, people: Iterable[str], time: timedelta) -> None:
    keys = [cast.person(shop, who).pk for who in people]
    Subject.objects.filter(pk__in=keys).update(created_at=timezone.now() - time)


def turned(pushers: timedelta, others: timedelta) -> Project:
    """Six confirmed what six correct now; thirty ask something else meanwhile."""
    shop = cast.project()
    before, meanwhile = [f"early-{number}" for number in range(6)], [f"asker-{number}" for number in range(30)]
    for who in before:
        voted(shop, who, SIX)
    for number, who in enumerate(meanwhile):
        if number % 5 == 0:
            voted(shop, PUSH[number // 5], SIX, NINE)
        cast.asked(shop, who, question="Is it open on Sundays?", answer="No.")
    known_for(shop, before, OLD)
    known_for(shop, PUSH, pushers)
    known_for(shop, meanwhile, others)
    cast.turn(shop)
    return shop


def right() -> tuple[int, int]:
    """How many people back the claim that is right, and how many the other."""
    claims = dict(Claim.objects.values_list("verdict", "supporters"))
    return claims["right"], claims["wrong"]


def test_new_people_who_push_a_claim_count_as_one_against_older_people() -> None:
    turned(NEW, OLD)
    assert right() == (6, 1)
    assert Opinion.objects.filter(stance="replaced").count() == len(PUSH), "what each said is kept"
    rulings = Decision.objects.filter(
        interaction__subject__in=[cast.person(Project.objects.get(), who) for who in PUSH]
    )
    assert {outcome for (outcome,) in rulings.values_list("outcome")} == {"confirmed"}


def test_a_reader_is_told_that_they_count_as_one() -> None:
    shop = turned(NEW, OLD)
    about = Decision.objects.filter(interaction__subject=cast.person(shop, "early-0")).get()
    told = telling.evidence(shop, about.pk)
    assert told is not None and told.words.startswith("6 people found this right in 6 conversations, 1 wrote another")
    assert told.notes == ("New people who say what nobody older says count as one: 5 votes left out.",)


def test_the_truth_changes_where_older_people_say_so() -> None:
    turned(OLD / 2, OLD)
    assert right() == (6, 6)


def test_the_truth_changes_where_everybody_is_new() -> None:
    turned(NEW, NEW)
    assert right() == (6, 6)


def test_what_somebody_wrote_before_they_changed_their_mind_is_no_label() -> None:
    shop = cast.project()
    before = voted(shop, "anna", TEN, NINE)
    cast.turn(shop)
    assert Decision.objects.get(interaction__external_id=before).outcome == "corrected"
    for who in ("anna", "ben", "cleo"):
        voted(shop, who, SIX)
    cast.turn(shop)
    assert Decision.objects.get(interaction__external_id=before).outcome == "outvoted"
