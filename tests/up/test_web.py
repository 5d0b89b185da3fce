"""The web server's process: where it listens, and how it ends."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from scheduler.errors import Explained
from services.up.web import bind
from tests.up.running import PATIENCE, ROOT

_SLOW = r"""
import os, sys, time
from flask import Flask, request
from services.up.web import bind, serve
app = Flask("slow")
@app.get("/slow")
def slow():
    os.write(1, b"begun\n")
    time.sleep(1)
    return "x" * 3_000_000
@app.get("/quick")
def quick():
    return "here"
@app.get("/headers")
def headers():
    return request.headers.get("X-Forwarded-For", "none") + " " + str(request.remote_addr)
listener = bind(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
serve(app, listener)
"""


@pytest.fixture
def slow() -> Iterator["subprocess.Popen[bytes]"]:
    words = [sys.executable, "-c", _SLOW]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def _get(port: int, path: str, **headers: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_request_that_has_begun_is_answered_before_the_end(
    slow: "subprocess.Popen[bytes]", by: signal.Signals
) -> None:
    assert slow.stdout
    with ThreadPoolExecutor(2) as pool:
        port = int(slow.stdout.readline())
        answers = [pool.submit(_get, port, "/slow") for _ in range(2)]
        for _ in answers:
            assert slow.stdout.readline() == b"begun\n"

        slow.send_signal(by)

        assert [len(each.result()) for each in answers] == [3_000_000] * 2
        assert slow.wait(PATIENCE) == 0
        with pytest.raises(ConnectionRefusedError):
            _get(port, "/slow")


def test_idle_it_ends_at_once(slow: "subprocess.Popen[bytes]") -> None:
    assert slow.stdout
    port = int(slow.stdout.readline())
    assert _get(port, "/quick") == b"here"
    with socket.create_connection(("127.0.0.1", port)):  # somebody who says nothing
        began = time.monotonic()
        slow.send_signal(signal.SIGTERM)

        assert slow.wait(PATIENCE) == 0
        assert time.monotonic() - began < 15  # a second, where nobody else works


def test_forwarding_headers_reach_the_application_and_are_not_believed(
    slow: "subprocess.Popen[bytes]",
) -> None:
    assert slow.stdout
    port = int(slow.stdout.readline())

    said = _get(port, "/headers", **{"X-Forwarded-For": "198.51.100.7"})

    assert said == b"198.51.100.7 127.0.0.1"


def test_a_taken_port_is_refused_unless_there_are_spare_ones() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host, port = taken.getsockname()

        with pytest.raises(Explained, match=f"Port {port} is taken"):
            bind((host, port))
        with bind((host, port), spare=50) as listener:
            assert port < listener.getsockname()[1] <= port + 50


def test_a_port_of_the_systems_choice_and_a_name_will_do() -> None:
    with bind(("localhost", 0)) as listener:
        assert listener.getsockname()[1] > 0


def test_a_machine_that_is_not_this_one_is_refused() -> None:
    with pytest.raises(Explained, match=r"Nobody can listen at 192\.0\.2\.1:80"):
        bind(("192.0.2.1", 80))
