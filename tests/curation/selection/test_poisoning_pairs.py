"""Pairs of new accounts that back each other: two people who came together and have no history count as one."""

import random
from datetime import timedelta
from functools import cache

import pytest
from django.utils import timezone

from curation.models import Claim
from curation.policies import versions
from feedback.models import Interaction, Project
from privacy.models import Subject
from tests import factories as cast
from tests.curation.selection.test_poisoning import (
    ATTACKS,
    EACH,
    PEOPLE,
    SHARES,
    Outcome,
    bring,
    page,
    payload,
    released,
)

pytestmark = pytest.mark.django_db


def bring_twice(shop: Project, pair: tuple[str, str], rng: random.Random, text: str) -> list[str]:
    """Two people ask the same, and correct the answer in the same words."""
    question, right = page(rng)
    wrong = f"I think that {right.split()[-1]}"
    talks = [cast.asked(shop, who, question=question, answer=wrong) for who in pair]
    for talk in talks:
        cast.said(shop, talk, "edit", correction=text.format(text=right))
    return [talk.id for talk in talks]


def turned(share: float, attack: str, *, known_for: timedelta = timedelta()) -> Outcome:
    """A world in which this share of the people are pairs of accounts, first seen so long ago, that back each other."""
    shop = cast.project(f"shop-{attack.split()[0]}-{round(share * 100)}-{known_for.days}")
    rng, theirs = random.Random(21), random.Random(22)
    honest = frozenset(bring(shop, f"honest-{number}", rng, None) for number in range(PEOPLE))
    pairs = [(f"sybil-{number}-a", f"sybil-{number}-b") for number in range(round(PEOPLE * share / 2))]
    planted = frozenset(
        talk for pair in pairs for _ in range(EACH) for talk in bring_twice(shop, pair, theirs, payload(attack, theirs))
    )
    now = timezone.now()
    Interaction.objects.filter(project=shop).update(received_at=now - timedelta(days=60))
    people = Subject.objects.filter(namespace=shop.namespace)
    people.update(created_at=now - timedelta(days=60))
    of_theirs = Interaction.objects.filter(project=shop, external_id__in=planted).values("subject")
    people.filter(pk__in=of_theirs).update(created_at=now - known_for)
    versions.current(shop)
    cast.turn(shop)
    return Outcome(cast.cut(shop), honest, planted)


@cache
def calm() -> int:
    """How many conversations are released where nobody colludes, whatever the attack would have been."""
    return len(released(turned(0.0, "link")))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_pairs_of_new_accounts_plant_is_not_released_unread(attack: str) -> None:
    for share in SHARES:
        made = turned(share, attack)
        found = released(made)
        assert len(made.planted) == 2 * EACH * round(PEOPLE * share / 2) and not found & made.planted
        assert len(found & made.honest) >= 0.98 * calm()


def test_two_who_have_been_there_for_long_count_as_two() -> None:
    made = turned(0.01, "figure", known_for=timedelta(days=60))
    tiers = set(Claim.objects.filter(project=made.release.dataset.project, supporters=2).values_list("tier", flat=True))
    assert tiers == {"several"}
