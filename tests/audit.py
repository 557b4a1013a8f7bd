"""Known weaknesses of the packages that production installs, by pip-audit.

pip-audit alone would call a run clean even if it could look up no package; this tells the two apart.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

SERVICES = ("pypi", "osv")


@dataclass(frozen=True)
class Audit:
    """What the advisory services said: findings as lines, and how many of the packages they knew."""

    packages: int
    asked: int
    findings: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line for a table."""
        if self.findings:
            return f"{len(self.findings)} known weaknesses in {self.packages} packages"
        if not self.asked:
            return "no advisory service can be reached from here"
        return f"no known weakness; {self.asked} of {self.packages} packages could be looked up"

    @property
    def lines(self) -> list[str]:
        """What to print."""
        return [self.summary, *self.findings]


def audit(requirements: Path, environment: Mapping[str, str]) -> Audit:
    """Look up every package that the requirements bring in; the first service that knows any is believed."""
    pins = installed_closure(requirements.read_text().splitlines())
    for service in SERVICES:
        found = read_report(ask(service, pins, environment), len(pins))
        if found.asked:
            return found
    return Audit(len(pins), 0)


def installed_closure(lines: list[str]) -> list[str]:
    """`name==version` of each required package and of what it requires itself, as installed here, sorted."""
    waiting = [(Requirement(line), "") for line in lines if line.strip() and line[0] not in "#-"]
    seen: set[tuple[str, str]] = set()
    pins: set[str] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        for wanted in ("", *requirement.extras):
            if (requirement.name.lower(), wanted) in seen:
                continue
            seen.add((requirement.name.lower(), wanted))
            package = metadata.distribution(requirement.name)
            pins.add(f"{requirement.name.lower().replace('_', '-')}=={package.version}")
            waiting += [(Requirement(text), wanted) for text in package.requires or []]
    return sorted(pins)


def ask(service: str, pins: list[str], environment: Mapping[str, str]) -> str:
    """pip-audit's report as JSON, or nothing where the service did not answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins))
        file.flush()
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--requirement",
            file.name,
            "--no-deps",
            "--disable-pip",
        ]
        command += ["--format", "json", "--vulnerability-service", service, "--progress-spinner", "off"]
        try:
            done = subprocess.run(
                [*command, "--timeout", "10"],
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
    return done.stdout


def read_report(report: str, packages: int) -> Audit:
    """The findings of a report; a package that was skipped was not looked up."""
    if not report.strip():
        return Audit(packages, 0)
    known = [entry for entry in json.loads(report)["dependencies"] if "skip_reason" not in entry]
    findings = tuple(
        f"{entry['name']} {entry['version']}: {', '.join([weakness['id'], *weakness['aliases']])}, "
        f"mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for entry in known
        for weakness in entry["vulns"]
    )
    return Audit(packages, len(known), findings)
