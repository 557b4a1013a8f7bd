"""Other systems that store an agent's answers and people's feedback, driven as `bench.capture` drives Flywheel.

Each lives in an environment of its own (`bench/requirements-capture-peers.txt`), is started on an empty SQLite database
with the settings that it comes with, driven over HTTP with the same texts, and ended. A pair is what its own client sends:
a trace or task, then a vote on it. None of them asks for a key, redacts, or knows consent.
"""

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.load import Call, post
from tests import servers

Pair = tuple[str, str]  # question and answer
JSON = {"Content-Type": "application/json"}
TOKEN = "bench-token-of-one-run"  # noqa: S105 - of a server that lives for a minute
ANSWER_FORM = (
    '<View><Text name="answer" value="$answer"/><Choices name="vote" toName="answer">'
    '<Choice value="up"/><Choice value="down"/></Choices></View>'
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A system to compare with: the variable that names its interpreter, how to start it, and how to send a pair."""

    name: str
    variable: str
    command: Callable[[Path, int], list[str]]
    environment: Callable[[Path, int], dict[str, str]]
    path: str  # answers once it is up
    pair: Callable[[str, Callable[[], Pair]], Call]
    votes: tuple[str, str] | None = None  # the file and the table of what it stores after it has answered
    batch: Callable[[str, Callable[[], Pair], int], Call] | None = None  # where one call stores many pairs


@dataclass(frozen=True, slots=True)
class Running:
    """A peer that answers: where, its process, and how long it took to."""

    address: str
    process: subprocess.Popen[bytes]
    folder: Path
    seconds_to_start: float

    def stored(self, votes: tuple[str, str]) -> int:
        """How many votes are in its database."""
        file, table = votes
        with closing(sqlite3.connect(f"file:{self.folder / file}?mode=ro", uri=True, timeout=30)) as database:
            return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def traced(attributes: dict[str, str]) -> tuple[bytes, bytes, bytes]:
    """A trace of one span as an exporter sends it; its id and its span's."""
    message, trace, span_id, now = ExportTraceServiceRequest(), os.urandom(16), os.urandom(8), time.time_ns()
    span = message.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id, span.name = trace, span_id, "answer"
    span.start_time_unix_nano, span.end_time_unix_nano = now, now + 1_000_000
    for key, value in attributes.items():
        attribute = span.attributes.add()
        attribute.key, attribute.value.string_value = key, value
    return message.SerializeToString(), trace, span_id


def phoenix_pair(address: str, talk: Callable[[], Pair]) -> Call:
    """A trace over OTLP, and a human's annotation of it; both are acknowledged before they are stored."""

    def call(connection: HTTPConnection) -> None:
        question, answer = talk()
        said = {"openinference.span.kind": "LLM", "input.value": question, "output.value": answer}
        sent, _, span = traced(said)
        post(connection, "/v1/traces", sent, {"Content-Type": "application/x-protobuf"})
        vote = {"span_id": span.hex(), "name": "vote", "annotator_kind": "HUMAN", "result": {"label": "up", "score": 1}}
        post(connection, "/v1/span_annotations?sync=false", json.dumps({"data": [vote]}).encode(), {})

    return call


def mlflow_pair(address: str, talk: Callable[[], Pair]) -> Call:
    """A trace over OTLP, and a human's assessment of it."""

    def call(connection: HTTPConnection) -> None:
        question, answer = talk()
        sent, trace, _ = traced({"mlflow.spanInputs": json.dumps(question), "mlflow.spanOutputs": json.dumps(answer)})
        post(connection, "/v1/traces", sent, {"Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": "0"})
        said = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        assessment = {
            "assessment_name": "vote",
            "trace_id": f"tr-{trace.hex()}",
            "feedback": {"value": True},
            "source": {"source_type": "HUMAN", "source_id": "reader"},
            "create_time": said,
            "last_update_time": said,
        }
        path = f"/api/3.0/mlflow/traces/tr-{trace.hex()}/assessments"
        post(connection, path, json.dumps({"assessment": assessment}).encode(), {})

    return call


LABEL_STUDIO = {"Authorization": f"Token {TOKEN}"}
UP = {"from_name": "vote", "to_name": "answer", "type": "choices", "value": {"choices": ["up"]}}


def label_studio_project(address: str) -> int:
    """The number of a new project."""
    connection = HTTPConnection(address, timeout=60)
    body = json.dumps({"title": "bench", "label_config": ANSWER_FORM}).encode()
    project: int = json.loads(post(connection, "/api/projects/", body, LABEL_STUDIO))["id"]
    connection.close()
    return project


def label_studio_pair(address: str, talk: Callable[[], Pair]) -> Call:
    """A task of a project that is made once, and an annotation of it."""
    project = label_studio_project(address)

    def call(connection: HTTPConnection) -> None:
        question, answer = talk()
        task = json.dumps({"project": project, "data": {"question": question, "answer": answer}}).encode()
        made = json.loads(post(connection, "/api/tasks/", task, LABEL_STUDIO))["id"]
        post(connection, f"/api/tasks/{made}/annotations/", json.dumps({"result": [UP]}).encode(), LABEL_STUDIO)

    return call


def label_studio_batch(address: str, talk: Callable[[], Pair], pairs: int) -> Call:
    """Tasks with their annotations, imported in one call that answers when they are stored."""
    project = label_studio_project(address)

    def call(connection: HTTPConnection) -> None:
        said = [talk() for _ in range(pairs)]
        tasks = [
            {"data": {"question": question, "answer": answer}, "annotations": [{"result": [UP]}]}
            for question, answer in said
        ]
        answer = post(connection, f"/api/projects/{project}/import", json.dumps(tasks).encode(), LABEL_STUDIO)
        assert json.loads(answer)["annotation_count"] == pairs, answer

    return call


PEERS = [
    Peer(
        "Arize Phoenix",
        "PHOENIX_PYTHON",
        lambda python, port: [str(python), "-m", "phoenix.server.main", "serve"],
        lambda folder, port: {
            "PHOENIX_WORKING_DIR": str(folder),
            "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(servers.free_port()),
            "PHOENIX_TELEMETRY_ENABLED": "false",
        },
        "/healthz",
        phoenix_pair,
        ("phoenix.db", "span_annotations"),
    ),
    Peer(
        "MLflow",
        "MLFLOW_PYTHON",
        lambda python, port: [
            str(python),
            "-m",
            "mlflow",
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--backend-store-uri",
            "sqlite:///mlflow.db",
            "--artifacts-destination",
            "artifacts",
        ],
        lambda folder, port: {"MLFLOW_DISABLE_TELEMETRY": "true"},
        "/health",
        mlflow_pair,
    ),
    Peer(
        "Label Studio",
        "LABEL_STUDIO_PYTHON",
        lambda python, port: [
            str(python.with_name("label-studio")),
            "start",
            "--no-browser",
            "--port",
            str(port),
            "--username",
            "bench@example.com",
            "--password",
            TOKEN,
            "--user-token",
            TOKEN,
        ],
        lambda folder, port: {
            "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
        },
        "/health",
        label_studio_pair,
        batch=label_studio_batch,
    ),
]


def installed() -> list[tuple[Peer, Path]]:
    """The peers whose interpreter is named in the environment."""
    return [(peer, Path(python)) for peer in PEERS if (python := os.environ.get(peer.variable))]


@contextmanager
def running(peer: Peer, python: Path, wait: Callable[[str, subprocess.Popen[bytes]], None]) -> Iterator[Running]:
    """The peer on an empty folder, until the context ends; its whole family of processes goes with it."""
    port = servers.free_port()
    with tempfile.TemporaryDirectory(prefix="flywheel-bench-peer-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        environment = {**os.environ, **peer.environment(folder, port)}
        for ours in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"):
            environment.pop(ours, None)
        began = time.perf_counter()
        with (folder / "peer.log").open("wb") as log:
            process = subprocess.Popen(
                peer.command(python, port),
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait(f"http://127.0.0.1:{port}{peer.path}", process)
            yield Running(f"127.0.0.1:{port}", process, folder, time.perf_counter() - began)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it has started."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
