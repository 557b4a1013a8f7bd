"""The pipeline from one signal to its eval case."""

import pytest

from curation.models import EvalCase
from tests import factories as cast
from tests.tracing import traced

pytestmark = pytest.mark.django_db

MOST_FUNCTIONS, MOST_RETURNS = 25, 8


def test_a_reader_follows_a_signal_to_its_eval_case_through_few_functions() -> None:
    shop = cast.project()
    warm = cast.asked(shop, question="How do I return a lamp?")
    cast.said(shop, warm, "thumbs_up")
    cast.turn(shop)
    cast.said(shop, cast.asked(shop), "thumbs_up")
    with traced() as trace:
        cast.turn(shop)
    assert EvalCase.objects.count() == 2
    assert len(trace.functions) <= MOST_FUNCTIONS and trace.returns <= MOST_RETURNS, f"\n{trace}"
