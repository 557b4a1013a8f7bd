"""Two workers on one project at once reach the same result as one."""

import threading

import pytest
from django.db import connection, connections, transaction

from curation import pipeline
from curation.evidence import pooling
from curation.models import Decision, EvalCase, Question, Run
from curation.runs import pace
from feedback.models import Interaction
from privacy.db import bulk
from tests import factories as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 24


def test_what_two_workers_read_at_once_repeats_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    for name in ("SMALLEST", "BATCH", "LARGEST"):
        monkeypatch.setattr(pace, name, 2)
    monkeypatch.setattr(pace, "PAUSE_SECONDS", 0.01)
    for number in range(PEOPLE):
        cast.said(shop, cast.asked(shop, f"person-{number}"), "thumbs_up")
    gate, failed = threading.Barrier(2), []

    def work() -> None:
        try:
            gate.wait()
            pipeline.curate(shop)
        except Exception as error:  # noqa: BLE001 - told below, where the test sees it
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    run = Run.objects.get()  # they shared it
    assert (run.state, run.read, run.counts) == ("done", PEOPLE, {"confirmed": PEOPLE})
    assert Decision.objects.count() == PEOPLE
    assert EvalCase.objects.filter(status="active").count() == 1
    assert Question.objects.values("cluster").distinct().count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_the_worker_with_the_turn_does_not_wait_for_a_row_of_one_that_waits_for_the_turn() -> None:
    shop = cast.project()
    for number in range(2):
        cast.said(shop, cast.asked(shop, f"person-{number}"), "thumbs_up")
    taken, free = Interaction.objects.order_by("pk").values_list("pk", flat=True)
    Interaction.objects.filter(pk=free).update(pending=False)
    held, ended = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Interaction.objects.select_for_update().get(pk=taken)
                held.set()
                ended.wait(10)
        finally:
            connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(10)
        with transaction.atomic():
            bulk.execute("SET LOCAL lock_timeout = '1s'")
            assert pooling.reopen({taken, free}, has_turn=True) == 1
    finally:
        ended.set()
        other.join()
    assert Interaction.objects.filter(pending=True).count() == 2
