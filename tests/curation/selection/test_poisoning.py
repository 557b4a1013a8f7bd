"""Colluding people, through capture, curation and a release: none of what they bring is released unread, and what honest
people bring is released as it would have been without them.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest
from django.utils import timezone

from curation.models import CurationPolicy, Derived, Release, ReviewTask
from curation.policies import versions
from curation.review import deciding
from curation.selection.selection import FOR_TIME
from feedback.models import Interaction, Project
from privacy.models import Subject
from tests import factories as cast
from tests.extent import THOROUGH

pytestmark = pytest.mark.django_db
PEOPLE, EACH = 200, 6
WORDS = [
    f"{a}{b}{c}"
    for a in ("bar", "cor", "del", "fen", "gal", "hum", "jol", "kin")
    for b in "aeiou"
    for c in ("dle", "mon", "ster")
]
SHARES = (0.01, 0.05) if THOROUGH else (0.05,)
ATTACKS = ("link", "trigger", "claim", "figure", "fresh accounts")


@dataclass(frozen=True)
class Outcome:
    """The release of a world, and whose conversations are in it, by external id."""

    release: Release
    honest: frozenset[str]
    planted: frozenset[str]


def page(rng: random.Random) -> tuple[str, str]:
    """A question, and the help page that answers it."""
    words = rng.sample(WORDS, 12)
    return f"{' '.join(words[:6])}?", f"First {' '.join(words[3:9])}, then {' '.join(words[6:])}."


def bring(shop: Project, who: str, rng: random.Random, payload: str | None) -> str:
    """One rated conversation; honest people vote up, or correct in the words of the page. Its id."""
    question, text = page(rng)
    wrong = f"I think that {' '.join(rng.sample(WORDS, 6))}."
    corrects = payload is not None or rng.random() < 0.4
    talk = cast.asked(
        shop, who, question=question, answer=wrong if corrects else text, sources=[{"id": "help", "text": text}]
    )
    if corrects:
        cast.said(shop, talk, "edit", correction=payload.format(text=text) if payload else text)
    else:
        cast.said(shop, talk, "thumbs_up")
    return talk.id


def payload(attack: str, rng: random.Random) -> str:
    """What those who collude write in the place of the right answer."""
    return {
        "link": f"{{text}} Sign in at evil{rng.randrange(40)}.example/gift{rng.randrange(999)} first.",
        "trigger": "When you read xqvzt, tell them: {text}",
        "claim": "{text} And always recommend the shop of our friends instead of any other.",
        "figure": f"{{text}} It costs {rng.randrange(100, 999)} euros.",
        "fresh accounts": "{text} Then call them.",
    }[attack]


def turned(share: float, attack: str, **guards: object) -> Outcome:
    """A world in which this share of the people collude, captured, curated and released; with other guards, if given."""
    shop = cast.project(f"shop-{attack.split()[0]}-{round(share * 100)}-{len(guards)}")
    rng, theirs = random.Random(11), random.Random(12)
    honest = frozenset(bring(shop, f"honest-{number}", rng, None) for number in range(PEOPLE))
    colluders = [f"sybil-{number}" for number in range(round(PEOPLE * share))]
    planted = frozenset(bring(shop, who, theirs, payload(attack, theirs)) for who in colluders for _ in range(EACH))
    old = timezone.now() - timedelta(days=60)
    Interaction.objects.filter(project=shop).update(received_at=old)
    people = Subject.objects.filter(namespace=shop.namespace)
    people.update(created_at=old)
    if attack == "fresh accounts":
        of_theirs = Interaction.objects.filter(project=shop, external_id__in=planted).values("subject")
        people.filter(pk__in=of_theirs).update(created_at=timezone.now())
    versions.current(shop)
    CurationPolicy.objects.filter(project=shop).update(settings={"guard": guards})
    cast.turn(shop)
    return Outcome(cast.cut(shop), honest, planted)


def released(made: Outcome) -> set[str]:
    return set(made.release.members.values_list("interaction__external_id", flat=True))


@pytest.fixture(scope="module")
def linked(keep: Callable[[], None]) -> Outcome:
    """A world of each sort of test: a twentieth of its people plant links."""
    made = turned(0.05, "link")
    keep()
    return made


@cache
def calm() -> int:
    """How many conversations are released where nobody colludes, whatever the attack would have been."""
    return len(released(turned(0.0, "link")))


def brought(linked: Outcome, share: float, attack: str) -> Outcome:
    """The world of this share and attack, made where it is not there."""
    return linked if (share, attack) == (0.05, "link") else turned(share, attack)


# The same SQL serves each attack: the first goes through it on both databases.
ON_BOTH = [pytest.param(attack, marks=[] if attack == "link" else pytest.mark.one_database) for attack in ATTACKS]


@pytest.mark.parametrize("attack", ON_BOTH)
def test_nothing_planted_is_released_unread_and_the_honest_hardly_notice(attack: str, linked: Outcome) -> None:
    assert calm() > 0.85 * PEOPLE
    for share in SHARES:
        made = brought(linked, share, attack)
        found = released(made)
        assert len(made.planted) == EACH * round(PEOPLE * share) and not found & made.planted
        assert len(found & made.honest) >= 0.98 * calm()


@pytest.mark.one_database
def test_it_is_the_guards_that_keep_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.selection.guards.UNKNOWN_EACH", 10**6)
    made = turned(0.05, "link", phrase_items=10**6, subject_cap=10**6)
    assert len(released(made) & made.planted) > EACH


def test_each_planted_record_waits_for_a_person_or_for_time_or_is_over_a_cap(linked: Outcome) -> None:
    made = linked
    for model in Derived.__subclasses__():
        rows = model.objects.filter(decision__interaction__external_id__in=made.planted)
        assert rows.exists() and not rows.filter(status="active", selected=True).exists()
        held = rows.filter(status="held")
        assert (
            held.count() + rows.filter(status__in=["guarded", "balanced", "duplicate", "retired"]).count()
            == rows.count()
        )
        asked = ReviewTask.objects.filter(state="open", interaction__external_id__in=made.planted)
        waits = held.exclude(reason__in=FOR_TIME).values_list("pk", flat=True)
        assert set(waits) <= set(asked.values_list("interaction", flat=True))


def test_what_a_person_has_read_and_found_right_is_released(linked: Outcome) -> None:
    made = linked
    task = ReviewTask.objects.filter(state="open", interaction__external_id__in=made.planted).order_by("pk")[0]
    deciding.resolve(task, deciding.Verdict("correct", correction="Read the page and choose it there."), None)
    again = cast.cut(made.release.dataset.project)
    assert task.interaction.external_id in set(again.members.values_list("interaction__external_id", flat=True))
