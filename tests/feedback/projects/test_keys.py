"""A project's keys: kept as hashes, rotated with an overlap, out of use within a second of being revoked."""

import json
import time
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from feedback.models import ApiKey
from feedback.projects import keys
from tests import factories as cast


@pytest.mark.django_db
def test_a_key_is_kept_as_a_hash_and_known_by_its_prefix() -> None:
    row, text = keys.create(cast.project(), ["ingest"])
    stored = repr(list(ApiKey.objects.values()))
    assert text not in stored and row.prefix == text[:10] and len(text) > 40
    assert keys.find_live(text) == row and keys.find_live(text[:-1] + "!") is None


@pytest.mark.django_db
def test_a_rotated_key_and_its_successor_both_open_until_the_overlap_ends() -> None:
    row, old = keys.create(cast.project(), ["ingest", "read"], "site")
    successor, new = keys.rotate(row, overlap_seconds=3600)
    assert keys.find_live(old) and keys.find_live(new)
    assert (successor.scopes, successor.name) == (["ingest", "read"], "site")
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    time.sleep(keys.CACHE_SECONDS + 0.05)
    assert keys.find_live(old) is None and keys.find_live(new)


@pytest.mark.django_db
def test_rotation_never_lengthens_a_keys_life() -> None:
    ends = timezone.now() + timedelta(minutes=1)
    row, _ = keys.create(cast.project(), ["ingest"], expires_at=ends)
    keys.rotate(row)
    assert ApiKey.objects.get(pk=row.pk).expires_at == ends


@pytest.mark.django_db
def test_a_rotated_key_ends_when_the_old_one_would_have() -> None:
    shop, ends = cast.project(), timezone.now() + timedelta(days=1)
    limited, _ = keys.create(shop, ["ingest"], expires_at=ends)
    assert keys.rotate(limited)[0].expires_at == ends
    endless, _ = keys.create(shop, ["ingest"])
    assert keys.rotate(endless)[0].expires_at is None
    # What is left of a rotated key is its overlap: rotated again, it gives no more than that.
    again, _ = keys.rotate(endless)
    assert again.expires_at is not None and again.expires_at < timezone.now() + timedelta(days=1, minutes=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("gone", "words"), [("expires_at", "has expired"), ("revoked_at", "was revoked")])
def test_a_key_that_is_not_live_is_not_rotated(gone: str, words: str) -> None:
    row, _ = keys.create(cast.project(), ["ingest"])
    # The row in hand may be older than what has happened to the key.
    ApiKey.objects.filter(pk=row.pk).update(**{gone: timezone.now() - timedelta(seconds=1)})
    with pytest.raises(keys.NotLive, match=words):
        keys.rotate(row)
    assert ApiKey.objects.count() == 1


@pytest.mark.django_db
def test_the_last_use_is_noted_to_the_minute() -> None:
    row, text = keys.create(cast.project(), ["ingest"])
    assert row.last_used_at is None
    keys.find_live(text)
    used = ApiKey.objects.get(pk=row.pk).last_used_at
    assert used is not None and timezone.now() - used < timedelta(seconds=10)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_revoked_key_is_out_of_use_within_a_second_in_another_process(web: str) -> None:
    row, text = keys.create(cast.project(), ["read"])
    connection.close()

    def status() -> int:
        request = urllib.request.Request(f"{web}/api/v1/interactions", headers={"Authorization": f"Bearer {text}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    assert status() == 200
    keys.revoke(row)
    revoked = time.monotonic()
    asked = time.monotonic()  # what is asked more than a second later is refused, however long an answer takes
    while status() == 200:
        assert asked - revoked < 1.0
        asked = time.monotonic()


@pytest.mark.django_db
def test_the_command_takes_scopes_repeated_or_with_commas(capsys: pytest.CaptureFixture[str]) -> None:
    cast.project()
    call_command("createkey", "shop", "--scope", "ingest,feedback", "--scope", "read", "--json")
    assert set(json.loads(capsys.readouterr().out)["scopes"]) == {"ingest", "feedback", "read"}
    with pytest.raises(CommandError, match="no scope all"):
        call_command("createkey", "shop", "--scope", "ingest,all")
