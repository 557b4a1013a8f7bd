"""The fold in Python and the condition in SQL say the same of every ledger."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.consent import ledger
from privacy.models import ConsentEntry, Subject

LINES = st.lists(
    st.tuples(st.sampled_from(ledger.PURPOSES), st.booleans(), st.sampled_from([None, -1, 0, 1])), max_size=6
)
LEDGERS = st.lists(LINES, min_size=1, max_size=3)


@pytest.mark.django_db
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledgers=LEDGERS, default=st.booleans())
def test_the_fold_and_the_query_agree_on_every_ledger(
    ledgers: list[list[tuple[str, bool, int | None]]], default: bool
) -> None:
    now = timezone.now()
    ConsentEntry.objects.all().delete()
    Subject.objects.all().delete()
    people = [Subject.objects.create(namespace="shop", digest=str(number)) for number in range(len(ledgers))]
    for person, lines in zip(people, ledgers, strict=True):
        for purpose, granted, days in lines:
            expires_at = None if days is None else now + timedelta(days=days)
            ConsentEntry.objects.create(subject=person, purpose=purpose, granted=granted, expires_at=expires_at)
    defaults = dict.fromkeys(ledger.PURPOSES, default)
    folded = {person.pk: ledger.effective(person, defaults, now) for person in people}
    for purpose, agreed in ledger.consenting(folded, defaults, now).items():
        condition = ledger.agrees(purpose, subject="pk", default=default, now=now)
        assert agreed == {person for person, state in folded.items() if state[purpose]}
        assert agreed == set(Subject.objects.filter(condition).values_list("pk", flat=True))
