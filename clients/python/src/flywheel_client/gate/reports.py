"""The verdict for people and for CI: text, JUnit XML, Markdown. Cases are named by id, never by their text.

Everything from the server is escaped for where it goes: a terminal, XML or a pull request's comment.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from .asking import Result
from .cases import EvalCase
from .verdicts import CaseVerdict, Exit, Verdict

LISTED = 50
# Characters that XML 1.0 cannot hold, or that move a terminal's cursor.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
COUNTED = (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
TITLES = {0: "passed", 1: "refused", 2: "could not be judged"}


def printable(text: str) -> str:
    """The text without control characters, on one line."""
    return CONTROL.sub("", text).replace("\n", " ").replace("\r", " ")


def as_text(verdict: Verdict) -> str:
    """A few lines for a terminal."""
    counts = ", ".join(f"{value} {printable(name)}" for name, value in _numbers(verdict.counts))
    head = f"Gate run {printable(verdict.id)}: {TITLES[verdict.exit]}"
    lines = [f"{head} ({counts})" if counts else head]
    lines += [f"  {printable(reason.code)}: {printable(reason.detail)}" for reason in verdict.reasons]
    bad = _failed(verdict)
    lines += [f"  failed {printable(case.case)} {printable(case.change)}".rstrip() for case in bad[:LISTED]]
    if len(bad) > LISTED:
        lines.append(f"  … and {len(bad) - LISTED} more")
    if verdict.url:
        lines.append(f"  {printable(verdict.url)}")
    return "\n".join(lines)


def as_markdown(verdict: Verdict) -> str:
    """A summary for a pull request."""
    lines = [f"## Flywheel gate: {TITLES[verdict.exit]}", "", f"Run `{_code(verdict.id)}`", ""]
    lines += _table(("Reason", "Detail"), [(reason.code, reason.detail) for reason in verdict.reasons])
    bad = _failed(verdict)
    lines += _table(("Failed case", "Change"), [(case.case, case.change) for case in bad[:LISTED]])
    if len(bad) > LISTED:
        lines += [f"… and {len(bad) - LISTED} more.", ""]
    lines += _table(("Count", ""), [(name, str(value)) for name, value in _numbers(verdict.counts)])
    if re.fullmatch(r"https?://[^\s<>()\[\]`\"']+", verdict.url):
        lines += [f"[The whole run]({verdict.url})", ""]
    return "\n".join(lines).rstrip() + "\n"


def as_junit(verdict: Verdict, results: Sequence[Result], cases: Sequence[EvalCase]) -> str:
    """JUnit XML: a test case per eval case, and one for the verdict itself."""
    root = ET.Element("testsuites", name="flywheel gate")
    suite = ET.SubElement(root, "testsuite", name="flywheel gate")
    judged = {case.case: case for case in verdict.cases}
    for case, result in zip(cases, results, strict=True):
        _junit_case(suite, result, judged.get(case.id), case.kind)
    overall = ET.SubElement(suite, "testcase", classname="flywheel.gate", name="verdict")
    if verdict.exit:
        detail = "\n".join(f"{reason.code}: {reason.detail}" for reason in verdict.reasons)
        kind = "failure" if verdict.exit is Exit.REFUSED else "error"
        ET.SubElement(overall, kind, message=_xml(verdict.verdict)).text = _xml(detail)
    for attribute, tag in COUNTED:
        suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _failed(verdict: Verdict) -> list[CaseVerdict]:
    return [case for case in verdict.cases if case.passed is False]


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
    return [(name, value) for name, value in counts.items() if isinstance(value, int) and value]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    cells = [f"| {' | '.join(_markdown(cell) for cell in row)} |" for row in (head, *rows)]
    return [cells[0], "|" + " --- |" * len(head), *cells[1:], ""]


def _xml(text: str) -> str:
    return CONTROL.sub("", text)


def _markdown(text: str) -> str:
    # `@` would notify people, `#` would link issues, the rest would become markup.
    return re.sub(r"([\\`*{}\[\]()<>#+!|~@&])", lambda mark: f"&#{ord(mark[1])};", printable(text))


def _code(text: str) -> str:
    return printable(text).replace("`", "'")
