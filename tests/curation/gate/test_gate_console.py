"""The gate's pages in the console: what changed, the lineage, the decision; and who sees which."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.gate import agent_versions, judging, reports
from curation.gate import agent_versions as gate_agent_versions
from curation.gate.agent_versions import AgentVersionIn, CandidateIn
from curation.models import AgentVersion, GateRun
from feedback.models import Interaction, ProjectMember
from privacy.erasure import erasure
from privacy.redaction import Redacted
from tests import factories as cast
from tests.curation.gate_world import CORRECTED, EVERY, TOPICS, WRONG, World, again, good, own, right, topic_of, world

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


def worse(question: str, context: list[dict[str, str]]) -> str:
    return f"{SCRIPT} {WRONG}" if topic_of(question) in TOPICS[:2] else good(question, context)


@pytest.fixture(scope="module", autouse=True)
def made(keep: Callable[[], None]) -> World:
    first = world(Client())
    judging.run(first.release, worse, CandidateIn("worse"), concurrency=1)
    keep()
    return first


@pytest.fixture
def given(made: World, client: Client) -> World:
    return again(made, client)


@pytest.fixture
def rita(given: World) -> User:
    """A member of the shop's team who may look and decide."""
    user = User.objects.create_user("rita", is_staff=True)
    names = ["view_gaterun", "view_gateresult", "view_agentversion", "change_agentversion"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    ProjectMember.objects.create(project=given.shop, user=user)
    given.client.force_login(user)
    return user


def page(w: World, path: str) -> str:
    answer = w.client.get(f"/admin/curation/{path}")
    assert answer.status_code == 200, answer.status_code
    text = answer.content.decode()
    assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", text.split('id="content"')[-1]), (
        "inline script or style"
    )
    return text


def test_a_run_shows_answers_side_by_side(given: World, rita: User) -> None:
    run = GateRun.objects.latest("pk")
    text = page(given, f"gaterun/{run.pk}/change/?change=regressed")
    assert (
        "golden cases fail:" in text
        and "golden_regressions" not in text
        and right(TOPICS[0]).replace("'", "&#x27;") in text
    )
    assert text.count("golden cases fail") == 1 and "</strong> 2 that the baseline passed" in text
    assert own(TOPICS[0]).replace("'", "&#x27;") in text and "&lt;script&gt;" in text
    assert TOPICS[5] not in text


def test_a_wrong_answer_is_shown_with_what_it_changed_of_the_expected_one(given: World, rita: User) -> None:
    run = GateRun.objects.latest("pk")
    row = run.results.filter(passed=False).first()
    assert row is not None
    expected = str(row.interaction.decision.expected)
    type(row).objects.filter(pk=row.pk).update(
        answer=Redacted.stored(expected.replace("take a ticket", "take a number"))
    )
    text = page(given, f"gaterun/{run.pk}/change/")
    assert "<del> ticket</del>" in text and "<ins> number</ins>" in text


def test_slices_show_where_it_fell(given: World) -> None:
    found = {(part.dimension, part.value): part for part in reports.slices(GateRun.objects.latest("pk"))}
    assert found["kind", "golden"].pairs.lost == 2 and found["kind", "golden"].cases == len(TOPICS)
    assert found["kind", "regression"].pairs.lost == 0 and found["kind", "regression"].cases == len(CORRECTED)


def test_the_verdict_and_its_picture_come_first_and_what_regressed_before_what_still_passes(
    given: World, rita: User
) -> None:
    run = GateRun.objects.latest("pk")
    text = page(given, f"gaterun/{run.pk}/change/")
    rate = run.counts["figures"]["rate"]
    order = [
        "chip-refused",
        'class="plot"',
        "golden cases fail",
        "<summary>Figures",
        "<summary>All slices",
        'id="changed"',
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert f"pass rate: {rate['value']:.1%}"[:14] in text and f"n = {rate['cases']}" in text
    shown = [row.change for row in reports.listed(run, "")]
    assert shown[: shown.count("regressed")] == ["regressed"] * shown.count("regressed") and "still_passing" in shown


def test_a_run_takes_a_constant_number_of_queries(
    given: World, rita: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run = GateRun.objects.latest("pk")
    page(given, f"gaterun/{run.pk}/change/")
    with django_assert_max_num_queries(20):
        assert page(given, f"gaterun/{run.pk}/change/").count('id="answer-') == len(EVERY)


def test_whoever_is_restricted_is_not_shown(given: World, rita: User) -> None:
    subject = Interaction.objects.get(external_id="shop-0").subject
    type(subject).objects.filter(pk=subject.pk).update(restricted_at="2026-11-23T00:00:00Z")
    run = GateRun.objects.latest("pk")
    assert TOPICS[0] not in page(given, f"gaterun/{run.pk}/change/?change=regressed")


def test_another_teams_runs_do_not_exist(given: World, client: Client) -> None:
    user = User.objects.create_user("otto", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_gaterun", "view_agentversion"]))
    ProjectMember.objects.create(project=cast.project("rival"), user=user)
    client.force_login(user)
    run = GateRun.objects.latest("pk")
    for path in (f"gaterun/{run.pk}/change/", f"agentversion/{run.candidate_id}/change/", "gaterun/x/change/"):
        assert client.get(f"/admin/curation/{path}").status_code == 404
    assert "worse" not in client.get("/admin/curation/gaterun/").content.decode().split('id="content"')[-1]


def test_who_may_not_look_is_refused(given: World, client: Client) -> None:
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    run = GateRun.objects.latest("pk")
    assert client.get(f"/admin/curation/gaterun/{run.pk}/change/").status_code == 403


def test_the_lineage_goes_from_version_to_release_to_conversations_and_on(given: World, rita: User) -> None:
    Interaction.objects.update(agent_name="", agent_version="")
    agent_versions.register(given.shop, AgentVersionIn("taught", "2", trained_on="shop:v1"))
    row = AgentVersion.objects.get(name="taught")
    (only,) = gate_agent_versions.generations(row)
    assert only.release == given.release and only.conversations == len(EVERY) and only.answered_by is None
    text = page(given, f"agentversion/{row.pk}/change/")
    assert "<svg" in text and f"{len(EVERY)} conversations" in text and "shop v1" in text


def test_the_lineage_of_what_taught_itself_ends(given: World) -> None:
    Interaction.objects.update(agent_name=Redacted.stored("ours"), agent_version=Redacted.stored("1"))
    agent_versions.register(given.shop, AgentVersionIn("ours", "1", trained_on="shop:v1"))
    agent_versions.register(given.shop, AgentVersionIn("ours", "2", trained_on="shop:v1"))
    found = gate_agent_versions.generations(AgentVersion.objects.get(version="2"))
    assert [step.version.version for step in found] == ["2", "1"]


def test_the_lineage_follows_a_recut(given: World) -> None:
    agent_versions.register(given.shop, AgentVersionIn("taught", "2", trained_on="shop:v1"))
    erasure.erase(cast.person(given.shop, "person-0"))
    erasure.settle()
    (only,) = gate_agent_versions.generations(AgentVersion.objects.get(name="taught"))
    assert str(only.release) == "shop v1.1" and only.conversations == len(EVERY) - 1


def test_a_person_promotes_with_a_reason(given: World, rita: User) -> None:
    row = AgentVersion.objects.get(name="worse")
    address = f"/admin/curation/agentversion/{row.pk}/decide/"
    assert given.client.post(address, {"state": "promoted", "reason": ""}).status_code == 200
    assert given.client.post(address, {"state": "promoted", "reason": "It is what we run."}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decision_reason) == ("promoted", "rita", "It is what we run.")
    assert "It is what we run." in page(given, f"agentversion/{row.pk}/change/")


def test_who_may_not_decide_cannot(given: World, rita: User) -> None:
    rita.user_permissions.set(Permission.objects.filter(codename="view_agentversion"))
    row = AgentVersion.objects.get(name="worse")
    sent = {"state": "promoted", "reason": "me"}
    assert given.client.post(f"/admin/curation/agentversion/{row.pk}/decide/", sent).status_code == 403
    assert "<form method" not in page(given, f"agentversion/{row.pk}/change/").split('id="content"')[-1]


def judge(w: World, lines: list[dict[str, str]] | str, release: int | None = None) -> Any:
    text = lines if isinstance(lines, str) else "".join(f"{json.dumps(line)}\n" for line in lines)
    sent = {
        "release": release or w.release.pk,
        "name": "from-a-file",
        "file": SimpleUploadedFile("a.jsonl", text.encode()),
    }
    return w.client.post("/admin/curation/gaterun/judge/", sent)


def answers_of(w: World, agent: Callable[..., str]) -> list[dict[str, str]]:
    paper = judging.exam(w.release)
    return [{"case": case.id, "answer": agent(case.question, [])} for case in paper.cases]


def test_a_file_of_answers_is_judged_like_any_other_run(given: World, rita: User) -> None:
    answer = judge(given, answers_of(given, worse))
    run = GateRun.objects.order_by("-pk").first()
    assert run is not None and answer["Location"] == f"/admin/curation/gaterun/{run.pk}/change/"
    assert run.candidate.name == "from-a-file" and run.verdict == "refused"
    assert run.results.count() == len(judging.exam(given.release).cases)


def test_a_csv_file_will_do(given: World, rita: User) -> None:
    rows = [f"{line['case']},{line['answer']!r}" for line in answers_of(given, lambda *_: "no")]
    sent = SimpleUploadedFile("a.csv", "\n".join(["id,answer", *rows]).encode())
    before = GateRun.objects.count()
    given.client.post("/admin/curation/gaterun/judge/", {"release": given.release.pk, "name": "n", "file": sent})
    assert GateRun.objects.count() == before + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The submitted file is empty"),
        ("{}\n", "Line 1: needs the fields case and answer."),
        ('{"case": "a", "answer": "secret words"}\nsecret words\n', "Line 2: This is not valid JSON at character 1."),
    ],
)
def test_a_file_that_cannot_be_judged_says_where(given: World, rita: User, text: str, words: str) -> None:
    before = GateRun.objects.count()
    shown = judge(given, text).content.decode()
    assert words in shown and "secret" not in shown and GateRun.objects.count() == before


def test_only_those_who_decide_on_versions_judge_and_only_their_own_releases(given: World, rita: User) -> None:
    lines = answers_of(given, worse)
    ProjectMember.objects.filter(user=rita).delete()
    assert "Select a valid choice" in judge(given, lines).content.decode()
    rita.user_permissions.remove(Permission.objects.get(codename="change_agentversion"))
    assert judge(given, lines).status_code == 403
