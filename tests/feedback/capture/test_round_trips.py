"""On PostgreSQL a write waits twice for the server: for the look-up, and for the commit."""

from collections.abc import Callable

import pytest

from bench.round_trips import ANSWER, CORRECTION, QUESTION, trips
from feedback.capture.payloads import FeedbackIn, InteractionIn, Purposes
from feedback.capture.recording import record, record_interaction, record_signal
from feedback.models import Interaction, Signal
from tests import factories as cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AGREED: Purposes = {"capture": True, "evaluation": True, "training": True}


def test_each_kind_of_write_takes_at_most_so_many_round_trips() -> None:
    shop = cast.project()

    def interaction(name: str) -> InteractionIn:
        return InteractionIn(id=name, question=QUESTION, answer=ANSWER, subject=name, consent=AGREED)

    writes: dict[str, Callable[[], object]] = {
        "interaction": lambda: record_interaction(shop, interaction("a")),
        "batch": lambda: record(shop, [interaction(f"b{number}") for number in range(20)]),
        "vote": lambda: record_signal(shop, FeedbackIn(id="v", interaction="a", signal="thumbs_down")),
        # The redactor goes on with the numbers of the interaction, which are looked up before the transaction begins.
        "correction": lambda: record_signal(
            shop, FeedbackIn(id="c", interaction="a", signal="edit", correction=CORRECTION)
        ),
    }
    assert {name: trips(write) for name, write in writes.items()} == {
        "interaction": 2,
        "batch": 2,
        "vote": 2,
        "correction": 3,
    }
    assert Interaction.objects.count() == 21 and Signal.objects.count() == 2
