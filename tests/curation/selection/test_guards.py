"""The limits: each guard's hold or drop, with its reason; and who passes."""

from dataclasses import replace

import pytest

from curation.evidence.poisoning import names, ngrams, phrases
from curation.selection import guards
from curation.selection.guards import GuardSettings, Item
from tests.curation.selection.guarding import Guarded, guard

KEY = b"a key of the test"
HONEST = GuardSettings(max_agent_share=1.0)


def made(number: int, **changes: object) -> Item:
    """A record that rests on one person, with words of its own (`text`), or of its `sources`."""
    text = str(changes.pop("text", f"the answer number {number} is a plain sentence of many words"))
    sources, shown = str(changes.pop("sources", "")), str(changes.pop("shown", ""))
    given = {
        "id": number,
        "authors": frozenset({number}),
        "voters": frozenset({number}),
        "phrases": phrases(text, sources, 5),
        "own_phrases": phrases(text, sources, 3),
        "names": names(text, sources),
        "shown": names(shown, sources),
        "tokens": 10,
        **changes,
    }
    return Item(**given)  # type: ignore[arg-type]


def run(items: list[Item], settings: GuardSettings = HONEST, **more: object) -> Guarded:
    return guard(items, settings, key=KEY, **more)  # type: ignore[arg-type]


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


def test_five_records_may_rest_on_one_person_alone() -> None:
    result = run([made(number, voters=frozenset({1})) for number in range(8)])
    assert len(result.kept) == 5
    assert reasons(result) == {"subject_cap": 3}


@pytest.mark.parametrize("passes", ["is_single", "reviewed", "vouched"])
def test_what_does_not_rest_on_an_unread_person_is_not_capped(passes: str) -> None:
    changes = {passes: passes != "is_single"}
    assert len(run([made(number, voters=frozenset({1}), **changes) for number in range(8)]).kept) == 8


def test_a_policy_overrides_by_name_and_a_wrong_name_is_refused() -> None:
    assert GuardSettings.from_dict({"subject_cap": 9}).subject_cap == 9
    with pytest.raises(ValueError, match="cap"):
        GuardSettings.from_dict({"cap": 9})


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
        made(
            number,
            authors=frozenset({number % 2}),
            voters=frozenset({number % 2}),
            text=f"number {number} visit the golden wonder shop today",
        )
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
def test_who_names_what_no_source_knows_in_several_corrections_is_read_first(text: str, holds: bool) -> None:
    sources = "The Help Desk is open. Refunds take time."
    items = [
        made(n, voters=frozenset({1}), authored="human", text=f"{text} {'so' * n}", sources=sources) for n in range(3)
    ]
    result = run(items, known=frozenset({"9"}))
    assert set(result.held) == ({0, 1, 2} if holds else set())
    assert reasons(result) == ({"unknown_names": 3} if holds else {})
    assert len(run(items[:2], known=frozenset({"9"})).kept) == 2


def test_a_phrase_in_most_of_what_one_person_writes_is_held_and_a_turn_of_phrase_is_not() -> None:
    texts = ["open the page and then call them", "look at the box then call them", "read it then call them"]
    texts += ["first sign in then call them", "wait a day then call them"]
    pushed = [made(n, voters=frozenset({1}), authored="human", text=text) for n, text in enumerate(texts)]
    assert reasons(run(pushed)) == {"pushed_phrase": 5}
    others = [made(n, voters=frozenset({1}), authored="human", text=f"a text of word {chr(n)}") for n in range(97, 106)]
    assert "pushed_phrase" not in reasons(run([*pushed, *others[:4]], GuardSettings(phrase_items=6)))


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
    items = [made(number, asker=7, shown="Is Zubrowka open?") for number in range(4)]
    settings = GuardSettings(rare_subjects=2)
    assert reasons(run(items, settings)) == {"rare_words": 4}
    assert len(run(items, settings, known=frozenset({"zubrowka"})).kept) == 4
    assert len(run([replace(item, reviewed=True) for item in items[:3]], settings).kept) == 3


def test_the_agents_own_names_are_not_held_as_a_persons() -> None:
    assert len(run([made(1, text="go to evil.example/login")]).kept) == 1


def test_what_a_reviewer_decided_passes() -> None:
    items = [
        made(n, voters=frozenset({1}), reviewed=True, authored="human", text="go to new.example/a") for n in range(9)
    ]
    assert len(run(items).kept) == 9


def test_a_quorum_of_distinct_voters_can_be_asked_for() -> None:
    settings = GuardSettings(quorum=2, max_agent_share=1.0)
    result = run([made(1), made(2, voters=frozenset({2, 3}))], settings)
    assert kept(result) == {2}
    assert result.held[1].code == "quorum"


def test_words_of_an_agent_that_our_releases_taught_are_at_most_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "AGENT_FLOOR", 0)
    others = [made(number, tokens=10) for number in range(20)]
    taught = [made(number, tokens=10, depth=2) for number in range(100, 180)]
    result = run(others + taught, GuardSettings())
    assert [item.depth for item in result.kept].count(2) == 20, "half of the tokens"
    assert reasons(result) == {"agent_share": 60}
    assert {item.id for item in others} <= kept(result)


def test_what_people_confirmed_of_an_agent_that_we_did_not_teach_is_not_capped() -> None:
    assert len(run([made(number, tokens=10_000) for number in range(30)], GuardSettings()).kept) == 30


def test_a_small_release_keeps_the_agents_words_up_to_the_floor() -> None:
    items = [made(number, tokens=100, depth=3) for number in range(300)]
    assert len(run(items, GuardSettings()).kept) == 200


def test_neither_order_nor_chance_decides() -> None:
    items = [made(number, voters=frozenset({number % 7})) for number in range(80)]
    assert kept(run(items, GuardSettings())) == kept(run(items[::-1], GuardSettings()))
