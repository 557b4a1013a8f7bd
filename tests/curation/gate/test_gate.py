"""The function behind the gate's command and API call."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from curation.gate import judging, reports
from curation.gate.verdicts import judging as verdicts_judging
from curation.models import AgentVersion, EvalCase, GateResult, GateRun, Release
from curation.releases.files import folder
from feedback.models import Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
TOPICS = (
    "day tickets",
    "lost umbrellas",
    "bicycles on trams",
    "school passes",
    "night buses",
    "dogs on ferries",
    "group discounts",
    "ticket refunds",
    "airport trains",
    "wheelchair ramps",
    "season cards",
    "parking decks",
)


def right(topic: str) -> str:
    """What is true of a topic: each has a number of its own."""
    return f"For {topic} the counter number {TOPICS.index(topic) + 11} is open until {TOPICS.index(topic) + 8} o'clock."


def topic_of(question: str) -> str:
    return next(topic for topic in TOPICS if topic in question)


def good(question: str, context: list[dict[str, str]]) -> str:
    return right(topic_of(question))


def worse(question: str, context: list[dict[str, str]]) -> str:
    return "Please ask at the counter." if topic_of(question) in TOPICS[:3] else good(question, context)


def silent(question: str, context: list[dict[str, str]]) -> str:
    raise RuntimeError("no answer")


@pytest.fixture
def release(cut: Release) -> Release:
    return Release.objects.get(pk=cut.pk)


@pytest.fixture(scope="module", autouse=True)
def cut(keep: Callable[[], None]) -> Release:
    shop = cast.project()
    for index, topic in enumerate(TOPICS):
        talk = cast.asked(
            shop, f"person-{index}", question=f"Where do I ask about {topic}, please?", answer=right(topic)
        )
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    first = cast.cut(shop)
    keep()
    return first


def judged(release: Release, agent: Any, name: str = "candidate") -> GateRun:
    return judging.run(release, agent, judging.CandidateIn(name), concurrency=1)


def test_a_first_run_that_answers_well_passes_and_becomes_the_baseline(release: Release) -> None:
    first = judged(release, good)
    assert first.verdict == "passed", first.reasons
    second = judged(release, good, "again")
    assert second.baseline == first and second.verdict == "passed"


def test_a_candidate_that_breaks_what_worked_is_refused(release: Release) -> None:
    judged(release, good)
    run = judged(release, worse, "worse")
    assert run.verdict == "refused" and run.counts["regressed"] == 3
    assert set(run.results.filter(change="regressed").values_list("passed", flat=True)) == {False}


def test_an_agent_that_fails_is_never_passed(release: Release) -> None:
    judged(release, good)
    run = judged(release, silent, "silent")
    assert run.verdict != "passed" and run.reasons
    assert set(run.results.values_list("error", flat=True)) == {"RuntimeError"}


def test_an_answer_is_redacted_before_it_is_kept(release: Release) -> None:
    judged(release, lambda question, context: f"{good(question, context)} Write to mia@example.com.")
    assert GateResult.objects.exists() and not GateResult.objects.filter(answer__contains="mia@").exists()


def test_files_that_were_changed_cannot_be_judged(release: Release) -> None:
    path = folder(release) / "eval_cases.jsonl"
    path.write_bytes(path.read_bytes().replace(b"counter", b"kounter"))
    with pytest.raises(judging.GateError, match="manifest"):
        judged(release, good)


def test_a_release_with_somebody_forgotten_cannot_be_judged_until_it_is_cut_again(release: Release) -> None:
    erasure.erase(cast.person(release.dataset.project, "person-0"))
    release.refresh_from_db()
    with pytest.raises(judging.GateError):
        judged(release, good)
    erasure.settle()
    again = judging.find_release("shop")
    assert again.version == "v1.1" and judged(again, good).counts["cases"] == len(TOPICS) - 1


def test_one_lost_never_again_case_refuses(release: Release) -> None:
    never = EvalCase.objects.order_by("pk").first()
    assert never is not None
    EvalCase.objects.filter(pk=never.pk).update(never_again=True)
    judged(release, good)
    topic = topic_of(never.decision.interaction.question)
    run = judged(release, lambda q, c: "I do not know." if topic in q else good(q, c), "forgetful")
    assert run.verdict == "refused" and any("never_again" in reason["code"] for reason in run.reasons)


@pytest.mark.parametrize(("agent", "status"), [("good", 0), ("silent", 1)])
def test_the_commands_exit_status_tells(release: Release, agent: str, status: int, capsys: Any) -> None:
    judged(release, good)
    with pytest.raises(SystemExit) as ended:
        call_command(
            "evalgate", "--release", "shop:v1", "--agent", f"{__name__}:{agent}", "--concurrency", "1", "--json"
        )
    assert ended.value.code == status
    assert json.loads(capsys.readouterr().out)["verdict"] == ("passed" if status == 0 else "refused")


@pytest.mark.parametrize(
    "arguments", [["--release", "unknown:v1", "--agent", "x:y"], ["--release", "shop", "--agent", "no.such:f"]]
)
def test_what_cannot_be_judged_exits_2(release: Release, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("evalgate", *arguments)
    assert ended.value.code == 2


def submit(client: Client, shop: Project, body: Any) -> Any:
    headers = {"authorization": f"Bearer {cast.key(shop, ['export'])}"}
    return client.post("/api/v1/gate-runs", json.dumps(body), content_type="application/json", headers=headers)


def answers(release: Release, agent: Any = good) -> list[dict[str, Any]]:
    cases = judging.exam(release).cases
    return [{"case": case.id, "answer": agent(case.question, [])} for case in cases]


def test_answers_are_judged_over_http_as_by_the_command(client: Client, release: Release) -> None:
    shop = release.dataset.project
    body = {"release": "shop:v1", "candidate": {"name": "ours", "version": "2"}, "results": answers(release)}
    answer = submit(client, shop, body)
    assert answer.status_code == 201 and answer.json()["verdict"] == "passed"
    assert answer.json()["url"].endswith(f"/admin/curation/gaterun/{answer.json()['id']}/change/")
    assert AgentVersion.objects.get(name="ours").version == "2"
    again = client.get(
        f"/api/v1/gate-runs/{answer.json()['id']}", headers={"authorization": f"Bearer {cast.key(shop, ['export'])}"}
    )
    assert again.json() == answer.json()


@pytest.mark.parametrize("cheat", ["missing", "double", "foreign", "empty", "error"])
def test_results_that_are_not_whole_are_never_passed(client: Client, release: Release, cheat: str) -> None:
    results = answers(release)
    if cheat == "missing":
        results.pop()
    elif cheat == "double":
        results.append(results[0])
    elif cheat == "foreign":
        results.append({"case": "somebody-elses", "answer": "x"})
    elif cheat == "empty":
        results[0]["answer"] = " "
    else:
        results[0] = {"case": results[0]["case"], "error": "timeout"}
    body = {"release": "shop:v1", "candidate": {"name": "ours"}, "results": results}
    answer = submit(client, release.dataset.project, body)
    assert answer.status_code == 201 and answer.json()["verdict"] != "passed" and answer.json()["reasons"]


def test_another_projects_release_is_as_absent_as_an_unknown_one(client: Client, release: Release) -> None:
    body = {"release": "shop:v1", "candidate": {"name": "ours"}, "results": answers(release)}
    assert submit(client, cast.project("other"), body).status_code == 404
    assert not GateRun.objects.exists()


def test_a_baseline_whose_surprises_were_repeated_serves_as_one(release: Release) -> None:
    judged(release, good)
    turns = iter(range(1000))

    def moody(question: str, context: list[dict[str, str]]) -> str:
        return "I do not know." if TOPICS[0] in question and next(turns) == 0 else good(question, context)

    flaky = judged(release, moody, "moody")
    assert flaky.verdict == "passed" and flaky.results.exclude(attempts=[]).exists()
    assert judged(release, good, "next").verdict == "passed"
    assert GateRun.objects.latest("pk").baseline == flaky


@pytest.mark.parametrize(
    "text", ['"\\u0000"', '"cut \\ud83d"', "7", "NaN", '"' + "x" * 200_001 + '"', "[" * 2_000 + "]" * 2_000]
)
def test_one_answer_that_cannot_be_stored_is_an_error_of_its_case_alone(
    client: Client, release: Release, text: str
) -> None:
    results = answers(release)
    results[0]["answer"] = "PLACE"
    body = json.dumps({"release": "shop:v1", "candidate": {"name": "ours"}, "results": results})
    headers = {"authorization": f"Bearer {cast.key(release.dataset.project, ['export'])}"}
    sent = body.replace('"PLACE"', text)
    answer = client.post("/api/v1/gate-runs", sent, content_type="application/json", headers=headers)
    assert answer.status_code == 201 and answer.json()["verdict"] != "passed", answer.content
    run = GateRun.objects.get(pk=answer.json()["id"])
    assert run.results.filter(passed=True).count() == len(results) - 1


def test_a_submission_without_one_usable_answer_names_the_first_fault(client: Client, release: Release) -> None:
    body = {"release": "shop:v1", "candidate": {"name": "ours"}, "results": [{"case": "a", "reply": "x"}]}
    answer = submit(client, release.dataset.project, body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == "/results/0"


def test_a_candidate_that_is_plainly_worse_is_not_asked_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts_judging, "MANY", 10)
    shop = cast.project("hall")
    for number in range(24):
        answer = f"Counter {number + 11} is the one, open until {number % 12 + 8} o'clock."
        talk = cast.asked(shop, f"p-{number}", question=f"Where is desk {number + 400} of the hall?", answer=answer)
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    made, asked = cast.cut(shop), []

    def knows(question: str, context: list[dict[str, str]]) -> str:
        number = next(n for n in range(24) if f" {n + 400} " in question)
        return f"Counter {number + 11} is the one, open until {number % 12 + 8} o'clock."

    def lost(question: str, context: list[dict[str, str]]) -> str:
        asked.append(question)
        return "I do not know."

    assert judged(made, knows).verdict == "passed"
    run = judged(made, lost, "lost")
    assert run.verdict == "refused" and "plainly_worse" in {reason["code"] for reason in run.reasons}
    assert len(asked) == run.results.count() == 12 and run.counts["not_asked"] == 12
    parts = reports.slices(run)
    assert parts[0].pairs.lost == 12 and not any(part.dropped for part in parts)  # the verdict did not test them
    assert judged(made, knows, "later").verdict == "passed"
