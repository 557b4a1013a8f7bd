"""The demo's whole turn: what it shows is true, and nothing of the sample's people is on disk in the clear."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from curation.models import Decision, GateRun, Release, ReviewTask
from curation.quality import audits
from curation.releases.files import folder
from feedback import capture
from feedback.capture.payloads import InteractionIn, convert
from feedback.models import Interaction, Project, Signal
from flywheel_site.console import home
from flywheel_site.demo.build_sample import right_passages
from privacy.models import Erasure
from privacy.subjects.lookup import find
from tests import factories as cast

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


def test_the_demo_turns_the_whole_wheel_twice_stores_nobody_who_agreed_to_nothing_leaks_nothing_and_erases_a_person(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("demo", "--no-serve")
    first = capsys.readouterr().out
    silent = [line["id"] for line in sample() if not (line.get("consent") or {}).get("capture")]
    assert silent and not Interaction.objects.filter(external_id__in=silent).exists()
    verdicts = dict(GateRun.objects.values_list("candidate__version", "verdict"))
    assert verdicts == {"v1": "passed", "v1-taught": "passed", "v3-tempting": "refused"}
    assert Decision.objects.filter(outcome="confirmed").count() > 100 < Interaction.objects.count()
    assert Decision.objects.filter(outcome="corrected").count() > 50
    assert ReviewTask.objects.filter(state="open").count() >= 40
    the_audit_is_judged_and_the_console_shows_what_was_printed(first)
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
    one_person_is_erased_without_a_trace(capsys)


def the_audit_is_judged_and_the_console_shows_what_was_printed(printed: str) -> None:
    project = Project.objects.get(name="demo")
    found, drawn = audits.audit(project), audits.sample(project)
    assert found.estimate.n == len(drawn) > 20 and found.words in printed and str(found.estimate) in printed
    rows = Interaction.objects.filter(audit__isnull=False)
    assert rows.filter(signals__isnull=True).exists()
    for kind in ("thumbs_up", "thumbs_down"):
        assert rows.filter(signals__kind=kind).exists()
    wrong = rows.filter(review_tasks__resolution="correct")
    said = {item["id"]: item["answer"] for item in sample()}
    assert wrong and not [row.external_id for row in wrong if reviewer_says(row.external_id) in said[row.external_id]]
    open_now = ReviewTask.objects.filter(state="open").count()
    assert f" {open_now} answers wait for a person" in printed
    page = home.glance(Project.objects.all(), "", "30", lambda permission: True)
    assert page.quality.estimate.n and page.audit.period and page.open_tasks.number == open_now


def reviewer_says(name: str) -> str:
    return right_passages()[name].text


def one_person_is_erased_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody of the demo who is in its release."""
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


def log_of(folder: Path, name: str = "mine.jsonl", extra: dict[str, Any] | None = None) -> str:
    """A log with a vote each; its path."""
    lines = [
        {
            "question": f"How long is ferry number {n} away?",
            "answer": f"It is {n} miles away.",
            "user": f"u{n}",
            "feedback": "up",
            **(extra or {}),
        }
        for n in range(3)
    ]
    (folder / name).write_text("\n".join(json.dumps(line) for line in lines))
    return str(folder / name)


EVERYTHING = {"consent": {"capture": True, "evaluation": True, "training": True}}


def demo(*options: str) -> None:
    call_command("demo", "--no-serve", *options)


def test_a_log_of_ones_own_has_a_project_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo("--log", log_of(tmp_path, extra=EVERYTHING))
    demo("--log", log_of(tmp_path, "demo.jsonl", extra=EVERYTHING))
    demo("--log", log_of(tmp_path, "Ära 2 (März).jsonl", extra=EVERYTHING))
    assert set(Project.objects.values_list("name", flat=True)) == {"mine", "demo-log", "ara-2-marz"}
    assert {release.dataset.name for release in Release.objects.all()} == {"mine", "demo-log", "ara-2-marz"}
    said = capsys.readouterr().out
    assert "3 conversations in the log: 3 stored" in said and "in the log           ██" in said
    assert Interaction.objects.filter(project__name="mine").count() == 3


def test_a_log_is_not_mixed_into_the_project_of_a_product(tmp_path: Path) -> None:
    cast.key(cast.project("mine"))
    with pytest.raises(CommandError, match="has keys"):
        demo("--log", log_of(tmp_path, extra=EVERYTHING))
    assert not Interaction.objects.exists()


def test_without_consent_it_says_how_to_give_it_and_publishes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_of(tmp_path)
    with pytest.raises(CommandError, match="Nothing in the log could be stored"):
        demo("--log", log)
    said = capsys.readouterr().err
    assert "CONSENT=capture,evaluation,training" in said and '"consent": {"capture": true' in said
    assert not Release.objects.exists()
    demo("--log", log, "--consent", "capture,evaluation,training", "--notice", "Terms of 2025")
    entry = Interaction.objects.order_by("pk")[0].subject.consent_entries.get(purpose="training")
    assert entry.notice is not None and entry.notice.text == "Terms of 2025" and Release.objects.count() == 1


def test_fields_that_do_not_fit_are_named_once_and_nothing_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "other.jsonl"
    log.write_text(
        "\n".join(json.dumps({"prompt": f"Q{n}?", "response": "A", **EVERYTHING, "feedback": "up"}) for n in range(12))
    )
    with pytest.raises(CommandError, match="Nothing in the log could be stored"):
        demo("--log", str(log))
    said = capsys.readouterr().err
    assert said.count("12 lines") == 1 and "prompt, response" in said and "MAP=question=" in said
    assert not Release.objects.exists()
    demo("--log", str(log), "--map", "question=prompt,answer=response")
    assert Interaction.objects.count() == 12


def test_a_log_without_a_vote_is_kept_and_publishes_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing is published"):
        demo("--log", log_of(tmp_path, extra={**EVERYTHING, "feedback": None}))
    assert Interaction.objects.count() == 3 and not Release.objects.exists()


def test_its_help_has_the_format_of_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        demo("--help")
    assert '{"question": TEXT, "answer": TEXT,' in capsys.readouterr().out
