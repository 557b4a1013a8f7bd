"""Which of several equal records is used, and how many queries it takes to find out."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.management.commands import curate
from curation.models import EvalCase, Example, Question
from curation.questions import duplicate_status, duplicates
from feedback.models import Interaction, Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
SAME = "When does the office open?"
NEAR = "When exactly does the big office on the corner open in week {}?"


def rated(shop: Project, who: str, answer: str, question: str = SAME) -> int:
    talk = cast.asked(shop, who, question=question, answer=answer)
    cast.said(shop, talk, "thumbs_up")
    return cast.row(talk).pk


def case(key: int) -> tuple[str, str]:
    found = EvalCase.objects.get(pk=key)
    return found.status, found.reason


class Counted:
    """How many rows the comparison read and wrote."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = {"read": 0, "written": 0}

        plain = duplicate_status.read

        def read(*given: Any) -> list[duplicate_status.Row]:
            found = plain(*given)
            self.rows["read"] += len(found)
            return found

        def store(model: Any, rows: Any) -> None:
            self.rows["written"] += len(rows)
            duplicate_status.store(model, rows)

        monkeypatch.setattr(duplicates, "read", read)
        monkeypatch.setattr(duplicate_status, "read", read)
        monkeypatch.setattr(duplicates, "store", store)


def cost(shop: Project, counted: Counted, new: list[tuple[str, str]]) -> tuple[int, int, int]:
    """(Rows read, rows written, queries) of a run over these new (answer, question)."""
    for answer, question in new:
        rated(shop, cast.BEN, answer, question)
    counted.rows.update(read=0, written=0)
    with CaptureQueriesContext(connection) as queries:
        cast.turn(shop)
    asked = [query for query in queries if "data_version" not in query["sql"]]  # that depends on how long a batch takes
    return counted.rows["read"], counted.rows["written"], len(asked)


@pytest.mark.parametrize("differs", ["the question", "nothing"])
def test_what_a_new_record_costs_does_not_grow_with_those_like_it(
    differs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(start: int, number: int) -> list[tuple[str, str]]:
        answer, question = "It opens at nine.", NEAR if differs == "the question" else SAME
        words = ["".join(chr(97 + int(digit)) for digit in str(n)) for n in range(start, start + number)]
        return [(answer.format(word), question.format(word)) for word in words]

    shop, counted = cast.project(), Counted(monkeypatch)
    cost(shop, counted, some(100, 10))
    few = cost(shop, counted, some(200, 5))
    cost(shop, counted, some(300, 120))
    many = cost(shop, counted, some(500, 5))
    assert Question.objects.values("cluster").distinct().count() == 1
    assert many == few and few[1] <= 2 * 6


def test_an_older_record_of_the_same_answer_does_not_displace_and_a_newer_does() -> None:
    shop = cast.project()
    older, newer = rated(shop, cast.ANNA, "At nine."), rated(shop, cast.BEN, "At nine.")
    cast.turn(shop)
    assert case(newer) == ("active", "") and case(older) == ("duplicate", "same_question")


def test_a_record_that_was_displaced_twice_is_explained_by_the_one_that_stands() -> None:
    shop = cast.project()
    keys = []
    for who in (cast.ANNA, cast.BEN, cast.CLEO):
        keys.append(rated(shop, who, "At nine."))
        cast.turn(shop)
    oldest = EvalCase.objects.select_related("decision__interaction__subject", "project").get(pk=keys[0])
    assert duplicates.record_in_use(oldest) == keys[2] and oldest.canonical_id == keys[1]
    steps = curate.explain(oldest.decision.interaction)
    stands = Interaction.objects.get(pk=keys[2])
    assert any(f"See {stands.external_id}." in step.detail for step in steps)


def test_whoever_is_erased_in_a_row_of_repeats_one_record_stands() -> None:
    for gone in (cast.ANNA, cast.BEN, cast.CLEO):
        shop = cast.project(f"shop-{gone}")
        for who in (cast.ANNA, cast.BEN, cast.CLEO):
            rated(shop, who, "At nine.")
            cast.turn(shop)
        erasure.erase(cast.person(shop, gone))
        found = EvalCase.objects.filter(project=shop).values_list("status", flat=True)
        assert sorted(found) == ["active", "duplicate"]


def test_a_near_question_displaces_nothing() -> None:
    shop = cast.project()
    keys = [rated(shop, who, "At nine.", NEAR.format(week)) for who, week in ((cast.ANNA, "one"), (cast.BEN, "two"))]
    cast.turn(shop)
    assert [case(key) for key in keys] == [("active", "")] * 2
    assert Question.objects.values("cluster").distinct().count() == 1


def test_a_question_is_tested_once_and_taught_in_each_of_its_wordings() -> None:
    shop = cast.project()
    first = rated(shop, cast.ANNA, "At nine.", "When does the office open?")
    other = rated(shop, cast.BEN, "At nine.", "Please tell me: when does the office open?")
    cast.turn(shop)
    assert sorted([case(first), case(other)]) == [("active", ""), ("duplicate", "same_question")]
    assert set(Example.objects.values_list("status", flat=True)) == {"active"}


def test_a_correction_that_is_withdrawn_brings_back_what_it_put_in_doubt() -> None:
    shop = cast.project()
    golden = rated(shop, cast.ANNA, "At nine.")
    cast.turn(shop)
    talk = cast.asked(shop, cast.BEN, question=SAME, answer="At nine.")
    cast.said(shop, talk, "edit", correction="It opens at eleven o'clock.")
    cast.turn(shop)
    assert not EvalCase.objects.filter(status="active").exists()
    cast.said(shop, talk.id, "thumbs_up", cast.BEN)
    cast.turn(shop)
    assert EvalCase.objects.filter(status="active").count() == 1 and EvalCase.objects.filter(pk=golden).exists()


def test_a_run_over_everything_comes_to_the_same_as_runs_one_by_one() -> None:
    answers = ["At nine.", "At ten.", "At nine.", "At noon.", "At ten.", "At nine."]
    found = []
    for step in (1, 6):
        shop = cast.project(f"shop-{step}")
        for number, answer in enumerate(answers):
            rated(shop, f"person-{number}", answer)
            if number % step == step - 1:
                cast.turn(shop)
        found.append(
            [
                list(model.objects.filter(project=shop).order_by("pk").values_list("status", "reason"))
                for model in (EvalCase, Example)
            ]
        )
    assert found[0] == found[1] and ("active", "") in found[0][0]


@pytest.mark.parametrize(
    ("which", "column", "value", "index"),
    [
        (duplicate_status.LEADS, "fingerprint", b"0" * 16, "eval_case_same"),
        (duplicate_status.CURRENT, "near_said", 1, "eval_case_answer"),
    ],
)
def test_what_stands_is_found_by_its_index(which: str, column: str, value: bytes | int, index: str) -> None:
    shop = cast.project()
    for number in range(40):  # of a single row, every index of the project's would be as good
        rated(shop, cast.ANNA, "At nine.", f"When does gate {number} open on day {number * 7}?")
    cast.turn(shop)
    with CaptureQueriesContext(connection) as queries:
        duplicate_status.read(EvalCase, shop, which, column, [value])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            cursor.execute("SET LOCAL enable_seqscan = off")
        explained = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(explained + queries[0]["sql"])
        plan = str(cursor.fetchall())
    assert index in plan
