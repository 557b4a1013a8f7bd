"""Only one worker handles a row at a time, for as long as it renews its lease."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy.db import leases
from privacy.models import Erasure

pytestmark = pytest.mark.django_db
LEASE = leases.Lease(timedelta(minutes=1), counted=True)


def test_the_second_worker_does_not_get_a_row_until_the_lease_of_the_first_ends() -> None:
    rows = Erasure.objects.filter(pk=Erasure.objects.create(executed_at=timezone.now()).pk)
    assert LEASE.claim(rows) and LEASE.claim(rows) is None and not rows.filter(leases.free()).exists()
    rows.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert LEASE.claim(rows) and rows.get().tries == 2


def test_a_lease_that_was_taken_over_is_not_renewed() -> None:
    rows = Erasure.objects.filter(pk=Erasure.objects.create(executed_at=timezone.now()).pk)
    mine = LEASE.claim(rows)
    longer = LEASE.renew(rows, mine)
    assert longer and LEASE.renew(rows, mine) is None and LEASE.renew(rows, longer, tries=0)
    assert rows.get().tries == 0
