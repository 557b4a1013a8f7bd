"""Stored rules that are not valid, because they were not written in the console: its pages say where, and the
laboratory corrects them.
"""

import html
from typing import Any

import pytest
from django.test import Client

from feedback.models import Project
from privacy.models import RedactionPolicy
from privacy.redaction import RedactionError
from tests import factories as cast

pytestmark = pytest.mark.django_db
BROKEN = [
    ([], "must be an object"),
    (3, "must be an object"),
    ({"terms": 3}, "terms must be a list"),
    ({"terms": [3]}, "terms[0]"),
    ({"terms": [{"type": "ORDER"}]}, "terms[0]"),
    ({"terms": [{"type": "ORDER", "pattern": "("}]}, "terms[0]"),
    ({"allow": 3}, "allow"),
    ({"off": ["SECRET"]}, "off"),
    ({"strict": "x"}, "strict"),
    ({"nope": 1}, "'nope'"),
]


@pytest.fixture
def shop() -> Project:
    return cast.project()


@pytest.mark.parametrize(("stored", "place"), BROKEN)
def test_the_laboratory_says_what_is_wrong_and_where_and_mends_it(
    shop: Project, admin_client: Client, stored: Any, place: str
) -> None:
    RedactionPolicy.objects.update(definition=stored)
    home = f"/admin/privacy/redactionpolicy/{shop.redaction_id}/"
    for page in ("/admin/privacy/redactionpolicy/", f"{home}change/"):
        assert admin_client.get(page).status_code == 200
    said = html.unescape(admin_client.get(f"{home}lab/").content.decode())
    assert "The stored rules are not valid" in said and place in said and 'name="allow"' not in said
    sent = {"sample": "Write to a@example.org", "definition": '{"allow": ["a@example.org"]}', "seen": "1"}
    assert "Write to a@example.org" in admin_client.post(f"{home}lab/", {**sent, "try": ""}).content.decode()
    assert admin_client.post(f"{home}lab/", {**sent, "save": ""}).status_code == 302
    assert RedactionPolicy.objects.get(pk=shop.redaction_id).definition == {"allow": ["a@example.org"]}


def test_it_is_true_that_nothing_is_stored_with_such_rules(shop: Project) -> None:
    RedactionPolicy.objects.update(definition={"terms": 3})
    with pytest.raises(RedactionError):
        cast.asked(Project.objects.get(pk=shop.pk))
