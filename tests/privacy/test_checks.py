"""Every model is on a list of personal or impersonal data."""

import pytest

from curation import personal_data
from privacy.checks import personal_data_is_mapped


def test_every_model_is_mapped() -> None:
    assert personal_data_is_mapped() == []


def test_a_model_on_no_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_data, "IMPERSONAL", personal_data.IMPERSONAL[1:])
    assert [error.id for error in personal_data_is_mapped()] == ["privacy.E001"]


def test_a_personal_model_without_a_protected_subject_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_data, "IMPERSONAL", [m for m in personal_data.IMPERSONAL if m != "curation.Dataset"])
    monkeypatch.setattr(personal_data, "MODELS", [*personal_data.MODELS, "curation.Dataset"])
    assert [error.id for error in personal_data_is_mapped()] == ["privacy.E002"]
