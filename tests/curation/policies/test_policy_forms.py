"""A policy's settings as fields: the default in grey, what differs marked, and everything else left as it is."""

import html
import json
from typing import Any

import pytest
from django.test import Client

from curation.models import CurationPolicy
from curation.policies import settings, versions
from curation.policies.admin import AS_JSON, FieldsForm
from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    return cast.project("shop")


def revised(client: Client, shop: Project, **sent: Any) -> str:
    row = versions.newest(shop)
    answer = client.post(f"/admin/curation/curationpolicy/{row.pk}/revise/", {"note": "Why not", **sent})
    return str(answer.content.decode()) if answer.status_code == 200 else ""


def test_every_setting_has_a_field_with_its_default_and_a_sentence(shop: Project, admin_client: Client) -> None:
    page = admin_client.get(f"/admin/curation/curationpolicy/{versions.current(shop).pk}/revise/").content.decode()
    for stage, values in settings.defaults().items():
        for name in values.keys() - AS_JSON:
            assert f'name="{stage}.{name}"' in page, name
    assert 'placeholder="0.75"' in page and "A claim counts as right from this probability on." in page
    assert "changed" not in page.split('id="content"')[1].split("As JSON")[0]


def test_only_what_differs_is_saved_and_then_marked(shop: Project, admin_client: Client) -> None:
    fields = {"filter.max_tokens": "500", "filter.drop_refusals": "false", "evidence.threshold": "0.75"}
    revised(admin_client, shop, **fields, **{"review.tags": "wrong price, rude"})
    made = versions.current(shop)
    assert made.version == 2 and made.settings == {
        "filter": {"max_tokens": 500, "drop_refusals": False},
        "review": {"tags": ["wrong price", "rude"]},
    }
    page = admin_client.get(f"/admin/curation/curationpolicy/{made.pk}/revise/").content.decode()
    assert 'value="500"' in page and "2 changed" in page and 'value="wrong price, rude"' in page


def test_an_emptied_field_is_the_default_again_and_json_only_settings_stay(shop: Project, admin_client: Client) -> None:
    before = {"gate": {"thresholds": {"golden": {"token_f1": 0.5}}, "alpha": 0.01}}
    versions.revise(shop, before, "By hand", None)
    revised(admin_client, shop, **{"gate.alpha": ""})
    assert versions.current(shop).settings == {"gate": {"thresholds": {"golden": {"token_f1": 0.5}}}}


def test_a_value_that_no_stage_accepts_is_refused_in_words(shop: Project, admin_client: Client) -> None:
    page = revised(admin_client, shop, **{"review.second_share": "7"})
    assert "a share lies between 0 and 1" in page and CurationPolicy.objects.count() == 1


def test_json_still_does(shop: Project, admin_client: Client) -> None:
    revised(admin_client, shop, settings='{"filter": {"max_tokens": 9}}')
    assert versions.current(shop).settings == {"filter": {"max_tokens": 9}}
    page = revised(admin_client, shop, settings='{"nothing": {}}')
    assert '<details class="sheet" open>' in page and "There is no stage nothing" in page


def test_what_the_form_shows_it_reads_back(shop: Project) -> None:
    given = {"review": {"tags": ["a, b"[:1], "c"], "second_waits": True}, "evidence": {"scope": ["plan"]}}
    form = FieldsForm(current=given)
    sent = {name: form[name].initial for name in form.fields if form[name].initial is not None}
    again = FieldsForm({**sent, "note": "again"}, current=given)
    assert again.is_valid() and again.cleaned_data["settings"] == given


@pytest.mark.parametrize(
    ("stored", "place"),
    [
        ([], "a part for each stage"),
        ({"nope": {}}, "no stage nope"),
        ({"filter": None}, "filter: write an object"),
        ({"guard": {"quorum": "two"}}, "guard: quorum is a whole number"),
        ({"audit": {"share": True}}, "audit: share is a number"),
        ({"review": {"second_waits": "yes"}}, "review: second_waits is true or false"),
        ({"filter": {"languages": "en"}}, "filter: languages is a list"),
        ({"filter": {"classifier": 3}}, "filter: classifier is a text"),
        ({"gate": {"thresholds": []}}, "gate: thresholds is an object"),
    ],
)
def test_stored_settings_that_are_not_valid_say_where_and_can_be_mended(
    shop: Project, admin_client: Client, stored: Any, place: str
) -> None:
    CurationPolicy.objects.filter(pk=versions.newest(shop).pk).update(settings=stored)
    row = versions.newest(shop)
    for page, status in (("", 200), ("change/", 200), ("revise/", 200), ("thresholds/", 409)):
        url = f"/admin/curation/curationpolicy/{f'{row.pk}/' if page else ''}{page}"
        answer = admin_client.get(url, follow=True)
        assert answer.status_code == status
        if page in ("revise/", "thresholds/"):
            assert place in html.unescape(answer.content.decode())
    said = revised(admin_client, shop, settings='{"audit": {"share": 0.2}}', **{"try": "1"})
    assert "There is nothing to compare with" in said and place in html.unescape(said)
    if stored:  # an empty list in the form is no settings, which is valid
        assert place in html.unescape(revised(admin_client, shop, settings=json.dumps(stored)))
        assert versions.newest(shop).settings == stored, "it is refused, not stored once more"
    assert revised(admin_client, shop, settings='{"audit": {"share": 0.2}}') == ""
    assert versions.newest(shop).settings == {"audit": {"share": 0.2}}
