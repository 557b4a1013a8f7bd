"""A master key that the database was not written with would find nobody: it is refused, with a message, before it does
harm.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from feedback.models import Interaction
from privacy import tasks
from privacy.checks import the_master_key_is_known
from privacy.erasure import erasure
from privacy.models import MasterKey, PrivacyRequest, Subject
from privacy.requests import lifecycle
from privacy.subjects import master_keys
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(settings: Any) -> None:
    """Anna is stored with one key, and this process has another."""
    cast.asked(cast.project())
    master_keys.expect_known()
    settings.MASTER_KEY = "another"


def test_the_first_key_is_entered_and_no_part_of_it_kept(settings: Any) -> None:
    master_keys.expect_known()
    master_keys.expect_known()
    assert MasterKey.objects.get().fingerprint == master_keys.fingerprint() and not the_master_key_is_known()
    assert settings.MASTER_KEY not in repr(MasterKey.objects.values())


def test_erasure_refuses_another_key_at_every_door(other: None) -> None:
    before = Subject.objects.count()
    with pytest.raises(CommandError, match="Restore the key"):
        call_command("erase", "--project", "shop", "--subject", cast.ANNA)
    with pytest.raises(master_keys.UnknownKey):
        lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    with pytest.raises(master_keys.UnknownKey):
        erasure.erase(Subject.objects.get())
    assert Subject.objects.count() == before and Interaction.objects.count() == 1


def test_the_api_answers_503_and_says_how_to_go_on(other: None, client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    sent = {"subject": cast.ANNA, "kind": "erasure"}
    answer = client.post("/api/v1/privacy/requests", sent, "application/json", headers=headers)
    assert answer.status_code == 503 and "Restore the key" in answer.json()["detail"]
    assert not PrivacyRequest.objects.exists()


def test_a_request_from_before_waits_until_the_key_is_back(settings: Any) -> None:
    cast.asked(cast.project())
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    right, settings.MASTER_KEY = settings.MASTER_KEY, "another"
    for _ in range(lifecycle.MAX_TRIES + 1):
        assert tasks.advance_requests() == 0
        PrivacyRequest.objects.update(lease_until=None)
    made.refresh_from_db()
    assert made.state == "restricted" and "master key" in made.error and Interaction.objects.exists()
    settings.MASTER_KEY = right
    assert tasks.advance_requests() == 1 and not Interaction.objects.exists()


def test_readyz_and_the_check_say_so(other: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "Restore the key" in answer.json()["master_key"]
    (error,) = the_master_key_is_known()
    assert error.id == "privacy.E003" and "masterkey --add" in str(error.hint)


def test_a_key_can_be_added_and_the_old_one_retired(other: None, client: Client) -> None:
    said = io.StringIO()
    call_command("masterkey", "--add", stdout=said)
    assert "version 2" in said.getvalue() and client.get("/readyz").status_code == 200
    call_command("masterkey", "--retire", "1", stdout=said)
    assert "retired" in said.getvalue() and not the_master_key_is_known()


def test_a_retired_key_is_refused_and_can_be_taken_back() -> None:
    master_keys.expect_known()
    call_command("masterkey", "--retire", "1", stdout=io.StringIO())
    with pytest.raises(master_keys.UnknownKey):
        master_keys.expect_known()
    with pytest.raises(CommandError, match="no live version with this number"):
        call_command("masterkey", "--retire", "1")
    call_command("masterkey", "--add", stdout=io.StringIO())
    master_keys.expect_known()


# In one process, which takes two seconds to start. It ends as they must: with the number of those that were refused.
EACH = f"""
import sys
import manage

refused = 0
for line in ("check", "up --port 1", "erase --project shop --subject {cast.ANNA}"):
    sys.argv = ["manage.py", *line.split()]
    try:
        manage.main()
    except SystemExit as end:
        refused += bool(end.code)
sys.exit(refused)
"""
COMMANDS = {
    "commands": ["-c", EACH],
    "web": ["-c", "import flywheel_site.wsgi"],
    "worker": ["-m", "celery", "--app", "flywheel_site", "worker", "--pool", "solo", "--without-mingle"],
}


@pytest.mark.worker
@pytest.mark.parametrize("start", COMMANDS)
def test_a_second_machine_without_the_key_starts_nothing_and_makes_none(
    start: str, child_environment: dict[str, str], tmp_path: Path
) -> None:
    master_keys.expect_known()
    environment = {**child_environment, "FLYWHEEL_VAR": str(tmp_path), "FLYWHEEL_MASTER_KEY": ""}
    root = Path(__file__).resolve().parents[3]
    ran = subprocess.run(
        [sys.executable, *COMMANDS[start]],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode != 0 and "Restore the key" in ran.stderr and "Traceback" not in ran.stderr
    if start == "commands":
        assert (ran.returncode, ran.stderr.count("Restore the key")) == (3, 3), ran.stderr
    assert not (tmp_path / "flywheel_master_key").exists() and os.access(tmp_path, os.W_OK)


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from flywheel_site.ops.environment import given_or_kept

    path = tmp_path / "key"
    made, where = given_or_kept("", path)
    assert where == path and given_or_kept("", path) == (made, None) and given_or_kept("x", path) == ("x", None)
    path.write_text("\n")
    with pytest.raises(ImproperlyConfigured, match="key is empty"):
        given_or_kept("", path)
