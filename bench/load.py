"""Load over HTTP: a number of clients at once, each with one open connection, and how long each call took."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Call = Callable[[http.client.HTTPConnection], None]


@dataclass(frozen=True, slots=True)
class Load:
    """The result of a run: calls per second, and the median and 99th percentile in milliseconds."""

    rate: float
    p50: float
    p99: float


def post(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The body of the answer. Raises if the call failed."""
    connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status >= 300:
        raise AssertionError(f"{path} answered {answer.status}: {said[:300]!r}")
    return said


def drive(address: str, call: Call, *, clients: int, seconds: float) -> Load:
    """Let this many clients repeat the call for this long."""
    times: list[list[float]] = [[] for _ in range(clients)]
    faults: list[BaseException] = []
    gate = threading.Barrier(clients + 1)

    def client(mine: list[float]) -> None:
        connection = http.client.HTTPConnection(address, timeout=60)
        gate.wait()
        end = time.perf_counter() + seconds
        try:
            while (before := time.perf_counter()) < end:
                call(connection)
                mine.append(time.perf_counter() - before)
        except BaseException as error:  # noqa: BLE001 - raised below, in the caller's thread
            faults.append(error)
        connection.close()

    threads = [threading.Thread(target=client, args=(mine,)) for mine in times]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    every = sorted(taken * 1000 for mine in times for taken in mine)
    return Load(len(every) / (time.perf_counter() - began), every[len(every) // 2], every[len(every) * 99 // 100])


def median(runs: list[Load]) -> Load:
    """The median of several runs, figure by figure."""
    return Load(*(statistics.median(getattr(run, name) for run in runs) for name in ("rate", "p50", "p99")))
