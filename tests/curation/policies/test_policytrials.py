"""What another policy would change: the page and the command show it first, and nothing is written."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from curation.models import CurationPolicy, EvalCase, Example
from curation.policies import trials
from curation.policies import versions as policies_versions
from feedback.models import Interaction, Project
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
LONG = "First open the door of the hall, then take the lift to the third floor and follow the blue line on the ground."


@pytest.fixture
def shop() -> Project:
    """Two short answers and a long one, of three people."""
    made = cast.project()
    for who, name, question, answer in (
        (cast.ANNA, "museum", "How late does the museum open?", "At nine."),
        (cast.BEN, "office", "Where is the lost property office?", LONG),
        ("carl", "harbour", "Which tram goes to the harbour?", "The fourth."),
    ):
        cast.said(made, cast.asked(made, who, id=name, question=question, answer=answer), "thumbs_up")
    cast.turn(made)
    cast.cut(made)
    return made


def standing() -> list[tuple[object, ...]]:
    return [row for model in (EvalCase, Example) for row in model.objects.order_by("pk").values_list("pk", "status")]


def test_a_stricter_filter_says_what_would_leave_and_writes_nothing(shop: Project) -> None:
    before, versions = standing(), CurationPolicy.objects.count()
    made = trials.trial(shop, {"filter": {"max_tokens": 12}})
    assert made.whole and made.read == 3 and list(made.counts.values()) == [1]
    assert [(change.public_id, change.verdict, change.stage) for change in made.first] == [("office", "out", "filter")]
    assert "lift" not in repr(made)
    assert standing() == before and CurationPolicy.objects.count() == versions


def test_a_laxer_filter_says_what_would_come_back(shop: Project) -> None:
    policies_versions.revise(shop, {"filter": {"max_tokens": 12}}, "shorter", again=True)
    cast.turn(shop)
    assert EvalCase.objects.get(pk=Interaction.objects.get(external_id="office").pk).status == "filtered"
    made = trials.trial(shop, {})
    assert [(change.public_id, change.verdict) for change in made.first] == [("office", "back")]


def test_without_again_what_is_decided_stays(shop: Project) -> None:
    policies_versions.revise(shop, {"filter": {"max_tokens": 12}}, "shorter")
    assert cast.turn(shop) is None or not EvalCase.objects.filter(status="filtered").exists()


def test_guards_are_tried_among_all_records(shop: Project) -> None:
    for number in range(4):
        about = cast.asked(
            shop,
            cast.ANNA,
            question=f"When does line {number} leave from gate {number * 7}?",
            answer=f"It leaves at {number + 3} o'clock, from platform {number * 11}.",
        )
        cast.said(shop, about, "thumbs_up", cast.ANNA)
    cast.turn(shop)
    made = trials.trial(shop, {"guard": {"subject_cap": 2}})
    assert [key[1] for key in made.counts] == ["guard"] and sum(made.counts.values()) == 3
    assert not trials.trial(shop, {"guard": {"subject_cap": 5}}).counts


def test_only_the_newest_are_tried_before_a_page_and_that_is_said(shop: Project) -> None:
    made = trials.trial(shop, {"filter": {"max_tokens": 2}, "guard": {"subject_cap": 1}}, most=1)
    assert not made.whole and made.read == 1


def test_the_page_tries_before_it_saves(shop: Project, client: Client) -> None:
    policy = policies_versions.current(shop)
    url = reverse("admin:curation_curationpolicy_revise", args=[policy.pk])
    curator = signed_in(staff("curator", shop))
    sent = {"settings": '{"filter": {"max_tokens": 12}}', "note": "shorter"}
    page = curator.post(url, {**sent, "try": "1"}).content.decode()
    assert "What would change" in page and "office" in page and "Nothing was saved" in page
    assert policies_versions.current(shop) == policy
    assert curator.post(url, sent).status_code == 302
    assert policies_versions.current(shop).version == policy.version + 1


def test_the_command_prints_tries_and_sets(shop: Project, tmp_path: Path) -> None:
    def said(*given: str) -> str:
        out = io.StringIO()
        call_command("policy", "--project", shop.name, *given, stdout=out)
        return out.getvalue()

    path = tmp_path / "policy.yaml"
    path.write_text("filter:\n  max_tokens: 12\n")
    assert "1 of 3 records would change." in said("--try", str(path))
    assert policies_versions.current(shop).version == 1
    with pytest.raises(CommandError, match="--note"):
        said("--set", str(path))
    assert "v2" in said("--set", str(path), "--note", "shorter")
    assert said().splitlines()[1:] == ["filter:", "  max_tokens: 12"]
    path.write_text(said())
    assert "v3" in said("--set", str(path), "--note", "the same again"), "what it prints, it takes"
    path.write_text("filter: [unclosed")
    with pytest.raises(CommandError, match="not YAML"):
        said("--try", str(path))
    path.write_text("filters: {}")
    with pytest.raises(CommandError, match="no stage filters"):
        said("--try", str(path))
    assert "subject_cap" in said("--defaults")
