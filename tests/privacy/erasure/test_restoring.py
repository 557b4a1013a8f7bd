"""A backup from before an erasure, restored, holds the person again; the list beside the database erases them again."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Interaction
from privacy.consent import ledger
from privacy.erasure import erasure, tombstones
from privacy.models import Subject, Tombstone
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_list() -> None:
    """Each test begins without a list."""
    tombstones.file().unlink(missing_ok=True)


def restored(since: str) -> None:
    """The database as the backup has it: the rows are there again, and no tombstone is."""
    Tombstone.objects.all().delete()
    shop = cast.project()
    cast.asked(shop, cast.ANNA, id="talk-of-anna")
    cast.asked(shop, cast.BEN, id="talk-of-ben")
    Subject.objects.update(created_at=since)


def replay() -> dict[str, int]:
    """Purge from the list."""
    return tombstones.replay(tombstones.file())


def test_the_erased_person_goes_again_and_others_stay() -> None:
    cast.asked(cast.project(), id="talk-of-anna")
    erasure.erase(cast.person(cast.project()))
    assert tombstones.append() == 2 and tombstones.append() == 0
    restored(since="2026-01-01T00:00:00+00:00")
    assert replay()["subjects"] == 1
    assert Interaction.objects.get().external_id == "talk-of-ben"
    assert replay()["subjects"] == 0


def test_who_came_back_after_their_erasure_stays() -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    tombstones.append()
    restored(since="2099-01-01T00:00:00+00:00")
    replay()
    assert Interaction.objects.count() == 2


def test_a_withdrawal_after_the_backup_holds_again() -> None:
    cast.asked(cast.project(), id="talk-of-anna")
    erasure.withdraw(cast.person(cast.project()), "training", method="page")
    tombstones.append()
    cast.project()
    erasure.erase(cast.person(cast.project()))
    restored(since="2026-01-01T00:00:00+00:00")
    from privacy.models import ConsentEntry

    ConsentEntry.objects.update(recorded_at="2026-01-01T00:00:00+00:00")
    assert replay()["withdrawals"] == 1
    assert not ledger.effective(cast.person(cast.project()))["training"]
    assert ledger.effective(cast.person(cast.project(), cast.BEN))["training"]


def test_conversations_deleted_by_withdrawing_go_again() -> None:
    cast.asked(cast.project(), id="talk-of-anna")
    erasure.withdraw(cast.person(cast.project()), "capture", method="page")
    tombstones.append()
    erasure.erase(cast.person(cast.project()))
    restored(since="2026-01-01T00:00:00+00:00")
    replay()
    assert [row.external_id for row in Interaction.objects.all()] == ["talk-of-ben"]


def test_a_second_erasure_counts_from_its_own_time() -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    tombstones.append()
    second = Tombstone.objects.get(kind="subject").buried_at
    Tombstone.objects.filter(kind="subject").update(buried_at="2026-01-01T00:00:00+00:00")  # as the backup has it
    replay()
    assert Tombstone.objects.get(kind="subject").buried_at == second


def test_a_torn_last_line_is_left_out() -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    tombstones.append()
    with tombstones.file().open("ab") as file:
        file.write(b'{"kind":"subj')
    assert replay()["tombstones"] == 2


def test_the_list_holds_hashes_alone_and_is_its_owners() -> None:
    talk = cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    tombstones.append()
    text = tombstones.file().read_text()
    assert cast.ANNA not in text and talk.id not in text and os.stat(tombstones.file()).st_mode & 0o077 == 0


def test_the_command_wants_a_list(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no list at this path"):
        call_command("replay_tombstones", "--from", str(tmp_path / "none"))
