"""The same votes lead to the same decisions, however they are divided into batches."""

import random

import pytest

from curation import pipeline
from curation.models import Claim, Decision
from curation.runs import pace
from feedback.capture import mark_pending
from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db
QUESTION = "How long is the warranty on the kettle?"
ANSWERS = [f"The warranty on the kettle is {number} months." for number in (6, 9, 12)]
EDIT_OF_NOTHING = "edit of nothing"
VOTES = ("thumbs_up", "thumbs_up", "thumbs_down", "thumbs_down", "edit", EDIT_OF_NOTHING)
NUMBER = 12  # votes
Votes = list[tuple[str, str, str, str]]


def votes(seed: int) -> Votes:
    """A person, an answer, what the person said of it, and the answer that a correction proposes."""
    rng = random.Random(seed)
    people = [f"person-{number}" for number in range(rng.randint(2, 4))]
    return [(rng.choice(people), rng.choice(ANSWERS), rng.choice(VOTES), rng.choice(ANSWERS)) for _ in range(NUMBER)]


def stored(shop: Project, votes: Votes) -> Project:
    """The project, with these votes on answers to one question."""
    for who, answer, vote, right in votes:
        talk = cast.asked(shop, who, question=QUESTION, answer=answer)
        if vote == EDIT_OF_NOTHING:
            cast.said(shop, talk, "edit", correction=answer)
        else:
            cast.said(shop, talk, vote, correction=right if vote == "edit" else None)
    return shop


def decisions(shop: Project) -> list[tuple[str, str, str]]:
    """What is decided of each interaction, in the order in which they came."""
    rows = Decision.objects.filter(project=shop).order_by("interaction")
    return list(rows.values_list("outcome", "reason", "detail"))


def turn(shop: Project) -> None:
    """One run of curation, which must come to an end."""

    def ends(read: int, _: int) -> None:
        assert read < 20 * NUMBER, "the same interactions are decided again and again"

    pipeline.curate(shop, progress=ends)


def batches_of(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMALLEST", "BATCH", "LARGEST"):
        monkeypatch.setattr(pace, name, size)
    monkeypatch.setattr(pace, "PAUSE_SECONDS", 0)


@pytest.mark.parametrize("seed", range(6))
def test_batches_of_any_size_lead_to_the_same_decisions(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for size in (1, 3, 100):
        batches_of(size, monkeypatch)
        shop = stored(cast.project(f"shop-{size}"), votes(seed))
        turn(shop)
        claims = Claim.objects.filter(project=shop).order_by("claim").values_list("claim", "verdict", "supporters")
        found.append((decisions(shop), list(claims)))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("seed", range(6))
def test_votes_that_come_one_by_one_lead_to_the_decisions_of_all_at_once(seed: int) -> None:
    one_by_one, at_once = cast.project("one-by-one"), cast.project("at-once")
    for vote in votes(seed):
        stored(one_by_one, [vote])
        turn(one_by_one)
    turn(stored(at_once, votes(seed)))
    assert decisions(one_by_one) == decisions(at_once)


@pytest.mark.parametrize("seed", range(6))
def test_deciding_everything_again_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    batches_of(2, monkeypatch)
    shop = stored(cast.project(), votes(seed))
    turn(shop)
    before = decisions(shop)
    mark_pending(list(Decision.objects.values_list("pk", flat=True)))
    turn(shop)
    assert decisions(shop) == before
