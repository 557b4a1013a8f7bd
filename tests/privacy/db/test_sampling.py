"""A sample stands for all rows of its owners, wherever their keys are."""

from datetime import date

import pytest

from feedback.models import Outcome, Project
from privacy.db import sampling
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred are many here."""
    monkeypatch.setattr(sampling, "MOST", 500)
    monkeypatch.setattr(sampling, "STRETCHES", 50)


def add(of: Project, number: int, day: int = 1) -> None:
    """Rows of one project, one after the other."""
    at = date(2026, 11, day)
    Outcome.objects.bulk_create(
        Outcome(project=of, day=at, kind="interaction", result="stored", slot=slot) for slot in range(number)
    )


def test_all_of_few_rows_are_taken() -> None:
    shop, bank = cast.project("shop"), cast.project("bank")
    add(bank, 900)
    add(shop, 500)
    drawn = sampling.draw(Outcome, "project", [shop.pk])
    assert drawn.is_whole and list(drawn.keys) == sorted(
        Outcome.objects.filter(project=shop).values_list("pk", flat=True)
    )
    assert sampling.draw(Outcome, "project", []).keys == []


def test_of_many_rows_a_part_is_drawn_from_all_times_alike() -> None:
    shop = cast.project("shop")
    for day in (1, 2, 3, 4):
        add(shop, 2_500, day)
    drawn = sampling.draw(Outcome, "project", [shop.pk])
    assert 250 <= len(drawn.keys) <= 500 and len(drawn.keys) / drawn.share == pytest.approx(10_000, rel=0.02)
    for day in (1, 2, 3, 4):
        among = Outcome.objects.filter(pk__in=drawn.keys, day=date(2026, 11, day)).count()
        assert among == pytest.approx(len(drawn.keys) / 4, rel=0.1)


def test_a_project_among_larger_ones_has_as_large_a_sample() -> None:
    shop, bank = cast.project("shop"), cast.project("bank")
    for day in range(1, 21):
        add(bank, 950, day)
        add(shop, 50, day)
    drawn = sampling.draw(Outcome, "project", [shop.pk])
    assert 250 <= len(drawn.keys) <= 500 and len(drawn.keys) / drawn.share == pytest.approx(1_000, rel=0.1)
    assert not Outcome.objects.filter(pk__in=drawn.keys, project=bank).exists()


def test_rows_before_a_key_are_not_drawn() -> None:
    shop = cast.project("shop")
    add(shop, 2_000)
    first = Outcome.objects.order_by("pk").values_list("pk", flat=True)[1_000]
    drawn = sampling.draw(Outcome, "project", [shop.pk], first)
    assert min(drawn.keys) >= first and len(drawn.keys) / drawn.share == pytest.approx(1_000, rel=0.05)
