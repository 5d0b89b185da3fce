"""Fixtures: a nursery for each worker of pytest, and services that end with their test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.facts import ProposalsReady
from services.reactions import REACTIONS
from tests.chaos.lane import Lane, a_lane
from tests.chaos.nursery import Nursery, a_nursery
from tests.chaos.planted import REACTION


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with a_nursery() as found:
        yield found


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows from the facts that a test itself records."""
    monkeypatch.setitem(REACTIONS, ProposalsReady, REACTION)


@pytest.fixture
def lane(nursery: Nursery, database_url: str, tmp_path: Path, planted: None) -> Iterator[Lane]:
    """A service that is not started, once on SQLite and once on PostgreSQL."""
    with a_lane(nursery, tmp_path, database_url) as found:
        yield found


MakeLane = Callable[..., Lane]


@pytest.fixture
def make_lane(
    nursery: Nursery, database_url: str, tmp_path: Path, planted: None
) -> Iterator[MakeLane]:
    """Make one with other settings, once on SQLite and once on PostgreSQL."""
    with ExitStack() as made:
        yield _maker(made, nursery, tmp_path, database_url)


@pytest.fixture
def make_simple_lane(nursery: Nursery, tmp_path: Path, planted: None) -> Iterator[MakeLane]:
    """The same on SQLite alone, where the database makes no difference."""
    with ExitStack() as made:
        yield _maker(made, nursery, tmp_path, f"sqlite:///{tmp_path / 'commonhour.db'}")


def _maker(made: ExitStack, nursery: Nursery, folder: Path, url: str) -> MakeLane:
    def make(**settings: Any) -> Lane:
        return made.enter_context(a_lane(nursery, folder, url, **settings))

    return make
