"""Near-duplicates in the database: found as they arrive, kept together, and separated or joined by a curator."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.evidence import store
from curation.models import EvalCase, Question
from curation.questions import clusters
from feedback.models import Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
FIRST = "How long does a refund for a cancelled order take to reach my bank account?"
NEAR = "How long does a refund for a cancelled order take to reach my card account?"
THIRD = "How long does a refund for a returned order take to reach my bank account?"
FAR = "Which documents do I bring to the library to get a new card?"


def rated(shop: Project, subject: str, question: str, answer: str = cast.ANSWER) -> int:
    talk = cast.asked(shop, subject, question=question, answer=answer)
    cast.said(shop, talk, "thumbs_up")
    return cast.row(talk).pk


def cluster_of(key: int) -> int:
    return Question.objects.get(pk=key).cluster


def test_near_questions_share_a_cluster_within_a_run_and_across_runs() -> None:
    shop = cast.project()
    first, far = rated(shop, cast.ANNA, FIRST), rated(shop, cast.BEN, FAR)
    second = rated(shop, cast.BEN, NEAR)
    cast.turn(shop)
    third = rated(shop, cast.CLEO, THIRD)
    cast.turn(shop)
    assert {cluster_of(key) for key in (first, second, third)} == {first} and cluster_of(far) == far
    assert len(set(Question.objects.filter(cluster=first).values_list("place", flat=True))) == 1


def test_another_projects_questions_are_in_no_cluster_of_ours() -> None:
    shop, other = cast.project(), cast.project("other")
    mine = rated(shop, cast.ANNA, FIRST)
    cast.turn(shop)
    theirs = rated(other, cast.ANNA, FIRST)
    cast.turn(other)
    assert cluster_of(mine) != cluster_of(theirs)


def test_near_questions_are_in_one_cluster_and_all_in_use() -> None:
    shop = cast.project()
    first = rated(shop, cast.ANNA, FIRST)
    cast.turn(shop)
    same, differs = rated(shop, cast.BEN, NEAR), rated(shop, cast.CLEO, THIRD, "It takes up to five working days.")
    cast.turn(shop)
    assert set(EvalCase.objects.values_list("status", flat=True)) == {"active"}
    assert cluster_of(first) == cluster_of(same) == cluster_of(differs)


def test_erasing_the_first_of_a_cluster_promotes_the_next() -> None:
    shop = cast.project()
    first, second = rated(shop, cast.ANNA, FIRST), rated(shop, cast.BEN, NEAR)
    cast.turn(shop)
    place = Question.objects.get(pk=second).place
    erasure.erase(cast.person(shop, cast.ANNA))
    assert EvalCase.objects.get(pk=second).status == "active"
    third = rated(shop, cast.CLEO, THIRD)
    cast.turn(shop)
    assert cluster_of(third) == cluster_of(second) == first
    assert Question.objects.get(pk=third).place == place


def test_a_curator_splits_a_cluster_and_merges_it_again() -> None:
    shop = cast.project()
    first, second = rated(shop, cast.ANNA, FIRST), rated(shop, cast.BEN, NEAR, "Five days.")
    cast.turn(shop)
    made = clusters.split([Question.objects.get(pk=second)])
    assert made == second and cluster_of(first) == first and Question.objects.get(pk=second).pinned
    assert clusters.merge(Question.objects.get(pk=first), Question.objects.get(pk=second)) == 1
    assert cluster_of(second) == first
    with pytest.raises(ValueError, match="two different"):
        clusters.merge(Question.objects.get(pk=first), Question.objects.get(pk=second))


def test_the_one_that_names_a_cluster_can_be_split_off() -> None:
    shop = cast.project()
    keys = [
        rated(shop, who, text, f"Answer {who}.")
        for who, text in ((cast.ANNA, FIRST), (cast.BEN, NEAR), (cast.CLEO, THIRD))
    ]
    cast.turn(shop)
    clusters.split([Question.objects.get(pk=keys[0])])
    assert cluster_of(keys[0]) != cluster_of(keys[1]) == cluster_of(keys[2])
    assert Question.objects.filter(clusters.LEADS, cluster=cluster_of(keys[1])).exists()
    with pytest.raises(ValueError, match="from itself"):
        clusters.split([Question.objects.get(pk=keys[0])])


def test_a_key_leads_to_no_more_than_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.questions.clusters.BUCKET", 1)
    shop = cast.project()
    first, other = rated(shop, cast.ANNA, FIRST), rated(shop, cast.BEN, FAR)
    cast.turn(shop)
    Question.objects.filter(pk=other).update(
        **{name: getattr(Question.objects.get(pk=first), name) for name in clusters.BANDS}
    )
    (row,) = store.load([first])
    index = clusters.looked_up([clusters.asked(shop.pk, row)])
    assert list(index.sketches) == [first] and all(bucket == (first,) for bucket in index.buckets.values())


def test_only_what_may_be_near_is_read_and_what_was_stored_without_its_words() -> None:
    shop = cast.project()
    first, other = rated(shop, cast.ANNA, FIRST), rated(shop, cast.BEN, FAR)
    cast.turn(shop)
    bands = {name: getattr(Question.objects.get(pk=first), name) for name in clusters.BANDS}
    Question.objects.filter(pk=other).update(**bands)
    (row,) = store.load([first])
    asked = [clusters.asked(shop.pk, row)]
    assert list(clusters.looked_up(asked).sketches) == [first]
    Question.objects.filter(pk=other).update(words=None)
    assert set(clusters.looked_up(asked).sketches) == {first, other}
    clusters.give_bands(shop.pk, other)
    assert Question.objects.get(pk=other).words is not None


def test_what_a_new_question_costs_does_not_grow_with_the_stock() -> None:
    shop, counts = cast.project(), []
    for number, new in ((2, FIRST), (30, FAR)):
        for index in range(number):
            rated(shop, cast.BEN, f"Where is the office number {number}{index} of the town of {index * 7}{number}?")
        cast.turn(shop)
        rated(shop, cast.ANNA, new)
        with CaptureQueriesContext(connection) as queries:
            cast.turn(shop)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2
