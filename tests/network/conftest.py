"""Fixtures of these tests."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.chaos.conftest import nursery
from tests.network.world import NotAllowed, World, a_world
from tests.sizes import FULL

__all__ = ["nursery", "world"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own; `make test-all` is not done without one, `make test` says so."""
    with ExitStack() as closing:
        try:
            found = closing.enter_context(a_world(tmp_path_factory.mktemp("world")))
        except NotAllowed as error:
            if FULL:
                raise
            pytest.skip(f"NOT CHECKED, whether calendars reach into this network: {error}")
        yield found
