"""The quality page: every figure with its n and interval, as a chart, as a table and as CSV, of one's own projects alone."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from curation.models import AgentVersion, Dataset, GateRun, Release, ReviewTask
from curation.policies import versions
from curation.quality import audits, charts, report
from curation.quality.estimates import wilson
from curation.review import deciding
from feedback.models import Interaction, Project
from flywheel_site.console import quality
from tests import factories as cast
from tests.console.world import signed_in, staff

PAGE = "/admin/quality/"


@pytest.fixture
def shop(db: None) -> Project:
    cache.clear()
    return cast.project("shop")


def grown(shop: Project, weeks: int = 2, people: int = 6) -> None:
    """Some weeks of answers of two versions: all are drawn into the audit and judged, and every second one is voted up."""
    now = timezone.now()
    for week in range(weeks):
        for person in range(people):
            agent = {"name": "help", "version": f"{week % 2 + 1}"}
            talk = cast.asked(
                shop, f"p-{week}-{person}", question=f"Question {week} {person}?", agent=agent, tags=["=tag"]
            )
            if person % 2:
                cast.said(shop, talk, "thumbs_up")
            Interaction.objects.filter(pk=cast.row(talk).pk).update(occurred_at=now - timedelta(weeks=week))
    cast.turn(shop)
    policy = versions.current(shop)
    policy.settings = {"audit": {"share": 1.0}}
    policy.save()
    audits.draw(shop, policy, now + timedelta(hours=2))
    for place, task in enumerate(ReviewTask.objects.filter(state="open").order_by("pk")):
        deciding.resolve(task, deciding.Verdict("approve" if place % 3 else "reject"), None)


def table(client: Client, name: str) -> list[list[str]]:
    answer = client.get(PAGE, {"csv": name})
    assert answer["Content-Type"] == "text/csv" and "attachment" in answer["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_it_shows_the_audit_and_the_thumbs_over_time_with_n_and_interval(shop: Project, admin_client: Client) -> None:
    grown(shop)
    page = admin_client.get(PAGE).content.decode()
    assert "Right, by the audit" in page and "n = 12" in page
    days = report.measure(shop).found.period
    assert days.startswith("answers from") and page.count(days) >= 3 and "slices have an audit" in page
    for group in quality.GROUPS:
        assert f'id="by-{group}"' in page
    assert page.count("<polyline") == 2 and "<title>audit: 66.7% (n = 6, 95 %" in page
    assert "style=" not in page and "<script>" not in page
    assert "100% of the next answers are drawn evenly" in page


def test_every_chart_has_its_figures_as_csv(shop: Project, admin_client: Client) -> None:
    grown(shop)
    head, *weeks = table(admin_client, "week")
    assert head == ["week", *quality.RATES] and [row[4] for row in weeks] == ["6", "6"]
    assert all(0 <= float(low) <= float(rate) <= float(high) <= 1 for _, rate, low, high, *_ in weeks)
    assert all(
        0 <= float(row[5]) <= 1 and re.fullmatch(r"answers of \d+ [A-Z][a-z]{2} 20\d\d", row[6]) for row in weeks
    )
    assert [row[0] for row in table(admin_client, "agent_version")[1:]] == ["1", "2"]
    head, *work = table(admin_client, "work")
    assert head == list(quality.WORK) and sum(int(row[1]) for row in work) == 12
    assert sum(int(row[2]) for row in work) == 6 and sum(int(row[3]) for row in work) == 12


def test_no_cell_is_a_formula(shop: Project, admin_client: Client) -> None:
    grown(shop)
    assert [row[0] for row in table(admin_client, "tag")[1:]] == ["'=tag"]


def test_without_data_it_says_what_to_do(shop: Project, admin_client: Client) -> None:
    page = admin_client.get(PAGE).content.decode()
    assert "Nothing to measure yet" in page and "POST /api/v1/interactions" in page


def test_a_member_sees_their_own_projects_alone(shop: Project) -> None:
    other = cast.project("other")
    reviewer = signed_in(staff("reviewer", shop))
    assert "other" not in reviewer.get(PAGE).content.decode()
    assert reviewer.get(PAGE, {"project": other.pk}).status_code == 404
    assert reviewer.get(PAGE, {"project": shop.pk}).status_code == 200


def test_an_interval_is_drawn_where_it_is() -> None:
    made = charts.over_time([date(2026, 11, 2), date(2026, 11, 9)], {"audit": [wilson(8, 10), wilson(0, 0)]})
    assert made is not None
    (mark,) = made.series[0].marks
    assert mark.high < mark.y < mark.low and mark.y == charts.up(0.8)


def test_a_week_without_answers_has_its_place_on_the_axis() -> None:
    days = [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 30)]
    made = charts.over_time(days, {"audit": [wilson(8, 10)] * 3})
    assert made is not None
    first, second, third = (mark.x for mark in made.series[0].marks)
    assert third - second == pytest.approx(3 * (second - first), abs=0.3)


def test_bars_show_a_part_of_a_number() -> None:
    made = charts.bars([("2 Nov", 10, 4), ("9 Nov", 0, 0)], "not rated", "rated")
    assert made is not None
    whole, part = (series.marks[0] for series in made.series)
    assert part.high == pytest.approx(0.4 * whole.high, abs=0.1)
    assert (whole.words, part.words) == ("2 Nov: 6 not rated", "2 Nov: 4 rated")
    assert charts.bars([("2 Nov", 0, 0)], "not rated", "rated") is None


def test_it_says_what_got_worse_which_questions_fail_and_what_the_gate_said(
    shop: Project, admin_client: Client
) -> None:
    grown(shop)
    page = admin_client.get(PAGE).content.decode()
    assert "From 2 to 1" in page and 'id="failing"' in page and "No candidate has been tested yet." in page
    head, *rows = table(admin_client, "changes")
    assert head == list(quality.CHANGES) and {"audit", "thumbs"} >= {row[0] for row in rows} and rows
    for row in rows:
        for rate, low, high, n, days in (row[3:8], row[8:13]):
            assert 0 <= float(low) <= float(rate) <= float(high) <= 1 and int(n) >= 5 and days.startswith("answers")
    head, *rows = table(admin_client, "failing")
    assert head == list(quality.FAILING)
    assert all(0 < int(wrong) <= int(talks) for _, talks, wrong, *_ in rows)
    assert table(admin_client, "gate") == [list(quality.GATE)] and table(admin_client, "reasons") == [
        list(quality.REASONS)
    ]
    assert all(float(row[5]) >= 0 for row in table(admin_client, "work")[1:] if row[5])


def test_a_gate_run_is_shown_with_n_and_interval(shop: Project, admin_client: Client) -> None:
    grown(shop)
    release = Release.objects.create(dataset=Dataset.objects.get(project=shop), policy=versions.current(shop), number=1)
    agent = AgentVersion.objects.create(project=shop, name="help", version="2")
    rate = {"value": 0.9, "low": 0.596, "high": 0.982, "cases": 10, "units": 10, "rounds": 1}
    counts = {"passing": 9, "counted": 10, "figures": {"rate": rate}}
    GateRun.objects.create(project=shop, release=release, candidate=agent, verdict="passed", counts=counts)
    assert '90% <span class="quiet">60% to 98%, n = 10</span>' in admin_client.get(PAGE).content.decode()
    assert table(admin_client, "gate")[1][5:] == ["0.9", "0.596", "0.982", "10"]


def test_the_gates_figures_are_for_those_who_see_its_runs(shop: Project) -> None:
    grown(shop)
    reviewer = signed_in(staff("reviewer", shop))
    assert 'id="gate"' not in reviewer.get(PAGE).content.decode()
    assert reviewer.get(PAGE, {"csv": "gate"}).status_code == 403
    assert signed_in(staff("curator", shop)).get(PAGE, {"csv": "gate"}).status_code == 200


def test_a_share_of_nearly_all_is_not_called_all() -> None:
    assert quality.Week(date(2026, 11, 2), 2_000, 1_999).rated == "99.95%"
