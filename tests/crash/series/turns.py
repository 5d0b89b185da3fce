"""Lanes for a sweep, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeVar

from tests.chaos.nursery import Nursery
from tests.crash.series.lane import Lane, a_lane
from tests.servers.postgres import fresh_database, temporary_postgres

T = TypeVar("T")
Lanes = Callable[[], AbstractContextManager[Lane]]
_TRIES = 3  # where this machine was too busy to judge by


@contextmanager
def lanes_on(
    nursery: Nursery,
    host: str,
    database: str,
    folder: Path,
    *,
    planted: str = "",
    at_once: bool = False,
) -> Iterator[Lanes]:
    """Lanes with databases of their own, in one server."""
    numbers = count(1)
    with ExitStack() as stack:
        server = stack.enter_context(temporary_postgres()) if database == "postgres" else None

        @contextmanager
        def a_fresh_one() -> Iterator[Lane]:
            home = folder / f"lane-{next(numbers)}"
            with ExitStack() as own:
                url = f"sqlite:///{home / 'commonhour.db'}"
                if server is not None:
                    url = own.enter_context(fresh_database(server))
                yield own.enter_context(
                    a_lane(nursery, host, home, url, planted=planted, at_once=at_once)
                )

        yield a_fresh_one


@dataclass
class Turn:
    """One lane after the other: what a fault left behind is nobody else's fault."""

    lanes: Lanes
    stack: ExitStack
    lane: Lane | None = None

    def do(self, do: Callable[[Lane], T], wrong: Callable[[T], Sequence[str]]) -> T:
        """Do something; once more in a fresh lane where this machine was too busy to judge by."""
        for _ in range(_TRIES - 1):
            lane = self.lane = self.lane or self.stack.enter_context(self.lanes())
            try:
                found = do(lane)
            except AssertionError:
                if not lane.has_stalled():
                    raise
            else:
                if not wrong(found):
                    return found
                if not lane.has_stalled():
                    self.leave()
                    return found
            self.leave()
        with self.lanes() as last:
            return do(last)

    def leave(self) -> None:
        """Have a fresh one next."""
        self.stack.close()
        self.lane = None
