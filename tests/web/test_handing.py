"""Nobody who sends a form waits for the workers."""

import socket
import time
from collections.abc import Iterator

import pytest

from services.queue import NoQueue, Queues, queues_at
from tests.runtimes import waiting_jobs
from tests.web.house import House


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A Redis that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def queues_of(server: socket.socket) -> Queues:
    return queues_at(f"redis://127.0.0.1:{server.getsockname()[1]}/0")


def test_a_redis_that_says_nothing_is_waited_for_a_moment(silent: socket.socket) -> None:
    begin = time.perf_counter()
    with pytest.raises(NoQueue):
        queues_of(silent).hand("notices.purge", [1])

    assert time.perf_counter() - begin < 20


def test_a_form_is_answered_without_it(house: House, silent: socket.socket) -> None:
    house.runtime.queues = queues_of(silent)
    visitor = house.visitor("coordinator")

    visitor.send(f"/groups/{house.group}/members/{house.max}/invite")

    assert "notices.send_link" in waiting_jobs(house.runtime)
    silent.setblocking(False)
    with pytest.raises(BlockingIOError):  # nobody came
        silent.accept()
