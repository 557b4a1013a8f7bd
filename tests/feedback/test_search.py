"""Finding a conversation by its id or its words, on either database, and nothing of people who were erased."""

from typing import Any

import pytest
from django.db import connection

from feedback import admin
from feedback.models import Interaction, Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    shop = cast.project()
    cast.asked(shop, cast.ANNA, id="a-1", question="Where is the lost property?", answer="Behind the ticket counter.")
    cast.asked(
        shop, cast.BEN, id="b-1", question="Is the counter open on Sunday?", answer="Only until noon, and by bell."
    )
    cast.asked(
        shop, cast.CLEO, id="c-1", question="Wo ist die Umkleide für Gäste?", answer="Im Keller, neben der Kasse."
    )
    return shop


def found(term: str) -> list[str]:
    return sorted(admin.matching(Interaction.objects.all(), term).values_list("external_id", flat=True))


@pytest.mark.parametrize(
    ("term", "ids"),
    [
        ("", ["a-1", "b-1", "c-1"]),
        ("  ", ["a-1", "b-1", "c-1"]),
        ("b-1", ["b-1"]),
        ("counter", ["a-1", "b-1"]),
        ("COUNTER", ["a-1", "b-1"]),
        ("counter sunday", ["b-1"]),
        ("property bell", []),
        ("Gäste", ["c-1"]),
        ("nowhere", []),
        ("%", []),
        ("it's' \"", []),
        ("a\0b", []),
        ("& | ! ( :*", []),
    ],
)
def test_it_finds_an_id_or_all_of_the_words(shop: Project, term: str, ids: list[str]) -> None:
    assert found(term) == ids


def test_it_stays_within_the_rows_that_it_is_given(shop: Project) -> None:
    other = cast.project("bank")
    cast.asked(other, cast.DAN, question="Which counter has coins?")
    rows = Interaction.objects.filter(project=shop)
    assert admin.matching(rows, "counter").count() == 2 and admin.matching(rows, "coins").count() == 0


def test_whoever_was_forgotten_is_not_found(shop: Project) -> None:
    erasure.erase(cast.person(shop, cast.BEN))
    assert found("counter") == ["a-1"]


def test_common_words_are_looked_for_among_the_newest(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "MOST", 1)
    keys = dict(Interaction.objects.values_list("external_id", "pk"))
    monkeypatch.setattr(admin, "WINDOW", keys["c-1"] - keys["a-1"])
    assert found("counter") == ["b-1"]
    monkeypatch.setattr(admin, "WINDOW", 1)
    assert found("counter") == []


@pytest.mark.postgres
def test_on_postgresql_the_index_answers_and_no_samples_of_words_are_taken(shop: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM feedback_interaction WHERE " + admin.INDEXED, ["counter"])  # noqa: S608 - a constant
        assert "interaction_words" in "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("ANALYZE feedback_interaction")
        cursor.execute("SELECT count(*) FROM pg_statistic WHERE starelid = 'interaction_words'::regclass")
        assert cursor.fetchone() == (0,)


@pytest.mark.postgres
def test_a_text_of_very_many_words_can_be_stored_all_the_same() -> None:
    many = " ".join(f"w{number}x" for number in range(30_000))
    given: dict[str, Any] = {"question": many[:190_000], "answer": many[:190_000]}
    assert cast.asked(cast.project(), cast.ANNA, **given).result == "stored"
