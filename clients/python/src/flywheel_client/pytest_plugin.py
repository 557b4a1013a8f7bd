"""A pytest plugin: every eval case of a release becomes a test.

``pytest --flywheel-release DIR --flywheel-agent module:function``. Without these options it only registers
its markers. Grading is local and approximate (see ``grading``); ``flywheel gate`` decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .gate.agents import Agent
    from .gate.cases import EvalCase
    from .grading import Grade


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's options."""
    group = parser.getgroup("flywheel", "Flywheel eval cases")
    group.addoption(
        "--flywheel-release",
        metavar="DIR",
        help="release directory, or its eval_cases.jsonl, to run as tests",
    )
    group.addoption(
        "--flywheel-agent", metavar="A", help="module:function(question, context), or an http(s) address"
    )
    group.addoption(
        "--flywheel-timeout", type=float, default=60.0, metavar="S", help="seconds per question (60)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The plugin's markers."""
    config.addinivalue_line("markers", "flywheel_golden: an answer that people confirmed; it must stay right")
    config.addinivalue_line(
        "markers", "flywheel_regression: an answer that people corrected; it must not return"
    )
    config.addinivalue_line("markers", "flywheel_sampled: an answer drawn at random and judged by a reviewer")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the eval cases before ``-m`` and ``-k`` select."""
    release, agent = config.getoption("--flywheel-release"), config.getoption("--flywheel-agent")
    if release is None and agent is None:
        return
    if release is None or agent is None:
        raise pytest.UsageError("--flywheel-release and --flywheel-agent must be used together")
    items.extend(_collect(session, Path(release), agent))


def _collect(session: pytest.Session, release: Path, spec: str) -> list[pytest.Item]:
    from .errors import FlywheelError
    from .gate.agents import load_agent
    from .gate.cases import find_cases, read_cases

    try:
        path = find_cases(release.resolve())
        cases = read_cases(path)
        agent = load_agent(spec, timeout=session.config.getoption("--flywheel-timeout"))
    except FlywheelError as error:
        raise pytest.UsageError(str(error)) from error
    collector: EvalCases = EvalCases.from_parent(session, path=path, nodeid=path.name)
    collector.cases, collector.agent = cases, agent
    return list(collector.collect())


class EvalCases(pytest.File):
    """The eval cases of one release."""

    cases: list[EvalCase]
    agent: Agent

    def collect(self) -> Iterator[EvalCaseItem]:
        """One test per case, in the file's order."""
        for case in self.cases:
            item: EvalCaseItem = EvalCaseItem.from_parent(self, name=f"{case.kind}[{case.id}]")
            item.case = case
            item.add_marker(f"flywheel_{case.kind}")
            yield item


class WrongAnswer(Exception):
    """The agent answered, but the answer did not pass."""

    def __init__(self, answer: str, grade: Grade) -> None:
        self.answer, self.grade = answer, grade
        super().__init__(grade.why)


class EvalCaseItem(pytest.Item):
    """One eval case: the agent is asked, its answer graded."""

    case: EvalCase
    parent: EvalCases

    def runtest(self) -> None:
        """Ask and grade. Skipped if only the server has the case's grader."""
        from .gate.agents import ask
        from .grading import UnknownGrader, grade

        case = self.case
        timeout = self.config.getoption("--flywheel-timeout")
        answer = ask(self.parent.agent, case.question, case.context, timeout=timeout)
        try:
            graded = grade(answer, case.expected, case.rejected, case.grader)
        except UnknownGrader as error:
            pytest.skip(f"only the server has the grader {error}; run flywheel gate")
        if not graded.passed:
            raise WrongAnswer(answer, graded)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What to print. The texts only with ``-v``: CI logs are kept longer than a release should be."""
        error = excinfo.value
        if not isinstance(error, WrongAnswer):
            return f"the agent gave no answer: {type(error).__name__}: {error}"
        lines = [f"wrong answer ({error.grade.why}, token F1 {error.grade.score:.2f})"]
        if self.config.getoption("verbose") > 0:
            lines += [f"question: {self.case.question}", f"expected: {self.case.expected}"]
            lines += [f"rejected: {self.case.rejected}"] if self.case.rejected else []
            lines += [f"answered: {error.answer}"]
        else:
            lines.append("run with -v to see the texts")
        return "\n".join(lines)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says the test is."""
        return self.path, None, self.name
