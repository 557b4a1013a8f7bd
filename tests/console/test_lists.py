"""Lists of the console do a constant work: the same queries for five rows as for fifty, and no order without an index."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from curation.models import Decision, EvalCase, ReviewTask
from feedback.models import Interaction, Project, ProjectMember
from privacy.console.pagination import keys_of
from tests import factories as cast

pytestmark = pytest.mark.django_db
LISTS = (
    "feedback_interaction",
    "feedback_signal",
    "curation_decision",
    "curation_reviewtask",
    "curation_evalcase",
    "curation_example",
    "privacy_subject",
    "privacy_consententry",
)


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


@pytest.fixture
def shops() -> list[Project]:
    """Three projects whose conversations came in turns."""
    made = [cast.project(name) for name in ("shop", "bank", "tram")]
    for place in range(4):
        for shop in made:
            talks(shop, 3 * place, 3)
    return made


def listed(shown: Any) -> Any:
    """What the list's page was made of."""
    return shown.context_data["cl"]


def member(client: Client, *of: Project) -> Client:
    user = User.objects.create(username="member", is_staff=True)
    user.groups.set(Group.objects.all())
    for project in of:
        ProjectMember.objects.create(project=project, user=user)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("name", "model", "order"),
    [
        ("feedback_interaction", Interaction, ["-id"]),
        ("curation_decision", Decision, ["-interaction"]),
        ("curation_evalcase", EvalCase, ["-decision"]),
    ],
)
def test_a_member_of_several_projects_sees_all_of_theirs_in_one_order_and_nothing_else(
    client: Client, shops: list[Project], name: str, model: Any, order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privacy.console.lists.ReadOnlyAdmin.list_per_page", 5)
    mine = member(client, *shops[:2])
    expected = list(model.objects.filter(project__in=shops[:2]).order_by(*order).values_list("pk", flat=True))
    seen = []
    for page in range(1, -(-len(expected) // 5) + 1):
        shown = mine.get(reverse(f"admin:{name}_changelist"), {"p": page})
        seen += [row.pk for row in listed(shown).result_list]
        assert listed(shown).result_count == len(expected)
    assert seen == expected and len(set(seen)) == len(seen) > 5


def test_a_queue_over_several_projects_is_in_the_order_of_priority(client: Client, shops: list[Project]) -> None:
    for place, task in enumerate(ReviewTask.objects.order_by("pk")):
        ReviewTask.objects.filter(pk=task.pk).update(priority=place % 3)
    open_tasks = ReviewTask.objects.filter(project__in=shops[:2], state="open")
    expected = list(open_tasks.order_by("-priority", "id").values_list("pk", flat=True))
    shown = member(client, *shops[:2]).get(reverse("admin:curation_reviewtask_changelist"))
    assert [row.pk for row in listed(shown).result_list] == expected != sorted(expected)


def test_parts_are_merged_as_one_question_would_sort_them(shops: list[Project]) -> None:
    rows = ReviewTask.objects.order_by("-reason", "priority", "-id")
    parts = [rows.filter(project=shop) for shop in shops]
    assert keys_of(parts) == list(rows.values_list("pk", flat=True))
    assert keys_of(parts, 4) == list(rows.values_list("pk", flat=True)[:4])


@pytest.mark.parametrize(
    ("name", "query", "condition"),
    [
        ("feedback_interaction", {"pending": "yes"}, {"pending": True}),
        ("feedback_interaction", {"pending": "no"}, {"pending": False}),
        ("curation_decision", {"decided_by": "rule"}, {"decided_by": "rule"}),
        ("curation_decision", {"decided_by": "reviewer"}, {"decided_by": "reviewer"}),
    ],
)
def test_filters_whose_choices_are_named_filter(
    root: Client, shops: list[Project], name: str, query: dict[str, str], condition: dict[str, Any]
) -> None:
    cast.said(shops[0], cast.asked(shops[0], "somebody-new", question="Is anybody there at all?"), "thumbs_up")
    model = {"feedback_interaction": Interaction, "curation_decision": Decision}[name]
    shown = root.get(reverse(f"admin:{name}_changelist"), query)
    assert listed(shown).result_count == model._default_manager.filter(**condition).count()


def voted(shop: Project, first: int, number: int) -> Interaction:
    """A conversation, with votes by that many people more, whose consent is known from a question of theirs."""
    talk = cast.asked(shop, id="busy")
    for place in range(first, first + number):
        cast.asked(shop, f"voter-{place}")
        comment = f"It is wrong in line {place:02} of it."
        cast.said(shop, talk, "thumbs_down", f"voter-{place}", comment=comment)
    return Interaction.objects.get(external_id="busy")


def test_a_conversation_shows_its_newest_votes_and_links_to_all_of_them(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.admin.SHOWN", 5)
    shop = cast.project()
    talk = voted(shop, 0, 5)
    page = reverse("admin:feedback_interaction_change", args=[talk.pk])
    link = f"{reverse('admin:feedback_signal_changelist')}?interaction={talk.pk}"
    root.get(page)  # the session's sign of use is written once in a while
    with CaptureQueriesContext(connection) as few:
        assert link not in root.get(page).content.decode()
    voted(shop, 5, 7)
    with CaptureQueriesContext(connection) as many:
        text = root.get(page).content.decode()
    counts = [
        sum("SAVEPOINT" not in query["sql"] and "django_session" not in query["sql"] for query in each)
        for each in (few, many)
    ]
    assert counts[0] == counts[1]
    assert [f"line {place:02} of" in text for place in range(12)] == [False] * 7 + [True] * 5
    assert link in text and "All 12" in text
    cast.said(shop, cast.asked(shop, id="other"), "thumbs_up")
    assert listed(root.get(link)).result_count == 12
    assert listed(root.get(link.replace(str(talk.pk), "x"))).result_count == 0


def test_the_list_of_a_conversation_in_another_project_is_empty(client: Client) -> None:
    talk = voted(cast.project("bank"), 0, 2)
    mine = member(client, cast.project("shop"))
    shown = mine.get(reverse("admin:feedback_signal_changelist"), {"interaction": talk.pk})
    assert listed(shown).result_count == 0


def test_a_review_page_shows_the_newest_votes_and_counts_the_older_ones(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.review.page.SHOWN", 5)
    shop = cast.project()
    talk = voted(shop, 0, 9)
    task = ReviewTask.objects.create(
        project=shop, interaction=talk, reason="bare_down", revision=talk.revision, subject=talk.subject
    )
    text = root.get(reverse("admin:curation_reviewtask_decide", args=[task.pk])).content.decode()
    assert "4 older signals" in text
    assert [f"line {place:02} of" in text for place in range(9)] == [False] * 4 + [True] * 5
