"""The demo's whole turn: what it shows is true, and nothing of the sample's people is on disk in the clear."""

import json
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from curation.models import Decision, GateRun, Release, ReviewTask
from curation.releasefiles import folder
from feedback import capture
from feedback.models import Interaction, Project, Signal
from feedback.payloads import InteractionIn, convert
from privacy.models import Erasure
from privacy.subjects import find

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SAMPLE = Path(__file__).parent.parent / "flywheel_site" / "demo"


def sample() -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (SAMPLE / "sample.jsonl").read_text().splitlines()]


def raw_values() -> list[str]:
    """Every piece of personal data in the sample that is long enough to be searched for."""
    entries = json.loads((SAMPLE / "sample_pii.json").read_text())
    return [value for entry in entries if len(value := str(entry["value"])) >= 5]


def bytes_under_var() -> dict[str, bytes]:
    """What is on disk: database and log, releases, broker, logs. The keys' own files hold no text of anybody."""
    found = {}
    for directory, _, names in os.walk(settings.VAR):
        for name in names:
            if not name.startswith(("secret_key", "flywheel_master_key")):
                found[name] = (Path(directory) / name).read_bytes()
    return found


def test_the_demo_turns_the_whole_wheel_twice_and_leaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", "--no-serve")
    first = capsys.readouterr().out
    verdicts = dict(GateRun.objects.values_list("candidate__version", "verdict"))
    assert verdicts == {"v1": "passed", "v1-taught": "passed", "v3-tempting": "refused"}
    assert Decision.objects.filter(outcome="confirmed").count() > 100 < Interaction.objects.count()
    assert Decision.objects.filter(outcome="corrected").count() > 50
    assert ReviewTask.objects.filter(state="open").count() >= 40
    before = (Interaction.objects.count(), Signal.objects.count(), GateRun.objects.count(), Release.objects.count())

    call_command("demo", "--no-serve")
    again = (Interaction.objects.count(), Signal.objects.count(), GateRun.objects.count(), Release.objects.count())
    assert again == before and "PASSED" in first and "REFUSED" in first

    if connection.vendor == "sqlite":
        connection.close()
    values, files = raw_values(), bytes_under_var()
    assert len(values) > 40
    leaks = [(name, value) for name, data in files.items() for value in values if value.encode() in data]
    assert leaks == []


def test_everybody_who_agreed_to_nothing_is_nowhere() -> None:
    call_command("demo", "--no-serve")
    silent = [line for line in sample() if not (line.get("consent") or {}).get("capture")]
    assert silent and not Interaction.objects.filter(external_id__in=[line["id"] for line in silent]).exists()


def test_one_person_of_the_demo_is_erased_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", "--no-serve")
    project = Project.objects.get(name="demo")
    released = (folder(Release.objects.get(state="published")) / "lineage.jsonl").read_text()
    line = next(
        line for line in sample() if line.get("user") and f'"{line["id"]}"' in released and find("demo", line["user"])
    )
    mine = {item["id"] for item in sample() if item.get("user") == line["user"]}
    pseudonym = find("demo", line["user"]).digest  # type: ignore[union-attr]
    texts = {str(row.question) for row in Interaction.objects.filter(external_id__in=mine)}
    others = "\n".join(json.dumps(item, ensure_ascii=False) for item in sample() if item["id"] not in mine)
    capsys.readouterr()

    call_command("erase", "--project", "demo", "--subject", line["user"], "--json")
    receipt = json.loads(capsys.readouterr().out)
    assert receipt["counts"]["interactions"] == len(texts) or receipt["counts"]["interactions"] >= 1
    assert receipt["releases"] == ["demo v1"] and Erasure.objects.get(pk=receipt["erasure"]).settled_at

    body = {"id": line["id"], "question": line["question"], "answer": line["answer"], "subject": line["user"]}
    with pytest.raises(capture.Gone):
        capture.record_interaction(project, convert({**body, "consent": line["consent"]}, InteractionIn))
    if connection.vendor == "sqlite":
        connection.close()
    everything = b"".join(data for name, data in bytes_under_var().items() if "tombstone" not in name)
    unique = [text for text in texts if len(text) > 25 and json.dumps(text, ensure_ascii=False)[1:-1] not in others]
    assert unique and not [text for text in unique if text.encode() in everything]
    in_index_too = 2
    assert everything.count(pseudonym.encode()) <= in_index_too, "the hash stands on the list of the erased alone"
