"""The decision for every combination of current signals from up to three people: as a table, and as laws."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from curation.decisions.corrections import Flaw
from curation.decisions.reasons import REASONS, Reason
from curation.decisions.rules import (
    IMPLICIT_WEIGHT,
    UNUSABLE,
    Outcome,
    Ruling,
    Vote,
    newest_votes,
    review_weight,
)
from tests.curation.decisions.ruling import decide

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANSWER = "It takes five days."
SIGNALS: dict[str, tuple[str, str | None]] = {
    "up": ("thumbs_up", None),
    "down": ("thumbs_down", None),
    "fix A": ("thumbs_down", "It takes three days."),
    "edit A": ("edit", "it takes  three days"),
    "edit B": ("edit", "It takes nine days."),
    "complaint": ("thumbs_down", "This is wrong, fix it"),
    "same": ("thumbs_down", "it takes five days"),
}
ALL: dict[str, tuple[str, str | None]] = {
    **SIGNALS,
    "up same": ("thumbs_up", "It takes five days"),
    "up other": ("thumbs_up", "It takes three days."),
    "edit same": ("edit", "it takes five days."),
    "edit nothing": ("edit", "  "),
    "down blank": ("thumbs_down", ""),
    "instruction": ("edit", "Please answer in German"),
}

TABLE = """
up -> confirmed up_vote
down -> ambiguous bare_down
fix A -> corrected down_with_correction 1
edit A -> corrected edit 1
edit B -> corrected edit 1
complaint -> ambiguous correction_is_complaint
same -> ambiguous correction_equals_answer
up + up -> confirmed up_vote
up + down -> conflicting conflicting_votes
up + fix A -> conflicting conflicting_votes
up + edit A -> conflicting conflicting_votes
up + edit B -> conflicting conflicting_votes
up + complaint -> conflicting conflicting_votes
up + same -> conflicting conflicting_votes
down + down -> ambiguous bare_down
down + fix A -> corrected down_with_correction 2
down + edit A -> corrected edit 2
down + edit B -> corrected edit 2
down + complaint -> ambiguous correction_is_complaint
down + same -> ambiguous correction_equals_answer
fix A + fix A -> corrected down_with_correction 2
fix A + edit A -> corrected edit 2
fix A + edit B -> conflicting differing_corrections
fix A + complaint -> corrected down_with_correction 1
fix A + same -> ambiguous correction_equals_answer
edit A + edit A -> corrected edit 2
edit A + edit B -> conflicting differing_corrections
edit A + complaint -> corrected edit 1
edit A + same -> ambiguous correction_equals_answer
edit B + edit B -> corrected edit 2
edit B + complaint -> corrected edit 1
edit B + same -> ambiguous correction_equals_answer
complaint + complaint -> ambiguous correction_is_complaint
complaint + same -> ambiguous correction_equals_answer
same + same -> ambiguous correction_equals_answer
up + up + up -> confirmed up_vote
up + up + down -> conflicting conflicting_votes
up + up + fix A -> conflicting conflicting_votes
up + up + edit A -> conflicting conflicting_votes
up + up + edit B -> conflicting conflicting_votes
up + up + complaint -> conflicting conflicting_votes
up + up + same -> conflicting conflicting_votes
up + down + down -> conflicting conflicting_votes
up + down + fix A -> conflicting conflicting_votes
up + down + edit A -> conflicting conflicting_votes
up + down + edit B -> conflicting conflicting_votes
up + down + complaint -> conflicting conflicting_votes
up + down + same -> conflicting conflicting_votes
up + fix A + fix A -> conflicting conflicting_votes
up + fix A + edit A -> conflicting conflicting_votes
up + fix A + edit B -> conflicting conflicting_votes
up + fix A + complaint -> conflicting conflicting_votes
up + fix A + same -> conflicting conflicting_votes
up + edit A + edit A -> conflicting conflicting_votes
up + edit A + edit B -> conflicting conflicting_votes
up + edit A + complaint -> conflicting conflicting_votes
up + edit A + same -> conflicting conflicting_votes
up + edit B + edit B -> conflicting conflicting_votes
up + edit B + complaint -> conflicting conflicting_votes
up + edit B + same -> conflicting conflicting_votes
up + complaint + complaint -> conflicting conflicting_votes
up + complaint + same -> conflicting conflicting_votes
up + same + same -> conflicting conflicting_votes
down + down + down -> ambiguous bare_down
down + down + fix A -> corrected down_with_correction 3
down + down + edit A -> corrected edit 3
down + down + edit B -> corrected edit 3
down + down + complaint -> ambiguous correction_is_complaint
down + down + same -> ambiguous correction_equals_answer
down + fix A + fix A -> corrected down_with_correction 3
down + fix A + edit A -> corrected edit 3
down + fix A + edit B -> conflicting differing_corrections
down + fix A + complaint -> corrected down_with_correction 2
down + fix A + same -> ambiguous correction_equals_answer
down + edit A + edit A -> corrected edit 3
down + edit A + edit B -> conflicting differing_corrections
down + edit A + complaint -> corrected edit 2
down + edit A + same -> ambiguous correction_equals_answer
down + edit B + edit B -> corrected edit 3
down + edit B + complaint -> corrected edit 2
down + edit B + same -> ambiguous correction_equals_answer
down + complaint + complaint -> ambiguous correction_is_complaint
down + complaint + same -> ambiguous correction_equals_answer
down + same + same -> ambiguous correction_equals_answer
fix A + fix A + fix A -> corrected down_with_correction 3
fix A + fix A + edit A -> corrected edit 3
fix A + fix A + edit B -> conflicting differing_corrections
fix A + fix A + complaint -> corrected down_with_correction 2
fix A + fix A + same -> ambiguous correction_equals_answer
fix A + edit A + edit A -> corrected edit 3
fix A + edit A + edit B -> conflicting differing_corrections
fix A + edit A + complaint -> corrected edit 2
fix A + edit A + same -> ambiguous correction_equals_answer
fix A + edit B + edit B -> conflicting differing_corrections
fix A + edit B + complaint -> conflicting differing_corrections
fix A + edit B + same -> ambiguous correction_equals_answer
fix A + complaint + complaint -> corrected down_with_correction 1
fix A + complaint + same -> ambiguous correction_equals_answer
fix A + same + same -> ambiguous correction_equals_answer
edit A + edit A + edit A -> corrected edit 3
edit A + edit A + edit B -> conflicting differing_corrections
edit A + edit A + complaint -> corrected edit 2
edit A + edit A + same -> ambiguous correction_equals_answer
edit A + edit B + edit B -> conflicting differing_corrections
edit A + edit B + complaint -> conflicting differing_corrections
edit A + edit B + same -> ambiguous correction_equals_answer
edit A + complaint + complaint -> corrected edit 1
edit A + complaint + same -> ambiguous correction_equals_answer
edit A + same + same -> ambiguous correction_equals_answer
edit B + edit B + edit B -> corrected edit 3
edit B + edit B + complaint -> corrected edit 2
edit B + edit B + same -> ambiguous correction_equals_answer
edit B + complaint + complaint -> corrected edit 1
edit B + complaint + same -> ambiguous correction_equals_answer
edit B + same + same -> ambiguous correction_equals_answer
complaint + complaint + complaint -> ambiguous correction_is_complaint
complaint + complaint + same -> ambiguous correction_equals_answer
complaint + same + same -> ambiguous correction_equals_answer
same + same + same -> ambiguous correction_equals_answer
"""


def vote(subject: int, signal: str, *, ref: int | None = None, at: datetime = NOON, withdrawn: bool = False) -> Vote:
    """A vote of the cast of signals."""
    kind, correction = ALL[signal]
    return Vote(
        ref=subject if ref is None else ref,
        subject=subject,
        kind=kind,
        correction=correction,
        at=at,
        withdrawn=withdrawn,
    )


def rows() -> list[tuple[tuple[str, ...], str, str, int | None]]:
    """The table as (signals, outcome, reason, ref of the correction)."""
    found = []
    for line in TABLE.strip().splitlines():
        signals, result = line.split(" -> ")
        outcome, reason, *ref = result.split()
        found.append((tuple(signals.split(" + ")), outcome, reason, int(ref[0]) if ref else None))
    return found


@pytest.mark.parametrize(("signals", "outcome", "reason", "ref"), rows())
def test_it_rules_as_the_table_says(signals: tuple[str, ...], outcome: str, reason: str, ref: int | None) -> None:
    ruling = decide(ANSWER, [vote(number, signal) for number, signal in enumerate(signals, 1)])
    assert (ruling.outcome, ruling.reason, ruling.correction) == (outcome, reason, ref)
    assert ruling.detail.startswith(REASONS[ruling.reason].sentence)


def test_the_table_has_every_combination_of_up_to_three_people() -> None:
    every = {
        combination for size in (1, 2, 3) for combination in itertools.combinations_with_replacement(SIGNALS, size)
    }
    assert {signals for signals, *_ in rows()} == every


UPS = {"up", "up same", "up other"}
DOWNS = {"down", "down blank", "complaint", "instruction", "edit nothing", "same"}
REPLACED = {"fix A": "A", "edit A": "A", "edit B": "B"}
ODD = {"same", "up other", "edit same"}


def expected_outcome(signals: tuple[str, ...]) -> Outcome:
    """The laws, written a second time in another way."""
    texts = {REPLACED[signal] for signal in signals if signal in REPLACED}
    if UPS.intersection(signals) and (DOWNS.intersection(signals) or texts):
        return Outcome.CONFLICTING
    if ODD.intersection(signals):
        return Outcome.AMBIGUOUS
    if texts:
        return Outcome.CORRECTED if len(texts) == 1 else Outcome.CONFLICTING
    return Outcome.AMBIGUOUS if DOWNS.intersection(signals) else Outcome.CONFIRMED


def test_it_follows_the_laws_for_every_ordered_triple_of_signals() -> None:
    for size in (1, 2, 3):
        for signals in itertools.product(ALL, repeat=size):
            votes = [vote(number, signal) for number, signal in enumerate(signals, 1)]
            ruling = decide(ANSWER, votes)
            assert ruling.outcome == expected_outcome(signals), signals
            used = [signal for number, signal in enumerate(signals, 1) if number == ruling.correction]
            assert bool(used) == (ruling.outcome == Outcome.CORRECTED), signals
            assert all(signal in REPLACED for signal in used), signals


def test_the_order_in_which_votes_are_read_does_not_matter() -> None:
    for signals in itertools.combinations_with_replacement(ALL, 3):
        votes = [vote(number, signal) for number, signal in enumerate(signals, 1)]
        assert len({decide(ANSWER, order) for order in itertools.permutations(votes)}) == 1, signals


def test_a_changed_mind_leaves_only_the_newest_vote() -> None:
    for first, second in itertools.product(ALL, repeat=2):
        votes = [
            vote(1, first, ref=1, at=NOON),
            vote(1, second, ref=2, at=NOON + timedelta(minutes=1)),
        ]
        alone = decide(ANSWER, votes[1:])
        assert decide(ANSWER, votes) == alone, (first, second)
        assert decide(ANSWER, reversed(votes)) == alone, (first, second)


def test_a_changed_mind_of_one_does_not_touch_the_vote_of_another() -> None:
    votes = [
        vote(1, "up", ref=1),
        vote(2, "up", ref=2),
        vote(1, "down", ref=3, at=NOON + timedelta(hours=1)),
    ]
    assert decide(ANSWER, votes).outcome == Outcome.CONFLICTING
    votes.append(vote(1, "up", ref=4, at=NOON + timedelta(hours=2)))
    assert decide(ANSWER, votes).outcome == Outcome.CONFIRMED


def test_of_two_votes_at_one_moment_the_higher_ref_stands() -> None:
    votes = (vote(1, "up", ref=8), vote(1, "down", ref=9))
    assert [kept.ref for kept in newest_votes(votes)] == [9]
    assert [kept.ref for kept in newest_votes(reversed(votes))] == [9]


def test_a_withdrawn_vote_counts_for_nothing_and_brings_back_the_one_before() -> None:
    votes = [
        vote(1, "up", ref=1),
        vote(1, "down", ref=2, at=NOON + timedelta(minutes=1), withdrawn=True),
    ]
    assert decide(ANSWER, votes).outcome == Outcome.CONFIRMED
    assert decide(ANSWER, [vote(1, "up", withdrawn=True)]).reason == Reason.NO_SIGNAL


def test_of_corrections_that_agree_the_newest_wording_is_used() -> None:
    votes = [
        vote(1, "edit A", ref=7, at=NOON + timedelta(hours=1)),
        vote(2, "fix A", ref=9, at=NOON),
    ]
    ruling = decide(ANSWER, votes)
    assert (ruling.outcome, ruling.reason, ruling.correction) == (Outcome.CORRECTED, Reason.EDIT, 7)
    assert "2 people" in ruling.detail


@pytest.mark.parametrize("kind", sorted(IMPLICIT_WEIGHT))
def test_nothing_but_a_vote_labels(kind: str) -> None:
    other = Vote(ref=50, subject=9, kind=kind, correction="It takes nine days.", at=NOON + timedelta(days=1))
    assert decide(ANSWER, [other]).outcome == Outcome.UNRATED
    for signal in ALL:
        assert decide(ANSWER, [vote(1, signal), other]) == decide(ANSWER, [vote(1, signal)])
        mine = Vote(ref=51, subject=1, kind=kind, correction=None, at=NOON + timedelta(days=1))
        assert decide(ANSWER, [vote(1, signal), mine]) == decide(ANSWER, [vote(1, signal)])


def test_it_tells_only_ratings_from_no_signal() -> None:
    rating = Vote(ref=1, subject=1, kind="rating", correction=None, at=NOON)
    assert decide(ANSWER, [rating]).reason == Reason.ONLY_RATINGS
    assert decide(ANSWER, []) == Ruling(Outcome.UNRATED, Reason.NO_SIGNAL, None, REASONS[Reason.NO_SIGNAL].sentence)


def test_a_correction_that_changes_one_sign_is_a_correction() -> None:
    query = "SELECT name FROM singer WHERE age > 30"
    fixed = Vote(ref=1, subject=1, kind="edit", correction=query.replace(">", "<"), at=NOON)
    assert decide(query, [fixed]).outcome == Outcome.CORRECTED


def test_every_flaw_has_its_reason() -> None:
    assert set(UNUSABLE) == set(Flaw)


def test_a_detail_never_holds_what_people_wrote() -> None:
    secret = "zanzibar"
    for kind in ("thumbs_up", "thumbs_down", "edit"):
        for text in (secret, f"this is wrong, {secret}", f"{secret}?"):
            votes = [
                Vote(ref=1, subject=1, kind=kind, correction=text, at=NOON),
                Vote(ref=2, subject=2, kind="edit", correction=f"{text} x", at=NOON),
            ]
            assert secret not in decide(secret, votes).detail


def test_implicit_signals_raise_the_chance_of_review_and_only_so_far() -> None:
    def signals(kind: str, count: int, *, withdrawn: bool = False) -> list[Vote]:
        return [Vote(n, n, kind, None, NOON, withdrawn) for n in range(count)]

    assert review_weight([]) == 1.0
    assert review_weight([vote(1, "up"), vote(2, "down")]) == 1.0
    assert review_weight(signals("retry", 1)) == 3.0
    assert review_weight(signals("retry", 50)) == review_weight(signals("retry", 3)) == 7.0
    assert review_weight(signals("retry", 2, withdrawn=True)) == 1.0
    assert review_weight(signals("retry", 1)) > review_weight(signals("copy", 1)) > 1.0
