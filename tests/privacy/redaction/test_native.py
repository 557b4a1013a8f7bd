"""The compiled redactor is used only if it was compiled from exactly these sources."""

import shutil
from pathlib import Path

import pytest

from privacy import native
from privacy.checks import what_was_compiled_is_used


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The redactor's sources in a folder of their own, in which something was compiled of them."""
    monkeypatch.setenv("FLYWHEEL_NATIVE", "1")
    shutil.copytree(native.ROOT / native.REDACTION, tmp_path / native.REDACTION)
    native.folder(tmp_path).mkdir(parents=True)
    return tmp_path


def test_what_was_compiled_of_these_sources_goes_before_them(checkout: Path) -> None:
    first, second = native.search_path(checkout)
    assert Path(first) == native.folder(checkout) / "privacy/redaction"
    assert Path(second) == checkout / "privacy/redaction"


@pytest.mark.parametrize("name", ["engine.py", "results.py", "detectors/numbers/phones.py"])
def test_a_changed_source_runs_as_it_is_written(checkout: Path, name: str) -> None:
    changed = checkout / native.REDACTION / name
    changed.write_text(changed.read_text() + "\n")
    assert native.search_path(checkout) == [str(checkout / "privacy/redaction")]


def test_a_new_or_moved_source_counts_as_a_change(checkout: Path) -> None:
    before = native.folder(checkout)
    (checkout / native.REDACTION / "more.py").touch()
    after = native.folder(checkout)
    (checkout / native.REDACTION / "more.py").rename(checkout / native.REDACTION / "less.py")
    assert len({before, after, native.folder(checkout)}) == 3


def test_another_interpreter_takes_no_notice_of_it(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "SUFFIX", ".cpython-399-x86_64-linux-gnu.so")
    assert len(native.search_path(checkout)) == 1


def test_it_can_be_turned_off(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLYWHEEL_NATIVE", "0")
    assert len(native.search_path(checkout)) == 1


def test_nothing_is_read_where_nothing_was_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLYWHEEL_NATIVE", "1")
    assert native.search_path(tmp_path) == [str(tmp_path / "privacy/redaction")]


def test_a_check_tells_of_a_compiled_redactor_that_is_not_used(checkout: Path) -> None:
    assert what_was_compiled_is_used(checkout) == []
    (checkout / native.REDACTION / "engine.py").write_text("changed = True\n")
    assert [told.id for told in what_was_compiled_is_used(checkout)] == ["privacy.W001"]
    shutil.rmtree(checkout / "native")
    assert what_was_compiled_is_used(checkout) == []
