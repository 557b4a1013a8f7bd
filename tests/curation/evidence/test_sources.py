"""A source that changes without a new vote: records based on it wait until somebody has seen them again."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.evidence import sources
from curation.models import AuditFrame, EvalCase, ReviewTask, SourceText
from curation.releases import funnel
from curation.releases.rows import valid_until
from curation.review import deciding
from feedback.models import Interaction, Project
from privacy.erasure import erasure
from tests import factories as cast

PAGE = "On Saturdays the shop on the market square opens at nine in the morning and closes at six. Parking is free for guests."
TEN = PAGE.replace("nine", "ten").replace("six", "four")
ELSEWHERE = PAGE.replace("Parking is free for guests.", "Parking costs two euros for guests.")
OTHER_PART = (
    "Returns are taken within thirty days where the receipt is shown, but for food, flowers and opened software."
)
WEATHER = "How is the weather there?"


def cites(text: str, name: str = "help/hours") -> list[dict[str, str]]:
    return [{"id": name, "title": "Opening hours", "text": text}]


def confirmed(shop: Project) -> Any:
    talk = cast.asked(shop, sources=cites(PAGE))
    cast.said(shop, talk, "thumbs_up")
    cast.said(
        shop, cast.asked(shop, cast.DAN, question="Who are you?", answer="The shop's own assistant."), "thumbs_up"
    )
    cast.turn(shop)
    return talk


def unrated(shop: Project, text: str, name: str = "help/hours") -> None:
    """A later conversation about something else, which cites the source as it is now, and on which nobody votes."""
    cast.asked(shop, cast.BEN, question=WEATHER, answer="I do not know.", sources=cites(text, name))


def case_of(talk: Any) -> EvalCase:
    found: EvalCase = EvalCase.objects.get(decision__interaction=cast.row(talk))
    return found


@pytest.mark.django_db
def test_a_record_waits_whose_source_has_changed_since() -> None:
    shop = cast.project()
    talk = confirmed(shop)
    assert cast.row(talk).external_id in names(shop)
    unrated(shop, TEN)
    assert cast.row(talk).external_id not in names(shop)
    case = case_of(talk)
    assert (case.status, case.reason) == ("held", "source_changed")
    assert ReviewTask.objects.get(state="open").reason == "source_changed"
    (loss,) = [one for one in funnel.funnel(shop)["losses"] if one["code"] == "source_changed"]
    assert loss["cases"] == 1 and "A source has changed" in loss["why"] and loss["remedy"] == "Decide it in review."


def names(shop: Project) -> set[str]:
    """Whose conversations the next release holds."""
    return set(cast.cut(shop).members.values_list("interaction__external_id", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("text", [PAGE, ELSEWHERE, OTHER_PART])
def test_a_record_stays_whose_source_says_the_same_or_was_cited_in_another_part(text: str) -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, text)
    assert talk.id in names(shop) and not ReviewTask.objects.filter(state="open").exists()


@pytest.mark.django_db
def test_another_source_says_nothing_of_it() -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, TEN, "help/winter")
    assert talk.id in names(shop)


@pytest.mark.django_db
def test_a_text_that_was_seen_again_holds() -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, TEN)
    unrated(shop, PAGE)
    assert talk.id in names(shop)


@pytest.mark.django_db
def test_a_vote_on_it_after_the_change_brings_it_back() -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, TEN)
    assert talk.id not in names(shop)
    cast.said(shop, talk, "thumbs_up", cast.BEN)
    cast.turn(shop)
    assert talk.id in names(shop) and not ReviewTask.objects.filter(state="open").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("resolution", "kept"), [("use", True), ("never", False)])
def test_a_reviewer_who_has_seen_the_change_decides(resolution: str, kept: bool) -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, TEN)
    names(shop)
    deciding.resolve(cast.task(talk), deciding.Verdict(resolution), None)
    cast.turn(shop)
    assert (talk.id in names(shop)) is kept and not ReviewTask.objects.filter(state="open").exists()


@pytest.mark.django_db
def test_a_reviewed_record_waits_too_when_its_source_changes_later() -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, TEN)
    names(shop)
    deciding.resolve(cast.task(talk), deciding.Verdict("use"), None)
    cast.turn(shop)
    unrated(shop, PAGE.replace("nine", "eleven"))
    assert talk.id not in names(shop)


@pytest.mark.django_db
def test_nothing_is_told_of_a_change_that_only_an_erased_person_saw() -> None:
    shop = cast.project()
    talk = confirmed(shop)
    unrated(shop, TEN)
    sources.follow(shop)
    erasure.erase(cast.person(shop, cast.BEN))
    assert talk.id in names(shop)


@pytest.mark.django_db
def test_the_sources_of_new_conversations_alone_are_read() -> None:
    shop = cast.project()
    for number in range(40):
        unrated(shop, f"{PAGE} {number}", f"page {number}")
    sources.follow(shop)
    assert SourceText.objects.count() == 40
    assert AuditFrame.objects.get().sources_read_to == Interaction.objects.latest("pk").pk
    for new in (1, 30):
        for number in range(new):
            unrated(shop, f"{TEN} {new} {number}", f"page {number}")
        with CaptureQueriesContext(connection) as queries:
            sources.follow(shop)
        assert len(queries) <= 9, "the same number however much is new and however much is there"


@pytest.mark.parametrize(
    ("after", "answer", "gone"),
    [
        (TEN, "It opens at nine.", True),
        (TEN, "Parking is free for guests.", False),
        (ELSEWHERE, "It opens at nine.", False),
        (PAGE.replace("opens", "never opens"), "The shop on the market square opens at nine on Saturdays.", True),
    ],
)
def test_what_an_answer_took_from_a_source_is_looked_for_in_its_revision(after: str, answer: str, gone: bool) -> None:
    assert sources.is_revision(PAGE, after)
    assert sources.no_longer_says(PAGE, after, answer) is gone


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ('{"valid_until": "2026-12-31"}', "2026-12-31T00:00:00+00:00"),
        ('{"valid_until": "2026-12-31T12:00:00+01:00"}', "2026-12-31T12:00:00+01:00"),
        ('{"valid_until": "soon"}', None),
        ('{"valid_until": 3}', None),
        ("{}", None),
    ],
)
def test_a_record_says_until_when_the_product_knows_it_to_hold(metadata: str, told: str | None) -> None:
    assert valid_until(metadata) == told
