"""The simulated worlds of `bench.value`: what is true in them, and that rules and reviewers are scored by it."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import value, value_losses
from bench.worlds import alone, funnel, learner, outside, people, product, rules
from bench.worlds.facts import other
from bench.worlds.people import WORLDS, Log
from bench.worlds.reviewer import Reviewers
from curation.models import ReviewTask
from tests import factories as cast

SMALL = {name: replace(world, rows=300) for name, world in WORLDS.items()}


def log(name: str) -> Log:
    return people.make(SMALL[name], 1)


@pytest.mark.parametrize("name", WORLDS)
def test_a_seed_makes_one_log(name: str) -> None:
    assert people.make(SMALL[name], 3).turns == people.make(SMALL[name], 3).turns
    assert people.make(SMALL[name], 3).turns != people.make(SMALL[name], 4).turns


@pytest.mark.parametrize("name", WORLDS)
def test_no_two_facts_have_a_question_in_common(name: str) -> None:
    facts = WORLDS[name].facts()
    asked = Counter(form for fact in facts for form in fact.forms)
    assert max(asked.values()) == 1 and len({fact.truth for fact in facts}) == len(facts)


@pytest.mark.parametrize("name", WORLDS)
def test_a_wording_does_not_change_what_is_claimed(name: str) -> None:
    made = log(name)
    assert all(made.claim(turn.answer) == turn.claim for turn in made.turns)
    made.claims.clear()
    assert all(made.claim(turn.answer) == turn.claim for turn in made.turns)


def test_what_depends_on_the_asker_is_true_for_one_person_and_for_nobody_else() -> None:
    made = log("account")
    number = next(place for place, fact in enumerate(made.facts) if fact.depends_on_asker)
    mine = made.right_text(number, "u5")
    assert made.is_true(number, mine, "u5") and not made.is_true(number, mine, "u6") and not made.is_true(number, mine)


def test_the_agent_is_right_as_often_as_the_world_says() -> None:
    made = people.make(WORLDS["templates"], 1)
    assert sum(made.is_true(turn.fact, turn.claim) for turn in made.turns) / len(made.turns) == pytest.approx(
        0.6, abs=0.04
    )


def test_a_brigade_comes_late_and_pushes_one_lie_on_a_question() -> None:
    made = people.make(WORLDS["brigade"], 1)
    pushed = [turn for turn in made.turns if turn.asker.startswith("b")]
    assert pushed and all(turn.late for turn in pushed)
    lies = {(turn.fact, turn.correction) for turn in pushed if turn.correction}
    assert max(Counter(fact for fact, _ in lies).values()) == 1
    assert not any(made.is_true(fact, lie) for fact, lie in lies)


def test_the_rule_that_knows_the_world_teaches_more_truly_than_votes() -> None:
    made = people.make(replace(WORLDS["moving"], rows=1200), 1)
    known = learner.Taught.by(made, rules.knows_the_world(made)).figures()
    assert known["true"] > 0.9 > learner.Taught.by(made, rules.net_votes(made)).figures()["true"]


def test_an_agent_that_was_taught_the_truth_answers_in_any_words() -> None:
    made = log("stubborn")
    truth = [(form, fact.truth) for fact in made.facts for form in fact.forms[:2]]
    figures = learner.Taught.by(made, truth).figures()
    assert (figures["true"], figures["old"], figures["broken"]) == (1, 1, 0) and figures["new"] > 0.9
    lies = [(question, other(answer, 9)) for question, answer in truth]
    wrong = learner.Taught.by(made, lies).figures()
    assert (wrong["true"], wrong["old"], wrong["repaired"]) == (0, 0, 0) and wrong["broken"] > 50


def test_the_answers_of_a_case_are_counted_by_where_they_stand() -> None:
    made = log("templates")
    fact = made.facts[0]
    case = {
        "question": fact.forms[0],
        "expected": fact.truth,
        "accepted": [fact.truth, "No."],
        "rejected": fact.truth,
        "also_rejected": ["No."],
        "provenance": {"interaction": "t0"},
    }
    assert learner.case_figures(made, [case]) == {"cases": 1, "expected": 1, "accepted": 0.5, "rejected": 0.5}


def test_a_table_has_the_mean_of_the_seeds_and_its_interval() -> None:
    found = [
        {"world": "faq", "seed": seed, "by": "votes", "true": true} for seed, true in ((1, 0.5), (2, 0.7), (3, 0.9))
    ]
    *_, line = value.table(found)
    assert line.startswith("| faq | votes | 3 |  | 70.0% ± 49.7 |")
    assert value.numbers("1-3,7") == [1, 2, 3, 7]


@pytest.mark.django_db
def test_reviewers_decide_through_the_function_behind_the_page(tmp_path: Path) -> None:
    cast.project(product.NAME)
    made = people.make(replace(WORLDS["templates"], rows=12, voting=1), 1)
    installed = product.Product(tmp_path)
    installed.import_log(people.lines(made))
    installed.curate()
    assert ReviewTask.objects.filter(state="open").exists()
    assert Reviewers(made, random.Random(1)).work(2) == 2, "doubts, and checks of records in use"
    assert ReviewTask.objects.filter(resolved_by__isnull=False).count() == 2


def test_a_question_is_confirmed_where_an_answer_has_votes_for_it_and_none_against_it() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "question": "When?", "answer": "At nine.", "feedback": "up"},
        {"id": "b", "question": "When?", "answer": "At ten.", "feedback": {"thumb": "down"}},
        {"id": "c", "question": "Where?", "answer": "Here.", "feedback": ["up", {"thumb": "down"}]},
    ]
    when, where = funnel.questions(rows).values()
    assert when.is_confirmed and not when.is_contested
    assert where.is_contested and not where.is_confirmed


def test_the_rule_alone_teaches_what_people_found_right_and_what_reviewers_say() -> None:
    asked = {"question": "How long is the loan?", "answer": "It is 14 days.", "ts": "2026-06-01T10:00:00+00:00"}
    log = [
        {**asked, "user": "ann", "feedback": {"thumb": "up"}},
        {**asked, "user": "bob", "feedback": {"thumb": "up"}},
        {
            **asked,
            "question": "How much is the fee?",
            "answer": "It is 3 euros.",
            "user": "cleo",
            "feedback": {"thumb": "down"},
        },
    ]
    heard = alone.Heard.of(log)
    assert alone.pairs(heard.taught()) == [("How long is the loan?", "It is 14 days.")]
    reviewed = [alone.Review(0, right=False), alone.Review(2, right=False, written="It is 4 euros.")]
    assert alone.pairs(heard.taught(reviewed)) == [("How much is the fee?", "It is 4 euros.")]


def test_a_release_is_compared_with_the_raw_rule_that_is_best_on_average() -> None:
    old = {"raw up-votes": (0.8, 0.7), outside.RAW[1]: (0.6, 0.6), outside.RAW[2]: (0.9, 0.2), "release": (0.7, 0.8)}
    results = [
        {"world": "faq", "seed": seed, "by": by, "examples": 1, "true": 1.0, "old": values[seed], "new": 0.5}
        for by, values in old.items()
        for seed in (0, 1)
    ]
    assert outside.best_raw(results) == "raw up-votes"
    assert outside.difference(results) == pytest.approx([-0.1, 0.1])
    *_, line = outside.table(results)
    assert line.startswith("| faq | 2 |") and "raw up-votes: 100.0%, 75.0%" in line and line.endswith("| 96%, -2 |")


def test_every_record_that_was_read_has_a_verdict_and_a_place() -> None:
    labels = value_losses.read()
    assert len({(one["log"], one["loss"], one["id"]) for one in labels}) > 300
    lines = list(value_losses.table(labels))
    assert len(lines) == 2 + len({(one["log"], one["loss"]) for one in labels})
