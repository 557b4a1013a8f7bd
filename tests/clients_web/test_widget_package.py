"""The file that pages load is small, is built from the sources next to it, and is what the demo serves."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from feedback.signals import KINDS

from .stub_api import DEMO, WEB

OF_THE_PLATFORM = {"start", "connectedCallback", "disconnectedCallback", "attributeChangedCallback", "interaction"}

SHIPPED = WEB / "flywheel-feedback.js"


def test_it_is_smaller_than_six_kilobytes_compressed() -> None:
    assert len(gzip.compress(SHIPPED.read_bytes())) < 6_000


def test_it_depends_on_nothing() -> None:
    package = json.loads((WEB / "package.json").read_text())
    assert not {"dependencies", "peerDependencies", "devDependencies"} & package.keys()
    assert "import " not in SHIPPED.read_text()
    assert (package["name"], package["license"], package["type"]) == (
        "flywheel-feedback",
        "Apache-2.0",
        "module",
    )
    assert package["version"] in SHIPPED.read_text().splitlines()[0]


def test_it_never_makes_markup_or_code_from_text() -> None:
    source = "".join(path.read_text() for path in (WEB / "src").glob("*.js"))
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "Function(",
        "document.write",
        ".style.",
    ):
        assert way not in source


def test_it_is_what_the_sources_make(tmp_path: Path) -> None:
    made = tmp_path / "made.js"
    if not shutil.which("npx"):
        pytest.skip("npx is not installed, so the sources cannot be bundled")
    run = subprocess.run(
        [str(WEB / "build.sh")],
        env={**os.environ, "OUT": str(made)},
        capture_output=True,
        timeout=180,
        check=False,
    )
    if run.returncode:
        pytest.skip("esbuild could not be fetched from the npm registry")
    assert made.read_text() == SHIPPED.read_text(), "run clients/web/build.sh"


def test_its_types_name_what_it_has() -> None:
    types, source = (WEB / "flywheel-feedback.d.ts").read_text(), (WEB / "src" / "flywheel-feedback.js").read_text()
    assert set(re.findall(r"^  (\w+)\(.*\{$", source, re.MULTILINE)) - OF_THE_PLATFORM == {
        "send",
        "takeBack",
        "refresh",
    }
    assert all(f"  {method}(" in types for method in ("send", "takeBack", "refresh"))
    texts = set(re.findall(r"^    (\w+): ", (WEB / "src" / "strings.js").read_text(), re.MULTILINE))
    assert texts and all(f'"{name}"' in types for name in texts)
    assert all(f'"{kind}"' in types for kind in KINDS)
    package = json.loads((WEB / "package.json").read_text())
    assert {package["types"], package["main"]} <= set(package["files"])


@pytest.mark.django_db
def test_flywheel_serves_it_to_pages_of_other_origins(client: Client) -> None:
    for name, kind in (("flywheel-feedback.js", "javascript"), ("flywheel-feedback.d.ts", "")):
        response = client.get(f"/static/widget/{name}")
        assert response.status_code == 200 and kind in response["Content-Type"]
        assert response["Access-Control-Allow-Origin"] == "*"
        response.close()


def test_the_demo_serves_these_very_files() -> None:
    same = {
        "flywheel-feedback.js": "flywheel-feedback.js",
        "flywheel-feedback.d.ts": "flywheel-feedback.d.ts",
        "widget.js": "demo.js",
        "widget.css": "demo.css",
    }
    assert [(DEMO / served).read_bytes() for served in same] == [
        (WEB / source).read_bytes() for source in same.values()
    ]
