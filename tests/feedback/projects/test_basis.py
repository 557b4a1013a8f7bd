"""The legal basis of a project is set where it is made."""

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "basis"),
    [
        ([], {"capture": False, "evaluation": False, "training": False}),
        (["--basis", "opt_out"], {"capture": True, "evaluation": True, "training": True}),
        (["--basis", "capture=opt_out,evaluation=opt_out"], {"capture": True, "evaluation": True, "training": False}),
        (
            ["--basis", "opt_out", "--basis", "training=opt_in"],
            {"capture": True, "evaluation": True, "training": False},
        ),
    ],
)
def test_the_basis_of_each_purpose_is_set_when_a_project_is_made(given: list[str], basis: dict[str, bool]) -> None:
    call_command("createproject", "shop", *given)
    assert Project.objects.get().consent_defaults == basis
    call_command("createproject", "shop", *given)


@pytest.mark.parametrize("given", ["maybe", "sale=opt_out", "capture="])
def test_another_basis_is_refused(given: str) -> None:
    with pytest.raises(CommandError, match="opt_in or opt_out"):
        call_command("createproject", "shop", "--basis", given)


def test_an_existing_project_keeps_its_basis(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("createproject", "shop")
    with pytest.raises(CommandError, match="console"):
        call_command("createproject", "shop", "--basis", "opt_out")
    assert not Project.objects.get().consents_by_default("capture")
