"""A nursery for each worker of pytest."""

from collections.abc import Iterator

import pytest

from tests.chaos.nursery import Nursery, a_nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with a_nursery() as found:
        yield found
