"""The privacy desk: what is due, what is stuck, and who may act on it."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from privacy.console.reauthentication import MARK
from privacy.models import PrivacyRequest
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = pytest.mark.django_db
LIST = "/admin/privacy/privacyrequest/"


@pytest.fixture
def made() -> PrivacyRequest:
    """Anna's open request."""
    cast.asked(cast.project())
    return lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")


@pytest.mark.parametrize(
    ("received", "due", "said"),
    [
        (-10, 20, "19 days left"),
        (-16, 14, "1 request: more than 50% of the time to answer is over."),
        (-25, 5, "1 request: more than 80% of the time to answer is over."),
        (-31, -1, "Overdue: 1 request."),
    ],
)
def test_it_counts_down_and_warns(
    made: PrivacyRequest, admin_client: Client, received: int, due: int, said: str
) -> None:
    now = timezone.now()
    PrivacyRequest.objects.update(received_at=now + timedelta(days=received), due_at=now + timedelta(days=due))
    assert said in admin_client.get(LIST).content.decode()


def test_what_is_set_aside_can_be_tried_again(made: PrivacyRequest, admin_client: Client) -> None:
    PrivacyRequest.objects.update(tries=5, error="ValueError")
    assert "Set aside after 5 tries: 1 request." in admin_client.get(f"{LIST}?urgency=stuck").content.decode()
    admin_client.post(LIST, {"action": "try_again", "_selected_action": [str(made.pk)]})
    assert lifecycle.waiting().count() == 1


def test_who_may_only_look_cannot_act(made: PrivacyRequest, client: Client) -> None:
    rita = User.objects.create_user("rita", is_staff=True)
    rita.user_permissions.add(Permission.objects.get(codename="view_privacyrequest"))
    client.force_login(rita)
    assert "try_again" not in client.get(LIST).content.decode()
    client.post(LIST, {"action": "refuse", "_selected_action": [str(made.pk)]})
    made.refresh_from_db()
    assert made.state == "restricted"


def test_what_came_by_post_waits_to_be_verified(made: PrivacyRequest, admin_client: Client) -> None:
    PrivacyRequest.objects.update(state="received")
    assert lifecycle.advance_all() == 0
    chosen = {"action": "verify", "_selected_action": [str(made.pk)]}
    admin_client.post(LIST, chosen)
    made.refresh_from_db()
    assert made.state == "received"  # who says so shows first who they are
    session = admin_client.session
    session[MARK] = int(time.time())
    session.save()
    admin_client.post(LIST, chosen)
    made.refresh_from_db()
    assert (made.state, made.verified_by) == ("restricted", "desk")


def test_the_page_of_a_request_opens(made: PrivacyRequest, admin_client: Client) -> None:
    text = admin_client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "restricted" in text and cast.QUESTION not in text
