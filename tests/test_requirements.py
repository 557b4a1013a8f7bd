"""What is installed is pinned, with all that it asks for."""

from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-native.txt", "requirements-dev.txt")


def named(file: str) -> list[Requirement]:
    lines = (ROOT / file).read_text().splitlines()
    return [Requirement(line) for line in lines if line.strip() and line[0] not in "#-"]


def closure(requirements: list[Requirement]) -> set[str]:
    """The packages that these bring in, by canonical name, as their metadata says here."""
    waiting = [(each, "") for each in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        each, extra = waiting.pop()
        if each.marker is not None and not each.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(each.name)
        for wanted in {"", *each.extras} - {known for package, known in seen if package == name}:
            seen.add((name, wanted))
            waiting += [(Requirement(text), wanted) for text in metadata.requires(name) or []]
    return {name for name, _ in seen}


def test_every_package_that_is_brought_in_is_pinned() -> None:
    pinned = {canonicalize_name(each.name) for each in named("constraints.txt")}
    assert closure([each for file in FILES for each in named(file)]) - pinned - {"pip"} == set()


def test_both_lists_pin_the_same_versions() -> None:
    pinned = {canonicalize_name(each.name): each.specifier for each in named("constraints.txt")}
    ours = [each for file in FILES for each in named(file)]
    assert [each.name for each in ours if pinned[canonicalize_name(each.name)] != each.specifier] == []


def test_every_requirements_file_installs_by_the_pins() -> None:
    assert "-c constraints.txt" in (ROOT / "requirements.txt").read_text().splitlines()
    assert all("-r requirements" in (ROOT / file).read_text() for file in FILES[1:])
