"""Somebody whose erasure is under way is hidden at once, including what they said about another person's conversation."""

import pytest
from django.test import Client

from feedback.models import Interaction
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = pytest.mark.django_db
COMMENT = "Nobody there knows the opening hours."


@pytest.fixture
def talk() -> str:
    """Anna asked, and Ben, who wants to be forgotten, commented."""
    shop = cast.project()
    recorded = cast.asked(shop, cast.ANNA)
    cast.asked(shop, cast.BEN)
    cast.said(shop, recorded, "thumbs_down", subject=cast.BEN, comment=COMMENT)
    cast.turn(shop)
    return recorded.id


def submitted() -> None:
    lifecycle.submit("shop", cast.BEN, "erasure", verified_by="key", origin="shop")


@pytest.mark.parametrize("page", ["feedback/interaction/{}/change/", "curation/reviewtask/{}/decide/"])
def test_what_a_restricted_voter_said_is_not_shown_in_the_console(talk: str, admin_client: Client, page: str) -> None:
    about = Interaction.objects.get(external_id=talk)
    key = about.pk if page.startswith("feedback") else about.review_tasks.get().pk
    address = f"/admin/{page.format(key)}"
    assert COMMENT in admin_client.get(address).content.decode()
    submitted()
    shown = admin_client.get(address)
    assert shown.status_code == 200 and COMMENT not in shown.content.decode()


def test_what_a_restricted_voter_said_is_not_read_over_http(talk: str, client: Client) -> None:
    header = {"authorization": f"Bearer {cast.key(Interaction.objects.get(external_id=talk).project)}"}
    assert [
        each["comment"] for each in client.get(f"/api/v1/interactions/{talk}", headers=header).json()["signals"]
    ] == [COMMENT]
    submitted()
    assert client.get(f"/api/v1/interactions/{talk}", headers=header).json()["signals"] == []
