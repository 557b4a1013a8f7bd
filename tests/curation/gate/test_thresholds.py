"""Thresholds from judged answers: what counts, what is proposed, and that nothing changes unless a curator adopts it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from curation.gate import judging, measuring, thresholds
from curation.gate.calibration import LEAST_REVIEWED, LEAST_WRONG
from curation.models import Decision, GateResult
from curation.policies import versions
from feedback.models import Project
from privacy.redaction import redact
from tests import factories as cast
from tests.curation.gate_world import EVERY, good, released

pytestmark = pytest.mark.django_db
ENOUGH = LEAST_REVIEWED + LEAST_WRONG


def judged(number: int, *, right: int) -> Project:
    """A shop where a person judged `number` candidates' answers, each to another question; right ones share two fifths of the
    words, and wrong ones a fifth.
    """
    release = released()
    project = release.dataset.project
    run = judging.run(release, good, judging.CandidateIn("x"), concurrency=1)
    GateResult.objects.all().delete()
    for place in range(number):
        talk = cast.asked(project, f"judged-{place}", question=f"What does ticket {place} cost on day {place}?")
        cast.said(project, talk, "thumbs_up")
    cast.turn(project)
    expected = cast.ANSWER.split()
    decided = Decision.objects.filter(interaction__external_id__startswith="talk-", subject__isnull=False)
    chosen = [
        one for one in decided.select_related("interaction").order_by("pk") if "ticket" in str(one.interaction.question)
    ]
    for place, decision in enumerate(chosen):
        is_right = place < right
        kept = expected[: len(expected) * (4 if is_right else 2) // 10]
        extra = [f"word{place}x{i}" for i in range(len(expected) - len(kept))]
        GateResult.objects.create(
            run=run,
            interaction=decision.interaction,
            subject=decision.subject,
            kind="golden",
            answer=redact(" ".join([*kept, *extra])),
            judged=is_right,
            case_digest="",
        )
    return project


def of(project: Project, name: str) -> thresholds.Curve:
    return next(one for one in thresholds.curves(project) if one.name == name)


def test_what_a_correction_replaced_is_wrong_and_thumbs_say_nothing() -> None:
    project = released().dataset.project
    found = list(thresholds.judged_answers(project))
    assert len(found) == 4 and not any(one.correct for one in found)
    assert {one.kind for one in found} == {"regression"}
    assert of(project, "golden.token_f1").points == ()


def test_it_is_wrong_beside_every_right_answer_to_the_same_question() -> None:
    shop = cast.project()
    for who in (cast.ANNA, cast.CLEO):
        cast.said(shop, cast.asked(shop, who, answer=cast.RIGHT), "thumbs_up")
    wrong = cast.asked(shop, cast.BEN, answer="It never opens, and it was closed for good last year.")
    cast.said(shop, wrong, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    found = {(one.kind, one.expected) for one in thresholds.judged_answers(shop)}
    assert found == {("regression", cast.RIGHT), ("golden", cast.RIGHT)}


def test_whoever_is_restricted_counts_no_more() -> None:
    project = judged(4, right=2)
    before = len(list(thresholds.judged_answers(project)))
    subject = GateResult.objects.exclude(judged=None).order_by("pk")[0].subject
    subject.restricted_at = cast.row(cast.asked(project, cast.DAN)).received_at
    subject.save()
    assert len(list(thresholds.judged_answers(project))) == before - 1


@pytest.fixture
def curator(client: Client) -> Client:
    user = User.objects.create_superuser("curator", password="a-long-pass-phrase")
    client.force_login(user)
    return client


def test_a_person_says_of_an_answer_that_it_is_right_and_takes_it_back(curator: Client) -> None:
    release = released()
    run = judging.run(release, good, judging.CandidateIn("x"), concurrency=1)
    result = run.results.first()
    assert result is not None
    page = curator.get(reverse("admin:curation_gaterun_change", args=[run.pk])).content.decode()
    assert page.count('value="right"') == len(EVERY) and 'aria-pressed="true"' not in page
    say = reverse("admin:curation_gateresult_say", args=[result.pk])
    answer = curator.post(say, {"said": "right", "change": "", "page": "1"})
    assert answer.status_code == 302 and answer["Location"].endswith(f"?page=1#answer-{result.pk}")
    result.refresh_from_db()
    assert (result.judged, result.judged_by is None, result.judged_at is None) == (True, False, False)
    page = curator.get(reverse("admin:curation_gaterun_change", args=[run.pk])).content.decode()
    assert page.count('aria-pressed="true"') == 1
    curator.post(say, {"said": "right"})
    result.refresh_from_db()
    assert result.judged is None and result.judged_by is None
    curator.post(say, {"said": "nonsense"})
    curator.get(say)
    assert not GateResult.objects.exclude(judged=None).exists()


def test_a_page_without_judged_answers_says_what_to_do(curator: Client) -> None:
    shop = cast.project()
    url = reverse("admin:curation_curationpolicy_thresholds", args=[versions.current(shop).pk])
    assert "once there are 30 right and 59 wrong ones" in curator.get(url).content.decode().replace("\n", " ")


def test_graders_are_measured_beside_people_by_name_with_n_and_interval(client: Client) -> None:
    project = judged(30, right=20)
    rows = list(GateResult.objects.order_by("pk"))
    for place, row in enumerate(rows):
        row.grader = "judge:12345678" if place % 3 else "claims"
        row.passed = bool(row.judged) if place % 5 else not row.judged
    GateResult.objects.bulk_update(rows, ["grader", "passed"])
    judge, claims = measuring.measured(project)
    assert (judge.grader, judge.n, claims.grader, claims.n) == ("judge:12345678", 20, "claims", 10)
    assert judge.right_passed + judge.right_refused + claims.right_passed + claims.right_refused == 20
    assert judge.right_refused + judge.wrong_passed + claims.right_refused + claims.wrong_passed == 6
    assert judge.agreement.n == 20 and judge.agreement.low < (judge.agreement.rate or 0) < judge.agreement.high
    assert judge.passes_wrong.n + judge.refuses_right.n == 20
    assert measuring.measured(cast.project("other")) == []
    client.force_login(User.objects.create_superuser("kim"))
    key = versions.current(project).pk
    page = client.get(reverse("admin:curation_curationpolicy_thresholds", args=[key])).content.decode()
    assert "judge:12345678" in page and str(judge.agreement) in page
