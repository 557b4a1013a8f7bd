"""The generated reference matches the code, and every setting has a description."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from docs import generate as reference


def test_every_page_is_as_it_would_be_written_now() -> None:
    assert reference.stale() == [], "run make docs"


def test_every_command_of_ours_has_its_place() -> None:
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in reference.OURS}
    page = reference.commands() + reference.curation_commands()
    assert {"demo", "erase"} <= ours
    assert {name for name in ours if f"\n### {name}\n" not in page} == set()


def test_every_call_names_the_scope_that_its_key_needs() -> None:
    sections = reference.api().split("\n## ")[1:]
    assert any("`POST /v1/traces`" in section for section in sections)
    assert [section.splitlines()[0] for section in sections if "Scope: `" not in section] == []


def test_a_reason_of_each_kind_is_listed_with_its_words() -> None:
    rows = [line.split("|") for line in reference.reasons().splitlines() if line.startswith("| `")]
    words = {cells[1].strip(" `"): cells[2].split() for cells in rows}
    known = ("bare_down", "question_short", "subject_cap", "never_again", "too_few_cases")
    assert [code for code in known if len(words.get(code, ())) < 3] == []


@pytest.mark.parametrize("section", ["settings", "policy"])
def test_a_setting_without_a_sentence_is_an_error_that_names_it(section: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = reference.words()
    forget = said["settings"] if section == "settings" else said["policy"]["gate"]
    name = "DATABASE_URL" if section == "settings" else "min_cases"
    del forget[name]
    monkeypatch.setattr(reference, "words", lambda: said)
    with pytest.raises(reference.Stale, match=f"says nothing of {name}"):
        reference.PAGES[f"{section}.md"]()


def test_a_sentence_about_a_setting_that_is_gone_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, Any] = reference.words()
    said["policy"]["gate"]["patience"] = "How long to wait."
    monkeypatch.setattr(reference, "words", lambda: said)
    with pytest.raises(reference.Stale, match=r"gate: words\.yaml describes patience"):
        reference.policy()


def test_the_check_fails_over_a_stale_page_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(reference.FOLDER, tmp_path / "reference")
    page = tmp_path / "reference" / "settings.md"
    page.write_text("old")
    monkeypatch.setattr(reference, "FOLDER", tmp_path / "reference")
    monkeypatch.setattr(reference, "PAGES", {"settings.md": reference.variables, "policy.md": reference.policy})
    assert reference.main(["--check"]) == "Stale: settings.md. Run make docs."
    assert page.read_text() == "old"
    assert reference.main([]) is None
    assert reference.stale() == []
