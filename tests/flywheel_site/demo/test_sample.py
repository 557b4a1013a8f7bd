"""The demo's sample ends near today, and a second run leaves its days and its counts as they are."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from feedback.capture import ConsentSource
from feedback.importing import logs
from feedback.models import Interaction, Project
from feedback.models import Outcome as Write
from flywheel_site.demo.build_sample import SAMPLE
from flywheel_site.demo.sample import in_last_week
from privacy.files.records import Record
from tests import factories as cast

pytestmark = pytest.mark.django_db


def sample(some: slice = slice(None)) -> list[Record]:
    lines = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()][some]
    return [Record(number, line) for number, line in enumerate(lines, 1)]


def times(value: Any) -> list[datetime]:
    """Every time in a line."""
    if isinstance(value, list):
        return [each for item in value for each in times(item)]
    if not isinstance(value, dict):
        return []
    own = [datetime.fromisoformat(value["ts"])] if "ts" in value else []
    return own + [each for item in value.values() for each in times(item)]


def brought_in(shop: Project, rows: list[Record]) -> None:
    for _ in logs.import_lines(shop, rows, consent={}, asked=ConsentSource("import")):
        pass


def test_the_sample_ends_in_the_last_week_and_keeps_its_days_of_the_week() -> None:
    before, after = sample(), in_last_week(cast.project(), sample())
    ends = [datetime.fromisoformat(row.value["ts"]) for row in after]
    assert timedelta(0) <= timezone.now() - max(ends) < timedelta(weeks=1)
    by = {
        new - old
        for a, b in zip(before, after, strict=True)
        for old, new in zip(times(a.value), times(b.value), strict=True)
    }
    assert len(by) == 1 and not by.pop() % timedelta(weeks=1)


def test_a_later_run_moves_the_sample_by_as_much_as_the_first() -> None:
    shop, rows = cast.project(), sample(slice(6))
    brought_in(shop, in_last_week(shop, rows))
    earlier = timedelta(weeks=9)
    for row in Interaction.objects.all():
        Interaction.objects.filter(pk=row.pk).update(occurred_at=row.occurred_at - earlier)
    assert timezone.now() - max(times([row.value for row in in_last_week(shop, rows)])) > earlier


def test_lines_that_nobody_agreed_to_are_counted_once_however_often_a_log_comes() -> None:
    shop, rows = cast.project(), sample(slice(120))
    for _ in range(2):
        brought_in(shop, rows)
        assert sum(Write.objects.filter(result="no_consent").values_list("number", flat=True)) == 8
