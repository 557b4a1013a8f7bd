"""The verdict for people and for CI: text, JUnit XML, Markdown. Cases go by their ids, never by their text.

Everything from the server is escaped for where it goes: a terminal, XML or a pull request's comment.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from .asking import Result
from .cases import EvalCase
from .verdicts import CaseVerdict, Verdict, flaky, worst

LISTED = 50
# What XML 1.0 cannot hold, and what moves a terminal's cursor.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
COUNTED = (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
TITLES = {0: "passed", 1: "refused", 2: "could not be judged"}


def printable(text: str) -> str:
    """The text without control characters, on one line."""
    return CONTROL.sub("", text).replace("\n", " ").replace("\r", " ")


def as_text(verdicts: Sequence[Verdict]) -> str:
    """A few lines for a terminal."""
    lines = [f"Gate: {TITLES[worst(verdicts)]}"]
    for verdict in verdicts:
        lines += _run_as_text(verdict)
    if unsteady := flaky(verdicts):
        lines.append(f"  flaky: {', '.join(printable(case) for case in unsteady[:LISTED])}")
    return "\n".join(lines)


def _run_as_text(verdict: Verdict) -> list[str]:
    counts = ", ".join(f"{value} {printable(name)}" for name, value in _numbers(verdict.counts))
    head = f"  run {printable(verdict.id)}: {printable(verdict.verdict)}"
    lines = [f"{head} ({counts})" if counts else head]
    lines += [f"    {printable(reason.code)}: {printable(reason.detail)}" for reason in verdict.reasons]
    bad = [case for case in verdict.cases if case.passed is False]
    lines += [f"    failed {printable(case.case)} {printable(case.change)}".rstrip() for case in bad[:LISTED]]
    if len(bad) > LISTED:
        lines.append(f"    … and {len(bad) - LISTED} more")
    if verdict.url:
        lines.append(f"    {printable(verdict.url)}")
    return lines


def as_markdown(verdicts: Sequence[Verdict]) -> str:
    """A summary for a pull request."""
    lines = [f"## Flywheel gate: {TITLES[worst(verdicts)]}", ""]
    for verdict in verdicts:
        lines += [f"Run `{_code(verdict.id)}`: **{_markdown(verdict.verdict)}**", ""]
        lines += _table(("Count", ""), [(name, str(value)) for name, value in _numbers(verdict.counts)])
        lines += _table(("Reason", "Detail"), [(reason.code, reason.detail) for reason in verdict.reasons])
        bad = [case for case in verdict.cases if case.passed is False]
        lines += _table(("Failed case", "Change"), [(case.case, case.change) for case in bad[:LISTED]])
        if len(bad) > LISTED:
            lines += [f"… and {len(bad) - LISTED} more.", ""]
        if re.fullmatch(r"https?://[^\s<>()\[\]`\"']+", verdict.url):
            lines += [f"[The whole run]({verdict.url})", ""]
    if unsteady := flaky(verdicts):
        lines += _table(("Flaky case",), [(case,) for case in unsteady[:LISTED]])
    return "\n".join(lines).rstrip() + "\n"


def as_junit(
    verdicts: Sequence[Verdict], results: Sequence[Sequence[Result]], cases: Sequence[EvalCase]
) -> str:
    """JUnit XML: a test suite per repetition, a test case per eval case, and one for the verdict itself."""
    root = ET.Element("testsuites", name="flywheel gate")
    kinds = {case.id: case.kind for case in cases}
    for number, (verdict, asked) in enumerate(zip(verdicts, results, strict=True), start=1):
        suite = ET.SubElement(root, "testsuite", name=f"flywheel gate {number}")
        judged = {case.case: case for case in verdict.cases}
        for result in asked:
            _junit_case(suite, result, judged.get(result.case), kinds[result.case])
        overall = ET.SubElement(suite, "testcase", classname="flywheel.gate", name="verdict")
        if verdict.exit:
            detail = "\n".join(f"{reason.code}: {reason.detail}" for reason in verdict.reasons)
            kind = "failure" if verdict.verdict == "refused" else "error"
            ET.SubElement(overall, kind, message=_xml(verdict.verdict)).text = _xml(detail)
        for attribute, tag in COUNTED:
            suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _junit_case(suite: ET.Element, result: Result, judged: CaseVerdict | None, kind: str) -> None:
    element = ET.SubElement(suite, "testcase", classname=f"flywheel.{kind}", name=_xml(result.case))
    change = judged.change if judged else ""
    if result.error:
        ET.SubElement(element, "error", message=result.error)
    elif judged is None or judged.passed is None:
        ET.SubElement(element, "skipped", message="not counted")
    elif not judged.passed:
        ET.SubElement(element, "failure", message=_xml(change or "failed"))


def _numbers(counts: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(name, value) for name, value in counts.items() if isinstance(value, int | float)]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    cells = [f"| {' | '.join(_markdown(cell) for cell in row)} |" for row in (head, *rows)]
    return [cells[0], "|" + " --- |" * len(head), *cells[1:], ""]


def _xml(text: str) -> str:
    return CONTROL.sub("", text)


def _markdown(text: str) -> str:
    # `@` would call people, `#` would link issues, the rest would become markup.
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~@&])", lambda mark: f"&#{ord(mark[1])};", printable(text))


def _code(text: str) -> str:
    return printable(text).replace("`", "'")
