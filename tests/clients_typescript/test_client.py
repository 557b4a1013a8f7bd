"""The TypeScript client: what it promises, run by node; that it is what its sources make; and that it knows our signals."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from feedback.signals import KINDS
from tests.clients_python.stub_server import running_stub

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "clients" / "typescript"
NEEDS_NODE = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


@NEEDS_NODE
def test_it_keeps_its_promises() -> None:
    run = subprocess.run(
        ["node", "--test", "--test-reporter=tap", "tests/clients_typescript/client.test.mjs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert int(re.findall(r"^# pass (\d+)", run.stdout, re.MULTILINE)[0]) >= 20


@NEEDS_NODE
def test_the_readme_runs_as_printed(tmp_path: Path) -> None:
    source = re.findall(r"```js\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)[0]
    program = tmp_path / "agent.mjs"
    program.write_text(source.replace('"flywheel-client"', json.dumps(str(PACKAGE / "dist" / "index.js"))))
    with running_stub() as stub:
        settings = {**os.environ, "FLYWHEEL_ENDPOINT": stub.url, "FLYWHEEL_KEY": stub.key}
        subprocess.run(["node", str(program)], env=settings, check=True, timeout=60)
        assert (len(stub.state.interactions), len(stub.state.feedback)) == (1, 2)


def test_it_follows_the_conventions_of_npm_and_depends_on_nothing() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    assert not {"dependencies", "peerDependencies", "devDependencies"} & package.keys()
    assert (package["type"], package["license"]) == ("module", "Apache-2.0")
    for named in (package["main"], package["types"], *package["exports"]["."].values()):
        assert (PACKAGE / named).is_file()
    built = {path.name.partition(".")[0] for path in (PACKAGE / "dist").iterdir()}
    assert built == {path.stem for path in (PACKAGE / "src").glob("*.ts")}


def test_it_knows_every_kind_of_signal() -> None:
    listed = re.search(r"SIGNALS = \[(.*?)\]", (PACKAGE / "src" / "events.ts").read_text(), re.DOTALL)
    assert listed and tuple(re.findall(r'"(\w+)"', listed[1])) == KINDS


@pytest.mark.thorough
@pytest.mark.slow
def test_it_is_what_the_sources_make(tmp_path: Path) -> None:
    if not shutil.which("npx"):
        pytest.skip("npx is not installed, so the sources cannot be compiled")
    environment = {**os.environ, "OUT": str(tmp_path)}
    run = subprocess.run([str(PACKAGE / "build.sh")], env=environment, capture_output=True, timeout=180, check=False)
    if run.returncode:
        pytest.skip("the compiler could not be fetched from the npm registry")
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text() for path in (PACKAGE / "dist").iterdir()}, (
        "run clients/typescript/build.sh"
    )
