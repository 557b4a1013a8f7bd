"""Verdicts and result sets as plain values, for files, requests and JSON columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from curation.gate.verdicts.cases import Attempt, Result, ResultSet
from curation.gate.verdicts.judging import Verdict
from curation.gate.verdicts.rates import SingleCases


class DocumentError(ValueError):
    """The document is not a result set; the message names the field and quotes no value."""


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


def results_document(results: ResultSet) -> dict[str, object]:
    """Return a result set as plain values. It holds answers: keep it where answers may be kept."""
    return asdict(results)


def read_results(document: Mapping[str, object]) -> ResultSet:
    """Return the result set of a document, seal and all: what was changed in between no longer fits it.

    Raises DocumentError for names that are missing or unknown. Values are judged by the verdict, not here.
    """
    header = _fields(document, ResultSet, "result set")
    results = tuple(_result(item) for item in _list(header["results"], "results"))
    left_out = tuple(map(str, _list(header["unreplayed"], "unreplayed")))
    return ResultSet(**{**header, "results": results, "unreplayed": left_out})  # type: ignore[arg-type]


def _result(item: object) -> Result:
    values = _fields(item, Result, "result")
    repeats = tuple(
        Attempt(**_fields(repeat, Attempt, "repeat"))  # type: ignore[arg-type]
        for repeat in _list(values["repeats"], "repeats")
    )
    variants = tuple(
        Attempt(**_fields(variant, Attempt, "variant"))  # type: ignore[arg-type]
        for variant in _list(values["variants"], "variants")
    )
    return Result(**{**values, "repeats": repeats, "variants": variants})  # type: ignore[arg-type]


def _fields(value: object, shape: type, what: str) -> dict[str, object]:
    wanted = set(shape.__dataclass_fields__)  # type: ignore[attr-defined]
    if not isinstance(value, Mapping) or set(value) != wanted:
        raise DocumentError(f"a {what} has exactly the fields {', '.join(sorted(wanted))}")
    return dict(value)


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise DocumentError(f"{what} is a list")
    return list(value)
