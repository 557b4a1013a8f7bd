"""`flywheel download` from the real API: what arrives is the release, byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pytest
from django.test import Client

from curation.releases.files import folder
from curation.releases.verify import verify
from feedback.models import Project
from flywheel_client.releases import download
from tests import factories as cast

pytestmark = pytest.mark.django_db
API = "http://localhost/api/v1"


@pytest.fixture
def shop() -> Project:
    shop = cast.project()
    talk = cast.asked(shop, cast.BEN)
    cast.said(shop, talk, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    return shop


@pytest.fixture
def client() -> Client:
    """Django's, in place of the one that this folder's other tests talk to the stub with."""
    return Client()


@pytest.fixture
def http(shop: Project, client: Client) -> httpx.Client:
    """A connection to the service within this process."""

    def answer(request: httpx.Request) -> httpx.Response:
        sent = client.generic(request.method, request.url.raw_path.decode(), headers=dict(request.headers))
        return httpx.Response(sent.status_code, headers=dict(sent.headers), content=sent.getvalue())

    key = cast.key(shop, ["export"])
    return httpx.Client(transport=httpx.MockTransport(answer), headers={"Authorization": f"Bearer {key}"})


def test_a_downloaded_release_is_the_release_and_checks_itself(
    shop: Project, http: httpx.Client, tmp_path: Path
) -> None:
    made = cast.cut(shop)
    manifest = http.get(f"{API}/releases/{made.public_id}").json()
    directory = download(http, API, manifest, tmp_path / "release")
    here = {path.name: path.read_bytes() for path in directory.iterdir()}
    assert here == {path.name: path.read_bytes() for path in folder(made).iterdir()}
    assert {"README.md", "SHA256SUMS", "manifest.json"} <= set(here)
    checked = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=directory, check=False)
    assert checked.returncode == 0 and verify(directory) == []


def test_what_describes_a_release_has_a_digest_and_is_sent_once(shop: Project, http: httpx.Client) -> None:
    made = cast.cut(shop)
    for name in ("README.md", "SHA256SUMS", "manifest.json"):
        url = f"{API}/releases/{made.public_id}/files/{name}"
        first = http.get(url)
        again = http.get(url, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, first.content, again.status_code) == (200, (folder(made) / name).read_bytes(), 304)
    assert http.get(f"{API}/releases/{made.public_id}/files/lineage.json").status_code == 404
