"""Two workers on one project at once come to what one comes to."""

import threading

import pytest
from django.db import connections

from curation import pipeline
from curation.models import Decision, EvalCase, Question, Run
from curation.runs import pace
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
