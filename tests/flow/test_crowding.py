"""One host among others: asked for a few calendars at a time, and holding up nobody else."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Condition, Event, Lock
from typing import Any
from uuid import UUID

import pytest

from calendar_sync.errors import Wait
from calendar_sync.ics.source import read_again
from services.flow import crowding, readings
from tests.calendar_sync.hosts import Page
from tests.flow.town import FREE_BUT_MONDAYS, Town
from tests.runtimes import drained, tasks, ticked

HERE, THERE = "https://calendar.example.org/a.ics", "webcal://other.example.org/b.ics"
LONG = 60.0  # seconds: longer than any machine takes


class Queue(Condition):
    """Tells when somebody waits, and how often somebody did."""

    def __init__(self) -> None:
        super().__init__()
        self.waits, self.waited = 0, Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        self.waited.set()
        return super().wait(timeout)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    found = Queue()
    monkeypatch.setattr(crowding, "_moved", found)
    return found


def test_a_host_has_so_many_places_and_another_one_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowding, "PATIENCE", 0.0)
    with crowding.place_at(HERE), crowding.place_at(HERE), crowding.place_at(HERE):
        with crowding.place_at("webcal://CALENDAR.example.org/c.ics"):
            with pytest.raises(Wait) as refused, crowding.place_at(HERE):
                pass
            with crowding.place_at(THERE):
                pass
        with crowding.place_at(HERE):
            pass

    assert 0 < refused.value.seconds <= 15
    assert "example.org" not in str(refused.value)


def test_a_place_is_free_again_whatever_came_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "PATIENCE", 0.0)
    for _ in range(crowding.MOST + 1):
        with pytest.raises(ZeroDivisionError), crowding.place_at(HERE):
            raise ZeroDivisionError


def test_whoever_finds_no_place_has_the_next_one_that_is_free(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "PATIENCE", LONG)

    def come() -> bool:
        with crowding.place_at(HERE):
            return True

    with ThreadPoolExecutor(1) as pool, ExitStack() as there:
        for _ in range(crowding.MOST):
            there.enter_context(crowding.place_at(HERE))
        coming = pool.submit(come)
        assert queue.waited.wait(LONG)
        there.close()
        assert coming.result(LONG)


def test_at_a_host_that_lets_nobody_go_one_waits_in_vain_and_nobody_after_them(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "PATIENCE", 0.1)
    with ExitStack() as there:
        for _ in range(crowding.MOST):
            there.enter_context(crowding.place_at(HERE))
        with pytest.raises(Wait), crowding.place_at(HERE):
            pass
        waits = queue.waits
        for _ in range(10):
            with pytest.raises(Wait), crowding.place_at(HERE):
                pass

    assert queue.waits == waits


def test_calendars_of_one_host_are_read_some_at_a_time_and_all_of_them_in_one_job(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "PATIENCE", LONG)
    count = 3 * crowding.MOST
    town.term()
    calendars = [moved_in(town, number) for number in range(count)]
    drained(town.runtime)
    town.host.asked.clear()
    lock, came, at_once, most, full = Lock(), 0, 0, 0, Barrier(crowding.MOST)

    def watched(*said: Any, **more: Any) -> Any:
        nonlocal came, at_once, most
        with lock:
            came, at_once = came + 1, at_once + 1
            most = max(most, at_once)
            is_early = came <= crowding.MOST
        try:
            if is_early:
                full.wait(LONG)
            return read_again(*said, **more)
        finally:
            with lock:
                at_once -= 1

    monkeypatch.setattr(readings, "read_again", watched)
    town.clock.forward(hours=7)
    ticked(town.runtime)

    assert most == crowding.MOST
    assert len(town.host.asked) == count  # each once
    assert [town.row(each).read_at for each in calendars] == [town.clock()] * count
    runs = [each.fence for each in tasks(town.runtime) if each.job == "calendars.read"]
    assert runs == [1] * count  # nobody was put off


def moved_in(town: Town, number: int) -> UUID:
    """Somebody with a calendar at the host."""
    path = f"/{number}.ics"
    town.host.pages[path] = Page(FREE_BUT_MONDAYS)
    return town.entered(town.member(f"Ada{number}"), path)
