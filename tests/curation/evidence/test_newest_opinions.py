"""The newest opinions about a question are found by an index, not by looking at all opinions for each question."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.decisions import posterior
from curation.evidence import store
from curation.models import Opinion
from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> Project:
    """Forty questions with a vote each; the first has three."""
    shop = cast.project()
    for number in (*range(40), 0, 0):
        talk = cast.asked(shop, question=f"When does gate {number} open on day {number * 7}?")
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    return shop


def questions(project: Project) -> set[bytes]:
    return {bytes(key) for key in Opinion.objects.filter(project=project).values_list("question", flat=True)}


def popular() -> bytes:
    """The question with the most opinions."""
    most, _ = Counter(bytes(key) for key in Opinion.objects.values_list("question", flat=True)).most_common(1)[0]
    return most


def test_each_opinion_stands_with_its_question(asked: Project) -> None:
    found = list(store.newest_opinions(asked, questions(asked), "o.id"))
    assert sorted((bytes(question), key) for question, key in found) == sorted(
        (bytes(question), key) for question, key in Opinion.objects.values_list("question", "id")
    )


def test_of_many_opinions_only_the_newest_are_read(asked: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior, "NEWEST", 1)  # so the two newest about each question
    oldest = min(Opinion.objects.filter(question=popular()), key=lambda one: one.at)
    found = {key for _, key in store.newest_opinions(asked, questions(asked), "o.id")}
    assert len(found) == 41
    assert found == set(Opinion.objects.values_list("pk", flat=True)) - {oldest.pk}


def test_no_question_is_compared_with_all_opinions(asked: Project) -> None:
    keys = questions(asked)
    with CaptureQueriesContext(connection) as queries:
        list(store.newest_opinions(asked, keys, "o.id"))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
        cursor.execute(
            ("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ")
            + queries[0]["sql"].replace("%", "%%"),
            [],
        )
        plan = str(cursor.fetchall())
    if connection.vendor == "sqlite":
        assert "SEARCH o USING INTEGER PRIMARY KEY" in plan
    else:
        assert "Limit" in plan and "SubPlan" not in plan  # as a filter of a join it would run for every opinion
