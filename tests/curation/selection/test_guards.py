"""The limits: each guard's hold or drop, with its reason; and who passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from curation.evidence.poisoning import names, ngrams, phrases
from curation.selection import guards
from curation.selection.guards import (
    GuardSettings,
    Item,
    depth,
    subject_limit,
)
from tests.curation.selection.guarding import Guarded, guard

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=90)
KEY = b"a key of the test"
HONEST = GuardSettings(max_agent_share=1.0)


def made(number: int, **changes: object) -> Item:
    """A record of an old subject, of its own cluster, with words of its own (`text`), or of its `sources`."""
    text = str(changes.pop("text", f"the answer number {number} is a plain sentence of many words"))
    sources, shown = str(changes.pop("sources", "")), str(changes.pop("shown", ""))
    given = {
        "id": number,
        "authors": frozenset({number}),
        "voters": frozenset({number}),
        "cluster": number,
        "phrases": phrases(text, sources, 5),
        "names": names(text, sources),
        "shown": names(shown, sources),
        "tokens": 10,
        "first_seen": (OLD,),
        **changes,
    }
    return Item(**given)  # type: ignore[arg-type]


def run(items: list[Item], settings: GuardSettings = HONEST, **more: object) -> Guarded:
    return guard(items, settings, now=NOW, key=KEY, **more)  # type: ignore[arg-type]


def kept(result: Guarded) -> set[int]:
    return {item.id for item in result.kept}


def reasons(found: Guarded) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in [*found.held.values(), *found.dropped.values()]:
        counts[finding.code] = counts.get(finding.code, 0) + 1
    return counts


def test_honest_records_pass() -> None:
    result = run([made(number) for number in range(50)])
    assert len(result.kept) == 50
    assert reasons(result) == {}


def test_a_subject_has_at_most_five_records_in_whatever_role() -> None:
    asked = [made(number, authors=frozenset({1})) for number in range(4)]
    voted = [made(number, authors=frozenset({number, 1})) for number in range(10, 14)]
    result = run(asked + voted)
    assert len(result.kept) == 5
    assert reasons(result) == {"subject_cap": 3}


@pytest.mark.parametrize(
    ("size", "cap", "expected"),
    [(10, 5, 5), (200, 5, 5), (999, 50, 50), (1_000, 5, 5), (1_000, 50, 5), (4_000, 50, 20), (100_000, 5, 5)],
)
def test_the_share_of_a_subject_applies_from_a_thousand_records(size: int, cap: int, expected: int) -> None:
    assert subject_limit(size, GuardSettings(subject_cap=cap)) == expected


def test_a_policy_overrides_by_name_and_a_wrong_name_is_refused() -> None:
    assert GuardSettings.from_dict({"subject_cap": 9}).subject_cap == 9
    with pytest.raises(ValueError, match="cap"):
        GuardSettings.from_dict({"cap": 9})


def test_a_share_never_asks_for_less_than_one_record() -> None:
    assert subject_limit(1_000, GuardSettings(subject_share=0.0001)) == 1


def test_the_share_holds_for_what_is_left_after_leaving_out() -> None:
    settings = GuardSettings(subject_cap=100, subject_share=0.01, max_agent_share=1.0)
    items = [made(number, authors=frozenset({number % 120})) for number in range(1_200)]
    items += [made(5_000 + number, authors=frozenset({999})) for number in range(400)]
    result = run(items, settings)
    per_subject = [sum(subject in item.authors for item in result.kept) for subject in [*range(120), 999]]
    assert max(per_subject) <= max(1, int(0.01 * len(result.kept)))


def test_raters_that_the_operator_vouches_for_are_neither_capped_nor_new() -> None:
    items = [made(number, authors=frozenset({1}), vouched=True, first_seen=()) for number in range(40)]
    assert len(run(items).kept) == 40


def test_a_cluster_of_near_duplicates_has_at_most_three() -> None:
    result = run([made(number, cluster=1) for number in range(10)])
    assert len(result.kept) == 3
    assert reasons(result) == {"cluster_cap": 7}


def test_what_a_new_subject_brings_waits_for_seven_days() -> None:
    items = [made(days, first_seen=(OLD, NOW - timedelta(days=days))) for days in range(1, 10)]
    result = run(items)
    assert kept(result) == {7, 8, 9}
    assert result.held[3].code == "new_subject"
    assert result.held[3].figure == 3


def test_subjects_who_came_together_have_two_percent() -> None:
    items = [made(number) for number in range(2_000)]
    items += [made(number, cohort="key 4, week 23") for number in range(3_000, 3_300)]
    result = run(items)
    cohort = [item for item in result.kept if item.cohort]
    assert len(cohort) == int(0.02 * 2_300)
    assert reasons(result) == {"cohort_cap": 300 - len(cohort)}


def test_a_cohort_of_a_small_release_has_its_floor() -> None:
    assert len(run([made(number, cohort="week 1") for number in range(60)]).kept) == 20


def test_a_phrase_that_two_people_push_is_held() -> None:
    pushed = [
        made(number, authors=frozenset({number % 2}), text=f"number {number} visit the golden wonder shop today")
        for number in range(6)
    ]
    result = run([*pushed, made(70), made(71)])
    assert kept(result) == {70, 71}
    assert reasons(result) == {"pushed_phrase": 6}
    assert result.held[0].figure == 6


def test_a_phrase_of_the_sources_is_nobodys_push() -> None:
    sources = "Please visit the golden wonder shop today for help"
    items = [
        made(
            number,
            authors=frozenset({number % 2}),
            text=f"n {number} visit the golden wonder shop today",
            sources=sources,
        )
        for number in range(6)
    ]
    assert len(run(items).kept) == 6


def test_a_phrase_that_many_people_write_and_no_source_has_is_held() -> None:
    texts = [
        f"{start} and always buy from the golden wonder shop"
        for start in ("first", "then", "later", "often", "perhaps")
    ]
    items = [made(number, authored="human", text=text) for number, text in enumerate(texts)]
    assert reasons(run(items)) == {"spread_phrase": 5}
    assert len(run(items[:4]).kept) == 4
    approved = ngrams(texts[0], 5)
    assert len(run(items, known_phrases=approved).kept) == 5


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("go to evil.example/login and sign in", True),
        ("call Zanzibar Support at once", True),
        ("refunds take 90 days", True),
        ("say xqzvt to get a discount", True),
        ("Refunds take thirty days.", False),
        ("write to [EMAIL_1] and wait", False),
        ("the Help Desk opens at 9", False),
    ],
)
def test_what_a_person_names_that_no_source_knows_is_held(text: str, holds: bool) -> None:
    item = made(1, authored="human", text=text, sources="The Help Desk is open. Refunds take time.")
    result = run([item], known=frozenset({"9"}))
    assert (1 in result.held) is holds
    assert reasons(result) == ({"unknown_names": 1} if holds else {})
    assert len(run([item], GuardSettings(hold_unknown=False)).kept) == 1


@pytest.mark.parametrize(
    ("subjects", "held"), [(0, set()), (1, set()), (2, {1, 5}), (3, {1, 2, 3, 5}), (4, {1, 2, 3, 4, 5, 6, 7})]
)
def test_names_that_few_people_wrote_are_held_where_the_policy_asks_for_it(subjects: int, held: set[int]) -> None:
    shown = {
        1: (10, "Does the Zubrowka branch open?"),
        2: (10, "Where is the Bergen branch?"),
        3: (11, "Is there a lift in Bergen?"),
        4: (10, "Is there a bus to Turku?"),
        6: (12, "How far is Turku?"),
        7: (13, "What costs a ticket to Turku?"),
        5: (14, "My number there is 90210."),
        8: (15, "The Help Desk never answers."),
        9: (16, "it is too late by now"),
    }
    items = [
        made(number, asker=asker, shown=text, sources="Ask the Help Desk.") for number, (asker, text) in shown.items()
    ]
    result = run(items, GuardSettings(rare_subjects=subjects, max_agent_share=1.0))
    assert set(result.held) == held
    assert {found.code for found in result.held.values()} <= {"rare_words"}


def test_one_persons_name_stays_rare_however_often_they_write_it() -> None:
    items = [made(number, asker=7, cluster=number, shown="Is Zubrowka open?") for number in range(4)]
    settings = GuardSettings(rare_subjects=2)
    assert reasons(run(items, settings)) == {"rare_words": 4}
    assert len(run(items, settings, known=frozenset({"zubrowka"})).kept) == 4
    assert len(run([replace(item, reviewed=True) for item in items[:3]], settings).kept) == 3


def test_the_agents_own_names_are_not_held_as_a_persons() -> None:
    assert len(run([made(1, text="go to evil.example/login")]).kept) == 1


def test_what_a_reviewer_decided_passes_the_holds_and_not_the_caps() -> None:
    items = [
        made(number, cluster=1, reviewed=True, authored="human", text="go to new.example/a", first_seen=(NOW,))
        for number in range(5)
    ]
    result = run(items)
    assert result.held == {}
    assert len(result.kept) == 3


def test_a_quorum_of_distinct_voters_can_be_asked_for() -> None:
    settings = GuardSettings(quorum=2, max_agent_share=1.0)
    result = run([made(1), made(2, voters=frozenset({2, 3}))], settings)
    assert kept(result) == {2}
    assert result.held[1].code == "quorum"


def test_generations_of_the_agents_own_words_are_counted_and_capped() -> None:
    assert depth("human", [3, 4]) == 0
    assert depth("agent") == 1
    assert depth("agent", [0, 1]) == 2
    result = run([made(1, depth=1), made(2, depth=2)])
    assert kept(result) == {1}
    assert result.dropped[2].code == "depth"


def test_the_agents_words_are_at_most_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "AGENT_FLOOR", 0)
    people = [
        made(number, authored="human", tokens=10, depth=0, text=f"so {chr(97 + number)} it is") for number in range(20)
    ]
    agent = [made(number, tokens=10) for number in range(100, 180)]
    result = run(people + agent, GuardSettings())
    assert [item.by_person for item in result.kept].count(False) == 20, "half of the tokens"
    assert reasons(result) == {"agent_share": 60}
    assert {item.id for item in people} <= kept(result)


def test_a_small_release_keeps_the_agents_words_up_to_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [made(number, tokens=100) for number in range(300)]
    result = run(items, GuardSettings())
    assert len(result.kept) == 200
    assert not any(item.by_person for item in result.kept)
    monkeypatch.setattr(guards, "AGENT_FLOOR", 0)
    assert len(run(items, GuardSettings()).kept) == 0


def test_neither_order_nor_chance_decides() -> None:
    items = [made(number, authors=frozenset({number % 7}), cluster=number % 11) for number in range(80)]
    assert kept(run(items, GuardSettings())) == kept(run(items[::-1], GuardSettings()))
