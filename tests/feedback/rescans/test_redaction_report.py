"""The figures of redaction, and its spot check."""

import json

import pytest
from django.core.management import call_command

from feedback.management.commands import redaction_report
from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_it_counts_what_was_replaced_by_type_and_rules() -> None:
    shop = cast.project()
    cast.asked(shop, question="I am mia@example.com, and he is leo@example.com?")
    cast.asked(shop, question="Mail me at mia@example.com?")
    (line,) = redaction_report.lines(shop)
    assert (line.type, line.replaced, line.interactions) == ("EMAIL", 3, 2)
    assert line.rules == shop.redaction_version and line.week.weekday() == 0


def test_the_same_salt_shows_the_same_sample(capsys: pytest.CaptureFixture[str]) -> None:
    shop = cast.project()
    for index in range(20):
        cast.asked(shop, question=f"Question number {index} of many?")
    first, again = (redaction_report.spot_check(shop, 5, "a") for _ in range(2))
    assert first == again and len(first) == 5 and redaction_report.spot_check(shop, 5, "b") != first
    call_command("redaction_report", "--project", "shop", "--sample", "2", "--json")
    assert len(json.loads(capsys.readouterr().out)["sample"]) == 2
