"""Every kind of signal, over the live list: each is stored, counts for something, and is known to the client."""

from pathlib import Path
from typing import Any

import pytest

from curation.decisions.rules import EXPLICIT, IMPLICIT_WEIGHT
from feedback.models import Project, Signal
from feedback.otel.exports import LABELS as OTEL_LABELS
from feedback.signals import KINDS, LABELS, SignalKind
from tests import factories as cast

NEEDED: dict[str, dict[str, Any]] = {"edit": {"correction": "At ten."}, "rating": {"score": 0.5}}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_stored(shop: Project, kind: SignalKind) -> None:
    cast.said(shop, cast.asked(shop), kind, **NEEDED.get(kind, {}))
    assert Signal.objects.get().get_kind_display() == LABELS[kind]


def test_every_kind_is_a_vote_or_weighs_in_review() -> None:
    assert EXPLICIT | set(IMPLICIT_WEIGHT) == set(KINDS) and not EXPLICIT & set(IMPLICIT_WEIGHT)


def test_opentelemetry_names_every_kind_but_the_rating_which_is_a_score() -> None:
    assert set(OTEL_LABELS.values()) == set(KINDS) - {"rating"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_documentation_names_every_kind(kind: SignalKind) -> None:
    assert f"`{kind}`" in "\n".join(page.read_text() for page in Path("docs").rglob("*.md"))
