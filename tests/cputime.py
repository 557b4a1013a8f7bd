"""`pytest --cpu-times`: where processor time goes, by file, by fixture, and outside of tests.

Wall-clock time says little on a busy machine. Processes that a test starts are counted once they have ended and were
waited for; those of a session fixture at the end of the session.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

SHOWN = 40


def spent() -> float:
    """Seconds of processor time of this process and of its children so far."""
    return sum(os.times()[:4])


class CpuTimes:
    """Counts in each process; the workers of xdist send what they counted to the one that reports."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.tests: Counter[str] = Counter()
        self.fixtures: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        before = spent()
        done = yield
        self.files[item.nodeid.partition("::")[0]] += spent() - before  # type: ignore[assignment]
        self.tests[item.nodeid] += spent() - before  # type: ignore[assignment]
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before = spent()
        done = yield
        name = f"{fixturedef.argname} ({fixturedef.scope}, {fixturedef.baseid or 'pytest'})"
        self.fixtures[name] += spent() - before  # type: ignore[assignment]
        return done

    def pytest_collection_finish(self) -> None:
        self.whole["start and collection"] += spent()  # type: ignore[assignment]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.whole["processes"] += spent()  # type: ignore[assignment]
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["cpu"] = [dict(each) for each in self.counted()]

    def counted(self) -> tuple[Counter[str], ...]:
        return self.files, self.tests, self.fixtures, self.whole

    def pytest_testnodedown(self, node: Any) -> None:
        for mine, theirs in zip(self.counted(), getattr(node, "workeroutput", {}).get("cpu", []), strict=False):
            mine.update(theirs)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for title, counter in zip(("file", "test", "fixture set-up", "whole"), self.counted(), strict=True):
            terminalreporter.section(f"processor seconds by {title}: {sum(counter.values()):.0f}")
            for name, seconds in counter.most_common(None if os.environ.get("CPU_ALL") else SHOWN):
                terminalreporter.write_line(f"{seconds:8.2f}  {name}")
