"""Verdicts as plain values, for files, requests and JSON columns."""

from __future__ import annotations

from dataclasses import asdict

from curation.gate.verdicts.judging import Verdict
from curation.gate.verdicts.rates import SingleCases


def verdict_document(verdict: Verdict) -> dict[str, object]:
    """Return the verdict without a word of captured text: ids, codes, counts and figures."""
    return {
        "passed": verdict.passed,
        "could_judge": verdict.could_judge,
        "reasons": [asdict(reason) for reason in verdict.reasons],
        "counts": dict(verdict.counts),
        "p_value": verdict.p_value,
        "change": verdict.change,
        "interval": None if verdict.interval is None else list(verdict.interval),
        "figures": figures(verdict),
        "slices": [asdict(part) for part in verdict.slices],
        "outcomes": [
            {
                "case": outcome.case.id,
                "kind": outcome.case.kind,
                "outcome": outcome.outcome,
                "flaky": outcome.flaky,
                "confirmed": outcome.confirmed,
            }
            for outcome in verdict.outcomes
        ],
        "unconfirmed": list(verdict.unconfirmed),
    }


def figures(verdict: Verdict) -> dict[str, object]:
    """Return the pass rates of first answers with their intervals, and what this number of cases can show."""
    made: dict[str, object] = {
        "tries": verdict.tries,
        "rate": verdict.rate and asdict(verdict.rate),
        "single": verdict.single and _apart(verdict.single),
        "families": verdict.families and asdict(verdict.families) | {"brittle": list(verdict.families.brittle)},
    }
    comparison = verdict.comparison
    if comparison is None:
        return made
    return made | {
        "baseline_rate": asdict(comparison.before()),
        "lost": comparison.pairs.lost,
        "won": comparison.pairs.won,
        "paired": comparison.pairs.total,
        "units": len(comparison.units),
        "p_drop": comparison.drops.everything,
        "level": verdict.level,
        "detectable": comparison.detectable(verdict.level),
        "needed": comparison.needed(verdict.full_level),
        "anchors": [
            {
                "name": one.name,
                "run": one.run,
                "change": one.comparison.change,
                "interval": list(one.comparison.interval),
                "paired": one.comparison.pairs.total,
                "p": one.p,
                "level": one.alpha,
            }
            for one in verdict.anchors
        ],
    }


def _apart(single: SingleCases) -> dict[str, object]:
    made: dict[str, object] = {"rate": asdict(single.rate), "lost": single.lost}
    if single.comparison is None:
        return made
    change = {"change": single.comparison.change, "interval": list(single.comparison.interval)}
    return made | change | {"paired": single.comparison.pairs.total}
