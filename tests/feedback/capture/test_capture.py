"""The one write path."""

import pytest

from feedback import capture
from feedback.models import Interaction, ParkedSignal, Signal
from privacy.models import ConsentEntry, Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_an_interaction_is_stored_once_however_often_it_is_sent() -> None:
    shop = cast.project()
    first = cast.asked(shop, id="a")
    again = cast.asked(shop, id="a")
    assert (first.result, again.result) == ("stored", "replayed")
    assert (first.id, cast.token(first), first.redactions) == (again.id, cast.token(again), again.redactions)
    assert Interaction.objects.count() == 1


def test_another_body_under_the_same_id_conflicts() -> None:
    shop = cast.project()
    cast.asked(shop, id="a")
    with pytest.raises(capture.Conflict):
        cast.asked(shop, id="a", answer="Another answer.")
    assert cast.row(cast.asked(shop, id="a")).answer == cast.ANSWER


@pytest.mark.parametrize("given", [None, {}, {"capture": False}, {"evaluation": True, "training": True}])
def test_without_consent_to_capture_nothing_is_kept(given: dict[str, bool] | None) -> None:
    shop = cast.project()
    assert cast.asked(shop, consent=given).result == "no_consent"
    assert not (Interaction.objects.exists() or Subject.objects.exists() or ConsentEntry.objects.exists())


def test_consent_that_was_given_once_holds_for_what_follows() -> None:
    shop = cast.project()
    cast.asked(shop)
    assert cast.asked(shop, consent=None).result == "stored"


def test_a_project_that_may_captures_unless_refused() -> None:
    shop = cast.project()
    shop.capture_consent = "opt_out"
    assert cast.asked(shop, consent=None).result == "stored"
    assert cast.asked(shop, consent={"capture": False}).result == "no_consent"


def test_the_products_own_user_id_is_stored_nowhere() -> None:
    shop = cast.project()
    cast.asked(shop, "the-real-id-4711")
    assert "the-real-id" not in repr(list(Subject.objects.values()))


def test_projects_do_not_recognise_each_others_people_unless_they_share_a_namespace() -> None:
    shop, other = cast.project(), cast.project("other")
    cast.asked(shop)
    cast.asked(other)
    assert Subject.objects.count() == 2


def test_without_a_subject_each_conversation_is_a_person_of_its_own() -> None:
    shop = cast.project()
    cast.asked(shop, None)
    cast.asked(shop, None)
    assert Subject.objects.count() == 2


def test_text_is_redacted_in_every_field_and_one_value_has_one_number() -> None:
    shop = cast.project()
    mail = "mia@example.com"
    talk = cast.asked(
        shop,
        question=f"My mail is {mail}, why no answer?",
        answer=f"We wrote to {mail}.",
        context=[{"role": "user", "content": f"I am {mail}"}],
        sources=[{"title": "ticket", "text": f"from {mail}"}],
        metadata={"a": {mail: [mail]}},
        tags=[mail],
        session=mail,
        agent={"name": mail},
    )
    stored = Interaction.objects.filter(external_id=talk.id).values().get()
    assert mail not in repr(stored)
    assert "[EMAIL_1]" in stored["question"] and "[EMAIL_1]" in stored["answer"]
    assert "[EMAIL_2]" not in repr(stored) and talk.redactions["EMAIL"] >= 6


def test_feedback_continues_the_numbering_of_its_interaction() -> None:
    shop = cast.project()
    talk = cast.asked(shop, question="I am mia@example.com, is that right?")
    cast.said(shop, talk, "edit", correction="Yes, mia@example.com, and also leo@example.com.")
    assert Signal.objects.get().correction == "Yes, [EMAIL_1], and also [EMAIL_2]."


def test_feedback_before_its_interaction_waits_for_it() -> None:
    shop = cast.project()
    early = cast.said(shop, "later", "edit", correction="Write to leo@example.com.")
    assert early.result == "parked" and not Signal.objects.exists()
    cast.asked(shop, id="later", question="Who is leo@example.com, please?")
    signal = Signal.objects.get()
    assert signal.correction == "Write to [EMAIL_1]." and "[EMAIL_1]" in signal.interaction.question
    assert not ParkedSignal.objects.exists() and signal.interaction.pending


def test_feedback_on_an_erased_interaction_is_gone_and_never_waits() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    from privacy.erasure import erasure

    erasure.erase(cast.person(shop))
    with pytest.raises(capture.Gone):
        cast.said(shop, talk, "thumbs_up")
    assert not ParkedSignal.objects.exists()


def test_somebody_else_who_never_agreed_to_capture_cannot_be_recorded() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    assert cast.said(shop, talk, "thumbs_up", cast.BEN).result == "no_consent"
    assert not Signal.objects.exists()


def test_every_write_is_counted_by_how_it_ended() -> None:
    shop = cast.project()
    talk = cast.asked(shop, id="a")
    cast.asked(shop, id="a")
    with pytest.raises(capture.Conflict):
        cast.asked(shop, id="a", answer="Another.")
    cast.asked(shop, cast.BEN, consent=None)
    cast.said(shop, talk, "thumbs_up")
    cast.said(shop, "unseen", "thumbs_up", cast.ANNA)
    assert cast.totals(shop) == {
        "interaction": {"stored": 1, "replayed": 1, "refused": 1, "no_consent": 1, "received": 4},
        "signal": {"stored": 1, "parked": 1, "received": 2},
    }


def test_a_signal_that_is_taken_back_stays_as_history_and_counts_no_more() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up", id="s")
    cast.turn(shop)
    assert capture.withdraw_signal(shop, "s") and not capture.withdraw_signal(shop, "unknown")
    cast.turn(shop)
    assert Signal.objects.count() == 1 and cast.row(talk).decision.outcome == "unrated"
