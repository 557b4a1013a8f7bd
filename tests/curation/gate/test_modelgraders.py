"""Models that grade, at every entry point: asked only if the policy says so, counted, and never replaced by a guess."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from curation.gate import judging, measuring, model_graders
from curation.gate.case_graders import in_order, thresholds_under
from curation.gate.graders import GraderError
from curation.gate.thresholds import judged_answers
from curation.gate.verdicts import GatePolicy, PolicyError
from curation.models import CaseGrader, GateRun, Release, ReviewTask
from curation.policies import versions
from tests import factories as cast
from tests.curation.gate_world import EVERY, WRONG, good, place, released, topic_of
from tests.curation.stub_models import Endpoint, endpoint

pytestmark = pytest.mark.django_db
HERE = __name__


def free(question: str, context: list[dict[str, str]]) -> str:
    """The right answers in words that no other grader knows for right."""
    number = place(topic_of(question))
    return f"Our desk no. {number + 11} will help until {number + 8}."


def false(question: str, context: list[dict[str, str]]) -> str:
    return "Our desk no. 99 will help until 98."


@pytest.fixture
def models(settings: Any) -> Iterator[Endpoint]:
    """An endpoint that the installation is set up for."""
    model_graders.loaded.cache_clear()
    with endpoint() as server:
        settings.JUDGE_URL = settings.EMBEDDING_URL = server.url
        settings.JUDGE_MODEL, settings.EMBEDDING_MODEL, settings.JUDGE_KEY = "small", "words", "a-key"
        settings.JUDGE_PRICE_IN, settings.JUDGE_PRICE_OUT = 1.0, 2.0
        yield server


@pytest.fixture(scope="module", autouse=True)
def cut(keep: Callable[[], None]) -> Release:
    first = released()
    keep()
    return first


@pytest.fixture
def release(cut: Release) -> Release:
    return Release.objects.get(pk=cut.pk)


def wants(release: Release, **gate_policy: Any) -> None:
    """The project's next policy."""
    versions.revise(release.dataset.project, {"gate": gate_policy}, "Models grade.")


def judged(release: Release, agent: Any) -> GateRun:
    return judging.run(release, agent, judging.CandidateIn("x"), concurrency=1)


def test_no_model_is_asked_unless_the_policy_says_so(models: Endpoint, release: Release) -> None:
    judged(release, free)
    wants(release, min_golden=0.5)
    judged(release, good)
    assert models.calls == []


def test_a_judge_passes_free_wording_and_fails_what_is_false(models: Endpoint, release: Release) -> None:
    wants(release, model_graders=["judge"], models_first=True)
    run = judged(release, free)
    assert run.verdict == "passed", run.reasons
    graders = set(run.results.values_list("grader", flat=True))
    assert len(graders) == 1 and graders.pop().startswith("judge:")
    assert judged(release, false).verdict == "refused"
    assert models.keys == {"Bearer a-key"} and {body["model"] for body in models.calls} == {"small"}


def test_what_it_cost_is_shown_everywhere(models: Endpoint, release: Release) -> None:
    wants(release, model_graders=["judge"], models_first=True)
    run = judged(release, free)
    asked = len(models.calls)
    assert run.counts["judge_votes"] == asked and run.counts["judge_tokens"] == 220 * asked
    assert run.counts["judge_cost"] == pytest.approx(asked * (200 + 2 * 20) / 1e6)
    assert f"{run.counts['judge_cost']} judge cost" in judging.as_text(run)
    again = judged(release, free)
    assert again.counts["judge_votes"] == 3 * len(EVERY)  # calibrated once; each answer is judged once, by three votes


def test_a_judge_comes_after_the_words_where_they_suffice(models: Endpoint, release: Release) -> None:
    wants(release, model_graders=["judge"])
    run = judged(release, good)
    assert run.verdict == "passed" and models.calls == []
    assert not any(name.startswith("judge") for name in run.results.values_list("grader", flat=True))


def test_divided_votes_go_to_a_person_once(models: Endpoint, release: Release) -> None:
    wants(release, model_graders=["judge"], models_first=True)
    models.mood = "divided"
    run = judged(release, free)
    assert run.counts["judge_divided"] == len(EVERY)
    tasks = ReviewTask.objects.filter(reason="judge_divided")
    assert tasks.count() == len(EVERY) and "2 of 3 votes" in tasks[0].detail
    judged(release, free)
    assert ReviewTask.objects.count() == len(EVERY)


def test_a_judge_that_is_away_judges_nothing_and_nothing_is_kept(models: Endpoint, release: Release) -> None:
    wants(release, model_graders=["judge"], models_first=True)
    models.mood = "down"
    with pytest.raises(judging.GateError, match="did not answer for 16 of 16"):
        judging.exam(release)
    assert not CaseGrader.objects.exists() and not ReviewTask.objects.exists()
    models.mood = "fair"
    paper = judging.exam(release)
    models.mood = "down"
    assert len(paper.cases) == CaseGrader.objects.count() == len(EVERY)
    run = judged(release, free)
    assert run.verdict == "not_judged" and [reason["code"] for reason in run.reasons] == ["silent_grader"]


def test_the_command_says_which_setting_is_missing(release: Release, capsys: Any) -> None:
    wants(release, model_graders=["judge"])
    with pytest.raises(SystemExit) as left:
        call_command("evalgate", release="shop", agent=f"{HERE}:free")
    assert left.value.code == 2 and "JUDGE_URL and JUDGE_MODEL" in capsys.readouterr().err


def submit(client: Client, release: Release, agent: Any) -> Any:
    results = [
        {"case": f"shop-{place(topic)}", "answer": agent(f"Where do I ask about {topic}, please?", [])}
        for topic in EVERY
    ]
    body = {"release": "shop", "candidate": {"name": "x"}, "results": results}
    headers = {"Authorization": f"Bearer {cast.key(release.dataset.project)}"}
    return client.post("/api/v1/gate-runs", body, content_type="application/json", headers=headers)


def test_the_call_asks_the_judge_too_and_not_for_longer_than_it_may(
    models: Endpoint, release: Release, client: Client, settings: Any
) -> None:
    wants(release, model_graders=["judge"], models_first=True)
    settings.JUDGE_SECONDS = -1.0
    late = submit(client, release, free)
    assert late.status_code == 409 and "did not answer" in late.json()["detail"] and models.calls == []
    settings.JUDGE_SECONDS = 60.0
    sent = submit(client, release, free)
    assert sent.status_code == 201 and sent.json()["passed"], sent.json()
    assert sent.json()["counts"]["judge_cost"] > 0
    wrong = submit(client, release, lambda question, context: WRONG)
    assert wrong.status_code == 201 and wrong.json()["verdict"] == "refused"


def test_another_model_makes_other_cases(models: Endpoint, release: Release, settings: Any) -> None:
    wants(release, model_graders=["judge"], models_first=True)
    before = {case.grader for case in judging.exam(release).cases}
    settings.JUDGE_MODEL = "large"
    after = {case.grader for case in judging.exam(release).cases}
    assert len(before) == len(after) == 1 and before != after


def test_an_encoder_at_an_address_is_asked_and_grades_nothing_whose_opposite_it_finds_alike(
    models: Endpoint, release: Release
) -> None:
    wants(release, model_graders=["embedding"], models_first=True)
    run = judged(release, good)
    assert run.verdict == "passed", run.reasons
    assert len(models.calls) > 0
    assert not any(name.startswith("embedding:") for name in run.results.values_list("grader", flat=True))
    CaseGrader.objects.all().delete()
    models.mood = "down"
    with pytest.raises(judging.GateError, match="did not answer"):
        judged(release, good)


def test_the_order_and_the_least_scores_are_the_policys() -> None:
    using: Any = {"judge:1": None, "embedding:2": None}
    last = in_order(GatePolicy(model_graders=("embedding", "judge")), using)
    assert last[-2:] == ("embedding:2", "judge:1")
    first = in_order(GatePolicy(model_graders=("judge",), models_first=True), {"judge:1": using["judge:1"]})
    assert first[:3] == ("exact", "normalised", "judge:1")
    least = thresholds_under(GatePolicy(thresholds={"golden": {"token_f1": 0.42}}))
    assert (least["golden"]["token_f1"], least["regression"]["token_f1"]) == (0.42, 0.5)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"model_graders": ["oracle"]}, "model_graders"),
        ({"model_graders": "judge"}, "model_graders"),
        ({"models_first": 1}, "models_first"),
        ({"thresholds": {"golden": 0.5}}, "thresholds"),
        ({"thresholds": {"silver": {}}}, "golden and regression"),
        ({"thresholds": {"golden": {"exact": 0.5}}}, "takes"),
        ({"thresholds": {"golden": {"fuzzy": 0}}}, "above 0"),
        ({"thresholds": {"golden": {"fuzzy": 2}}}, "from 0 to 1"),
    ],
)
def test_a_policy_that_names_no_grader_is_refused(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(PolicyError, match=fault):
        GatePolicy.from_dict(given)


def test_a_grader_that_is_not_set_up_is_named() -> None:
    with pytest.raises(GraderError, match="EMBEDDING_MODEL"):
        model_graders.models_for(GatePolicy(model_graders=("embedding",)))


def test_the_judge_is_measured_on_what_corrections_replaced(models: Endpoint, release: Release) -> None:
    project = release.dataset.project
    judged_ones = list(judged_answers(project))
    assert judged_ones and not any(one.correct for one in judged_ones)
    said = StringIO()
    call_command("thresholds", project=project.name, measure=50, stdout=said)
    assert not models.calls and "claims: right ones refused no data (n = 0)" in said.getvalue()
    wants(release, model_graders=["judge"])
    call_command("thresholds", project=project.name, measure=50, stdout=said)
    line = next(line for line in said.getvalue().splitlines() if line.startswith("judge:"))
    assert models.calls and f"(n = {len(judged_ones)}, 95 %" in line and "without a grade" not in line
    models.mood = "down"
    silent = measuring.measured_now(project, model_graders.models_for(GatePolicy(model_graders=("judge",))).graders, 50)
    assert [(one.n, one.silent) for one in silent] == [(0, len(judged_ones))]
