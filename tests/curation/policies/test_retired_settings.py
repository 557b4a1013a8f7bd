"""Removed settings: a stored policy that has them still works, and its page says so."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from curation.models import CurationPolicy, EvalCase
from curation.policies import settings, versions
from tests import factories as cast
from tests.console.world import SUPERUSER, signed_in, staff

pytestmark = pytest.mark.django_db
OLD = {
    "filter": {"drop_gibberish": False, "max_question_chars": 10},
    "balance": {"subject_cap": 4},
    "guard": {"share_from": 10, "quorum": 1},
    "gate": {"min_slice": 3},
}
GONE = [
    "filter.drop_gibberish",
    "filter.max_question_chars",
    "balance.subject_cap",
    "guard.share_from",
    "gate.min_slice",
]


@pytest.fixture
def stored() -> CurationPolicy:
    """A policy of an earlier version of Flywheel, which no check has seen since."""
    shop = cast.project()
    return CurationPolicy.objects.create(project=shop, version=2, settings=OLD, note="Old")


def test_a_project_with_such_a_policy_is_curated_and_released(stored: CurationPolicy) -> None:
    shop = stored.project
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    cast.cut(shop)
    assert EvalCase.objects.get().status == "active"


def test_the_command_names_what_is_ignored(stored: CurationPolicy) -> None:
    told = StringIO()
    call_command("policy", "--project", "shop", stdout=StringIO(), stderr=told)
    assert all(name in told.getvalue() for name in GONE) and "quorum" not in told.getvalue()


def test_the_page_names_what_is_ignored(stored: CurationPolicy) -> None:
    client = signed_in(staff(SUPERUSER, stored.project))
    page = client.get(reverse("admin:curation_curationpolicy_revise", args=[stored.pk])).content.decode()
    assert all(name in page for name in GONE)


def test_the_next_version_leaves_them_out(stored: CurationPolicy) -> None:
    made = versions.revise(stored.project, {**OLD, "audit": {"share": 0.1}}, "next")
    assert made.settings == {"filter": {}, "balance": {}, "guard": {"quorum": 1}, "gate": {}, "audit": {"share": 0.1}}


def test_what_never_was_a_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="drop_everything"):
        settings.check({"filter": {"drop_everything": True}})


def test_no_setting_is_both_retired_and_in_use() -> None:
    defaults = settings.defaults()
    assert [name for stage, kind in settings.CLASSES for name in kind.RETIRED if name in defaults[stage]] == []
