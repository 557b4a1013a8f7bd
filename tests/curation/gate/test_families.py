"""Variants of questions: the same by construction, one unit each, off unless asked for."""

import random
import re
from dataclasses import replace
from difflib import SequenceMatcher
from statistics import fmean

import pytest

from curation.gate import judging
from curation.gate.figures import in_words
from curation.gate.runs import kept_results
from curation.gate.verdicts import Attempt, Result, ResultSet, Verdict, attempted, graded, verdict_document
from curation.gate.verdicts.families import families
from curation.gate.verdicts.policy import Levels
from curation.questions.variants import variants
from tests.curation.gate.test_verdicts import ALL_GOLDEN, CASES, codes, judge, run
from tests.curation.gate_world import EVERY, good, released

QUESTIONS = (
    "How long can I return an order from Lisbon?",
    "Which documents do I need for visa A12, form B7 and permit C3?",
    "Wie lange kann ich eine Bestellung zurückgeben?",
    "Où se trouve le bureau des réclamations ?",
    "¿Cuántos días tengo para devolver un pedido?",
    "Is breakfast, lunch or dinner included for [PERSON_1]?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_variants_differ_and_keep_numbers_codes_and_hidden_values(question: str) -> None:
    made = variants(question, 10)
    assert len(made) == len({*made, question}) - 1 >= 6 and made == variants(question, 10)
    for one in made:
        assert sorted(re.findall(r"\w*\d\w*", one)) == sorted(re.findall(r"\w*\d\w*", question)), one
        assert ("[PERSON_1]" in one) == ("[PERSON_1]" in question)


def test_a_slip_never_touches_a_word_that_turns_the_question_round() -> None:
    made = variants("Is parking allowed without a permit before Wednesday?", 10)
    assert all("allowed" in one and "without" in one for one in made)
    assert variants("Is parking allowed?", 2) == variants("Is parking allowed?", 10)[:2]
    assert variants("Wo?", 0) == ()


def with_variants(results: ResultSet, marks: dict[str, str]) -> ResultSet:
    """The run with answers to variants of these cases."""
    known = {case.id: case for case in CASES}

    def more(name: str) -> tuple[Attempt, ...]:
        case = known[name]
        return tuple(attempted(case, case.expected if mark == "+" else "no idea") for mark in marks.get(name, ""))

    made = [replace(result, variants=more(result.case)) for result in results.results]
    return ResultSet.sealed(results.run, results.release, CASES, made)


def against(before: dict[str, str], after: dict[str, str]) -> Verdict:
    return judge(with_variants(run("new", ALL_GOLDEN), after), with_variants(run("old", ALL_GOLDEN), before))


def test_an_agent_that_is_put_off_by_the_wording_is_refused() -> None:
    names = [f"g{n}" for n in range(12)]
    verdict = against(dict.fromkeys(names, "++++"), dict.fromkeys(names, "+--+"))
    assert codes(verdict) == {"more_brittle"} and len(verdict.reasons[0].cases) == 12
    assert against(dict.fromkeys(names, "+--+"), dict.fromkeys(names, "++++")).passed


def test_ten_variants_of_one_case_are_one_piece_of_evidence() -> None:
    verdict = against({"g0": "++++++++++"}, {"g0": "----------"})
    assert verdict.passed and verdict.families is not None and verdict.families.p == 0.5
    assert verdict.families.brittle == ("g0",) and verdict.families.variants == 10


def test_a_first_run_shows_its_brittle_cases_and_is_not_refused_for_them() -> None:
    verdict = judge(with_variants(run("new", ALL_GOLDEN), {"g0": "+-", "r0": "--"}))
    assert verdict.passed and verdict.families is not None
    assert verdict.families.brittle == ("g0",) and verdict.families.p is None
    figures = verdict_document(verdict)["figures"]
    assert isinstance(figures, dict)
    words = dict(in_words({"change": None, "interval": None, "p_value": None}, figures))
    assert words["Variants of questions"].startswith("25.0% of 4 to 2 cases pass; 1 cases are brittle")
    plain = verdict_document(judge(run("new", ALL_GOLDEN)))["figures"]
    assert isinstance(plain, dict) and plain["families"] is None


def test_a_forged_answer_to_a_variant_is_not_believed() -> None:
    forged = with_variants(run("new", ALL_GOLDEN), {"g0": "-"})
    results = [
        replace(one, variants=tuple(replace(each, passed=True, score=1.0) for each in one.variants))
        for one in forged.results
    ]
    assert "tampered" in codes(judge(ResultSet.sealed("new", "v1", CASES, results)))


def test_an_unchanged_agent_is_refused_in_at_most_5_percent_with_ten_variants_a_case() -> None:
    """Variants of one case rise and fall together, by a mood of the moment. Simulated: 2,000 runs of 30 cases."""
    rng, cases, level = random.Random(7), CASES[:30], Levels.of(0.05).families
    own = {case.id: graded(case, case.expected) for case in cases}
    marks = {is_right: Attempt("x", None, 1.0, is_right) for is_right in (True, False)}

    def answered() -> dict[str, Result]:
        made = {}
        for name, result in own.items():
            mood = rng.choice((0.2, 0.9, 1.0))
            made[name] = replace(result, variants=tuple(marks[rng.random() < mood] for _ in range(10)))
        return made

    found = [families(cases, answered(), answered()) for _ in range(2_000)]
    ps = [one.p for one in found if one is not None and one.p is not None]
    assert len(ps) == 2_000
    assert fmean(p <= 0.05 for p in ps) <= 0.065 and fmean(p <= level for p in ps) <= 0.005


@pytest.mark.django_db
def test_variants_are_asked_only_where_that_is_wanted_and_kept_with_their_seal() -> None:
    made, asked = released(), []

    def agent(question: str, context: list[dict[str, str]]) -> str:
        asked.append(question)
        return good(max(EVERY, key=lambda topic: SequenceMatcher(None, topic, question.lower()).ratio()), context)

    first = judging.run(made, agent, judging.CandidateIn("x"), concurrency=1)
    alone = len(asked)
    run = judging.run(made, agent, judging.CandidateIn("x"), concurrency=1, variants=2)
    assert first.counts["figures"]["families"] is None and run.verdict == "passed", run.reasons
    assert run.counts["figures"]["families"]["variants"] == 2 * run.counts["counted"]
    assert len(asked) == alone + 3 * run.counts["counted"]
    kept = kept_results(run)
    assert kept.seal and all(len(one.variants) == 2 and not one.repeats for one in kept.results)
    row = run.results.first()
    assert row is not None
    run.results.filter(pk=row.pk).update(attempts=[])
    assert not kept_results(run).seal
