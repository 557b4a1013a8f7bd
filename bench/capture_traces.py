"""Compares the processor time of `/v1/traces` and `/api/v1/batch` for the same pairs of 2 kB, in one process.

    python -m bench.capture_traces [--rounds 5] [--profile NAME] [--http] [--conversations 20000]

A pair is an interaction with feedback on it: two items of a batch, or in a trace the turn's span and an evaluation
event on it. `one span` is a single model call; `three spans` an agent's run around a retrieval and a model call, which
repeats the question and the answer as frameworks do. The calls go through the WSGI application in turns, each to new
ids, so that other work on the machine affects all of them equally. The target is .7 of the batch's pairs a second.

Parts of it are measured alone: `bare` is protobuf's or JSON's own parser and nothing else, `only decoded` is the body
made into spans, and `only read` the spans made into turns, before anything is redacted or stored. `the rest` is what a
trace costs beyond its reading and what a batch costs beyond its own: planning the turns, and the row by which later
spans find them.

`--http` sends the same bodies to `manage.py up` instead, in turns, and prints pairs a second and the processor time of
the web process; then it sends traces until that many conversations are stored, and prints its memory on the way.
"""

import argparse
import cProfile
import io
import json
import os
import pstats
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bench.capture import BATCH, feedback, interaction
from bench.capture_servers import family, flywheel, megabytes, processor_seconds

PROTOBUF, JSON = "application/x-protobuf", "application/json"
START, SECOND = 1_790_000_000 * 10**9, 10**9
TARGET = 0.7
Body = tuple[str, str, bytes]  # path, media type, body


def batch(pairs: int) -> Body:
    """As items of a batch."""
    talks = [interaction() for _ in range(pairs)]
    items = [{"type": "interaction", **talk} for talk in talks]
    items += [{"type": "feedback", **feedback(talk["id"])} for talk in talks]
    return "/api/v1/batch", JSON, json.dumps({"items": items}).encode()


def message(role: str, text: object) -> str:
    """A list of one message, as OpenTelemetry's convention writes it into an attribute."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def evaluation(talk: dict[str, Any]) -> dict[str, Any]:
    """The attributes of the event with the user's feedback."""
    said = feedback(talk["id"])
    given = {"gen_ai.evaluation.name": "user_feedback", "gen_ai.evaluation.score.label": said["signal"]}
    return given | ({"flywheel.correction": said["correction"]} if "correction" in said else {})


def person(talk: dict[str, Any]) -> dict[str, Any]:
    """Who asked and what they agreed to."""
    consents = {f"flywheel.consent.{purpose}": granted for purpose, granted in talk["consent"].items()}
    return {"user.id": talk["subject"], **consents}


def one_span() -> list[dict[str, Any]]:
    """A model call with all that is known of the turn."""
    talk = interaction()
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "small",
        "gen_ai.agent.name": "shop",
        "gen_ai.agent.version": "1.4",
        "gen_ai.input.messages": message("user", talk["question"]),
        "gen_ai.output.messages": message("assistant", talk["answer"]),
        "gen_ai.retrieval.documents": json.dumps(talk["sources"]),
        **person(talk),
    }
    return [{"name": "chat small", "given": given, "evaluation": evaluation(talk)}]


def three_spans() -> list[dict[str, Any]]:
    """A retrieval and a model call within an agent's run."""
    talk = interaction()
    words = {
        "gen_ai.input.messages": message("user", talk["question"]),
        "gen_ai.output.messages": message("assistant", talk["answer"]),
    }
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "shop", "gen_ai.agent.version": "1.4"}
    found = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": json.dumps(talk["sources"])}
    model = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "small",
        "gen_ai.response.id": secrets.token_hex(8),
    }
    return [
        {"name": "invoke_agent shop", "given": agent | words | person(talk), "evaluation": evaluation(talk)},
        {"name": "retrieval", "given": found},
        {"name": "chat small", "given": model | words},
    ]


def export(make: Callable[[], list[dict[str, Any]]], pairs: int) -> ExportTraceServiceRequest:
    """That many traces in one export."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.add(key="service.name", value=AnyValue(string_value="shop"))
    scope = group.scope_spans.add()
    scope.scope.name = "shop"
    for number in range(pairs):
        trace, root = secrets.token_bytes(16), secrets.token_bytes(8)
        for place, one in enumerate(make()):
            at = START + number * SECOND + place
            id, above = (secrets.token_bytes(8), root) if place else (root, b"")
            span = scope.spans.add(
                trace_id=trace,
                span_id=id,
                parent_span_id=above,
                name=one["name"],
                start_time_unix_nano=at,
                end_time_unix_nano=at + SECOND // 2,
            )
            attributes(span, one["given"])
            if "evaluation" in one:
                attributes(span.events.add(name="gen_ai.evaluation.result", time_unix_nano=at), one["evaluation"])
    return request


def attributes(holder: Span | Span.Event, given: dict[str, Any]) -> None:
    """Add attributes to a span or an event."""
    for key, value in given.items():
        as_any = AnyValue(bool_value=value) if isinstance(value, bool) else AnyValue(string_value=str(value))
        holder.attributes.add(key=key, value=as_any)


def protobuf(make: Callable[[], list[dict[str, Any]]]) -> Callable[[int], Body]:
    """An export as protobuf."""
    return lambda pairs: ("/v1/traces", PROTOBUF, export(make, pairs).SerializeToString())


def as_json(make: Callable[[], list[dict[str, Any]]]) -> Callable[[int], Body]:
    """An export as OTLP's JSON, with ids in hex."""

    def shaped(pairs: int) -> Body:
        from google.protobuf.json_format import MessageToDict

        body = MessageToDict(export(make, pairs), use_integers_for_enums=True)
        for span in body["resourceSpans"][0]["scopeSpans"][0]["spans"]:
            for name in ("traceId", "spanId", "parentSpanId"):
                if name in span:
                    span[name] = hexadecimal(span[name])
        return "/v1/traces", JSON, json.dumps(body).encode()

    return shaped


def hexadecimal(base64: str) -> str:
    """An id in OTLP's JSON."""
    from base64 import b64decode

    return b64decode(base64).hex()


KINDS: dict[str, Callable[[int], Body]] = {
    "batch": batch,
    "one span, protobuf": protobuf(one_span),
    "one span, JSON": as_json(one_span),
    "three spans, protobuf": protobuf(three_spans),
    "three spans, JSON": as_json(three_spans),
}


def call(application: Any, key: str, body: Body) -> bytes:
    """Send it to the application, as its web server would."""
    path, kind, sent = body
    begun: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer = b"".join(application(environ, lambda status, headers, error=None: begun.append(status)))
    assert begun[0].startswith("200"), (begun, answer[:500])
    return answer


def whole(body: Body, application: Any, key: str) -> None:
    """A whole call; everything in it must have been stored."""
    answer = call(application, key, body)
    if body[0] == "/api/v1/batch":
        assert all(result["status"] == 201 for result in json.loads(answer)["results"])
    else:
        assert not answer.strip(b"{}"), answer[:500]


def bare(body: Body) -> None:
    """The body through its parser alone."""
    import msgspec

    if body[1] == PROTOBUF:
        ExportTraceServiceRequest.FromString(body[2])
    else:
        msgspec.json.decode(body[2])


def only_decoded(body: Body) -> None:
    """The body made into spans, or into items."""
    from feedback.capture.json_bodies import decode_each
    from feedback.otel import decoding

    decode_each(body[2], "items") if body[0] == "/api/v1/batch" else decoding.spans(body[2], body[1])


def only_read(body: Body) -> None:
    """The body made into turns, or into payloads."""
    from feedback.api.batch import parsed
    from feedback.capture.json_bodies import decode_each
    from feedback.otel import decoding
    from feedback.otel.payloads import turn_in
    from feedback.otel.spans import read_all
    from feedback.otel.turns import Trace

    if body[0] == "/api/v1/batch":
        for item in decode_each(body[2], "items")["items"]:
            parsed(item, ("ingest", "feedback"))
        return
    spans = decoding.spans(body[2], body[1])
    heard = read_all(spans)
    by_trace: dict[str, list[Any]] = {}
    for span in spans:
        by_trace.setdefault(span.trace, []).append(heard[span.name].reading)
    for trace, readings in by_trace.items():
        tree = Trace(readings)
        for turn in tree.turns():
            told = tree.told(turn)
            assert told is not None
            turn_in(told, trace, {})


def seconds(work: Callable[[], None]) -> float:
    """Processor time of this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def ready(folder: str) -> tuple[Any, str]:
    """The WSGI application on an empty database, and a key."""
    os.environ |= {
        "FLYWHEEL_VAR": folder,
        "KEY_RATE": "100000000/min",
        "DJANGO_SETTINGS_MODULE": "flywheel_site.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createproject", "bench", stdout=io.StringIO())
    out = io.StringIO()
    call_command("createkey", "bench", "--scope", "ingest,feedback", "--json", stdout=out)
    from flywheel_site.wsgi import application

    return application, json.loads(out.getvalue())["key"]


def profile(name: str, application: Any, key: str) -> None:
    """Where the time of one kind goes."""
    bodies = [KINDS[name](BATCH) for _ in range(6)]
    whole(bodies[0], application, key)
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for body in bodies[1:]:
        whole(body, application, key)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(60).sort_stats("cumtime").print_stats(110)


def over_http(rounds: int, conversations: int) -> None:
    """Pairs a second of each kind over HTTP, and memory while many conversations come as traces."""
    with flywheel("") as server, closing(HTTPConnection(server.address, timeout=120)) as connection:

        def sent(make: Callable[[int], Body], web: int = server.process.pid) -> tuple[float, float]:
            path, kind, body = make(BATCH)
            before, begun = processor_seconds(web), time.perf_counter()
            connection.request("POST", path, body, {**server.headers, "Content-Type": kind})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200 and b"artialSuccess" not in said and b'"error"' not in said, said[:500]
            return time.perf_counter() - begun, processor_seconds(web) - before

        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in KINDS}
        sent(KINDS["batch"])  # to warm up
        before = {pid: processor_seconds(pid) for pid in family(server.process.pid)}
        for make in KINDS.values():
            sent(make)
        web = max(before, key=lambda pid: processor_seconds(pid) - before[pid])  # the others curate, or wait
        for _ in range(rounds):
            for name, make in KINDS.items():
                taken[name].append(sent(make, web))
        best = {name: tuple(min(part) for part in zip(*found, strict=True)) for name, found in taken.items()}
        print(f"{'over HTTP':<26}{'pairs a second':>16}{'to batch':>10}{'processor, ms a pair':>22}{'to batch':>10}")
        for name, (wall, worked) in best.items():
            rates = f"{BATCH / wall:>16,.0f}{best['batch'][0] / wall:>10.2f}"
            print(f"{name:<26}{rates}{1000 * worked / BATCH:>22.2f}{best['batch'][1] / worked:>10.2f}")
        for number in range(0, conversations + 1, BATCH):
            if number % (20 * BATCH) == 0:
                print(f"{number:>8,} conversations more: {megabytes(web):,.0f} MB")
            sent(KINDS["three spans, protobuf"])


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench.capture_traces")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", choices=list(KINDS))
    parser.add_argument("--http", action="store_true", help="over HTTP, against manage.py up")
    parser.add_argument("--conversations", type=int, default=20_000, help="after that, for the memory")
    options = parser.parse_args(arguments)
    if options.http:
        over_http(options.rounds, options.conversations)
        return 0
    with tempfile.TemporaryDirectory(prefix="flywheel-bench-") as folder:
        application, key = ready(folder)
        if options.profile:
            profile(options.profile, application, key)
            return 0
        taken: dict[str, list[list[float]]] = {name: [] for name in KINDS}
        for number in range(options.rounds + 1):  # the first only warms up
            for name, make in KINDS.items():
                body = make(BATCH)
                works = (
                    partial(bare, body),
                    partial(only_decoded, body),
                    partial(only_read, body),
                    partial(whole, body, application, key),
                )
                found = [seconds(work) for work in works]
                if number:
                    taken[name].append(found)
        table(taken)
    return 0


def table(taken: dict[str, list[list[float]]]) -> None:
    """Print the least of the rounds, in milliseconds a pair: other work on the machine only ever adds."""
    heads = ("bare", "only decoded", "only read", "whole", "the rest", "to batch")
    print(f"{'ms of processor time a pair':<30}" + "".join(f"{head:>14}" for head in heads))
    cost = {name: [1000 / BATCH * min(part) for part in zip(*found, strict=True)] for name, found in taken.items()}
    shared = cost["batch"][3] - cost["batch"][2]
    for name, (parsed, decoded, read, all_of_it) in cost.items():
        rest = all_of_it - read - shared
        shown = (parsed, decoded, read, all_of_it, rest, cost["batch"][3] / all_of_it)
        print(f"{name:<30}" + "".join(f"{part:>14.3f}" for part in shown))


if __name__ == "__main__":
    sys.exit(main())
