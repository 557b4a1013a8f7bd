"""A body in which people change their consent: decided item by item, carried out once."""

import random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from feedback import capture
from feedback.capture import Gone, Payload, Recorded, Refusal
from feedback.models import Interaction, ParkedSignal, Project, Signal
from privacy.consent import ledger as consent_ledger
from privacy.erasure.denials import denial_digest
from privacy.models import ConsentEntry, Erasure, Subject, Tombstone
from tests import factories as cast

pytestmark = pytest.mark.django_db
YES, NO = {"capture": True}, {"capture": False}


def talk(name: str, agreed: dict[str, bool] | None, subject: str = cast.ANNA) -> Payload:
    return cast.interaction(id=name, consent=agreed, subject=subject)


def ledger(of: Project, subject: str = cast.ANNA) -> list[tuple[str, bool]]:
    lines = ConsentEntry.objects.filter(subject=cast.person(of, subject)).order_by("id")
    assert consent_ledger.broken_at(lines) is None
    return [(line.purpose, line.granted) for line in lines]


def test_each_item_is_judged_by_what_holds_at_its_place(shop: Project) -> None:
    cast.asked(shop, id="before", consent=YES)
    given = [talk("a", YES), talk("b", NO), talk("c", None), talk("d", YES), talk("e", None)]
    ended = capture.record(shop, given)
    results = [str(end.result) if isinstance(end, Recorded) else type(end).__name__ for end in ended]
    assert results == ["Gone", "no_consent", "no_consent", "stored", "stored"]
    assert {row.external_id for row in Interaction.objects.all()} == {"d", "e"}
    assert ledger(shop) == [("capture", True), ("capture", False), ("capture", True)]
    assert cast.totals(shop)["interaction"] == {"stored": 3, "gone": 1, "no_consent": 2, "received": 6}


def test_what_was_taken_back_within_a_body_is_gone_for_a_later_one(shop: Project) -> None:
    capture.record(shop, [talk("a", YES), cast.feedback("a", "thumbs_up", id="s"), talk("b", NO), talk("c", YES)])
    with pytest.raises(Gone):
        capture.record_interaction(shop, cast.interaction(id="a"))
    with pytest.raises(Gone):
        capture.record_signal(shop, cast.feedback("c", "thumbs_up", id="s"))


def test_a_denial_that_was_taken_back_is_on_no_list_and_one_that_stands_is(shop: Project) -> None:
    cast.asked(shop, consent=cast.ALL)
    changes = [{"training": False}, {"training": True}, {"evaluation": False}]
    capture.record(shop, [talk(f"t{number}", given) for number, given in enumerate(changes)])
    anna = cast.person(shop)
    noted = set(Tombstone.objects.filter(kind=Tombstone.Kind.DENIAL).values_list("digest", flat=True))
    assert noted == {denial_digest(anna, "evaluation")}
    assert sorted(Erasure.objects.values_list("purpose", flat=True)) == ["evaluation", "training"]


@pytest.mark.parametrize("purpose", ["capture", "training"])
def test_a_person_who_flips_on_every_item_costs_no_more_statements_than_one_who_does_once(
    shop: Project, purpose: str
) -> None:
    def statements(name: str, size: int) -> int:
        cast.asked(shop, name)
        given = [{"capture": True, purpose: number % 2 == 1} for number in range(size)]
        body = [talk(f"{name}-{number}", agreed, name) for number, agreed in enumerate(given)]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            capture.record(shop, body)
        assert len(ledger(shop, name)) == len(cast.ALL) + size
        return len(asked)

    few, many = statements("few", 10), statements("many", 90)
    assert many <= few + 2


def test_people_who_agree_to_more_cost_a_statement_each(shop: Project) -> None:
    people = [f"user-{number}" for number in range(40)]
    for person in people:
        cast.asked(shop, person, consent=YES)
    body = [talk(f"more-{person}", {"training": True}, person) for person in people]
    with CaptureQueriesContext(connection) as asked:
        capture.record(shop, body)
    assert len(asked) <= len(people) + 20


SPEECH = {  # each signal says always the same, so that a replay is one
    f"s{number}": cast.feedback(
        f"t{number % 6}",
        "edit",
        correction="mia@example.com",
        id=f"s{number}",
        subject=[None, cast.ANNA, cast.BEN][number % 3],
    )
    for number in range(12)
}
AGREED: list[dict[str, bool] | None] = [
    None,
    YES,
    NO,
    cast.ALL,
    {"training": False},
    {"training": True},
    {"evaluation": True, "training": True},
]


def body(rng: random.Random) -> list[Payload]:
    """Some items of two people who change their minds."""
    items: list[Payload] = []
    for _ in range(rng.randrange(2, 14)):
        number = rng.randrange(6)
        if rng.random() < 0.6:
            items.append(talk(f"t{number}", rng.choice(AGREED), [cast.ANNA, cast.BEN][number % 2]))
        else:
            items.append(rng.choice(list(SPEECH.values())))
    return items


def state(of: Project) -> dict[str, Any]:
    """What is there, by the names that callers gave."""
    people = {subject.pk: subject.digest for subject in Subject.objects.all()}
    ids = (Tombstone.Kind.INTERACTION, Tombstone.Kind.SIGNAL)
    lines: dict[str, list[tuple[str, bool]]] = {}
    for line in ConsentEntry.objects.order_by("id"):
        lines.setdefault(people[line.subject_id], []).append((line.purpose, line.granted))
    return {
        "talks": {row.external_id: (people[row.subject_id], row.pending) for row in Interaction.objects.all()},
        "said": {
            (row.external_id, people[row.subject_id], row.interaction.external_id) for row in Signal.objects.all()
        },
        "waiting": set(ParkedSignal.objects.values_list("external_id", "interaction_external_id")),
        "buried": set(Tombstone.objects.filter(kind__in=ids).values_list("kind", "digest")),
        "ledger": lines,
    }


def told(ended: Recorded | Refusal) -> str:
    return str(ended.result) if isinstance(ended, Recorded) else type(ended).__name__


@pytest.mark.parametrize("seed", range(30))
def test_one_body_leaves_what_its_items_leave_one_by_one(shop: Project, seed: int) -> None:
    rng = random.Random(seed)
    before, items = body(rng), body(rng)
    capture.record(shop, before)
    with transaction.atomic():
        together, at_once = [told(end) for end in capture.record(shop, items)], state(shop)
        transaction.set_rollback(True)
    single = [told(capture.record(shop, [item])[0]) for item in items]
    assert at_once == state(shop)
    kept = set(at_once["talks"]) | {name for name, *_ in at_once["said"]}
    for item, one, other in zip(items, together, single, strict=True):
        if one != other:  # stored, then taken back within the body: what is answered is what holds at its end
            assert (one, other in ("stored", "replayed", "parked"), item.id in kept) == ("Gone", True, False)
