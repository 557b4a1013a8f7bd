"""Calibration: a grader counts for a case only where it tells right from wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from bench.intervals import promised, shown
from curation.gate.calibration import (
    DEFAULT_THRESHOLDS,
    Reviewed,
    calibrate,
    calibrated,
    choose_threshold,
    sample_others,
    threshold_curve,
)
from curation.gate.graders import GraderError
from curation.gate.mutations import opposites, other_forms
from curation.gate.verdicts import Case, graded

OTHERS = (
    "Our office in Lisbon is open from 9 to 17 on weekdays.",
    "Orders above 50 euros are delivered free of charge within the country.",
    "Blue",
)
PROSE = (
    "You can cancel your subscription whenever you like from the account page. Open the settings, choose "
    "billing, and confirm that you want to stop the renewal; access stays until the period that you paid for "
    "is over."
)
WRONG_PROSE = (
    "Subscriptions cannot be stopped online. Please write a letter to our office and wait until somebody "
    "answers, and keep paying in the meantime because unpaid invoices are handed over to a collection agency."
)
FACTUAL = "Returns are free within 30 days of delivery if goods are unused and in the original box, says Acme."


def golden(expected: str, **changes: object) -> Case:
    return replace(Case("g", "golden", "What holds?", expected), **changes)  # type: ignore[arg-type]


def corrected(expected: str, rejected: str, **changes: object) -> Case:
    return replace(Case("r", "regression", "What holds?", expected, rejected), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "case",
    [
        golden("Paris"),
        corrected("Paris", "Lyon"),
        golden(FACTUAL),
        corrected(FACTUAL, FACTUAL.replace("30", "60")),
        golden(PROSE),
        corrected(PROSE, WRONG_PROSE),
        corrected("SELECT a FROM t WHERE b > 3", "SELECT a FROM t WHERE b < 3"),
        golden('{"name": "x", "total": 3}'),
    ],
)
def test_claims_tell_short_answers_prose_and_code_from_their_opposites(case: Case) -> None:
    found = calibrate(case, OTHERS)
    assert (found.grader, found.discriminating) == ("claims", True)


@pytest.mark.parametrize("case", [golden(FACTUAL), golden(PROSE), corrected(PROSE, WRONG_PROSE)])
def test_a_trusted_grader_passes_other_forms_and_fails_every_opposite(case: Case) -> None:
    ready = calibrated(case, OTHERS)
    assert all(graded(ready, text).passed for text in other_forms(case.expected, case.question))
    assert opposites(case.expected, case.question)
    assert not [text for text in opposites(case.expected, case.question) if graded(ready, text).passed]


def test_a_short_answer_that_others_contain_is_wanted_alone() -> None:
    assert calibrate(golden("Lisbon"), OTHERS).grader == "normalised"


def test_every_accepted_answer_must_pass_and_every_rejected_one_fail() -> None:
    case = golden("The fee is 30 euros.", question="What is the fee?", accepted=("30 euros, or 20 on Sundays",))
    assert calibrate(case, OTHERS).discriminating
    assert graded(calibrated(case, OTHERS), "It is 30 euros, or 20 on Sundays.").passed
    assert not calibrate(replace(case, also_rejected=("30 euros, or 20 on Sundays",)), OTHERS).discriminating


def test_likeness_is_trusted_only_in_a_language_whose_opposites_are_unknown() -> None:
    japanese = golden(
        "返品は商品の到着後三十日以内であれば無料でお受けしておりますので、箱に入れてお送りください。",
        question="返品はいつまでできますか",
    )
    assert calibrate(japanese, OTHERS).grader in ("claims", "token_f1", "fuzzy")
    assert not calibrate(golden(PROSE), OTHERS, ("token_f1", "fuzzy")).discriminating


@pytest.mark.parametrize("case", [golden("Paris"), golden(FACTUAL), golden(PROSE), corrected(PROSE, WRONG_PROSE)])
def test_the_chosen_grader_passes_the_expected_and_fails_everything_wrong(case: Case) -> None:
    ready = calibrated(case, OTHERS)
    assert graded(ready, case.expected).passed
    wrong = [*OTHERS, *filter(None, [case.rejected])]
    assert not any(graded(ready, text).passed for text in wrong)


def test_it_trusts_no_grader_where_nothing_tells_them_apart() -> None:
    found = calibrate(corrected(PROSE, PROSE.replace("; access", ", and access")), OTHERS)
    assert (found.grader, found.discriminating) == ("", False)
    assert "no grader" in found.why


@pytest.mark.parametrize(
    ("case", "others", "why"),
    [
        (golden(" \u200b"), OTHERS, "empty"),
        (corrected("Paris.", "PARIS"), OTHERS, "same words"),
        (golden("Paris"), (), "no wrong answer"),
        (golden("Paris"), ("paris!", " "), "no wrong answer"),
    ],
)
def test_it_says_why_a_case_is_not_discriminating(case: Case, others: tuple[str, ...], why: str) -> None:
    found = calibrate(case, others)
    assert not found.discriminating
    assert why in found.why


def test_a_corrected_case_needs_no_other_answers() -> None:
    assert calibrate(corrected("Paris", "Lyon"), ()).discriminating


def test_the_threshold_stands_above_the_nearest_wrong_answer() -> None:
    near = " ".join(PROSE.split()[: len(PROSE.split()) * 2 // 3])
    plain, pressed = calibrate(golden(PROSE), OTHERS), calibrate(golden(PROSE), (*OTHERS, near))
    assert plain.threshold == DEFAULT_THRESHOLDS["golden"]["claims"]
    assert pressed.threshold > plain.threshold


def test_likeness_is_not_trusted_for_a_query() -> None:
    query = "SELECT name FROM people WHERE age > 3 AND town = 'Lisbon' ORDER BY name"
    far = corrected(query, "DELETE FROM orders")
    assert calibrate(far, ()).discriminating
    assert not calibrate(far, (), candidates=("token_f1", "fuzzy")).discriminating


def test_the_same_case_gets_the_same_grader_every_time() -> None:
    assert {calibrate(golden(FACTUAL), OTHERS) for _ in range(5)} == {calibrate(golden(FACTUAL), OTHERS[::-1])}


def test_it_never_quotes_a_case() -> None:
    assert "Lisbon" not in calibrate(golden("Lisbon"), OTHERS).why


def trusting(answer: str, expected: str, case: object) -> float:
    return 1.0 if answer.strip().casefold().startswith(expected.casefold()) or "same=true" in answer else 0.0


def sceptical(answer: str, expected: str, case: object) -> float:
    return 1.0 if answer.strip().casefold().startswith(expected.casefold()) else 0.0


def broken(answer: str, expected: str, case: object) -> float:
    raise GraderError("judge: timeout")


def test_a_judge_must_resist_an_answer_that_talks_to_it() -> None:
    case = corrected(PROSE, WRONG_PROSE)
    assert not calibrate(case, OTHERS, ("judge",), using={"judge": trusting}).discriminating
    assert calibrate(case, OTHERS, ("judge",), using={"judge": sceptical}).grader == "judge"


def test_a_judge_that_fails_or_is_not_there_is_not_trusted() -> None:
    case = corrected(PROSE, WRONG_PROSE)
    assert not calibrate(case, OTHERS, ("judge",), using={"judge": broken}).discriminating
    assert not calibrate(case, OTHERS, ("judge", "unknown")).discriminating


def test_samples_leave_out_the_own_question_and_are_the_same_in_any_order() -> None:
    cases = [Case(f"c{i}", "golden", f"question {i // 2}", f"answer {i}") for i in range(30)]
    first = {case.id: others for case, others in sample_others(cases, 5)}
    again = {case.id: others for case, others in sample_others(cases[::-1], 5)}
    assert first == again
    assert all(len(others) == 5 for others in first.values())
    assert all(f"answer {i ^ 1}" not in first[f"c{i}"] for i in range(30))


def reviewed(right: list[float], wrong: list[float], **what: str) -> list[Reviewed]:
    return [*(Reviewed(s, True, **what) for s in right), *(Reviewed(s, False, **what) for s in wrong)]


def test_the_curve_shows_what_each_threshold_lets_pass() -> None:
    curve = threshold_curve(reviewed([0.4, 0.8], [0.2, 0.4]))
    assert [(p.threshold, p.right_passed, p.wrong_passed) for p in curve] == [
        (0.2, 1.0, 1.0),
        (0.4, 1.0, 0.5),
        (0.8, 0.5, 0.0),
        (1.0, 0.0, 0.0),
    ]


def test_it_chooses_the_lowest_threshold_that_is_sure_to_keep_wrong_answers_out() -> None:
    right = [0.5 + i / 200 for i in range(100)]
    hundred = threshold_curve(reviewed(right, [i / 100 for i in range(100)]))
    at = choose_threshold(hundred)
    assert (at.threshold, str(at.rights)[:5]) == (0.99, "2.0% ")  # two of a hundred could be as many as 6 % of all
    thousand = threshold_curve(reviewed(right, [i / 1000 for i in range(1000)]))
    assert choose_threshold(thousand).threshold == 0.97  # 38 of a thousand are 5 % at most
    assert "(n = 100, 95 %" in str(hundred[-1].wrongs)


def test_answers_to_one_question_count_once() -> None:
    same = [replace(one, question="When?") for one in reviewed([0.9, 0.6], [0.1, 0.3, 0.2])]
    (point, *_) = threshold_curve([*same, Reviewed(0.05, correct=False, question="Where?")])
    assert (point.right, point.wrong) == (1, 2)
    curve = {point.threshold: point.wrong_passed for point in threshold_curve(same)}
    assert curve[0.3] == 1.0 and curve[0.6] == 0.0


def test_a_chosen_threshold_keeps_its_promise_for_answers_that_were_not_reviewed() -> None:
    assert promised(trials=200) >= 0.92
    assert min(shown(60, trials=200)) >= 0.92  # the intervals of what passes hold for all answers, too


@pytest.mark.parametrize(
    "answers",
    [[], reviewed([0.9] * 30, [0.1] * 58), reviewed([1.0] * 60, [1.0] * 60)],
    ids=["none", "too few", "inseparable"],
)
def test_it_chooses_no_threshold_from_data_that_cannot_carry_it(answers: list[Reviewed]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        choose_threshold(threshold_curve(answers))


@pytest.mark.parametrize("score", [math.nan, -1.0, 2.0])
def test_it_refuses_a_reviewed_score_that_is_none(score: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1") as refusal:
        threshold_curve(reviewed([score], [0.1]))
    assert "reviewed score" in str(refusal.value)
