"""Near questions in the console: shown together, and separated or joined by a curator."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from curation.models import EvalCase, Question
from curation.questions import clusters
from feedback.models import Interaction, Project
from privacy.models import Subject
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
TEXTS = (
    "How long does a refund for a cancelled order take to reach my bank account?",
    "How long does a refund for a cancelled order need to reach my bank account?",
    "How long does a refund for the cancelled order take to reach my bank account?",
)
FAR = "Which documents do I bring to the library to get a new card?"
LIST = "admin:curation_question_changelist"


def rated(shop: Project, subject: str, question: str) -> int:
    talk = cast.asked(shop, subject, question=question)
    cast.said(shop, talk, "thumbs_up")
    return cast.row(talk).pk


@pytest.fixture
def shop() -> Project:
    return cast.project()


@pytest.fixture
def keys(shop: Project) -> list[int]:
    """Three near questions and one of another kind; the third asks the same as the first."""
    found = [rated(shop, f"reader-{n}", text) for n, text in enumerate((*TEXTS, FAR))]
    cast.turn(shop)
    return found


@pytest.fixture
def curator(shop: Project) -> Client:
    return signed_in(staff("curator", shop))


def clusters_of(keys: list[int]) -> list[int]:
    found = dict(Question.objects.values_list("pk", "cluster"))
    return [found[key] for key in keys]


def said(client: Client, url: str, **fields: object) -> str:
    """What the console says to a POST."""
    answer = client.post(url, fields)
    assert answer.status_code == 302
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def in_use(keys: list[int]) -> int:
    return EvalCase.objects.filter(pk__in=keys, status="active").count()


def test_the_list_shows_what_is_near_another_and_how_many_there_are(curator: Client, keys: list[int]) -> None:
    page = curator.get(reverse(LIST)).content.decode()
    assert page.count("3 questions") == 2 and TEXTS[1] in page and TEXTS[2] in page
    assert TEXTS[0] not in page and FAR not in page


def test_a_list_costs_the_same_however_many_it_shows(curator: Client, keys: list[int], shop: Project) -> None:
    with CaptureQueriesContext(connection) as few:
        curator.get(reverse(LIST))
    for number in range(6):
        rated(shop, f"late-{number}", TEXTS[0].replace("my", f"my {'own' if number % 2 else 'new'}"))
    cast.turn(shop)
    with CaptureQueriesContext(connection) as many:
        curator.get(reverse(LIST))
    assert len(many) <= len(few)


def test_a_page_shows_the_cluster_with_what_came_of_each(curator: Client, keys: list[int]) -> None:
    page = curator.get(reverse("admin:curation_question_change", args=[keys[1]])).content.decode()
    assert all(text in page for text in TEXTS) and FAR not in page
    assert page.count("chip-duplicate") >= 1 and page.count("chip-active") >= 2 and " alike" in page


def test_an_eval_case_leads_to_its_near_questions(curator: Client, keys: list[int], shop: Project) -> None:
    case = reverse("admin:curation_evalcase_change", args=[keys[0]])
    there = reverse("admin:curation_question_change", args=[keys[0]])
    assert there in curator.get(case).content.decode()
    assert there not in signed_in(staff("reviewer", shop)).get(case).content.decode()


def test_what_is_taken_out_is_a_cluster_of_its_own(curator: Client, keys: list[int], shop: Project) -> None:
    words = said(curator, reverse("admin:curation_question_split", args=[keys[0]]), question=[keys[1]])
    assert words.startswith("1 taken out")
    assert clusters_of(keys[:3]) == [keys[0], keys[1], keys[0]]
    cast.turn(shop)
    assert in_use(keys[:3]) == 2, "nearness displaces nothing"
    assert not Interaction.objects.filter(pending=True).exists()
    late = rated(shop, "late", TEXTS[1])
    cast.turn(shop)
    assert clusters_of([late]) == [keys[1]], "it joins the nearest, where the curator has put that"


def test_what_is_brought_in_joins_the_cluster(curator: Client, keys: list[int], shop: Project) -> None:
    clusters.split([Question.objects.get(pk=keys[1])])
    cast.turn(shop)
    name = Interaction.objects.get(pk=keys[1]).external_id
    assert said(curator, reverse("admin:curation_question_merge", args=[keys[0]]), other=name).startswith("1 added")
    cast.turn(shop)
    assert clusters_of(keys[:3]) == [keys[0]] * 3 and in_use(keys[:3]) == 2


def test_what_cannot_be_is_said_and_changes_nothing(curator: Client, keys: list[int]) -> None:
    before = clusters_of(keys)
    split, merge = (reverse(f"admin:curation_question_{name}", args=[keys[0]]) for name in ("split", "merge"))
    name = Interaction.objects.get(pk=keys[1]).external_id
    assert "Select the questions" in said(curator, split)
    assert "Select the questions" in said(curator, split, question=["x", keys[3]])
    assert "Leave at least one" in said(curator, split, question=keys[:3])
    assert "No decided conversation" in said(curator, merge, other="nobody")
    assert "already in the same cluster" in said(curator, merge, other=name)
    assert clusters_of(keys) == before and curator.get(split).status_code == 404


def test_another_projects_conversation_cannot_be_brought_in(curator: Client, keys: list[int]) -> None:
    other = cast.project("other")
    theirs = rated(other, "them", TEXTS[0])
    cast.turn(other)
    name = Interaction.objects.get(pk=theirs).external_id
    merge = reverse("admin:curation_question_merge", args=[keys[0]])
    assert "No decided conversation" in said(curator, merge, other=name)
    assert curator.get(reverse("admin:curation_question_change", args=[theirs])).status_code == 404


def test_a_reviewer_changes_nothing(shop: Project, keys: list[int]) -> None:
    reviewer = signed_in(staff("reviewer", shop))
    for name in ("split", "merge", "change"):
        assert reviewer.post(reverse(f"admin:curation_question_{name}", args=[keys[0]])).status_code == 403


def test_whoever_asked_to_be_forgotten_is_not_shown(curator: Client, keys: list[int], shop: Project) -> None:
    asker = Interaction.objects.get(pk=keys[1]).subject_id
    Subject.objects.filter(pk=asker).update(restricted_at="2026-11-01T00:00:00Z")
    page = curator.get(reverse("admin:curation_question_change", args=[keys[0]])).content.decode()
    assert TEXTS[1] not in page and TEXTS[2] in page
