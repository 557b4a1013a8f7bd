"""New people who push a claim that no earlier person supports count as one against earlier people; a truth that changes
does not wait.
"""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.utils import timezone

from curation.evidence import cohorts, influence, poisoning, store, summaries
from curation.models import Claim, Decision, Opinion
from feedback.models import Interaction, Project
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


def test_what_is_left_of_one_question_does_not_depend_on_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohorts, "SAMPLE", 40)
    shop = turned(NEW, OLD)
    for number in range(60):
        cast.asked(shop, f"later-{number}", question="Is it open on Mondays?", answer="Yes.")
    for number, answer in enumerate((TEN, TEN, SIX)):
        voted(shop, f"voter-{number}", answer, question="How long is the warranty on the toaster?")
    cast.turn(shop)
    questions = {bytes(key) for key in Opinion.objects.values_list("question", flat=True)}
    together = cohorts.as_one(shop, store.words_on(shop, questions))
    assert len(questions) == 2
    for question in questions:
        assert cohorts.as_one(shop, store.words_on(shop, {question}))[question] == together[question]


def test_a_nameless_vote_for_their_claim_is_no_older_person() -> None:
    shop = turned(NEW, OLD)
    talk = cast.asked(shop, None, question=QUESTION, answer=SIX)
    cast.said(shop, talk, "edit", subject=None, correction=NINE)
    cast.turn(shop)
    assert right() == (6, 1)


def test_a_reader_is_told_that_they_count_as_one() -> None:
    shop = turned(NEW, OLD)
    about = Decision.objects.filter(interaction__subject=cast.person(shop, "early-0")).get()
    told = summaries.evidence(shop, about.pk)
    assert told is not None and told.words.startswith("6 people found this right in 6 conversations, 1 wrote another")
    assert told.notes == ("New people who make a claim that no earlier person makes count as one: 5 votes left out.",)


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


def came(shop: Project, weeks: Iterable[int]) -> None:
    """So many people in each week, the last of them now."""
    numbers = list(weeks)
    for ago, number in enumerate(reversed(numbers)):
        Subject.objects.bulk_create(
            Subject(
                namespace=shop.namespace, digest=f"{ago:032}{one:032}", created_at=timezone.now() - timedelta(weeks=ago)
            )
            for one in range(number)
        )


@pytest.mark.parametrize(
    ("weeks", "sudden"),
    [
        ([60, 10, 10, 10, 10], 0),
        ([10, 10, 10, 10, 60], 1),
        ([10, 10, 10, 60], 0),
        ([5, 5, 5, 5, 18], 0),
        ([10, 10, 10, 10, 60, 60], 2),
        ([10, 14, 20, 28, 40, 56], 0),
    ],
)
def test_a_week_is_sudden_beside_the_weeks_before_it(weeks: list[int], sudden: int) -> None:
    shop = cast.project()
    came(shop, weeks)
    assert len(influence.sudden_weeks(shop)) == sudden


def test_people_of_a_projects_first_week_are_several_when_it_is_over() -> None:
    shop = cast.project()
    for who in ("anna", "ben"):
        voted(shop, who, SIX)
    then = timezone.now() - timedelta(days=60)
    Interaction.objects.update(received_at=then)
    Subject.objects.update(created_at=then)
    Opinion.objects.update(at=then)
    cast.turn(shop)
    assert Claim.objects.get().tier == "several"


def test_a_phrase_that_the_agent_told_several_people_is_known() -> None:
    shop = cast.project()
    voted(shop, "anna", SIX)
    voted(shop, "ben", f"Sure: {SIX}", question="kettle warranty?")
    voted(shop, "cleo", "Call the shop on Monday and ask for Tom.", question="Who mends it?")
    cast.turn(shop)
    known = influence.known_phrases(shop, [], 5)
    assert (
        poisoning.ngrams(SIX, 5) <= known
        and not poisoning.ngrams("Call the shop on Monday and ask for Tom.", 5) & known
    )
