"""Temperature: what is kept does not depend on order or chance, and rare questions are not crowded out."""

import random

import pytest

from curation.selection.balance import Balanced, BalanceSettings, Item, RecordPool, quota, shared_out

KEY = b"a key of the test"


def made(number: int, **changes: object) -> Item:
    """An item of its own cluster, in one stratum."""
    given = {"id": number, "cluster": number, "stratum": ("en",), **changes}
    return Item(**given)  # type: ignore[arg-type]


def run(items: list[Item], **settings: object) -> Balanced:
    return shared_out(RecordPool(items, KEY), BalanceSettings(**settings))  # type: ignore[arg-type]


def test_it_is_off_unless_a_policy_turns_it_on() -> None:
    assert len(run([made(number, cluster=1) for number in range(1_000)]).kept) == 1_000


def test_what_a_person_wrote_stays() -> None:
    items = [made(number, rank=0 if number in (3, 7) else 1) for number in range(1_000)]
    assert {3, 7} <= run(items, pivot=1, temperature=0.0).kept


@pytest.mark.parametrize(
    ("size", "temperature", "expected"),
    [(50, 0.5, 50), (100, 0.5, 100), (10_000, 0.5, 1_000), (10_000, 1.0, 10_000), (10_000, 0.0, 100)],
)
def test_the_temperature_damps_what_is_larger_than_the_pivot(size: int, temperature: float, expected: int) -> None:
    assert quota(size, BalanceSettings(pivot=100, temperature=temperature)) == expected


def test_a_large_stratum_is_damped_and_a_rare_one_kept_whole() -> None:
    items = [made(number) for number in range(1_000)]
    items += [made(number, stratum=("cs",)) for number in range(2_000, 2_010)]
    result = run(items, pivot=100, temperature=0.5)
    assert result.before == {("en",): 1_000, ("cs",): 10}
    assert result.after == {("en",): 316, ("cs",): 10}
    assert {finding.code for finding in result.dropped.values()} == {"stratum_share"}


def test_damping_takes_one_of_each_cluster_before_a_second() -> None:
    items = [made(number, cluster=number % 40) for number in range(120)]
    result = run(items, pivot=40, temperature=0.0)
    assert len({number % 40 for number in result.kept}) == 40


def test_neither_order_nor_chance_decides() -> None:
    items = [made(number, cluster=number % 100) for number in range(600)]
    first = run(items, pivot=50, temperature=0.5)
    for seed in range(3):
        shuffled = items[:]
        random.Random(seed).shuffle(shuffled)
        assert run(shuffled, pivot=50, temperature=0.5) == first


def test_the_key_decides_who_stays() -> None:
    items = [made(number) for number in range(100)]
    settings = BalanceSettings(pivot=10, temperature=0.0)
    kept = {shared_out(RecordPool(items, bytes([seed])), settings).kept for seed in range(5)}
    assert len(kept) > 1


def test_who_stays_goes_on_staying_while_the_stratum_grows() -> None:
    small = run([made(number) for number in range(400)], pivot=100, temperature=0.5).kept
    large = run([made(number) for number in range(800)], pivot=100, temperature=0.5).kept
    assert len(small & large) / len(small) > 0.6


def test_every_record_is_kept_or_has_a_reason() -> None:
    items = [made(number, cluster=number % 30, stratum=(str(number % 4),)) for number in range(500)]
    result = run(items, pivot=10, temperature=0.3)
    assert set(result.kept) | set(result.dropped) == {it.id for it in items}
    assert result.kept.isdisjoint(result.dropped)
    assert sum(result.after.values()) == len(result.kept)


def test_a_policy_overrides_by_name_and_a_wrong_name_is_refused() -> None:
    found = BalanceSettings.from_dict({"strata": ["tags"], "pivot": 7})
    assert (found.strata, found.pivot) == (("tags",), 7)
    with pytest.raises(ValueError, match="pivto"):
        BalanceSettings.from_dict({"pivto": 7})


def test_what_is_left_out_of_the_stock_leaves_its_place_to_others() -> None:
    items = [made(number, cluster=number % 40, stratum=(str(number % 3),)) for number in range(500)]
    settings, held = BalanceSettings(pivot=20, temperature=0.5), set(range(0, 500, 7))
    rest = [one for one in items if one.id not in held]
    assert shared_out(RecordPool(items, KEY), settings, held) == shared_out(RecordPool(rest, KEY), settings)


def test_findings_are_found_by_their_record() -> None:
    found = run([made(number) for number in range(0, 20, 2)], pivot=3, temperature=0.0).dropped
    assert len(found) == 7 == len(list(found))
    assert {found.get(number) is None for number in range(1, 20, 2)} == {True}
    assert found.get(-1) is None and found.get(99) is None
