"""Nobody who sends a form waits long for the workers."""

import socket
import time

import pytest

from services.queue import NoQueue, to_redis


def test_a_redis_that_says_nothing_is_waited_for_a_moment() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        enqueue = to_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")

        begin = time.perf_counter()
        with pytest.raises(NoQueue):
            enqueue("planning.sweep")

    assert time.perf_counter() - begin < 10
