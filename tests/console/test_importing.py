"""The page that imports a log: a preview that stores nothing, then the import; only for operators of the project."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from feedback.models import Interaction, Outcome, Project, Signal
from tests.console.world import Shop, furnish, signed_in, staff

pytestmark = pytest.mark.django_db
TABLE = b"prompt,response,rating\nMail anna@example.org?,<b>Yes.</b>,5\nAnd now?,No.,1\nBad,,\n"
FILLED = {
    "format": "auto",
    "map": "question=prompt, answer=response, feedback=rating",
    "threshold": "4",
    "consent": ["capture"],
    "notice": "Terms",
}


@pytest.fixture(scope="module")
def shop(keep: Callable[[], None]) -> Shop:
    made = furnish("shop")
    keep()
    return made


def sent(
    client: Client, project: Project, content: bytes = TABLE, *, button: str = "try", name: str = "log.csv", **more: Any
) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(
        reverse("admin:feedback_project_import", args=[project.pk]), {**FILLED, **more, "file": file, button: ""}
    )


def counts() -> tuple[int, int, int]:
    return Interaction.objects.count(), Signal.objects.count(), Outcome.objects.count()


def test_a_preview_shows_what_would_be_kept_and_keeps_nothing(shop: Shop) -> None:
    client, before = signed_in(staff("operator", shop.project)), counts()
    said = sent(client, shop.project).content.decode()
    assert counts() == before
    assert "What would be stored" in said and "Mail [EMAIL_1]?" in said and "anna@example.org" not in said
    assert "&lt;b&gt;Yes." in said and "<b>Yes." not in said
    assert "line 4: answer" in said


def test_the_import_keeps_it_once(shop: Shop) -> None:
    client, before = signed_in(staff("operator", shop.project)), counts()
    for _ in range(2):
        assert "Imported" in sent(client, shop.project, button="import").content.decode()
        assert (counts()[0] - before[0], counts()[1] - before[1]) == (2, 2)


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (b"", {}, "empty"),
        (b"prompt,prompt\na,b\n", {}, "twice"),
        (TABLE, {"map": "question=promt"}, "no record has this field"),
        (TABLE, {"map": "ask=prompt"}, "FIELD is one of"),
        (TABLE, {"zone": "Mars"}, "Europe/Berlin"),
        (TABLE, {"threshold": "high"}, "--threshold takes"),
    ],
)
def test_what_cannot_be_read_says_why(shop: Shop, content: bytes, more: dict[str, str], words: str) -> None:
    client, before = signed_in(staff("operator", shop.project)), counts()
    assert words in sent(client, shop.project, content, button="import", **more).content.decode()
    assert counts() == before


def test_only_operators_of_the_project_import(shop: Shop) -> None:
    other = furnish("garden").project
    assert sent(signed_in(staff("curator", shop.project)), shop.project).status_code == 403
    assert sent(signed_in(staff("operator", shop.project)), other).status_code == 404
