"""The operating kit: alerts, dashboard, units, manifests and proxy configurations refer to things that exist, and their
own tools can read them.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.test import Client

from flywheel_site.http.middleware import PROBES
from flywheel_site.ops.doctor.work import PATIENCE
from tests import factories as cast
from tests.test_deploy import DEPLOY, documented

RULES = DEPLOY / "prometheus" / "alerts.yaml"
DASHBOARD = DEPLOY / "grafana" / "flywheel.json"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("flywheel-*.service"))


def expressions() -> list[str]:
    """Every expression of the alert rules and of the dashboard."""
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [rule["expr"] for rule in rules] + [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.django_db
def test_each_figure_that_rules_and_dashboard_name_exists(client: Client) -> None:
    cast.asked(cast.project())
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    there = set(re.findall(r"^(flywheel_\w+)", text, re.MULTILINE))
    named = {name for each in expressions() for name in re.findall(r"flywheel_\w+", each)}
    assert len(named) > 15 and named - there == set()
    for name, label, values in re.findall(r'(flywheel_\w+)\{(\w+)=~?"([\w|]+)"\}', "\n".join(expressions())):
        for value in values.split("|"):
            assert re.search(rf'^{name}\{{[^}}]*{label}="{value}"', text, re.MULTILINE), (name, label, value)


def test_every_kind_of_waiting_work_has_an_alert_or_is_left_to_doctor() -> None:
    watched = "|".join(re.findall(r'flywheel_oldest_waiting_seconds\{work=~"([\w|]+)"\}', RULES.read_text()))
    assert set(PATIENCE) - set(watched.split("|")) == {"signals", "webhooks"}


def test_each_alert_says_what_to_do() -> None:
    for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["todo"], rule["alert"]


def run(command: list[str], **options: Any) -> str:
    """What the tool says; skipped where it is not installed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout) + str(done.stderr)


def test_the_alerts_fire_for_what_they_are_about_and_are_silent_else() -> None:
    assert "SUCCESS" in run(["promtool", "test", "rules", "alerts.test.yaml"], cwd=RULES.parent)


def test_prometheus_reads_its_file() -> None:
    assert "is valid" in run(["promtool", "check", "config", "--syntax-only", "prometheus.yml"], cwd=RULES.parent)


def test_kubernetes_knows_every_field_of_the_manifests() -> None:
    files = [str(path) for path in MANIFESTS if path.name != "kustomization.yaml"]
    assert files, "without one the validator would pass"
    run(["kubernetes-validate", "--strict", "--quiet", *files])  # fails with the validator


def test_units_start_what_there_is() -> None:
    commands = [line for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    assert len(commands) == len(UNITS) == 7
    for name in re.findall(r"manage\.py (\w+)", "\n".join(commands)):
        assert name in get_commands()
    timers = {path.stem for path in (DEPLOY / "systemd").glob("*.timer")}
    assert timers <= {unit.stem for unit in UNITS}


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").glob("flywheel*"):
        text = path.read_text().replace("/srv/flywheel/.venv/bin/python", sys.executable)
        text = text.replace("/srv/flywheel/.venv/bin/celery", sys.executable)
        (tmp_path / path.name).write_text(text)
    said = run(["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))])
    assert "flywheel" not in said


def pods() -> dict[str, Any]:
    """The pod of each deployment, job and cron job, by its container's name."""
    found = {}
    for path in MANIFESTS:
        for each in yaml.safe_load_all(path.read_text()):
            spec = each.get("spec", {})
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            if pod := spec.get("template", {}).get("spec"):
                found[pod["containers"][0]["name"]] = pod
    return found


def test_pods_run_unprivileged_and_probes_ask_what_needs_no_host_name() -> None:
    found = pods()
    assert set(found) == {"web", "worker", "beat", "migrate", "backup", "tombstones", "doctor"}
    for name, pod in found.items():
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"], name
        assert {each["name"] for each in container["volumeMounts"]} >= {"var", "tmp"}
    probes = [
        found["web"]["containers"][0][f"{kind}Probe"]["httpGet"]["path"]
        for kind in ("startup", "liveness", "readiness")
    ]
    assert set(probes) <= set(PROBES)


@pytest.mark.django_db
def test_probes_are_answered_by_address_and_without_tls(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["flywheel.example.org"], True
    for path in PROBES:
        assert client.get(path, headers={"Host": "10.42.0.17:8000"}).status_code == 200, path
    assert client.get("/admin/login/", headers={"Host": "10.42.0.17:8000"}).status_code in (301, 400)


def test_the_manifests_set_what_the_reference_names_and_no_secret() -> None:
    documents = [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text())]
    config = next(each["data"] for each in documents if each["kind"] == "ConfigMap")
    [secret] = [each["stringData"] for each in documents if each["kind"] == "Secret"]
    assert set(config) | set(secret) <= documented()
    assert secret["SECRET_KEY"] == secret["FLYWHEEL_MASTER_KEY"] == ""
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    assert set(listed) == {path.name for path in MANIFESTS} - {"kustomization.yaml", "secret.example.yaml"}


def test_nginx_reads_its_files_and_lets_in_what_the_api_takes(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx" / "flywheel.conf").read_text()
    [size] = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(size) << 20 > settings.BATCH_BODY_LIMIT
    text += (DEPLOY / "nginx" / "subpath.conf").read_text().join(["server { listen 127.0.0.1:8447;\n", "}\n"])
    text = text.replace("/etc/nginx/", f"{DEPLOY}/nginx/").replace("/var/log/nginx/", f"{tmp_path}/")
    text = re.sub(r"ssl_certificate.*;", "", text).replace("listen 443 ssl http2", "listen 127.0.0.1:8446")
    text = text.replace("listen 80;", "listen 127.0.0.1:8445;")
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ access_log {tmp_path}/access; {folders}\n{text} }}"
    )
    assert "successful" in run(["nginx", "-t", "-c", str(main)])


def test_both_proxies_keep_the_links_of_people_out_of_their_logs() -> None:
    link = re.compile(r"\^\(\(\?:/\[\^/\]\+\)\?/privacy/\)\[\^/\?\]\+")
    assert link.search((DEPLOY / "Caddyfile").read_text())
    assert (
        '"~^(?<before>(?:/[^/]+)?/privacy/)[^/?]+"  "${before}[link]";'
        in (DEPLOY / "nginx" / "flywheel.conf").read_text()
    )
