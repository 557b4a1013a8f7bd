"""Many at once: one effect, one answer, no matter who is first."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connections

from feedback import capture
from feedback.capture import parking
from feedback.models import Interaction, Signal
from privacy.erasure import erasure
from privacy.models import ConsentEntry, Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Every call in a thread of its own, begun together; what each returned or raised."""
    ended: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place: int) -> None:
        gate.wait()
        try:
            ended[place] = calls[place]()
        except Exception as error:  # noqa: BLE001 - what it raised is the result
            ended[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [repr(error) for error in ended if isinstance(error, DatabaseError)]
    return ended


def test_fifty_equal_interactions_at_once_are_one_row_and_one_answer() -> None:
    shop = cast.project()
    ended = at_once([partial(cast.asked, shop, id="same")] * AT_ONCE)
    assert Counter(recorded.result for recorded in ended) == {"stored": 1, "replayed": AT_ONCE - 1}
    assert len({(recorded.id, cast.token(recorded)) for recorded in ended}) == 1
    assert (Interaction.objects.count(), Subject.objects.count(), ConsentEntry.objects.count()) == (1, 1, 3)


def test_fifty_equal_signals_at_once_are_one_row() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    ended = at_once([partial(cast.said, shop, talk, "thumbs_up", id="same")] * AT_ONCE)
    assert Counter(recorded.result for recorded in ended) == {"stored": 1, "replayed": AT_ONCE - 1}
    assert Signal.objects.count() == 1


def test_of_many_bodies_under_one_id_one_is_stored_and_the_others_conflict() -> None:
    shop = cast.project()
    ended = at_once([partial(cast.asked, shop, id="same", answer=f"no {number}") for number in range(20)])
    assert Counter(type(result).__name__ for result in ended) == {"Recorded": 1, "Conflict": 19}
    assert cast.totals(shop)["interaction"]["received"] == 20


def test_corrections_at_once_share_one_numbering() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    mails = [f"person{number}@example.com" for number in range(12)]
    at_once([partial(cast.said, shop, talk, "edit", correction=f"Ask {mail}.") for mail in mails])
    corrections = set(Signal.objects.values_list("correction", flat=True))
    assert corrections == {f"Ask [EMAIL_{number}]." for number in range(1, 13)}


def test_feedback_and_its_interaction_at_once_find_each_other() -> None:
    shop = cast.project()
    cast.asked(shop)
    for number in range(10):
        name = f"pair-{number}"
        at_once(
            [
                partial(cast.asked, shop, id=name),
                partial(cast.said, shop, name, "thumbs_up", cast.ANNA),
            ]
        )
    parking.hand_over()
    assert Signal.objects.count() == 10 and Interaction.objects.filter(pending=True).count() == 10


def test_what_races_an_erasure_is_stored_before_it_and_erased_or_refused() -> None:
    shop = cast.project()
    for number in range(10):
        who = f"person-{number}"
        talk = cast.asked(shop, who)
        subject = cast.person(shop, who)
        ended = at_once(
            [
                partial(erasure.erase, subject),
                *[partial(cast.asked, shop, who, consent=None) for _ in range(4)],
                *[partial(cast.said, shop, talk, "thumbs_up") for _ in range(4)],
            ]
        )
        faults = [end for end in ended if isinstance(end, Exception) and not isinstance(end, capture.Gone)]
        assert faults == [] and not Interaction.objects.filter(subject_id=subject.pk).exists()
    assert Interaction.objects.count() == Signal.objects.count() == 0


def test_what_races_a_withdrawal_of_capture_leaves_nothing_behind() -> None:
    shop = cast.project()
    for number in range(10):
        who = f"person-{number}"
        cast.asked(shop, who)
        subject = cast.person(shop, who)
        at_once(
            [
                partial(erasure.change_consent, subject, {"capture": False}, method="api"),
                *[partial(cast.asked, shop, who, consent=None) for _ in range(6)],
            ]
        )
        assert not Interaction.objects.filter(subject=subject).exists()


def test_batches_that_share_people_and_ids_never_wait_for_each_other_in_a_circle() -> None:
    shop = cast.project()

    def batch(order: int) -> list[Any]:
        names = [f"talk-{number}" for number in range(20)][::order]
        payloads = [
            cast.interaction(id=name, subject=f"person-{place % 5}") for place, name in enumerate(sorted(names))
        ]
        return capture.record(shop, payloads[::order])

    ended = at_once([partial(batch, order) for order in (1, -1) * 6])
    assert all(isinstance(end, list) for end in ended), ended
    assert Interaction.objects.count() == 20


def test_writers_that_wait_together_end_each_by_itself() -> None:
    shop, other = cast.project(), cast.project("other")
    cast.asked(shop, id="taken")
    ended = at_once(
        [
            *[partial(cast.asked, shop, id="taken", answer=f"Another {number}.") for number in range(8)],
            *[partial(cast.asked, shop, f"person-{number}") for number in range(8)],
            *[partial(cast.asked, other, f"person-{number}", consent=None) for number in range(8)],
        ]
    )
    assert [type(result).__name__ for result in ended[:8]] == ["Conflict"] * 8
    assert [recorded.result for recorded in ended[8:]] == ["stored"] * 8 + ["no_consent"] * 8
    assert cast.totals(shop)["interaction"] == {"stored": 9, "refused": 8, "received": 17}
    assert cast.totals(other)["interaction"] == {"no_consent": 8, "received": 8}
