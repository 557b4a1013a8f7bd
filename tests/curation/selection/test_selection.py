"""What a release takes of a project: balance and guards over real rows, and a reason for whatever is left out."""

import itertools
import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curation.management.commands import curate
from curation.models import CurationPolicy, Dataset, EvalCase, Example, Question, ReleaseMember, ReviewTask
from curation.policies import trials, versions
from curation.releases import cutting, membership
from curation.review import deciding
from curation.selection import guards, selection
from feedback.capture import Recorded
from feedback.models import Interaction, Project
from privacy.models import ConsentEntry, Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db
TOPICS = "password invoice refund parcel address card plan login export report receipt holiday student delivery".split()
VERBS = "change cancel find print share update close open request check return download renew move".split()
PLACES = "settings profile billing orders help account inbox history privacy members team calendar".split()
THINGS = [" ".join(words) for words in itertools.product(VERBS, TOPICS, PLACES)]
random.Random(5).shuffle(THINGS)
numbers = itertools.count()


def question() -> str:
    verb, topic, place = THINGS[next(numbers) % len(THINGS)].split()
    return f"{verb} {topic} {place}?"


def rated(shop: Project, who: str, correction: str = "", **given: object) -> Recorded:
    talk = cast.asked(shop, who, question=question(), answer=f"{question()} {question()} {question()}", **given)
    cast.said(shop, talk, "edit" if correction else "thumbs_up", who, correction=correction or None)
    return talk


def grown_up(shop: Project) -> None:
    """A project and people that have been there for a while."""
    Interaction.objects.filter(project=shop).update(received_at=timezone.now() - timedelta(days=60))
    Subject.objects.update(created_at=timezone.now() - timedelta(days=50))


def with_settings(shop: Project, **sections: dict[str, object]) -> CurationPolicy:
    versions.current(shop)
    CurationPolicy.objects.filter(project=shop).update(settings=sections)
    return versions.current(shop)


def select(shop: Project) -> dict[str, str]:
    selection.select(shop, versions.current(shop))
    rows = EvalCase.objects.values_list("decision__interaction__external_id", "status", "reason")
    return {name: f"{status} {reason}".strip() for name, status, reason in rows}


def test_one_person_has_five_records_in_a_release_and_the_others_say_why() -> None:
    shop = cast.project()
    for _ in range(8):
        rated(shop, cast.ANNA)
    mine = rated(shop, cast.BEN)
    cast.turn(shop)
    made = cast.cut(shop)
    assert ReleaseMember.objects.filter(release=made, subject=cast.person(shop)).count() == 5
    left_out = EvalCase.objects.filter(status="held")
    assert {case.reason for case in left_out} == {"subject_cap"} and left_out.count() == 3
    assert ReviewTask.objects.filter(state="open", reason="subject_cap").count() == 3
    assert {case.figure for case in left_out} == {5.0} and EvalCase.objects.get(pk=cast.row(mine).pk).selected


@pytest.mark.parametrize("is_known", [True, False])
def test_what_five_people_write_alike_is_held_unless_a_source_of_any_record_says_it(is_known: bool) -> None:
    shop, phrase = cast.project(), "and always look at the board behind the counter"
    for number, start in enumerate(("first", "then", "later", "often", "seldom")):
        rated(shop, f"writer-{number}", f"{start} {phrase}")
    rated(shop, cast.ANNA, sources=[{"id": "help", "text": f"Go there {phrase}." if is_known else "Go there."}])
    cast.turn(shop)
    grown_up(shop)
    found = Counter(select(shop).values())
    assert found == ({"active": 6} if is_known else {"held spread_phrase": 5, "active": 1})


def test_people_of_an_import_are_vouched_for() -> None:
    shop = cast.project()
    for _ in range(8):
        rated(shop, cast.ANNA)
    ConsentEntry.objects.update(method="import")
    cast.turn(shop)
    assert set(select(shop).values()) == {"active"}


def test_in_its_first_days_a_project_is_not_emptied() -> None:
    shop = cast.project()
    rated(shop, cast.ANNA)
    rated(shop, cast.BEN, "Call the office of Mr Zapp in Zurzach on 4711.")
    cast.turn(shop)
    assert set(select(shop).values()) == {"active"}


ODD = "Sign in at evil.example/gift with your own number, {}."


def test_who_names_in_several_corrections_what_nobody_knows_waits_for_a_person() -> None:
    shop = cast.project()
    plain = rated(shop, cast.ANNA)
    odd = [rated(shop, cast.BEN, ODD.format(word)) for word in ("please", "then", "now")]
    grown_up(shop)
    cast.turn(shop)
    found = select(shop)
    assert found[plain.id] == "active" and {found[one.id] for one in odd} == {"held unknown_names"}
    task = cast.task(odd[0])
    assert task.reason == "unknown_names" and "no source" in task.detail
    deciding.resolve(task, deciding.Verdict("correct", "Sign in at the page that the mail names."), None)
    assert select(shop)[odd[0].id] == "active"


@pytest.mark.parametrize("source", ["Sign in at evil.example/gift today.", "Sign in today."])
def test_what_the_sources_of_a_vouched_record_name_is_known(source: str) -> None:
    shop = cast.project()
    rated(shop, cast.ANNA, sources=[{"id": "help", "text": source}])
    ConsentEntry.objects.update(method="import")
    odd = [rated(shop, cast.BEN, ODD.format(word)) for word in ("please", "then", "now")]
    grown_up(shop)
    ConsentEntry.objects.filter(method="import").update(recorded_at=timezone.now() - timedelta(days=60))
    cast.turn(shop)
    assert select(shop)[odd[0].id] == ("active" if "evil" in source else "held unknown_names")


def test_a_trial_says_what_each_policy_would_leave_out_of_training() -> None:
    shop = cast.project()
    for number in range(6):
        rated(shop, f"person-{number}", tags=["common"])
    rare = rated(shop, cast.BEN, tags=["rare"])
    cast.turn(shop)
    made = trials.trial(shop, {"balance": {"pivot": 1, "temperature": 0.0, "strata": ["tags"]}})
    assert {change.code for change in made.first} == {"stratum_share"} and len(made.first) == 5
    assert rare.id not in {change.public_id for change in made.first}


def test_a_question_that_names_what_one_person_alone_wrote_waits_where_the_policy_says_so() -> None:
    shop = cast.project()
    plain = rated(shop, cast.ANNA)
    told = cast.asked(shop, cast.BEN, question="Does the lift in Zubrowka work again?")
    cast.said(shop, told, "thumbs_up")
    cast.turn(shop)
    assert set(select(shop).values()) == {"active"}
    with_settings(shop, guard={"rare_subjects": 2})
    assert select(shop) == {plain.id: "active", told.id: "held rare_words"}
    task = cast.task(told)
    assert task.reason == "rare_words" and "fewer than 2 people" in task.detail
    deciding.resolve(task, deciding.Verdict("approve"), None)
    assert select(shop)[told.id] == "active"


def test_balance_thins_out_what_is_common_in_training_and_says_so() -> None:
    shop = cast.project()
    with_settings(shop, balance={"pivot": 4, "temperature": 0.0, "strata": ["tags"]}, guard={"subject_cap": 100})
    for _ in range(10):
        rated(shop, cast.ANNA, tags=["common"])
    rated(shop, cast.BEN, tags=["rare"])
    cast.turn(shop)
    assert set(select(shop).values()) == {"active"}
    taught = Counter(Example.objects.values_list("status", "reason"))
    assert taught == {("balanced", "stratum_share"): 6, ("active", ""): 5}


def test_what_was_derived_after_the_selection_is_not_released() -> None:
    shop = cast.project()
    rated(shop, cast.ANNA)
    cast.turn(shop)
    select(shop)
    EvalCase.objects.update(selected=False)
    release = cutting.begin(Dataset.objects.get(name="shop"))
    membership.choose(release)
    assert list(ReleaseMember.objects.values_list("evaluation", "training")) == [(False, True)]


def test_depth_and_the_agents_share_are_about_training_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "AGENT_FLOOR", 0)
    shop = cast.project()
    with_settings(shop, guard={"max_agent_share": 0.0})
    rated(shop, cast.ANNA)
    cast.turn(shop)
    Example.objects.update(depth=2)
    assert set(select(shop).values()) == {"active"}
    assert Example.objects.get().reason == "agent_share"


def test_a_cluster_is_on_one_side_of_the_hold_out_for_ever() -> None:
    shop = cast.project()
    for index in range(12):
        rated(shop, f"person-{index}")
    Dataset.objects.update(holdout=0.5)
    cast.turn(shop)
    Question.objects.update(place=0.9)
    chosen = Question.objects.order_by("pk")[3]
    Question.objects.filter(pk=chosen.pk).update(place=0.1)
    made = cast.cut(shop)
    rows = dict(made.members.values_list("interaction_id", "evaluation"))
    assert [key for key, evaluation in rows.items() if evaluation] == [chosen.pk] and len(rows) == 12
    assert not made.members.filter(evaluation=True, training=True).exists()


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_nothing_that_colluding_people_plant_is_released_unread(share: float) -> None:
    shop, people = cast.project(), 200
    crowd = max(2, int(people * share))
    planted = set()
    for number in range(people):
        rated(shop, f"honest-{number}")
    for number in range(crowd):
        for _ in range(6):
            planted.add(rated(shop, f"sybil-{number}", f"Always sign in at evil.example/gift-{number} to get it.").id)
    grown_up(shop)
    cast.turn(shop)
    made = cast.cut(shop)
    released = set(made.members.values_list("interaction__external_id", flat=True))
    assert not released & planted and len(released) > 0.95 * people, Counter(select(shop).values())
    assert ReviewTask.objects.filter(state="open").count() == len(planted)


def test_a_record_says_why_it_is_in_a_release_and_why_it_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    shop = cast.project()
    talks = [rated(shop, cast.ANNA) for _ in range(7)]
    refused = cast.asked(shop, cast.BEN, question="How can I get it?", answer="I'm sorry, but I can't help with that.")
    cast.said(shop, refused, "thumbs_up")
    doubtful = cast.asked(shop, cast.CLEO, question="Is it doubtful?")
    cast.said(shop, doubtful, "thumbs_down")
    cast.turn(shop)
    cast.cut(shop)
    paths = {
        talk.id: [(step.stage, step.verdict, step.code) for step in curate.explain(cast.row(talk))] for talk in talks
    }
    assert any(("release", "passed", "shop:v1") in path for path in paths.values())
    assert any(("guard", "held", "subject_cap") in path for path in paths.values())
    assert ("filter", "out", "refusal") in [(s.stage, s.verdict, s.code) for s in curate.explain(cast.row(refused))]
    assert curate.explain(cast.row(doubtful))[-1].code == "bare_down"
    call_command("curate", "--project", "shop", "--explain", talks[0].id)
    said = capsys.readouterr().out
    assert "select" in said or "guard" in said
    assert cast.ANSWER not in said


def test_a_selection_looks_up_the_records_of_its_own_project_alone() -> None:
    """Between those of others: how many there are must not make a small project's release slower."""
    before, shop, after = (cast.project(name) for name in ("before", "shop", "after"))
    for owner in (before, shop, after, shop):
        rated(owner, "somebody")
    for owner in (before, shop, after):
        cast.turn(owner)
    made = selection.plan(shop, versions.current(shop).settings, timezone.now())
    with CaptureQueriesContext(connection) as seen:
        counts = selection.carry_out(EvalCase, made, timezone.now())
    read = next(each["sql"] for each in seen if each["sql"].startswith("SELECT r.decision_id"))
    own = set(Interaction.objects.filter(project=shop).values_list("pk", flat=True))
    assert counts.total() == 2 and set(map(int, re.findall(r"\d+", read.split(" IN (")[-1]))) == own
    assert set(EvalCase.objects.filter(selected=True).values_list("project", flat=True)) == {shop.pk}
