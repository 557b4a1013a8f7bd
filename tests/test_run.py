"""What `make test` reports is true: a look-up that did not happen does not count as clean, and a failure is shown."""

import json
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis as redis_client

from tests import audit, reruns, run, servers, tools

KNOWN = {"name": "django", "version": "5.2.19", "vulns": []}
WEAK = {
    "name": "granian",
    "version": "2.8.7",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.8.8"]}],
}
SKIPPED = {"name": "rensa", "skip_reason": "Dependency not found and could not be audited: rensa (0.5.0)"}


def read(*entries: object) -> audit.Audit:
    """What is read from pip-audit's report on three packages."""
    return audit.read_report(json.dumps({"dependencies": entries, "fixes": []}), 3)


def result(state: run.State, output: str = "") -> run.Result:
    """A stage that ended so, after a second."""
    stage = run.Stage("lint", f"stage that is {state}", lambda: run.Outcome(state))
    return run.Result(stage, run.Outcome(state, "a note", output), 1.0)


def test_a_report_in_which_every_package_was_skipped_is_no_clean_bill() -> None:
    assert read(SKIPPED, SKIPPED, SKIPPED).asked == 0
    assert "no advisory service can be reached" in read(SKIPPED).summary


def test_no_report_at_all_is_no_clean_bill() -> None:
    assert audit.read_report("", 3).asked == 0


def test_a_clean_report_says_how_many_packages_were_looked_up() -> None:
    assert read(KNOWN, SKIPPED, SKIPPED).summary == "no known weakness; 1 of 3 packages could be looked up"


def test_a_known_weakness_is_found_and_named() -> None:
    found = read(KNOWN, WEAK, SKIPPED)
    assert found.findings == ("granian 2.8.7: PYSEC-1, CVE-1, mended in 2.8.8",)


def test_the_audit_asks_for_what_production_installs_and_for_nothing_else() -> None:
    pins = audit.installed_closure((run.ROOT / "requirements.txt").read_text().splitlines())
    names = {pin.split("==")[0] for pin in pins}
    assert {"django", "sqlparse", "celery", "kombu", "psycopg-binary", "psycopg-pool"} <= names
    assert names.isdisjoint({"pytest", "ruff", "mypy", "pip"})


def test_the_last_lines_say_what_ran_and_what_could_not() -> None:
    lines = run.report([result("passed"), result("not run")]).splitlines()
    assert lines[-3:-1] == ["Passed: stage that is passed.", "Could not run: stage that is not run."]


def test_a_failure_is_shown_after_everything_that_ran() -> None:
    lines = run.report([result("failed", "what went wrong"), result("passed", "what went well")]).splitlines()
    assert "what went wrong" in lines and "what went well" not in lines
    assert lines[-2] == "FAILED: stage that is failed."


def test_the_closing_line_adds_up_the_tests_of_all_stages() -> None:
    notes = {
        "3 failed, 40 passed, 2 skipped in 9.1s on SQLite": "failed",
        "10 passed, 1 error in 2s": "failed",
        "7 passed": "passed",
    }
    results = [run.Result(result("passed").stage, run.Outcome(state, note), 1.0) for note, state in notes.items()]  # type: ignore[arg-type]
    assert run.closing_line(results) == "57 passed, 4 failed, 2 skipped"


def test_a_stage_that_ends_without_a_count_is_no_success() -> None:
    assert run.closing_line([result("failed"), result("passed")]) == "1 passed, 1 failed, 0 skipped"


def test_every_stage_but_the_long_ones_is_a_part_of_make_test(tmp_path: Path) -> None:
    short = {stage.name for stage in run.stages(tmp_path) if not stage.extra}
    every = {stage.name for stage in run.stages(tmp_path, thorough=True) if not stage.extra}
    assert every - short == {"native"} and {"lint", "types", "sqlite", "postgres", "browser", "described"} < short


def test_a_tool_that_ends_with_an_error_fails_its_stage(tmp_path: Path) -> None:
    environment = run.environment(tmp_path)
    assert run.tool("-c", "print('well')", environment=environment) == run.Outcome("passed", "well", "well\n")
    assert run.tool("-c", "raise SystemExit(3)", environment=environment).state == "failed"


def test_a_tool_is_measured_with_the_processes_that_it_starts(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    assert run.tool("-c", code, environment=run.environment(tmp_path)).cpu > 0.3


def test_a_tool_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SECONDS", 1)
    done = run.tool("-c", "import time; time.sleep(600)", environment=run.environment(tmp_path))
    assert done.state == "failed" and "Ended after 1 seconds." in done.output


def of_a_project(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> run.Outcome:
    """What came of a stage whose tests are this source. `first(n)` is true in the first n calls."""
    once = "from pathlib import Path\n\ndef first(n):\n    with Path('calls').open('a+') as calls:\n"
    once += "        calls.write('.')\n    return len(Path('calls').read_text()) <= n\n\n"
    (folder / "test_of_project.py").write_text(once + source)
    monkeypatch.setattr(tools, "ROOT", folder)
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p xdist -p randomly"}
    return run.pytest_outcome("--numprocesses=1", environment=run.environment(folder, **plugins), about="paper")


@pytest.mark.slow
def test_a_test_that_fails_once_and_passes_alone_is_named_and_fails_no_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = of_a_project(tmp_path, monkeypatch, "def test_it():\n    assert not first(1)\ndef test_two(): pass\n")
    assert outcome.state == "passed"
    lines = run.report([replace(result("passed"), outcome=outcome)]).splitlines()
    words = "failed once, passed alone: test_of_project.py::test_it (seed "
    assert words in lines[-2] and lines[-2].endswith("): look at it.")
    assert any(line.startswith("passed ") and words in line for line in lines)
    assert lines[-1] == "2 passed, 0 failed, 0 skipped"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "runs"),
    [
        pytest.param("def test_it():\n    assert not first(9)\n", 2, id="fails alone too"),
        pytest.param("".join(f"def test_{n}():\n    assert not first(4)\n" for n in range(4)), 4, id="four of them"),
        pytest.param("assert not first(9)\n", 1, id="not collected"),
    ],
)
def test_what_is_more_than_chance_fails_its_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, runs: int
) -> None:
    outcome = of_a_project(tmp_path, monkeypatch, source)
    assert (outcome.state, outcome.chance) == ("failed", "")
    assert len((tmp_path / "calls").read_text()) == runs


def test_an_interrupted_run_is_not_run_again(tmp_path: Path) -> None:
    kept = tmp_path / "v" / "cache" / "lastfailed"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"tests/test_run.py::test_it": true}')
    assert reruns.few_failed(1, "Using --randomly-seed=7", tmp_path) == reruns.Failed(
        ("tests/test_run.py::test_it",), "7"
    )
    assert reruns.few_failed(2, "Using --randomly-seed=7", tmp_path) is None


def test_an_operators_settings_reach_no_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://operator@db.example/flywheel")
    monkeypatch.setenv("FLYWHEEL_VAR", "/srv/flywheel")
    environment = run.environment(tmp_path)
    assert "DATABASE_URL" not in environment
    assert environment["FLYWHEEL_VAR"] == str(tmp_path / "var")


@pytest.mark.slow
def test_what_postgres_has_committed_outlives_its_killing() -> None:
    try:
        with servers.postgres(durable=True, given=False) as server:
            with psycopg.connect(server.url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
            server.kill()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(server.url, connect_timeout=2)
            server.start()
            with psycopg.connect(server.url) as connection:
                assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    except servers.Unavailable as reason:
        pytest.skip(str(reason))


def test_a_redis_asks_for_its_password_and_ends_with_its_context() -> None:
    try:
        with servers.redis(given=False) as server:
            url = server.url
            assert server.folder is not None and server.folder.exists()
            with redis_client.Redis.from_url(url) as client:
                assert client.ping()
            nobody = redis_client.Redis.from_url("redis://" + url.rpartition("@")[2])
            with pytest.raises(redis_client.AuthenticationError):
                nobody.ping()
    except servers.Unavailable as reason:
        pytest.skip(str(reason))
    assert not server.folder.exists()
    with pytest.raises(redis_client.ConnectionError):
        redis_client.Redis.from_url(url).ping()
