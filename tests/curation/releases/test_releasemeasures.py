"""A release says how good the agent is, what occurs both in its tests and in its training data, and whose words it
teaches.
"""

import pytest
from django.utils import timezone

from curation.models import Dataset
from curation.quality import report
from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_a_release_tells_its_estimates_its_overlap_and_its_authors() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop, "anna", question="When do you open?", answer="At nine."), "thumbs_up")
    corrected = cast.asked(shop, "ben", question="How long may I return a coat?", answer="Ten.")
    cast.said(shop, corrected, "edit", subject="ben", correction="Thirty days from the day it came.")
    cast.turn(shop)
    report.remember(shop, now=timezone.now())
    release = cast.cut(shop)
    said = release.manifest
    assert said["bias"]["thumbs"] == {"value": 0.5, "low": 0.0945, "high": 0.9055, "n": 2}
    assert "audit" not in said["bias"]  # nobody has judged one
    assert said["leakage"] == {"holdout": 0.0, "overlap": 2, "near": 0}
    agent, human = len("At nine."), len("Thirty days from the day it came.")
    assert said["authorship"] == {"agent_share": round(agent / (agent + human), 4), "max_depth": 1}


def test_with_a_hold_out_share_nothing_is_tested_and_taught() -> None:
    shop = cast.project()
    Dataset.objects.update(holdout=0.5)
    for place in range(12):
        talk = cast.asked(shop, f"person-{place}", question=f"Where is counter {place * 7919}?", answer=f"At {place}.")
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    assert cast.cut(shop).manifest["leakage"] == {"holdout": 0.5, "overlap": 0, "near": 0}
