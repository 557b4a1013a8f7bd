"""A project's redaction rules are changed as a whole, under a new version, and by one editor at a time."""

import pytest

from privacy.redaction import RedactionError
from privacy.redaction_policies.admin import Outdated, revise
from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_new_rules_are_in_force_under_the_next_version() -> None:
    policy = cast.project().redaction
    seen = policy.version
    revise(policy, policy.definition, None, seen=str(seen))
    policy.refresh_from_db()
    assert policy.version == seen + 1


def test_an_editor_who_looked_at_an_older_version_changes_nothing() -> None:
    policy = cast.project().redaction
    revise(policy, policy.definition, None, seen=str(policy.version))
    with pytest.raises(Outdated):
        revise(policy, policy.definition, None, seen=str(policy.version))


def test_rules_that_do_not_hold_change_nothing() -> None:
    policy = cast.project().redaction
    with pytest.raises(RedactionError):
        revise(policy, {**policy.definition, "nonsense": 1}, None, seen=str(policy.version))
    policy.refresh_from_db()
    assert str(policy.version) == "1"
