"""Gate runs in words, for the API, a terminal, a pull request and CI; and how an answer differs from the expected one.

Cases go by their ids, never by their text. The differences, word by word, are for the page of a run alone.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.conf import settings
from django.db.models import Case as Chosen
from django.db.models import QuerySet, Value, When
from django.urls import reverse

from curation.gate import figures
from curation.gate.runs import FIGURES, Exam, outcome_of
from curation.gate.verdicts import Case, GatePolicy, Slice, Verdict, verdict_document
from curation.gate.verdicts.slices import Answered, slice_outcomes
from curation.models import GateResult, GateRun

LONGEST = 600
"""Words of an answer that are compared: the comparison takes time in proportion to the product of both lengths."""
_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words: in both answers, only in the expected one (`lost`), or only in the candidate's (`new`)."""

    kind: Literal["same", "lost", "new"]
    text: str


def difference(expected: str, given: str) -> list[Part]:
    """The candidate's answer in parts, with what it lost of the expected one where it was. Empty if they share nothing
    that is worth showing, or are too long.
    """
    ours, theirs = _WORD.findall(expected), _WORD.findall(given)
    if not ours or not theirs or max(len(ours), len(theirs)) > LONGEST:
        return []
    matcher = SequenceMatcher(None, [_plain(word) for word in ours], [_plain(word) for word in theirs], autojunk=False)
    if matcher.ratio() < 1 / 3:
        return []
    parts: list[Part] = []
    for step, start, end, first, last in matcher.get_opcodes():
        if step == "equal":
            parts.append(Part("same", "".join(theirs[first:last])))
            continue
        parts += [Part("lost", "".join(ours[start:end]))] if start < end else []
        parts += [Part("new", "".join(theirs[first:last]))] if first < last else []
    return parts


def _plain(word: str) -> str:
    return word.strip(" \n\t.,;:!?\"'()*").casefold()


PASSING: dict[str, bool | None] = {
    "fixed": True,
    "still_passing": True,
    "newly_passing": True,
    "unsure": None,
    "quarantined": None,
}
NOT_COUNTED = {
    "unsure": "failed more often than it passed, which may be chance: counted only in the pass rate",
    "quarantined": "passes by chance for the baseline, too: counted only in the pass rate",
}
LISTED = 50
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold


def as_json(run: GateRun) -> dict[str, Any]:
    """A gate run as the API and `--json` show it. `passed` of a case is null where it is not counted."""
    columns = ("interaction__external_id", "kind", "score", "change", "error", "passed", "grader")
    rows = run.results.order_by("pk").values_list(*columns)  # of thousands of rows, so no model instances
    return {
        "id": str(run.pk),
        "url": address(run),
        "release": run.release.public_id,
        "candidate": {"name": run.candidate.name, "version": run.candidate.version, "model": run.candidate.model},
        "baseline": run.baseline_id and str(run.baseline_id),
        "verdict": run.verdict,
        "passed": run.verdict == GateRun.Verdict.PASSED,
        "reasons": run.reasons,
        "counts": run.counts,
        "cases": [
            {
                "case": case,
                "kind": kind,
                "passed": counted(change, grader, right),
                "score": score,
                "change": change or None,
                "error": error or None,
            }
            for case, kind, score, change, error, right, grader in rows
        ],
        "created_at": run.created_at,
    }


def address(run: GateRun) -> str:
    return f"{settings.ORIGIN}{reverse('admin:curation_gaterun_change', args=[run.pk])}"


def passed(row: GateResult) -> bool | None:
    """Whether the case counts as passed, after its repetitions; None where it does not count."""
    return counted(row.change, row.grader, row.passed)


def counted(change: str, grader: str, right: bool) -> bool | None:
    if change:
        return PASSING.get(change, False)
    return right if grader else None


def provisional(paper: Exam, rival: GateRun | None, verdict: Verdict) -> dict[str, Any]:
    """The answer to a draft: the verdict so far, and the cases to ask again, `confirmations` times each."""
    document: dict[str, Any] = verdict_document(verdict)
    return {
        "draft": True,
        "release": paper.release.public_id,
        "baseline": rival and str(rival.pk),
        "verdict": outcome_of(verdict),
        "reasons": document["reasons"],
        "counts": document["counts"] | {name: document[name] for name in FIGURES} | paper.models.counts,
        "unconfirmed": document["unconfirmed"],
        "confirmations": paper.policy.confirmations,
    }


def numbers(counts: Mapping[str, Any]) -> list[tuple[str, int | float]]:
    """The counts that are worth a line, in words."""
    whole = ((name, value) for name, value in counts.items() if isinstance(value, int | float) and value)
    whole = ((name, value) for name, value in whole if name not in FIGURES)
    return [(name.replace("_", " "), value) for name, value in whole]


def as_text(run: GateRun) -> str:
    counts = ", ".join(
        f"{number} {name.removesuffix('s') if number == 1 else name}" for name, number in numbers(run.counts)
    )
    lines = [f"{run.get_verdict_display().upper()}: {run.candidate} on {run.release} ({counts})"]
    lines += [f"  {reason['code']}: {reason['detail']}" for reason in run.reasons]
    lines += [f"  {line.name}: {line.words}" for line in figures.lines(run)]
    return "\n".join([*lines, f"Gate run {run.pk}: {address(run)}"])


def failed_rows(run: GateRun) -> list[GateResult]:
    """The counted cases that the candidate fails, in the release's order."""
    rows = run.results.select_related("interaction").order_by("pk")
    return [row for row in rows if passed(row) is False]


def as_markdown(run: GateRun) -> str:
    failed = failed_rows(run)
    lines = [f"## Flywheel gate: {run.get_verdict_display().lower()}", ""]
    lines += [f"{markdown(str(run.candidate))} on {markdown(str(run.release))}", ""]
    lines += table(("Reason", "Detail"), [(reason["code"], reason["detail"]) for reason in run.reasons])
    lines += table(("Figure", ""), figures.lines(run))
    lines += table(("Failed case", "Change"), [(r.interaction.external_id, r.change) for r in failed[:LISTED]])
    if len(failed) > LISTED:
        lines += [f"… and {len(failed) - LISTED} more.", ""]
    lines += table(("Count", ""), [(name, str(number)) for name, number in numbers(run.counts)])
    return "\n".join([*lines, f"[The whole run]({address(run)})"]) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown, or nothing without rows."""
    if not rows:
        return []
    cells = [f"| {' | '.join(map(markdown, row))} |" for row in (head, *rows)]
    return [cells[0], "|" + " --- |" * len(head), *cells[1:], ""]


def markdown(text: str) -> str:
    """Escape a text: `@` would mention people, `#` would link issues, the rest would become markup."""
    plain = CONTROL.sub("", text).replace("\n", " ").replace("\r", " ")
    return re.sub(r"([\\`*{}\[\]()<>#+!|~@&])", lambda mark: f"&#{ord(mark[1])};", plain)


def as_junit(run: GateRun) -> str:
    """JUnit XML: a test case per eval case, and one for the verdict itself."""
    root = ET.Element("testsuites", name="flywheel gate")
    suite = ET.SubElement(root, "testsuite", name="flywheel gate")
    for row in run.results.select_related("interaction").order_by("pk"):
        element = ET.SubElement(
            suite, "testcase", classname=f"flywheel.{row.kind}", name=CONTROL.sub("", row.interaction.external_id)
        )
        if row.error:
            ET.SubElement(element, "error", message=CONTROL.sub("", row.error))
        elif passed(row) is None:
            ET.SubElement(element, "skipped", message=NOT_COUNTED.get(row.change, "not counted"))
        elif not passed(row):
            ET.SubElement(element, "failure", message=row.change or "failed")
    overall = ET.SubElement(suite, "testcase", classname="flywheel.gate", name="verdict")
    if run.verdict != GateRun.Verdict.PASSED:
        kind = "failure" if run.verdict == GateRun.Verdict.REFUSED else "error"
        detail = "\n".join(f"{reason['code']}: {reason['detail']}" for reason in run.reasons)
        ET.SubElement(overall, kind, message=run.verdict).text = CONTROL.sub("", detail)
    words = "\n".join(f"{line.name}: {line.words}" for line in figures.lines(run))
    if words:
        ET.SubElement(overall, "system-out").text = CONTROL.sub("", words)
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


CHANGES = tuple("regressed unsure quarantined newly_failing fixed still_failing newly_passing still_passing".split())


@dataclass(frozen=True, slots=True)
class Pair:
    """One case with both answers; `before` is empty where the baseline has none."""

    result: GateResult
    question: str
    expected: str
    rejected: str
    before: str
    after: str

    @property
    def parts(self) -> list[Part]:
        """The candidate's answer against the expected one, where it was judged wrong and the two have words in common."""
        judged_right = self.result.passed or self.result.error
        return [] if judged_right else difference(self.expected, self.after)


def listed(run: GateRun, change: str) -> QuerySet[GateResult]:
    """The run's answers with that change, or all, what regressed first; without those of people whose data is restricted."""
    places = [When(change=name, then=Value(place)) for place, name in enumerate(CHANGES)]
    rows = run.results.filter(subject__restricted_at__isnull=True)
    rows = rows.order_by(Chosen(*places, default=Value(len(CHANGES))), "pk")
    rows = rows.filter(change=change) if change in CHANGES else rows
    return rows.select_related(
        "interaction__decision__interaction", "interaction__decision__correction", "interaction__decision__task"
    )


def pairs(run: GateRun, rows: Iterable[GateResult]) -> list[Pair]:
    """These answers with the baseline's; always one more query."""
    rows = list(rows)
    keys = [row.interaction_id for row in rows]
    earlier = GateResult.objects.filter(run=run.baseline_id, interaction__in=keys) if run.baseline_id else []
    before = {row.interaction_id: answer_or_error(row) for row in earlier}
    return [pair(row, before.get(row.interaction_id, "")) for row in rows]


def pair(row: GateResult, before: str) -> Pair:
    decision = getattr(row.interaction, "decision", None)
    expected, rejected = (decision.expected, decision.rejected or "") if decision else ("", "")
    return Pair(row, str(row.interaction.question), expected, rejected, before, answer_or_error(row))


def answer_or_error(row: GateResult) -> str:
    return f"({row.error})" if row.error else str(row.answer)


def slices(run: GateRun) -> tuple[Slice, ...]:
    """The run's first answers by kind, language, tag and source, drops first. Untested if asking stopped early: the
    verdict did not test them, and such a run shows larger drops than there are.
    """
    columns = (
        "interaction",
        "passed",
        "kind",
        "interaction__tags",
        "interaction__sources",
        "interaction__decision__language",
        "interaction__asked__cluster",
    )
    earlier = GateResult.objects.filter(run=run.baseline_id) if run.baseline_id else GateResult.objects.none()
    before = dict(earlier.exclude(change="").values_list("interaction", "passed"))
    answered = []
    for key, passed, kind, tags, sources, language, cluster in run.results.exclude(change="").values_list(*columns):
        case = Case(
            id="",
            kind=kind,
            question="",
            expected="",
            tags=tuple(map(str, tags)),
            language=language or "",
            sources=tuple(str(source.get("title") or source.get("id") or "") for source in sources),
        )
        answered.append(Answered(case, before.get(key), passed, str(cluster or f"case {key}")))
    alpha = None if run.counts.get("not_asked") else GatePolicy.from_dict(run.policy).levels.slices
    found = slice_outcomes(answered, alpha)
    return tuple(sorted(found, key=lambda part: (not part.dropped, part.pairs.won - part.pairs.lost)))
