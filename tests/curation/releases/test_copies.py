"""The copy of the releases in a bucket, against a server that speaks S3: what is published is there, nothing else."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from curation import checks
from curation.models import Release, ReleaseState
from curation.releases import copies
from curation.releases.copies import Bucket, StoreFailed
from curation.releases.files import folder
from curation.releases.folders import hide
from flywheel_site.management.commands import up
from privacy.models import PrivacyRequest, RequestStatus
from privacy.requests import lifecycle
from tests import factories as cast
from tests.extent import some_of

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "zanzibarquux"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A real server on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=some_of(["plain", "versioned"], "versioned"))
def store(request: pytest.FixtureRequest, server: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """A client of an empty bucket, with and without versions, in which this installation keeps its copies."""
    given = {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "DEFAULT_REGION": "us-east-1", "MAX_ATTEMPTS": "1"}
    for name, value in {**given, "ENDPOINT_URL_S3": server}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    urlopen(Request(f"{server}/moto-api/reset", method="POST")).close()
    client = boto3.client("s3")
    client.create_bucket(Bucket="copies")
    if request.param == "versioned":
        client.put_bucket_versioning(Bucket="copies", VersioningConfiguration={"Status": "Enabled"})
    settings.RELEASES_S3 = "s3://copies/flywheel"
    return client


# Where a bucket without versions could make a difference, in `make test` too.
IN_BOTH = pytest.mark.parametrize("store", ["plain", "versioned"], indirect=True)


def released() -> Release:
    """Anna, whose question has a word of hers alone, and Ben are in a release."""
    shop = cast.project()
    for name, question in ((cast.ANNA, f"How much is the {CANARY} tour?"), (cast.BEN, "Where is the lost property?")):
        cast.said(shop, cast.asked(shop, name, question=question), "thumbs_up")
    cast.turn(shop)
    return cast.cut(shop)


def seen(client: Any) -> dict[str, bytes]:
    """What a reader of the bucket sees."""
    rows = client.list_objects_v2(Bucket="copies").get("Contents", [])
    return {row["Key"]: client.get_object(Bucket="copies", Key=row["Key"])["Body"].read() for row in rows}


def everything(client: Any) -> list[bytes]:
    """Every version of every object that the store holds."""
    rows = client.list_object_versions(Bucket="copies").get("Versions", [])
    return [
        client.get_object(Bucket="copies", Key=row["Key"], VersionId=row["VersionId"])["Body"].read() for row in rows
    ]


def on_disk(release: Release) -> dict[str, bytes]:
    """The files of a release, under the keys that they have in the bucket."""
    place = f"flywheel/{release.dataset.name}/{release.version}"
    return {f"{place}/{path.name}": path.read_bytes() for path in folder(release).iterdir()}


@IN_BOTH
def test_a_release_is_copied_whole_and_the_pointer_names_it(store: Any) -> None:
    first = released()
    assert seen(store) == {**on_disk(first), "flywheel/shop/latest": b"v1\n"}
    cast.said(cast.project(), cast.asked(cast.project(), cast.CLEO, question="Is there a cloakroom?"), "thumbs_up")
    cast.turn(cast.project())
    second = cast.cut(cast.project())
    assert second.version == "v2"
    assert seen(store) == {**on_disk(first), **on_disk(second), "flywheel/shop/latest": b"v2\n"}


@IN_BOTH
def test_whoever_is_forgotten_is_in_no_version_of_any_object(store: Any) -> None:
    released()
    assert any(CANARY.encode() in content for content in everything(store))
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    assert lifecycle.advance(made).state == RequestStatus.CLOSED
    recut = Release.objects.get(recut=1)
    assert seen(store) == {**on_disk(recut), "flywheel/shop/latest": b"v1.1\n"}
    assert not any(CANARY.encode() in content for content in everything(store))
    assert not store.list_object_versions(Bucket="copies").get("DeleteMarkers")


def test_a_request_does_not_close_before_the_store_has_followed(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    released()
    there = seen(store)
    with monkeypatch.context() as broken:
        broken.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
        made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
        waits = lifecycle.advance(made)
    assert waits.state == RequestStatus.SCANNED and "bucket" in waits.error
    assert Release.objects.get(recut=1).state == ReleaseState.PUBLISHED
    assert seen(store) == there
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(waits).state == RequestStatus.CLOSED
    assert not any(CANARY.encode() in content for content in everything(store))


def test_a_copy_that_dies_after_any_object_shows_no_half_release(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as off:
        off.setattr(copies, "sync", lambda dataset, progress=None: None)
        first = released()
    put, left, whole = Bucket.put, 0, on_disk(first)

    def dying(bucket: Bucket, key: str, path: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        put(bucket, key, path)

    monkeypatch.setattr(Bucket, "put", dying)
    for number in range(len(whole) - 1):
        left = 1
        with pytest.raises(KeyboardInterrupt):
            copies.sync(first.dataset)
        there = seen(store)
        assert len(there) == number + 1
        assert all(whole[key] == content for key, content in there.items())
        assert "flywheel/shop/v1/manifest.json" not in there
    left = 1
    assert copies.sync(first.dataset).there == len(whole)
    assert seen(store) == {**whole, "flywheel/shop/latest": b"v1\n"}


def test_a_second_look_changes_nothing(store: Any) -> None:
    first = released()
    done = copies.sync(first.dataset)
    assert (done.put, done.removed, done.there) == (0, 0, len(on_disk(first)))


@IN_BOTH
def test_what_others_keep_in_the_bucket_stays_and_what_is_strange_among_the_releases_goes(store: Any) -> None:
    first = released()
    for key in ("other/file", "flywheel/shop-two/v1/sft.jsonl", "flywheel/shop/v9/sft.jsonl"):
        store.put_object(Bucket="copies", Key=key, Body=b"{}")
    copies.sync(first.dataset)
    assert set(seen(store)) - set(on_disk(first)) == {
        "other/file",
        "flywheel/shop-two/v1/sft.jsonl",
        "flywheel/shop/latest",
    }


def test_a_lost_disk_does_not_empty_the_bucket(store: Any) -> None:
    first = released()
    whole = on_disk(first)
    hide(folder(first))
    copies.sync(first.dataset)
    assert whole.items() <= seen(store).items()


def test_parts_of_an_upload_that_was_never_finished_go(store: Any) -> None:
    first = released()
    store.create_multipart_upload(Bucket="copies", Key="flywheel/shop/v1/sft.jsonl")
    copies.sync(first.dataset)
    assert not store.list_multipart_uploads(Bucket="copies").get("Uploads")


def test_one_process_copies_a_dataset_at_a_time(store: Any) -> None:
    first = released()
    with copies.locked(first.dataset):
        with pytest.raises(copies.CopyInProgress):
            copies.sync(first.dataset)
        with pytest.raises(CommandError, match="Another process"):
            call_command("copy_releases")
    assert copies.sync(first.dataset).put == 0


def test_a_release_is_published_though_the_store_is_away(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
        first = released()
        with pytest.raises(CommandError, match="EndpointConnectionError"):
            call_command("copy_releases")
    assert first.state == ReleaseState.PUBLISHED and not seen(store)
    said = StringIO()
    call_command("copy_releases", "shop", stdout=said)
    assert f"{len(on_disk(first))} files copied" in said.getvalue()
    assert len(seen(store)) == len(on_disk(first)) + 1


class Keeping:
    """A client of a store that lists no versions and deletes nothing."""

    class exceptions:
        ClientError = ClientError

    def get_paginator(self, call: str) -> Any:
        if call == "list_object_versions":
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "ListObjectVersions")
        return self

    def paginate(self, **asked: str) -> Iterator[dict[str, Any]]:
        yield {"Contents": [{"Key": f"{asked['Prefix']}v1/sft.jsonl", "Size": 7}]}

    def delete_objects(self, **asked: Any) -> dict[str, Any]:
        return {"Errors": [{"Key": row["Key"], "Code": "AccessDenied"} for row in asked["Delete"]["Objects"]]}


def test_a_store_that_keeps_what_has_to_go_is_an_error_and_one_without_versions_is_listed_all_the_same() -> None:
    bucket = Bucket(Keeping(), "copies", "flywheel/")
    things = list(bucket.object_versions("shop/"))
    assert [(one.key, one.version, one.size) for one in things] == [("shop/v1/sft.jsonl", None, 7)]
    with pytest.raises(StoreFailed, match="AccessDenied for 1 objects"):
        bucket.remove(things)


def test_an_erasure_without_a_bucket_asks_for_none() -> None:
    released()
    assert not copies.is_configured()
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    assert lifecycle.advance(made).state == RequestStatus.CLOSED


@pytest.mark.parametrize(
    ("url", "fault"), [("/srv/releases", "s3://bucket"), ("s3://", "s3://bucket"), ("s3://b/p", "")]
)
def test_an_address_that_is_no_bucket_is_named_at_the_start(url: str, fault: str, settings: Any) -> None:
    settings.RELEASES_S3 = url
    found = run_checks(tags=up.Command.requires_system_checks)  # of all checks, those that `manage.py up` makes
    assert [error.id for error in found] == (["curation.E001"] if fault else [])
    assert all(fault in error.msg for error in found)


def test_without_the_library_the_check_says_how_to_get_it(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RELEASES_S3 = "s3://copies"
    monkeypatch.setattr(copies, "installed", lambda: False)
    (error,) = checks.bucket_can_be_used()
    assert "pip install boto3" in error.msg
