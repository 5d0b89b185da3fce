"""Nobody who sends a form waits for the workers."""

import socket
import time
from collections.abc import Iterator

import pytest

from services.queue import NoQueue, Queues, queues_at
from tests.runtimes import waiting_jobs
from tests.web.house import House


@pytest.fixture
def silent() -> Iterator[Queues]:
    """A Redis that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield queues_at(f"redis://127.0.0.1:{server.getsockname()[1]}/0")


def test_a_redis_that_says_nothing_is_waited_for_a_moment(silent: Queues) -> None:
    begin = time.perf_counter()
    with pytest.raises(NoQueue):
        silent.hand("notices.purge", [1])

    assert time.perf_counter() - begin < 10


def test_a_form_is_answered_without_it(house: House, silent: Queues) -> None:
    house.runtime.queues = silent
    visitor = house.visitor("coordinator")

    begin = time.perf_counter()
    visitor.send(f"/groups/{house.group}/members/{house.max}/invite")

    assert time.perf_counter() - begin < 2
    assert "notices.send_link" in waiting_jobs(house.runtime)
