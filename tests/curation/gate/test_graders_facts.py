"""The facts grader: what an answer must state, and what it must not put in its place."""

from __future__ import annotations

import time

import pytest

from curation.gate.graders import NotApplicableError, grade
from curation.gate.graders.facts import Fact, contradicted, facts, stated


def score(answer: str, expected: str, **case: object) -> float:
    return grade("facts", answer, expected, case, threshold=0.8).score


def values(text: str, kind: str) -> list[set[str]]:
    return [set(fact.values) for fact in stated(text) if fact.kind == kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,000.50 kg", {"1000.5"}),
        ("1.000,50 kg", {"1000.5"}),
        ("1'000'000 francs", {"1000000"}),
        ("１２ 個", {"12"}),
        ("٣٠ يوما", {"30"}),
        ("0012.50", {"12.5"}),
        ("minus: -5 °C", {"-5"}),
        ("two weeks", {"2"}),
        ("1,000", {"1000", "1"}),
    ],
)
def test_it_reads_a_number_however_it_is_written(text: str, expected: set[str]) -> None:
    assert values(text, "number") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04", {"2026-03-04"}),
        ("4 March 2026", {"2026-03-04"}),
        ("March 4th, 2026", {"2026-03-04"}),
        ("le 4 mars 2026", {"2026-03-04"}),
        ("am 4. März 2026", {"2026-03-04"}),
        ("4 de marzo de 2026", {"2026-03-04"}),
        ("2026年3月4日", {"2026-03-04"}),
        ("13/4/2026", {"2026-04-13"}),
        ("3/4/2026", {"2026-04-03", "2026-03-04"}),
        ("on 4 March", {"--03-04"}),
    ],
)
def test_it_reads_a_date_however_it_is_written(text: str, expected: set[str]) -> None:
    assert values(text, "date") == [expected]


def test_it_reads_no_date_where_there_is_none() -> None:
    assert values("32/13/2026 and 5 apples and may 99", "date") == []


def test_it_reads_an_address_of_a_page_without_its_dress() -> None:
    one = values("See https://www.Example.com/Help/.", "url")
    assert one == values("(example at http://example.com/Help)", "url") == [{"example.com/Help"}]


def test_it_reads_names_but_not_sentence_starts() -> None:
    assert values("Refunds go to Acme Corp. Ask IBM or Marie Curie.", "name") == [
        {"acme corp"},
        {"ibm"},
        {"marie curie"},
    ]


def test_it_takes_no_number_from_a_redaction_placeholder() -> None:
    assert values("Call [PHONE_1] or [EMAIL_12] twice", "number") == []


EXPECTED = "You can return goods within 30 days to Acme Corp in Lisbon, see https://example.com/returns."


@pytest.mark.parametrize(
    "answer",
    [
        EXPECTED,
        "Return goods within 30 days; send them to ACME Corp, Lisbon. See http://www.example.com/returns",
        "Within 30 days you can return goods to Acme Corp in Lisbon (example: https://example.com/returns).",
    ],
)
def test_it_passes_an_answer_with_the_same_facts(answer: str) -> None:
    assert score(answer, EXPECTED) >= 0.8


@pytest.mark.parametrize(
    "answer",
    [
        EXPECTED.replace("30", "90"),
        EXPECTED.replace("30 days", "some days"),
        EXPECTED.replace("https://example.com/returns", "our page"),
        "30 days",
        "I cannot help with that.",
    ],
)
def test_it_fails_an_answer_without_them(answer: str) -> None:
    assert score(answer, EXPECTED) < 0.8


def test_a_changed_number_scores_nothing_and_a_missing_one_something() -> None:
    assert score(EXPECTED.replace("30", "90"), EXPECTED) == 0.0
    assert score(EXPECTED.replace("30 days", "a while"), EXPECTED) > 0.0


def test_it_fails_what_only_the_rejected_answer_states() -> None:
    answer = EXPECTED + " Some say 14 days."
    assert score(answer, EXPECTED) >= 0.8
    assert score(answer, EXPECTED, rejected="Within 14 days.") == 0.0
    assert score(answer, EXPECTED, rejected="Within 14 days.", question="Is it 14 days?") >= 0.8


def test_an_extra_page_contradicts_nothing() -> None:
    wanted, given = stated("see https://a.example/x"), stated("see https://b.example/y")
    assert not contradicted(wanted, given)
    assert contradicted(stated("5 days"), stated("7 days"))
    assert not contradicted(stated("5 days"), stated("7 euros"))


def test_it_does_not_apply_without_facts() -> None:
    with pytest.raises(NotApplicableError) as refusal:
        score("anything", "you can cancel at any time")
    assert "states none" in str(refusal.value)


def test_readings_agree_when_one_is_shared() -> None:
    assert Fact("date", frozenset({"2026-03-04", "2026-04-03"})).agrees(Fact("date", frozenset({"2026-04-03"})))
    assert not Fact("number", frozenset({"3"})).agrees(Fact("date", frozenset({"3"})))


@pytest.mark.parametrize(
    "text",
    [
        "1" * 50_000,
        "1," * 40_000,
        "A" * 90_000,
        "A " * 40_000,
        "http://" * 12_000,
        "1/2/" * 20_000,
        "1 may " * 15_000,
    ],
)
def test_no_text_makes_it_slow(text: str) -> None:
    stated.cache_clear()
    start = time.process_time()
    stated(text)
    assert time.process_time() - start < 2.0


def test_an_answer_that_recites_everything_does_not_pass() -> None:
    expected = "Return it within 30 days of delivery, at counter 4 of the Vienna shop."
    everything = " ".join(f"Counter {n} of the Vienna shop serves line {n} and takes {n} days." for n in range(4, 60))
    assert facts(expected, expected, {}) == 1.0
    assert facts(f"{expected} Please keep the receipt, and mind the opening hours.", expected, {}) == 1.0
    assert facts(f"{expected} {everything}", expected, {}) < 0.5
