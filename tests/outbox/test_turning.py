"""Processes that look again and again: they wait out trouble, say that they live, and end."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Timer

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from services import turning
from services.queue import NoQueue
from services.storage import beats
from services.turning import Turning
from tests.outbox.yard import Yard

Turn = Callable[[], bool]


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "_TROUBLE", 0.01)


@dataclass
class Turns:
    """What comes of one turn after the other; after the last one the process is asked to end."""

    outcomes: list[Exception | bool]
    count: int = 0
    signal: int = signal.SIGTERM
    times: list[float] = field(default_factory=list)

    def __call__(self) -> bool:
        self.times.append(time.monotonic())
        outcome = self.outcomes[self.count]
        self.count += 1
        if self.count == len(self.outcomes):
            os.kill(os.getpid(), self.signal)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


OLDER = "the tables are not those of this version: run commonhour db upgrade"


def away() -> OperationalError:
    return OperationalError("", {}, Exception())


def no_queue() -> NoQueue:
    return NoQueue("The workers cannot be reached", remedy="check Redis")


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    events = [record.msg for record in caplog.records if record.name == "services.turning"]
    return [each["event"] for each in events if isinstance(each, dict)]


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_turn_that_it_meets(sqlite_yard: Yard, asked: int) -> None:
    turns = Turns([False, False, True], signal=asked)

    Turning(sqlite_yard.runtime, "relay").run(turns, 0.001)

    assert turns.count == 3


def test_a_signal_ends_it_while_it_waits(sqlite_yard: Yard) -> None:
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    began = time.monotonic()

    Turning(sqlite_yard.runtime, "relay").run(lambda: started(timer), 60)

    assert time.monotonic() - began < 30


def test_a_turn_that_has_more_is_not_waited_for(sqlite_yard: Yard) -> None:
    turns = Turns([True] * 20)
    began = time.monotonic()

    Turning(sqlite_yard.runtime, "relay").run(turns, 60)

    assert time.monotonic() - began < 30


def test_two_turns_are_so_far_from_each_other(sqlite_yard: Yard) -> None:
    turns = Turns([False] * 4)

    Turning(sqlite_yard.runtime, "relay").run(turns, 0.1)

    gaps = [after - before for before, after in zip(turns.times, turns.times[1:], strict=False)]
    assert min(gaps) >= 0.1


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (no_queue(), "there is no way to the workers"),
        (away(), "the database is in trouble"),
        (
            ProgrammingError("", {}, Exception()),
            OLDER,
        ),
    ],
    ids=["queue", "database", "tables"],
)
def test_trouble_is_told_once_and_so_is_its_end(
    sqlite_yard: Yard, caplog: pytest.LogCaptureFixture, trouble: Exception, words: str
) -> None:
    turns = Turns([False, trouble, trouble, trouble, False, False, trouble, False])

    Turning(sqlite_yard.runtime, "relay").run(turns, 0.001)

    assert turns.count == 8
    assert told(caplog) == [words, "going on", words, "going on"]


def test_one_trouble_after_another_is_told_each(
    sqlite_yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    turns = Turns([no_queue(), no_queue(), away(), no_queue(), False])

    Turning(sqlite_yard.runtime, "clock").run(turns, 0.001)

    queue, database = "there is no way to the workers", "the database is in trouble"
    assert told(caplog) == [queue, database, queue, "going on"]


def test_what_nobody_expected_ends_it_at_once(sqlite_yard: Yard) -> None:
    with pytest.raises(ValueError, match="unheard of"):
        Turning(sqlite_yard.runtime, "clock").run(Turns([False, ValueError("unheard of")]), 0.001)


def test_it_says_that_it_lives_though_it_has_no_queue(yard: Yard) -> None:
    Turning(yard.runtime, "relay").run(Turns([no_queue()] * 3), 0.001)

    with yard.runtime.reading() as work:
        [(part, at)] = beats.last(work).items()
    assert part == "relay"
    assert abs(yard.runtime.clock() - at) < timedelta(seconds=30)


def test_it_says_so_every_few_seconds_whatever_its_clock_does(
    sqlite_yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, said = datetime(2027, 1, 4, tzinfo=UTC), []
    now = [start]
    sqlite_yard.runtime.clock = lambda: now[0]
    monkeypatch.setattr(beats, "beat", lambda work, _part: said.append(work.now - start))
    seconds = iter([1, 4, 5, 6, 11, -3600, -3599, -3590])

    def turn() -> bool:
        after = next(seconds, None)
        if after is None:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            now[0] = start + timedelta(seconds=after)
        return True

    Turning(sqlite_yard.runtime, "clock").run(turn, 0.001)

    assert [each.total_seconds() for each in said] == [0, 5, 11, -3600, -3590]


def test_a_database_that_is_away_when_it_says_so_is_trouble_like_any_other(
    sqlite_yard: Yard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    troubles = iter([away(), away()])

    def beat(_work: object, _part: str) -> None:
        for each in troubles:
            raise each

    monkeypatch.setattr(beats, "beat", beat)
    turns = Turns([False, False])

    Turning(sqlite_yard.runtime, "clock").run(turns, 0.001)

    assert turns.count == 2
    assert told(caplog) == ["the database is in trouble", "going on"]


def test_a_signal_that_meets_it_anywhere_does_not_hang_it(sqlite_yard: Yard) -> None:
    """A handler that takes a lock waits for itself where it interrupts who holds that lock."""
    for delay in range(30):
        timer = Timer(delay / 5000, os.kill, (os.getpid(), signal.SIGTERM))

        Turning(sqlite_yard.runtime, "clock").run(partial(started, timer), 0.0003)

        assert timer.ident is not None
        timer.join()


def started(timer: Timer) -> bool:
    """Start it in the first turn, when the signals are minded."""
    if timer.ident is None:
        timer.start()
    return False
