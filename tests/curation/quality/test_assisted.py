"""Prediction-powered inference: narrower where the guess is good, the plain audit where it is not, never biased."""

import random
from dataclasses import replace
from statistics import fmean

import pytest
from django.utils import timezone

from curation.models import AuditItem
from curation.quality import assisted, report, strata
from curation.quality.assisted import Text, estimate, powered
from feedback.models import Interaction
from tests import factories as cast


def world(rng: random.Random, n: int, every: int, *, telling: float) -> tuple[list[bool], list[float], list[float]]:
    """Judgements, guesses about them, and guesses about all; the guess is right by that much."""
    truth = [rng.random() < 0.7 for _ in range(every)]
    guess = [0.5 + telling * (good - 0.5) + rng.gauss(0, 0.1) for good in truth]
    drawn = rng.sample(range(every), n)
    return [truth[place] for place in drawn], [guess[place] for place in drawn], guess


@pytest.mark.parametrize(("telling", "least", "most"), [(0.4, 2.0, 9.0), (0.0, 0.97, 1.1)])
def test_it_is_worth_more_judgements_where_the_guess_tells_something(telling: float, least: float, most: float) -> None:
    good, guessed, every = world(random.Random(3), 300, 3_000, telling=telling)
    assert least < powered(good, guessed, every, [str(n) for n in range(300)]).worth / 300 < most


def test_its_interval_holds_the_truth_and_its_guess_may_be_off() -> None:
    rng, held = random.Random(4), []
    for _ in range(100):
        good, guessed, every = world(rng, 200, 2_000, telling=0.3)
        off = [value + 0.4 for value in guessed], [value + 0.4 for value in every]
        found = powered(good, *off, [str(n) for n in range(200)]).estimate
        held.append(found.low <= 0.7 <= found.high)
    assert fmean(held) >= 0.9


def test_judgements_of_one_question_are_one_unit() -> None:
    good, guessed, every = world(random.Random(5), 200, 2_000, telling=0.0)
    apart = powered(good, guessed, every, [str(n) for n in range(200)]).plain
    one = powered([good[n // 10] for n in range(200)], guessed, every, [str(n // 10) for n in range(200)]).plain
    assert one.high - one.low > 2 * (apart.high - apart.low)


def test_it_says_nothing_where_too_little_is_judged() -> None:
    few = [Text(str(n), "Where is it?", "Here.", "", n % 2 == 0) for n in range(50)]
    assert estimate(few, few) is None and estimate([], []) is None
    nearly_all_good = [Text(str(n), "Where is it?", "Here.", "", n > 8) for n in range(300)]
    assert estimate(nearly_all_good, nearly_all_good) is None
    assert estimate([replace(nearly_all_good[20], good=False), *nearly_all_good], nearly_all_good) is not None


def test_answers_with_the_words_of_the_question_are_guessed_to_be_right() -> None:
    rng = random.Random(6)
    topics = [
        f"{a}{b}" for a in ("tram", "ferry", "ticket", "bridge") for b in ("lost", "late", "price", "dog", "school")
    ]
    texts = []
    for number in range(210):
        topic, good = rng.choice(topics), rng.random() < 0.7
        said = topic if good == (rng.random() < 0.85) else rng.choice(topics)
        texts.append(Text(f"{topic} {number}", f"What about {topic}?", f"The counter knows about {said}.", "", good))
    found = estimate(texts, texts)
    assert found is not None and found.weight > 0.3 and found.worth > 1.1 * 210


@pytest.mark.django_db
def test_the_report_narrows_an_audit_that_is_judged_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assisted, "LEAST_JUDGED", 10)
    monkeypatch.setattr(assisted, "LEAST_EACH", 4)
    monkeypatch.setattr(assisted, "RIDGE", 0.5)  # for so few
    shop = cast.project()
    talks = [cast.asked(shop, f"p-{n}", question=f"When does shop {n} open?") for n in range(16)]
    for place, talk in enumerate(talks):
        cast.said(shop, talk, "thumbs_up" if place % 3 else "thumbs_down")
    keys = [cast.row(talk).pk for talk in talks]
    for key in keys[:12]:
        row = Interaction.objects.get(pk=key)
        AuditItem.objects.create(interaction=row, project=shop, subject_id=row.subject_id, share=0.75)
    drawn = [
        strata.SampledAnswer(key, place % 3 > 0, False, "", "", (), timezone.now(), share=0.75)
        for place, key in enumerate(keys[:12])
    ]
    found = strata.audit(drawn)
    made = report.narrowed(shop, drawn, found)
    assert made is not None and made.estimate.n == 12
    assert report.narrowed(shop, drawn[:9], found) is None
