"""What a list offers besides its rows: a file, a filter by date, saved views, short ids with a button."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from feedback.models import Interaction, Project
from privacy.console import dates
from privacy.models import Subject
from tests import factories as cast
from tests.console.browsing import opened
from tests.console.world import PASSWORD, signed_in, staff

LIST = "/admin/feedback/interaction/"


@pytest.fixture
def shop(db: None) -> Project:
    made = cast.project("shop")
    now = timezone.now()
    for place in range(6):
        talk = cast.asked(made, f"p{place}", id=f"talk-{place}", question=f"=Question {place} <b>?", answer="So.")
        Interaction.objects.filter(pk=cast.row(talk).pk).update(received_at=now - timedelta(days=5 - place))
        if place == 0:
            cast.said(made, talk, "thumbs_up")
    return made


def file_of(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"{LIST}?csv=1{query}")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/csv"
    return list(csv.reader(io.StringIO(answer.content.decode())))


@pytest.mark.django_db
def test_the_file_has_the_columns_and_rows_of_the_list(shop: Project, admin_client: Client) -> None:
    head, *rows = file_of(admin_client)
    assert head[:4] == ["external id", "question", "answer", "rated"]
    assert [row[0] for row in rows] == [f"talk-{place}" for place in range(5, -1, -1)]
    assert rows[0][1] == "'=Question 5 <b>?", "captured text stays whole, and is no formula"
    assert rows[-1][3] == "▲ up\u202f1"
    (row,) = file_of(admin_client, "&q=talk-3")[1:]
    assert row[0] == "talk-3"


@pytest.mark.django_db
def test_only_those_who_export_releases_get_a_file_and_only_of_their_rows(shop: Project) -> None:
    reviewer = signed_in(staff("reviewer", shop))
    assert reviewer.get(f"{LIST}?csv=1").status_code == 403
    assert "csv=1" not in reviewer.get(LIST).content.decode()
    other = cast.project("other")
    cast.asked(other, id="elsewhere")
    curator = signed_in(staff("curator", other))
    assert [row[0] for row in file_of(curator)[1:]] == ["elsewhere"]
    Subject.objects.update(restricted_at=timezone.now())
    assert file_of(curator)[1:] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(3, 2, [2, 3]), (9, 9, []), (5, 0, [0, 1, 2, 3, 4, 5]), (1, None, [4, 5]), (None, 4, [0, 1])],
)
def test_a_filter_by_date_includes_both_days(
    shop: Project, admin_client: Client, since: int | None, until: int | None, found: list[int]
) -> None:
    today = timezone.localdate()
    ends = {name: ago for name, ago in (("since", since), ("until", until)) if ago is not None}
    query = "".join(f"&{name}={today - timedelta(days=ago)}" for name, ago in ends.items())
    assert sorted(row[0] for row in file_of(admin_client, query)[1:]) == [f"talk-{place}" for place in found]


@pytest.mark.django_db
def test_a_date_that_is_none_filters_nothing(shop: Project, admin_client: Client) -> None:
    assert len(file_of(admin_client, "&since=yesterday&until=9999-12-31")) == 7
    assert admin_client.get(f"{LIST}?since=x").status_code == 200


@pytest.mark.django_db
def test_the_ends_are_found_in_a_few_looks(shop: Project, django_assert_max_num_queries: object) -> None:
    far = Interaction.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert dates.first_key(Interaction, "received_at", timezone.now() + timedelta(days=1)) == far + 1
    assert dates.first_key(Interaction, "received_at", timezone.now() - timedelta(days=99)) <= far - 5


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_view_is_saved_in_the_browser_and_long_ids_are_short(
    transactional_db: None, web: str, browser: Browser
) -> None:
    shop = cast.project("shop")
    cast.asked(shop, id="0199f3a2-7c51-7e3a-9b1d-4f5e6a7b8c9d")
    User.objects.create_superuser("root", password=PASSWORD)
    console = opened(browser, web, "root", PASSWORD)
    console.go(f"{LIST}?rated=no")
    window = console.page
    window.once("dialog", lambda dialog: dialog.accept("Not rated"))
    window.get_by_role("button", name="Save this view").click()
    console.go(LIST)
    window.get_by_role("link", name="Not rated").click()
    assert window.url.endswith("?rated=no")
    assert window.locator(".field-external_id a").inner_text() == "0199f3a2-7c51…"
    assert window.get_by_role("button", name="Copy 0199f3a2-7c51-7e3a-9b1d-4f5e6a7b8c9d").is_visible()
    window.get_by_role("button", name="Remove the view: Not rated").click()
    assert window.locator(".view").count() == 0
    console.check()
