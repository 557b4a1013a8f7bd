"""When releases are due: the same names for every clock, once a period, across daylight saving and long gaps."""

from datetime import UTC, datetime, timedelta

import pytest

from curation.releases import schedules
from curation.releases.schedules import Schedule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def names(line: str, zone: str, after: str, number: int = 3) -> list[str]:
    return [due.name for due in schedules.following(Schedule(line, zone), at(after), number)]


def test_a_week_is_named_by_its_iso_number_and_a_month_by_its_own() -> None:
    weekly, monthly = (schedules.schedule(each, "", "Europe/Berlin") for each in ("weekly", "monthly"))
    assert weekly is not None and monthly is not None
    assert [due.name for due in schedules.following(weekly, at("2026-12-22"), 3)] == [
        "2026-W53",
        "2027-W01",
        "2027-W02",
    ]
    assert [due.name for due in schedules.following(monthly, at("2026-11-23"), 2)] == ["2026-12", "2027-01"]


def test_the_hour_is_that_of_the_time_zone() -> None:
    assert names("0 6 * * *", "America/New_York", "2026-07-01", 1) == ["2026-07-01T10:00Z"]
    assert names("0 6 * * *", "America/New_York", "2026-12-01", 1) == ["2026-12-01T11:00Z"]


def test_an_hour_that_spring_leaves_out_still_has_its_period() -> None:
    found = names("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00")
    assert found == ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]


def test_an_hour_that_autumn_repeats_has_one_period() -> None:
    found = names("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00")
    assert found == ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "UTC"])
def test_every_day_of_a_year_has_one_period_wherever_one_begins_to_look(zone: str) -> None:
    plan = Schedule("30 2 * * *", zone)
    year = schedules.passed(plan, at("2025-12-31T12:00"), at("2026-12-31T12:00"), most=1000)
    assert len({due.name for due in year}) == len(year) == 365
    for due in year[:-1]:
        for minutes in (-61, -1, 0, 1, 61):
            after = due.at + timedelta(minutes=minutes)
            assert schedules.following(plan, after, 1)[0] == next(each for each in year if each.at > after)


def test_of_a_long_gap_the_newest_periods_are_told() -> None:
    daily = schedules.passed(Schedule("0 3 * * *", "UTC"), at("2026-11-13T04:00"), at("2026-11-23T12:00"))
    assert [due.name[:10] for due in daily] == [f"2026-11-{day}" for day in range(14, 24)]
    each_minute = schedules.passed(Schedule("* * * * *", "UTC"), at("2016-11-13"), at("2026-11-23T12:00"), most=5)
    assert [due.name[11:] for due in each_minute] == ["11:56Z", "11:57Z", "11:58Z", "11:59Z", "12:00Z"]


def test_nothing_is_due_before_the_schedule_began_or_for_a_clock_that_went_back() -> None:
    plan = Schedule("0 3 * * *", "UTC")
    assert schedules.passed(plan, at("2026-11-23T03:00"), at("2026-11-24T02:59")) == []
    assert schedules.passed(plan, at("2026-11-23T03:00"), at("2026-11-23T02:00")) == []


@pytest.mark.parametrize(
    "line", ["", "0 3 * *", "0 3 * * * *", "61 3 * * *", "0 3 * * someday", "0 0 30 2 *", "@daily"]
)
def test_what_is_no_cron_line_is_refused_in_words(line: str) -> None:
    with pytest.raises(ValueError, match=r"line"):
        schedules.schedule("cron", line, "UTC")


@pytest.mark.parametrize("zone", ["", "Berlin", "../../etc/passwd", "CET/../UTC"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        schedules.schedule("weekly", "", zone)


def test_a_dataset_by_hand_has_no_schedule() -> None:
    assert schedules.schedule("manual", "", "UTC") is None
