"""Lists of the console do a constant work: the same queries for five rows as for fifty, and no order without an index."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db
LISTS = (
    "feedback_interaction", "feedback_signal", "curation_decision", "curation_reviewtask", "curation_evalcase",
    "curation_example", "privacy_subject", "privacy_consententry",
)  # fmt: skip


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def talks(shop: Project, first: int, number: int) -> None:
    """That many people asked and voted, up and down in turn."""
    for place in range(first, first + number):
        talk = cast.asked(shop, f"person-{place}", question=f"Where is counter {place * 7919}?", answer=f"At {place}.")
        cast.said(shop, talk, "thumbs_up" if place % 2 else "thumbs_down")
    cast.turn(shop)


def queries(client: Client, name: str) -> int:
    """How many it takes to show the list; that the page was opened is noted in the session once in a while."""
    with CaptureQueriesContext(connection) as made:
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    return sum("django_session" not in query["sql"] and "SAVEPOINT" not in query["sql"] for query in made)


def test_fifty_rows_take_as_many_queries_as_five(root: Client) -> None:
    shop = cast.project()
    talks(shop, 0, 10)
    few = {name: queries(root, name) for name in LISTS}
    talks(shop, 10, 40)
    assert {name: queries(root, name) for name in LISTS} == few


def test_an_address_cannot_ask_for_an_order_that_the_list_does_not_offer(root: Client) -> None:
    talks(cast.project(), 0, 3)
    page = reverse("admin:feedback_interaction_changelist")
    with CaptureQueriesContext(connection) as made:
        root.get(page, {"o": "-6"})
    assert not any("occurred_at" in query["sql"].partition("ORDER BY")[2] for query in made)


def test_a_search_finds_what_has_all_the_words_in_question_or_answer(root: Client) -> None:
    shop = cast.project()
    cast.asked(shop, question="Do dogs travel on ferries?", answer="On a lead they do.", id="dogs")
    cast.asked(shop, cast.BEN, question="Do cats travel on ferries?", answer="In a basket.", id="cats")
    found = root.get(reverse("admin:feedback_interaction_changelist"), {"q": "ferries lead travel do"}).content.decode()
    assert "Do dogs travel" in found and "Do cats travel" not in found
