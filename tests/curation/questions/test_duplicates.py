"""Which of several records stands, and what finding that out costs."""

import importlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.decisions import explain
from curation.models import EvalCase, Example, PreferencePair, Question, ReviewTask
from curation.questions import duplicate_status, duplicates
from feedback.models import Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
SAME = "When does the office open?"
NEAR = "When exactly does the big office on the corner open in week {}?"


def rated(shop: Project, who: str, answer: str, question: str = SAME) -> int:
    talk = cast.asked(shop, who, question=question, answer=answer)
    cast.said(shop, talk, "thumbs_up")
    return cast.row(talk).pk


def corrected(shop: Project, who: str, right: str, question: str = SAME) -> int:
    talk = cast.asked(shop, who, question=question, answer="It never opens at all.")
    cast.said(shop, talk, "edit", correction=right)
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


@pytest.mark.parametrize("differs", ["the answer", "the question", "both", "nothing"])
def test_what_a_new_record_costs_does_not_grow_with_those_like_it(
    differs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(start: int, number: int) -> list[tuple[str, str]]:
        answer = "It opens at {}." if differs in ("the answer", "both") else "It opens at nine."
        question = NEAR if differs in ("the question", "both") else SAME
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
    assert duplicates.stands(oldest) == keys[2] and oldest.canonical_id == keys[1]
    steps = explain.explain(oldest.decision.interaction)
    assert any(f"See {keys[2]}." in step.detail for step in steps)


def test_whoever_is_erased_in_a_row_of_repeats_one_record_stands() -> None:
    for gone in (cast.ANNA, cast.BEN, cast.CLEO):
        shop = cast.project(f"shop-{gone}")
        for who in (cast.ANNA, cast.BEN, cast.CLEO):
            rated(shop, who, "At nine.")
            cast.turn(shop)
        erasure.erase(cast.person(shop, gone))
        found = EvalCase.objects.filter(project=shop).values_list("status", flat=True)
        assert sorted(found) == ["active", "duplicate"]


def test_a_correction_retires_every_answer_that_waits_in_dispute() -> None:
    shop = cast.project()
    for who, answer in ((cast.ANNA, "At nine."), (cast.BEN, "At ten."), (cast.CLEO, "At noon.")):
        rated(shop, who, answer)
        cast.turn(shop)
    assert EvalCase.objects.filter(reason="answers_differ").count() == 2
    right = corrected(shop, cast.DAN, "It opens at eleven o'clock.")
    cast.turn(shop)
    assert case(right) == ("active", "")
    assert set(EvalCase.objects.exclude(pk=right).values_list("status", "reason")) == {("retired", "corrected_later")}
    assert not ReviewTask.objects.filter(state="open", reason="answers_differ").exists()


def test_a_correction_that_is_withdrawn_brings_back_what_it_retired() -> None:
    shop = cast.project()
    golden = rated(shop, cast.ANNA, "At nine.")
    cast.turn(shop)
    right = corrected(shop, cast.BEN, "It opens at eleven o'clock.")
    cast.turn(shop)
    assert case(golden) == ("retired", "corrected_later")
    talk = EvalCase.objects.get(pk=right).decision.interaction.external_id
    cast.said(shop, talk, "thumbs_down", cast.BEN)
    cast.turn(shop)
    assert case(golden) == ("active", "") and not EvalCase.objects.filter(pk=right).exists()


def test_a_repeat_stands_when_the_near_question_that_stood_changes_its_answer() -> None:
    shop = cast.project()
    first = rated(shop, cast.ANNA, "At nine.", NEAR.format("one"))
    cast.turn(shop)
    second = rated(shop, cast.BEN, "At nine.", NEAR.format("two"))
    cast.turn(shop)
    assert case(first) == ("duplicate", "near_question") and case(second) == ("active", "")
    talk = EvalCase.objects.get(pk=second).decision.interaction.external_id
    cast.said(shop, talk, "edit", cast.BEN, correction="It opens at eleven o'clock.")
    cast.turn(shop)
    assert case(first) == ("active", "") and case(second) == ("active", "")


def test_the_same_answer_again_joins_the_one_in_dispute() -> None:
    shop = cast.project()
    first, other = rated(shop, cast.ANNA, "At nine."), rated(shop, cast.BEN, "At ten.")
    cast.turn(shop)
    assert (case(first), case(other)) == (("held", "answers_differ"), ("active", ""))
    again = rated(shop, cast.CLEO, "At nine.")
    cast.turn(shop)
    assert case(again) == ("active", "") and case(first) == ("duplicate", "same_question")
    assert case(other) == ("held", "answers_differ")


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
        (duplicate_status.STANDS, "near_said", 1, "eval_case_answer"),
        (duplicate_status.DISPUTED, "near_said", 1, "eval_case_disputed"),
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


def test_answers_of_one_cluster_are_told_apart_where_their_digests_in_it_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duplicate_status, "ANSWER", 0)  # of a digest in a cluster nothing is left but the cluster
    shop = cast.project()
    first = rated(shop, cast.ANNA, "At nine.", NEAR.format(1))
    repeat = rated(shop, cast.BEN, "At nine.", NEAR.format(1).replace("big", "large"))
    other = rated(shop, cast.CLEO, "At ten.", NEAR.format(1).replace("big", "old"))
    cast.turn(shop)
    assert len(set(EvalCase.objects.values_list("near_said", flat=True))) == 1
    assert [case(key) for key in (first, repeat, other)] == [
        ("duplicate", "near_question"),
        ("active", ""),
        ("active", ""),
    ]
    assert duplicates.stands(EvalCase.objects.get(pk=other)) is None
    assert duplicates.stands(EvalCase.objects.get(pk=first)) == repeat


def test_what_was_there_before_digests_had_an_order_is_given_the_same_digests() -> None:
    shop = cast.project()
    for number in range(3):
        corrected(shop, f"person-{number}", f"It opens at {number} o'clock.", NEAR.format(number))
    cast.turn(shop)
    migration = importlib.import_module("curation.migrations.0022_what_is_near_comes_in_order")
    for model in (EvalCase, Example, PreferencePair):
        made = dict(model.objects.values_list("pk", "near_said"))
        model.objects.update(near_said=-1)
        with connection.cursor() as cursor:
            cursor.execute(migration.anew(model._meta.model_name))
        assert dict(model.objects.values_list("pk", "near_said")) == made and len(made) == 3
