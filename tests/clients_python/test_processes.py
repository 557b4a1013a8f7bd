"""What is queued survives the end of the process, and a fork neither loses nor doubles it."""

from __future__ import annotations

import json
import textwrap

from tests.clients_python.programs import Program
from tests.clients_python.stub_server import Stub


def run(program: Program, stub: Stub, source: str) -> list[str]:
    """Run a program that has a client; returns the answers that the server holds, sorted."""
    head = f"""
        import os, sys, threading
        from flywheel_client import Client
        client = Client({stub.url!r}, {stub.key!r}, flush_interval=60, exit_timeout=30)
    """
    done = program("-c", textwrap.dedent(head) + textwrap.dedent(source))
    assert (done.returncode, done.stderr) == (0, "")
    return sorted(json.loads(body)["answer"] for body in stub.state.interactions.values())


def test_what_is_queued_is_delivered_when_the_process_ends(program: Program, stub: Stub) -> None:
    source = """
        for number in range(250):
            client.interaction(question="Q", answer=f"{number:03}")
    """
    assert run(program, stub, source) == [f"{number:03}" for number in range(250)]


def test_it_is_delivered_after_an_uncaught_error_too(program: Program, stub: Stub) -> None:
    assert run(program, stub, "client.interaction(question='Q', answer='A')\nsys.exit(0)") == ["A"]


def test_a_server_that_hangs_does_not_hold_up_the_end(program: Program, stub: Stub) -> None:
    stub.state.gate.clear()
    source = f"""
        from flywheel_client import Client
        client = Client({stub.url!r}, {stub.key!r}, timeout=300, exit_timeout=0.5)
        client.interaction(question="Q", answer="A")
    """
    done = program("-c", textwrap.dedent(source))
    assert done.returncode == 0
    assert "1 events dropped" in done.stderr


def test_parent_and_forked_child_each_deliver_their_own(program: Program, stub: Stub) -> None:
    source = """
        client.interaction(question="Q", answer="before")
        if os.fork() == 0:
            assert client.stats().offered == 0
            client.interaction(question="Q", answer="child")
            client.close()
            os._exit(0)
        client.interaction(question="Q", answer="parent")
        assert os.wait()[1] == 0
    """
    assert run(program, stub, source) == ["before", "child", "parent"]
    assert len(stub.state.seen("/api/v1/batch")) == 2


def test_a_fork_while_other_threads_capture_does_not_lock_the_child(program: Program, stub: Stub) -> None:
    source = """
        stop = threading.Event()
        def capture():
            while not stop.is_set():
                client.feedback("some-interaction", "copy")
        threads = [threading.Thread(target=capture) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(20):
            if os.fork() == 0:
                client.interaction(question="Q", answer=f"child {number:02}")
                client.close()
                os._exit(0)
        stop.set()
        for thread in threads:
            thread.join()
        assert {os.wait()[1] for _ in range(20)} == {0}
    """
    assert run(program, stub, source) == [f"child {number:02}" for number in range(20)]


def test_a_direct_call_in_a_forked_child_uses_a_connection_of_its_own(program: Program, stub: Stub) -> None:
    source = """
        client.record(question="Q", answer="parent")
        if os.fork() == 0:
            assert client.record(question="Q", answer="child").stored
            os._exit(0)
        assert os.wait()[1] == 0
        assert client.record(question="Q", answer="parent again").stored
    """
    assert run(program, stub, source) == ["child", "parent", "parent again"]


def test_a_multiprocessing_worker_delivers_before_it_ends(program: Program, stub: Stub) -> None:
    source = """
        import multiprocessing
        def work():
            client.interaction(question="Q", answer="worker")
        worker = multiprocessing.get_context("fork").Process(target=work)
        worker.start()
        worker.join()
        assert worker.exitcode == 0
    """
    assert run(program, stub, source) == ["worker"]
