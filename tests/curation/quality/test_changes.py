"""What got worse since the last agent version: intervals that hold for all slices together, and no figure from a few people."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import NormalDist

import pytest

from curation.quality import changes
from curation.quality.changes import Pair, Votes
from curation.quality.strata import SampledAnswer
from curation.quality.votes import Cell, cells
from feedback.models import Project
from tests import factories as cast

Z95 = 1.959964


def cell(version: str, day: date, *, voted: int = 0, good: int = 0) -> Cell:
    return Cell(version, "en", (), day, voted, voted, good)


def test_the_last_two_versions_are_those_first_seen_last() -> None:
    seen = [("v10", 9), ("v9", 3), ("v10", 12), ("", 20), ("v9", 15), ("v2", 1)]
    assert changes.newest_two([cell(name, date(2026, 11, day)) for name, day in seen]) == ("v9", "v10")
    assert changes.newest_two([cell("v1", date(2026, 11, 1))]) is None


def votes(good: int, n: int) -> Votes:
    return Votes(n, good, {date(2026, 11, 1)})


def pair(name: str, before: Votes, after: Votes) -> Pair:
    return Pair("thumbs", "tag", name, before.figure, after.figure)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe (1998), table II, method 10: 56/70 against 48/80 is +0.2000, from 0.0524 to 0.3339.
    made = pair("fees", votes(48, 80), votes(56, 70)).change(Z95)
    assert made.difference == pytest.approx(0.2) and made.low == pytest.approx(0.0524, abs=1e-4)
    assert made.high == pytest.approx(0.3339, abs=1e-4) and not made.is_worse


def rounds(drop: float, *, n: int = 300, slices: int = 20, times: int = 400) -> float:
    """How often at least one of so many slices is called worse, if the first of them dropped."""
    chance, alarms = random.Random(7), 0
    z = NormalDist().inv_cdf(1 - changes.ALPHA / (2 * slices))
    for _ in range(times):
        found = []
        for place in range(slices):
            after = 0.8 - (drop if place == 0 else 0)
            old, new = (sum(chance.random() < rate for _ in range(n)) for rate in (0.8, after))
            found.append(pair(str(place), votes(old, n), votes(new, n)).change(z))
        alarms += any(one.is_worse for one in found)
    return alarms / times


def test_where_nothing_changed_a_false_alarm_is_rare_and_a_great_drop_is_seen() -> None:
    assert rounds(0.0, times=200) <= 0.05
    assert rounds(0.2, times=50) >= 0.9


def drawn(version: str, capacity: float, share: float, n: int = 400) -> list[SampledAnswer]:
    """A version that is right in 80 %, the doubted answers judged first, up to this share of what is drawn."""
    chance = random.Random(version)
    at = datetime(2026, 11, 9 if version == "v1" else 16, tzinfo=UTC)
    made = []
    for number in range(n):
        good = chance.random() < 0.8
        doubted = chance.random() < (0.05 if good else 0.6)
        made.append(SampledAnswer(number, good, doubted, version, "en", (), at, subject=number, share=share))
    made.sort(key=lambda one: not one.is_asked_anyway)
    judged = round(capacity * n)
    return [*made[:judged], *(replace(one, good=None, is_waiting=True) for one in made[judged:])]


def test_a_version_whose_doubted_answers_are_judged_first_is_not_called_worse() -> None:
    sample = [*drawn("v1", 1.0, 0.01), *drawn("v2", 0.2, 0.05)]
    judged = [one.good for one in sample if one.agent_version == "v2" and one.good is not None]
    assert sum(judged) / len(judged) < 0.5
    (whole, *_) = [one.change(Z95) for one in changes.by_audit(sample, ("v1", "v2"))]
    assert whole.name == "all answers" and not whole.is_worse
    assert whole.after.rate == pytest.approx(0.8, abs=0.1)
    assert (whole.days_before, whole.days_after) == ("answers of 9 Nov 2026", "answers of 16 Nov 2026")


def test_a_version_of_which_only_one_sort_is_judged_is_not_compared() -> None:
    sample = [*drawn("v1", 1.0, 0.01), *drawn("v2", 0.05, 0.01)]
    assert changes.by_audit(sample, ("v1", "v2")) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("people", "shown"), [(4, False), (6, True)])
def test_a_slice_of_fewer_than_five_people_is_left_out(people: int, shown: bool) -> None:
    shop: Project = cast.project()
    for version, kind in (("v1", "thumbs_up"), ("v2", "thumbs_down")):
        for person in range(people):
            agent = {"name": "help", "version": version}
            at = f"2026-11-{10 if version == 'v1' else 20}T10:00:00Z"
            talk = cast.asked(
                shop, f"p{person}", question=f"{version} {person}?", agent=agent, occurred_at=at, tags=["fees"]
            )
            cast.said(shop, talk, kind)
    cast.turn(shop)
    found = changes.compare(shop, cells(shop), [])
    assert found is not None and (found.before, found.after) == ("v1", "v2")
    names = [(one.group, one.name) for one in found.changes]
    assert all(one.before.rate == 1 and one.after.rate == 0 and one.is_worse for one in found.changes)
    assert bool(names) is shown and (("tag", "fees") in names) is shown
