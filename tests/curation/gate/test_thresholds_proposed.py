"""A shop with enough judged answers to propose a threshold, created once: what is shown, proposed and adopted."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from curation.gate import judging, thresholds
from curation.gate.calibration import LEAST_REVIEWED, Point
from curation.models import GateResult
from curation.policies import versions
from feedback.models import Project
from tests.curation.gate.test_thresholds import ENOUGH, judged, of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def enough(keep: Callable[[], None]) -> Project:
    """A shop with just enough judged answers to propose a threshold."""
    project = judged(ENOUGH, right=LEAST_REVIEWED)
    keep()
    return project


def test_a_threshold_is_proposed_once_there_are_enough_of_either_sort(enough: Project) -> None:
    found = of(enough, "golden.token_f1")
    assert (found.right, found.wrong, found.now) == (30, 59, 0.5)
    assert found.proposed is not None and 0.2 < found.proposed <= 0.5 and found.moves
    assert found.points[0] == Point(found.points[0].threshold, 1.0, 1.0, 30, 59)
    assert found.right_line.startswith("0,0 ") and found.wrong_line.endswith(f"{thresholds.WIDTH}.0,150.0")
    assert [point.threshold for point in found.table] == [n / 10 for n in range(1, 11)]


def test_fewer_propose_nothing_and_say_so(enough: Project) -> None:
    GateResult.objects.filter(judged=False).order_by("pk")[0].delete()
    found = of(enough, "golden.token_f1")
    assert found.proposed is None and "fewer than 30 right or 59 wrong" in found.why
    assert thresholds.adopt(enough, ["golden.token_f1"], None) is None


def test_what_is_adopted_is_a_version_of_the_policy_that_the_gate_keeps_to(enough: Project) -> None:
    versions.revise(enough, {"gate": {"min_golden": 0.8}, "guard": {"quorum": 2}}, "Ours.")
    made = thresholds.adopt(enough, ["golden.token_f1", "golden.none"], None)
    assert made is not None and made.version == 3 and "30 right, 59 wrong" in made.note
    limit = made.settings["gate"]["thresholds"]["golden"]["token_f1"]
    assert made.settings["gate"]["min_golden"] == 0.8 and made.settings["guard"] == {"quorum": 2}
    assert judging.policy_of(enough).thresholds == {"golden": {"token_f1": limit}}
    assert of(enough, "golden.token_f1").now == limit
    assert thresholds.adopt(enough, ["golden.token_f1"], None) is None


def test_the_page_shows_the_curves_and_takes_what_is_chosen(enough: Project, admin_client: Client) -> None:
    url = reverse("admin:curation_curationpolicy_thresholds", args=[versions.current(enough).pk])
    page = admin_client.get(url).content.decode()
    drawn = [kind for one in thresholds.curves(enough) for kind in (one.right, one.wrong) if kind]
    assert page.count("<polyline") == len(drawn) == 9, "nothing is drawn of answers that nobody has judged"
    assert "30 right and 59 wrong" in page and "(n = 59, 95 %" in page
    nothing = admin_client.post(url, {})
    assert nothing["Location"] == url and versions.current(enough).version == 1
    admin_client.post(url, {"curve": "golden.token_f1"})
    newest = versions.current(enough)
    assert newest.version == 2 and "token_f1" in newest.settings["gate"]["thresholds"]["golden"]


def test_the_command_prints_and_adopts(enough: Project) -> None:
    said = StringIO()
    call_command("thresholds", project=enough.name, adopt=True, stdout=said)
    assert (
        "golden     token_f1  now 0.50  30 right, 59 wrong" in said.getvalue()
        and "applies from now on" in said.getvalue()
    )
    assert versions.current(enough).version == 2


def test_asking_costs_the_same_however_many_there_are(enough: Project, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        thresholds.curves(enough)
