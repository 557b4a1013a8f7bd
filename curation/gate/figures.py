"""The figures of a gate run in words: pass rates of first answers with n and interval, p, and the smallest drop that n can show."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from curation.models import GateRun
from curation.quality.charts import Chart, rows
from curation.quality.estimates import Estimate, percent

SLIPS: Final = (
    "{:,} lost; losing one does not refuse a candidate. If this version is promoted, its run becomes the baseline, and these "
    "cases then count as lost only against the first and the best run"
)
"""What one `single` case in each version can do unseen."""


class Line(NamedTuple):
    """One figure: its name, and the sentence or the numbers."""

    name: str
    words: str


def lines(run: GateRun) -> list[Line]:
    """What the run's figures say, in the order in which a reader decides; nothing for runs from before there were any."""
    figures = run.counts.get("figures") or {}
    return list(in_words(run.counts, figures)) if figures.get("rate") else []


def picture(run: GateRun) -> Chart | None:
    """The pass rates at the first answer with their intervals, the baseline's above the candidate's; None for runs without
    figures.
    """
    figures = run.counts.get("figures") or {}
    rates = {"Baseline": figures.get("baseline_rate"), "Candidate": figures.get("rate")}
    found = {
        f"{name} {percent(rate['value'])}, n = {rate['cases']:,}": Estimate(
            rate["value"], rate["cases"], rate["low"], rate["high"], "gate"
        )
        for name, rate in rates.items()
        if rate
    }
    return rows(tuple(found), {"pass rate": tuple(found.values())})


def in_words(counts: Mapping[str, Any], figures: Mapping[str, Any]) -> Iterator[Line]:
    yield Line("Pass rate at the first answer", rate(figures["rate"]))
    if figures.get("try") is None:
        yield Line("Tries", "not counted; name the candidate's version to have them counted")
    elif figures["try"] > 1:
        taken = figures["tries"]
        together = f"judged by the answers of {taken} tries together" if taken > 1 else "judged by itself"
        yield Line("Tries", f"number {figures['try']} of this version on these cases, {together}")
    if single := figures.get("single"):
        yield Line("Cases that rest on one person", single_cases(single))
    if asked := figures.get("families"):
        yield Line("Variants of questions", of_variants(asked))
    if left_out := counts.get("not_replayed"):
        yield Line(
            "Not judgeable",
            f"{left_out:,} cases depend on an account, tools or the time, but the agent takes no `world`, which would give it these",
        )
    if "baseline_rate" not in figures:
        return
    yield Line("Baseline", rate(figures["baseline_rate"]))
    # Only runs that look bad after their first cases stop there, so the change that they show is too large on average.
    early = "; larger than the true change on average, because asking stopped early" if counts.get("not_asked") else ""
    yield Line("Change", f"{change(counts['change'], counts['interval'])}, n = {figures['paired']:,}{early}")
    yield Line(
        "Evidence of a drop",
        f"one-sided p = {figures['p_drop']:.2g}{held_to(figures['level'])}, two-sided p = "
        f"{counts['p_value']:.2g}; {figures['lost']} lost and {figures['won']} won of {figures['paired']} cases",
    )
    yield Line("Detectable drop", detectable(figures))
    for one in figures["anchors"]:
        yield Line(
            f"Against the {one['name']} run",
            f"run {one['run']}: {change(one['change'], one['interval'])}, n = {one['paired']:,}, one-sided p = "
            f"{one['p']:.2g}{held_to(one.get('level'))}",
        )


def held_to(level: float | None) -> str:
    """The level that a p-value is held to; runs from before it was stored have none."""
    return "" if level is None else f" (refused at {level:.2g} or less)"


def rate(found: Mapping[str, Any]) -> str:
    cases = f"n = {found['cases']:,}"
    if found["units"] != found["cases"]:
        cases += f" in {found['units']:,} groups of near questions"
    if found["rounds"] > 1:
        cases += f", asked up to {found['rounds']} times"
    return f"{percent(found['value'], 1)} (95 % {percent(found['low'], 1)} to {percent(found['high'], 1)}; {cases})"


def single_cases(found: Mapping[str, Any]) -> str:
    said = rate(found["rate"])
    if "change" not in found:
        return said
    moved = "" if found["change"] is None else f"; change {change(found['change'], found['interval'])}"
    lost = SLIPS.format(found["lost"]) if found["lost"] else "none lost"
    return f"{said}{moved}; {lost}"


def of_variants(found: Mapping[str, Any]) -> str:
    """How the variants of questions were answered."""
    share = percent(found["passed"] / found["variants"], 1)
    said = f"{share} of {found['variants']:,} to {found['cases']:,} cases pass; {len(found['brittle']):,} cases are brittle"
    if found["p"] is None:
        return f"{said}; the baseline was not asked any variants"
    return f"{said}; change {100 * found['change']:+.1f} points over {found['paired']:,} units, one-sided p = {found['p']:.2g}"


def change(value: float, spread: tuple[float, float]) -> str:
    """A change of a rate in points."""
    low, high = (100 * limit for limit in spread)
    return f"{100 * value:+.1f} points (95 % {low:+.1f} to {high:+.1f})"


def detectable(figures: Mapping[str, Any]) -> str:
    """The smallest drop that would have been refused, and the cases that five points take."""
    units, least, needed = figures["units"], figures["detectable"], figures["needed"]
    if least is None:
        seen = f"{units:,} cases are too few: no drop would be refused four times in five"
    else:
        seen = f"with {units:,} cases a drop of {100 * least:.1f} points is refused four times in five, a smaller one less often"
    more = f"; a drop of 5 points needs {needed:,} cases, all of them asked" if needed > units else ""
    return f"{seen}{more}"
