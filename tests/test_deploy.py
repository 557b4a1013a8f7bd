"""`deploy/` is compared with the settings and a running server, so that it cannot become outdated."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


def variables_of_settings() -> set[str]:
    """The names of the environment that the settings ask for."""
    tree = ast.parse((ROOT / "flywheel_site" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        if re.fullmatch(r"env\.\w+", ast.unparse(call.func))
    }


def documented() -> set[str]:
    """The names in the first column of the reference."""
    rows = re.findall(
        r"^\| (`[A-Z0-9_`, ]+`) \|", (ROOT / "docs" / "reference" / "settings.md").read_text(), re.MULTILINE
    )
    return {name for row in rows for name in re.findall(r"[A-Z0-9_]+", row)}


def compose() -> dict[str, Any]:
    """The services of the compose file."""
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def healthcheck(path: str, **environment: str) -> int:
    """The status with which the container's health check ends."""
    command = [sys.executable, str(DEPLOY / "healthcheck.py"), path]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, timeout=30, check=False)
    return done.returncode


def test_the_reference_names_every_variable_that_the_settings_read() -> None:
    asked = variables_of_settings()
    assert {"DATABASE_URL", "SECRET_KEY", "PORT"} <= asked
    assert asked - documented() == set(), "give each a sentence in docs/reference/words.yaml"


def test_the_reference_names_none_that_nobody_reads() -> None:
    read_by_granian = {"GRANIAN_WORKERS"}
    read_without_settings = {"FLYWHEEL_NATIVE"}  # privacy/native.py: the redactor runs without Django
    assert documented() - variables_of_settings() == read_by_granian | read_without_settings


def test_the_example_sets_what_the_reference_names_and_no_secret() -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert set(example) - documented() == {"POSTGRES_PASSWORD", "SITE_ADDRESS"}
    assert {name: example[name] for name in ("SECRET_KEY", "FLYWHEEL_MASTER_KEY", "POSTGRES_PASSWORD")} == {
        "SECRET_KEY": "",
        "FLYWHEEL_MASTER_KEY": "",
        "POSTGRES_PASSWORD": "",
    }


def test_compose_starts_every_part_after_the_migrations() -> None:
    services = compose()
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat", "caddy"}
    for part in ("web", "worker", "beat"):
        after = services[part]["depends_on"]
        assert after["migrate"]["condition"] == "service_completed_successfully", part


def test_compose_opens_no_server_but_the_proxy_to_the_network() -> None:
    open_ports = {name: service["ports"] for name, service in compose().items() if "ports" in service}
    assert open_ports.pop("caddy") == ["80:80", "443:443"]
    assert all(port.startswith("127.0.0.1:") for ports in open_ports.values() for port in ports)


def test_the_image_does_not_run_as_root() -> None:
    last_stage = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")[-1]
    assert re.findall(r"^USER (.+)$", last_stage, re.MULTILINE) == ["flywheel"]


def test_the_image_holds_every_part_that_runs() -> None:
    let_in = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert {"manage.py", "privacy", "feedback", "curation", "flywheel_site"} <= set(let_in)
    assert [name for name in let_in if not (ROOT / name).exists()] == []


@pytest.mark.worker
@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_health_check_passes_where_a_server_answers(transactional_db: None, shared_web: str, path: str) -> None:
    port = shared_web.rpartition(":")[2]
    assert healthcheck(path, PORT=port) == 0
    assert healthcheck("/admin/no-such-page", PORT=port) == 1


def test_the_health_check_fails_where_nobody_answers() -> None:
    assert healthcheck("/healthz", PORT=str(free_port())) == 1
