"""The charts of the quality page and of gate runs: plain geometry, which a template draws as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from curation.quality.estimates import Estimate

WIDTH, HEIGHT = 400, 200  # units of the view box: small, so that text stays readable on a phone
LEFT, RIGHT, TOP, BOTTOM = 38, 10, 12, 26
LABELS = 5
ROW = 40
NAME = 26  # letters


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One value with its interval, or a bar from `y` to `low`."""

    x: float
    y: float
    high: float
    low: float
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    marks: tuple[Mark, ...]
    width: float = 0.0

    @property
    def line(self) -> str:
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Chart:
    kind: str
    height: int
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    series: tuple[Series, ...]
    width: int = WIDTH


def over_time(mondays: Sequence[date], rates: Mapping[str, Sequence[Estimate]]) -> Chart | None:
    """Rates with their intervals on a time axis; None if there is nothing to draw."""
    if not mondays:
        return None
    span = max(1, (mondays[-1] - mondays[0]).days)
    places = [LEFT + 14 + (day - mondays[0]).days / span * (WIDTH - LEFT - RIGHT - 28) for day in mondays]
    series = []
    for number, (name, found) in enumerate(rates.items()):
        known = [(x + 5 * number, rate) for x, rate in zip(places, found, strict=True) if rate.rate is not None]
        marks = [Mark(round(x, 1), up(rate.rate or 0.0), up(rate.high), up(rate.low), str(rate)) for x, rate in known]
        series.append(Series(name, tuple(marks)))
    across = [Tick(round(x, 1), f"{day.day} {day:%b}") for x, day in zip(places, mondays, strict=True)]
    return Chart("time", HEIGHT, some(across), PERCENT, tuple(series))


def up(rate: float) -> float:
    return round(TOP + (1 - rate) * (HEIGHT - TOP - BOTTOM), 1)


PERCENT = tuple(Tick(up(share), f"{share:.0%}") for share in (0.0, 0.25, 0.5, 0.75, 1.0))


def rows(names: Sequence[str], rates: Mapping[str, Sequence[Estimate]]) -> Chart | None:
    """Rates with their intervals, one row per name."""
    if not names:
        return None
    series = []
    for number, (name, found) in enumerate(rates.items()):
        known = [(place, rate) for place, rate in enumerate(found) if rate.rate is not None]
        marks = [
            Mark(along(rate.rate or 0.0), place * ROW + 23 + 9 * number, along(rate.high), along(rate.low), str(rate))
            for place, rate in known
        ]
        series.append(Series(name, tuple(marks)))
    height = len(names) * ROW + BOTTOM
    across = tuple(Tick(along(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0))
    down = tuple(Tick(place * ROW + 12, name[:NAME]) for place, name in enumerate(names))
    return Chart("rows", height, across, down, tuple(series))


def along(rate: float) -> float:
    return round(14 + rate * (WIDTH - 28), 1)


def bars(weeks: Sequence[tuple[str, int, int]], rest: str, part: str) -> Chart | None:
    """A bar for each week: a number with a part of it marked, and the names of the part and the rest."""
    most = max((number for _, number, _ in weeks), default=0)
    if not most:
        return None
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    floor = HEIGHT - BOTTOM
    tall = (floor - TOP) / most
    width = round(min(28.0, 0.7 * step), 1)
    made: dict[str, list[Mark]] = {rest: [], part: []}
    across = []
    for place, (label, number, inner) in enumerate(weeks):
        middle = LEFT + (place + 0.5) * step
        across.append(Tick(round(middle, 1), label))
        for name, value, height in ((rest, number - inner, number), (part, inner, inner)):
            top = round(floor - height * tall, 1)
            words = f"{label}: {value:,} {name}"
            made[name].append(Mark(round(middle - width / 2, 1), top, round(floor - top, 1), floor, words))
    down = (Tick(floor, "0"), Tick(TOP, f"{most:,}"))
    return Chart("bars", HEIGHT, some(across), down, tuple(Series(n, tuple(m), width) for n, m in made.items()))


def some(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    """Few enough labels to read; the newest is always among them."""
    every = -(-len(ticks) // LABELS)
    return tuple(ticks[::-1][::every][::-1])
