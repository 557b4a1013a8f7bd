"""How good the answers are: a random sample that nobody chooses, and figures that state their basis."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from curation import tasks
from curation.models import AuditDay, AuditFrame, AuditItem, CurationPolicy, ReviewTask
from curation.policies import versions
from curation.quality import assisted, audits, estimates, report, strata
from curation.releases import rows
from curation.review import deciding, opening
from feedback.models import Interaction, Project
from flywheel_site.celery import app
from flywheel_site.console import home
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=2)


def drawing_all(shop: Project, share: float = 1.0) -> CurationPolicy:
    policy = versions.current(shop)
    policy.settings = {"audit": {"share": share}}
    policy.save()
    return policy


def asked(shop: Project, who: str, vote: str = "", **given: Any) -> int:
    talk = cast.asked(shop, who, **{"question": f"When does the gate of {who} open?", **given})
    if vote:
        cast.said(shop, talk, vote)
    return cast.row(talk).pk


def judge(shop: Project, good: bool, *keys: int) -> None:
    for task in ReviewTask.objects.filter(project=shop, state="open", interaction__in=keys):
        deciding.resolve(task, deciding.Verdict("approve" if good else "reject"), None)


def draw(shop: Project, share: float = 1.0) -> int:
    return audits.draw(shop, drawing_all(shop, share), timezone.now() + LATER)


def test_rated_and_unrated_are_drawn_alike_and_again_the_same() -> None:
    shop = cast.project()
    for number in range(400):
        asked(shop, f"person-{number}", "thumbs_down" if number % 4 == 0 else "")
    assert draw(shop, 0.25) == AuditItem.objects.count()
    drawn = set(AuditItem.objects.values_list("pk", flat=True))
    rated = set(Interaction.objects.filter(signals__isnull=False).values_list("pk", flat=True))
    assert 60 < len(drawn) < 140 and 10 < len(drawn & rated) < 45
    AuditItem.objects.all().delete()
    AuditFrame.objects.all().delete()
    draw(shop, 0.25)
    assert set(AuditItem.objects.values_list("pk", flat=True)) == drawn


def test_a_drawn_answer_is_asked_about_even_when_what_held_it_is_settled() -> None:
    shop = cast.project()
    key = asked(shop, cast.ANNA)
    row = Interaction.objects.get(pk=key)
    ReviewTask.objects.create(
        project=shop, interaction=row, subject_id=row.subject_id, reason="answers_differ", revision=0
    )
    draw(shop)
    assert ReviewTask.objects.get().reason == "answers_differ"
    opening.withdraw([key])
    task = ReviewTask.objects.get()
    assert (task.state, task.reason, [key]) == ("open", "audit", opening.turns([key])[task.priority])


def test_the_audit_says_how_good_the_answers_are_whatever_the_thumbs_say() -> None:
    shop = cast.project()
    good = [asked(shop, f"happy-{number}", agent={"name": "help", "version": "2"}) for number in range(8)]
    bad = [asked(shop, f"cross-{number}", "thumbs_down", tags=["refund"]) for number in range(2)]
    cast.turn(shop)
    draw(shop)
    judge(shop, True, *good)
    judge(shop, False, *bad)
    made = report.measure(shop)
    assert (round(made.audit.rate or 0, 9), made.audit.n, made.thumbs.rate, made.thumbs.n) == (0.8, 10, 0.0, 2)
    assert made.audit.low < 0.8 < made.audit.high and (made.seen, made.drawn, made.waiting) == (10, 10, 0)
    assert not made.is_trusted
    named = {(one.group, one.name): one.audit.n for one in made.slices}
    assert named["agent_version", "2"] == 8 and named["tag", "untagged"] == 8 and ("tag", "refund") not in named
    assert any(group == "week" for group, _ in named) and any(group == "language" for group, _ in named)


def test_what_is_judged_sooner_counts_by_what_was_drawn() -> None:
    shop = cast.project()
    happy = [asked(shop, f"happy-{number}") for number in range(20)]
    cross = [asked(shop, f"cross-{number}", "thumbs_down") for number in range(20)]
    cast.turn(shop)
    draw(shop)
    judge(shop, False, *cross)
    assert audits.audit(shop).estimate.rate is None and "not known yet: 20 judged" in audits.audit(shop).words
    judge(shop, True, *happy[:5])
    made = audits.audit(shop).estimate
    assert made.rate == 0.5 and made.n == 25 and made.low < 0.5 < made.high
    assert estimates.wilson(5, 25).rate == 0.2


def test_an_answer_keeps_the_share_that_it_was_drawn_with() -> None:
    shop = cast.project()
    asked(shop, cast.ANNA)
    draw(shop, 1.0)
    AuditItem.objects.update(share=None)
    AuditFrame.objects.update(drawn=None, seen=4)
    asked(shop, cast.BEN)
    draw(shop, 0.999)
    assert set(AuditItem.objects.values_list("share", flat=True)) == {0.25, 0.999}
    assert AuditFrame.objects.get().drawn == 2


def test_what_people_could_not_tell_and_what_was_erased_widens_the_interval() -> None:
    shop = cast.project()
    keys = [asked(shop, f"person-{number}") for number in range(12)]
    cast.turn(shop)
    draw(shop)
    judge(shop, True, *keys[:10])
    plain = audits.audit(shop)
    for task in ReviewTask.objects.filter(interaction__in=keys[10:]):
        deciding.resolve(task, deciding.Verdict("unsure"), None)
    unsure = audits.audit(shop)
    assert (unsure.unsure, unsure.waiting, unsure.estimate.rate) == (2, 0, 1.0)
    assert unsure.estimate.low < plain.estimate.low - 0.1 and "2 could not be judged" in unsure.words
    erasure.erase(cast.person(shop, "person-0"))
    gone = audits.audit(shop)
    assert gone.erased == pytest.approx(1 / 12) and gone.estimate.low < unsure.estimate.low


def test_the_audit_is_not_served_oldest_first() -> None:
    shop = cast.project()
    for number in range(60):
        asked(shop, f"person-{number}")
    draw(shop)
    served = list(ReviewTask.objects.order_by("-priority", "id").values_list("interaction", flat=True))
    assert served != sorted(served) and len(set(ReviewTask.objects.values_list("priority", flat=True))) > 8


def test_a_figure_speaks_of_the_days_that_were_judged() -> None:
    shop = cast.project()
    early = [asked(shop, f"early-{number}") for number in range(6)]
    asked(shop, "late")
    Interaction.objects.filter(pk__in=early).update(occurred_at=timezone.now() - timedelta(days=30))
    cast.turn(shop)
    draw(shop)
    judge(shop, True, *early)
    found = audits.audit(shop)
    assert found.until is not None and found.until < timezone.now().date() - timedelta(days=20)
    assert "covers 6 of 7 drawn" in found.words
    assert audits.audit(shop, since=timezone.now().date() - timedelta(days=7)).estimate.n == 0


def test_a_drawn_answer_is_judged_blind_whatever_opened_its_task(admin_client: Client) -> None:
    shop = cast.project()
    key = asked(shop, cast.ANNA, "thumbs_down", question="Is the ferry late?")
    cast.turn(shop)
    task = ReviewTask.objects.get(interaction=key)
    page = f"/admin/curation/reviewtask/{task.pk}/change/"
    listed = "/admin/curation/reviewtask/?state=open"
    row = '<td class="field-why">{}</td>'
    assert row.format("voted down, no better answer") in admin_client.get(listed).content.decode()
    assert task.reason == "bare_down" and "Hidden until" not in admin_client.get(page, follow=True).content.decode()
    draw(shop)
    blind = admin_client.get(page, follow=True).content.decode()
    assert "Hidden until you have decided" in blind and "drawn at random. Judge the answer by itself" in blind
    assert "found the answer wrong" not in blind and "chip-down" not in blind
    assert row.format("drawn at random") in admin_client.get(listed).content.decode()
    talks = "/admin/feedback/interaction/"
    own = f"{talks}{key}/change/"
    hidden = admin_client.get(own).content.decode()
    assert "is not judged yet" in hidden and "What people said" not in hidden
    by_reason = {why: admin_client.get(f"{listed}&reason={why}").content.decode() for why in ("bare_down", "audit")}
    assert "Is the ferry late?" in by_reason["audit"] and "Is the ferry late?" not in by_reason["bare_down"]
    home = admin_client.get("/admin/").content.decode()
    assert "reason=audit" in home and "reason=bare_down" not in home


def test_a_slice_of_few_people_is_not_shown_and_an_untrusted_rate_is_not_passed_on() -> None:
    shop = cast.project()
    for number in range(6):
        asked(shop, cast.ANNA, "thumbs_up", tags=["refund"], session=str(number))
    asked(shop, cast.BEN, "thumbs_up")
    made = report.measure(shop)
    assert ("tag", "refund") not in {(one.group, one.name) for one in made.slices}
    report.remember(shop, now=timezone.now())
    assert "weighted" not in (rows.estimates(shop) or {})


def test_only_the_newest_vote_of_a_person_counts() -> None:
    shop = cast.project()
    talk = cast.asked(shop, cast.ANNA)
    cast.said(shop, talk, "thumbs_down")
    cast.said(shop, talk, "thumbs_up")
    assert (report.measure(shop).thumbs.rate, report.measure(shop).thumbs.n) == (1.0, 1)
    cast.asked(shop, cast.BEN)
    cast.said(shop, talk, "thumbs_down", cast.BEN)
    assert (report.measure(shop).thumbs.rate, report.measure(shop).thumbs.n) == (0.0, 1)


def test_the_command_gives_every_rate_its_n_and_interval(capsys: pytest.CaptureFixture[str]) -> None:
    shop = cast.project()
    judged = [asked(shop, f"person-{number}", "thumbs_up") for number in range(6)]
    draw(shop)
    judge(shop, True, *judged)
    call_command("quality", "--project", "shop")
    said = capsys.readouterr().out.splitlines()
    *lines, chance = said
    assert len(lines) >= 6 and all("n = " in line for line in lines)
    assert (
        all(re.search(r"answers of \d+ [A-Z][a-z]{2} 20\d\d", line) for line in lines) and "expect about 0.2" in chance
    )
    call_command("quality", "--project", "shop", "--json")
    made = json.loads(capsys.readouterr().out)
    assert {"rate", "n", "low", "high"} <= made["audit"].keys() & made["thumbs"].keys() & made["weighted"].keys()
    assert cast.ANSWER not in json.dumps(made)


def test_votes_are_counted_once_a_day() -> None:
    shop, now = cast.project(), timezone.now()
    asked(shop, cast.ANNA, "thumbs_up")
    assert report.remembered(shop) is None
    assert report.remember(shop, now=now) and not report.remember(shop, now=now + timedelta(hours=1))
    kept = report.remembered(shop)
    assert kept is not None and kept.estimate.n == 1
    assert report.remember(shop, now=now + timedelta(days=2))


def test_the_console_shows_the_audit_before_the_thumbs(admin_client: Client) -> None:
    shop = cast.project()
    judged = [asked(shop, f"person-{number}", "thumbs_down") for number in range(4)]
    cast.turn(shop)
    draw(shop)
    judge(shop, True, *judged)
    report.remember(shop, now=timezone.now())
    page, day = admin_client.get("/admin/").content.decode(), timezone.now().date()
    assert page.index("by the random audit") < page.index("Thumbs up")
    assert "51% to 100%, n = 4" in page and f"0% to 49%, n = 4; {strata.span(day, day)}" in page
    assert "weighted" not in page


def test_beat_draws_the_audit() -> None:
    shop = cast.project()
    asked(shop, cast.ANNA)
    Interaction.objects.update(received_at=timezone.now() - LATER)
    drawing_all(shop)
    beaten = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert tasks.draw_audits.name in beaten and tasks.draw_audits() == 1
    assert AuditFrame.objects.get().measured_at is not None


def test_a_vote_after_the_verdict_puts_an_answer_among_the_doubted_ones() -> None:
    shop = cast.project()
    talks = [cast.asked(shop, f"person-{number}", question=f"Is gate {number} open?") for number in range(3)]
    draw(shop)
    judge(shop, False, *(cast.row(talk).pk for talk in talks[:2]))
    cast.said(shop, talks[0], "thumbs_down")
    cast.said(shop, talks[1], "thumbs_up")
    cast.said(shop, talks[2], "thumbs_down")
    cast.turn(shop)
    found = {one.interaction: one for one in audits.sample(shop)}
    late, liked, waiting = (found[cast.row(talk).pk] for talk in talks)
    assert (late.is_asked_anyway, liked.is_asked_anyway, waiting.is_asked_anyway) == (True, False, True)
    assert (late.priority, late.settles) == (waiting.priority, waiting.settles)


def aged(shop: Project, days: int, *keys: int) -> None:
    Interaction.objects.filter(pk__in=keys).update(occurred_at=timezone.now() - timedelta(days=days))


def test_a_period_is_widened_by_what_was_erased_of_it() -> None:
    shop = cast.project()
    early = [asked(shop, f"early-{number}") for number in range(10)]
    late = [asked(shop, f"late-{number}") for number in range(10)]
    aged(shop, 30, *early)
    cast.turn(shop)
    draw(shop)
    judge(shop, True, *early, *late)
    for number in range(4):
        erasure.erase(cast.person(shop, f"late-{number}"))
    assert audits.audit(shop).erased == pytest.approx(4 / 20)
    newest = audits.audit(shop, since=timezone.now().date() - timedelta(days=7))
    assert newest.erased == pytest.approx(4 / 10) and "40.0% of the sample erased" in newest.words
    assert newest.estimate.low < audits.audit(shop).estimate.low


def test_of_very_many_drawn_answers_the_home_page_counts_the_newest_days(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    keys = {days: [asked(shop, f"{days}-{number}") for number in range(10)] for days in (60, 30, 0)}
    for days, those in keys.items():
        at = timezone.now() - timedelta(days=days)
        Interaction.objects.filter(pk__in=those).update(occurred_at=at, received_at=at)
    cast.turn(shop)
    draw(shop)
    judge(shop, True, *(key for those in keys.values() for key in those))
    today = timezone.now().date()
    for most, first in ((30, None), (29, today - timedelta(days=30)), (20, today - timedelta(days=30)), (9, today)):
        assert audits.first_of_newest([shop], most) == first
        monkeypatch.setattr(home, "MOST_DRAWN", most)
        found = home.newest_audit([shop], None)
        assert found.since == (first or today - timedelta(days=60)), most
        assert found.estimate.n == sum(
            len(those) for days, those in keys.items() if not first or today - timedelta(days=days) >= first
        )


def test_what_is_past_its_retention_is_not_taken_for_erased() -> None:
    shop = cast.project()
    old, new = asked(shop, "old"), asked(shop, "new")
    aged(shop, 30, old)
    draw(shop)
    audits.forget(AuditItem.objects.filter(pk=old))
    AuditItem.objects.filter(pk=old).delete()
    judge(shop, True, new)
    assert audits.audit(shop).erased == 0.0 and AuditFrame.objects.get().drawn == 1
    assert list(AuditDay.objects.values_list("day", "drawn", "stands_for")) == [(timezone.now().date(), 1, 1.0)]


def test_what_was_drawn_before_days_were_counted_is_counted_at_the_next_draw() -> None:
    shop = cast.project()
    for number in range(4):
        asked(shop, f"person-{number}")
    draw(shop)
    erasure.erase(cast.person(shop, "person-0"))
    AuditDay.objects.all().delete()
    asked(shop, "person-4")
    draw(shop)
    assert AuditDay.objects.get().stands_for == pytest.approx(5.0)
    assert audits.audit(shop).erased == pytest.approx(1 / 5)


def test_votes_are_counted_over_the_days_of_the_audit() -> None:
    shop = cast.project()
    early = [asked(shop, f"early-{number}", "thumbs_up") for number in range(6)]
    late = [asked(shop, f"late-{number}", "thumbs_down") for number in range(6)]
    aged(shop, 30, *early)
    draw(shop)
    judge(shop, True, *early)
    made = report.measure(shop)
    assert (made.thumbs.rate, made.thumbs.n, made.voted) == (1.0, 6, made.found.period)
    assert made.weighted.estimate.n == 6
    named = {(one.group, one.name): one.thumbs.n for one in made.slices}
    assert named["tag", "untagged"] == 6 and sum(n for (group, _), n in named.items() if group == "week") == 12
    judge(shop, False, *late)
    assert report.measure(shop).thumbs.n == 12


def test_the_assisted_audit_is_stored_where_it_is_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assisted, "LEAST_JUDGED", 30)
    shop = cast.project()
    votes = ("thumbs_up", "thumbs_down", "")
    keys = [asked(shop, f"person-{number}", votes[number % 3]) for number in range(42)]
    draw(shop)
    judge(shop, False, *keys[1::3])
    judge(shop, True, *keys[0::3], *keys[2:39:3])
    for task in ReviewTask.objects.filter(interaction=keys[41]):
        deciding.resolve(task, deciding.Verdict("unsure"), None)
    sample, found = audits.sample(shop), audits.audit(shop)
    made = report.narrowed(shop, sample, found)
    assert made is not None and made.worth > made.estimate.n == 41 and made.plain == found.estimate
    assert made.estimate.high - made.estimate.low > 1 / 42  # as much as nobody could judge
    report.remember(shop, now=timezone.now())
    kept = report.helped(shop)
    assert kept is not None and kept.estimate == made.estimate and kept.period == found.period
    monkeypatch.setattr(assisted, "RIDGE", 1e9)
    assert report.narrowed(shop, sample, found) is None  # a guess that knows nothing
