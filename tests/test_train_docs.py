"""The scripts of docs/how-to/train.md: they compile, and what they load is what TRL takes. Nothing is trained here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from curation.releases.files import folder
from tests.curation.gate_world import CORRECTED, EVERY, released

DOCS = (Path(__file__).parent.parent / "docs" / "how-to" / "train.md").read_text()
SCRIPTS = dict(re.findall(r"```python title=(\w+\.py)\n(.*?)```", DOCS, re.DOTALL))
PEERS = os.environ.get("PEERS_PYTHON", sys.executable)
CHECKS = {
    "sft.py": "from sft import examples as load",
    "dpo.py": "from dpo import pairs as load",
}
SHOWS = """
import json, sys
from trl.data_utils import is_conversational
rows = load(sys.argv[1])
print(json.dumps({"columns": sorted(rows.column_names), "rows": len(rows), "conversational": is_conversational(rows[0]),
                  "last": [rows[0].get(name, [{}])[-1].get("role") for name in ("completion", "chosen", "rejected")]}))
"""


def test_both_scripts_are_there_and_compile() -> None:
    assert set(SCRIPTS) == set(CHECKS)
    for name, source in SCRIPTS.items():
        compile(source, name, "exec")


@pytest.mark.peers
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "columns", "rows"),
    [("sft.py", ["completion", "prompt"], len(EVERY)), ("dpo.py", ["chosen", "prompt", "rejected"], len(CORRECTED))],
)
def test_what_a_script_loads_is_what_the_trainer_takes(
    name: str, columns: list[str], rows: int, tmp_path: Path
) -> None:
    has = subprocess.run([PEERS, "-c", "import datasets, trl"], capture_output=True, check=False, cwd="/")
    if has.returncode:
        pytest.skip("datasets and trl are not installed; see docs/benchmarks/other-tools.md")
    (tmp_path / name).write_text(SCRIPTS[name])
    offline = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
    }
    done = subprocess.run(
        [PEERS, "-c", CHECKS[name] + SHOWS, str(folder(released()))],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | offline,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    shown = json.loads(done.stdout.splitlines()[-1])
    assert shown["columns"] == columns and shown["rows"] == rows and shown["conversational"]
    assert set(shown["last"]) == {"assistant", None}
