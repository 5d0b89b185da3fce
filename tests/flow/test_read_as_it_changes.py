"""What is believed of a calendar that changes as it is read, or whose host says no to a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from calendar_sync.errors import (
    ChangedMeanwhile,
    CursorExpired,
    NotAllowed,
    NotThere,
    Refused,
    Silence,
    SyncError,
    Trouble,
    Unreadable,
    Unsupported,
    Wait,
)
from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import CalendarId, Changes, Cursor, Found, Span
from scheduler.errors import TryLater
from services.flow import account_readings
from services.flow.doubts import Told
from services.flow.host_reading import Due, One, Outcome, Reading
from services.flow.restless import restless
from services.storage.rows.accounts import Host
from tests.calendar_sync.builders import utc
from tests.flow.accounts_town import Flat

NOW = datetime(2027, 3, 1, tzinfo=UTC)
NINE, TEN = utc("2027-03-09 09:00"), utc("2027-03-09 10:00")
HOUR = 3600
WAIT = Wait("It asks us to wait", remedy="later", seconds=9.0)


class Restless(MemoryProvider):
    """Its owner takes one more hour after each of the first times that it is read.

    no      what it says when it is asked what is new, from some question on
    """

    def __init__(self, times: int = 0) -> None:
        super().__init__()
        self.times = times
        self.asked: list[str] = []
        self.no: dict[str, tuple[int, SyncError]] = {}

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        self.asked.append("busy " + " ".join(calendars))
        found = super().busy(calendars, span)
        if self.times > 0:
            self.times -= 1
            start = NINE + len(self.asked) * HOUR
            self.occupy(calendars[0], (start, start + HOUR))
        return found

    def changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        self.asked.append(f"changes {calendar}")
        first, error = self.no.get(calendar, (0, None))
        if error is not None and self.asked.count(f"changes {calendar}") > first:
            raise error
        return super().changes(calendar, cursor)


@dataclass
class Account:
    """Two calendars, of which the first changes."""

    provider: Restless
    main: UUID
    other: UUID

    @classmethod
    def of(cls, times: int = 0) -> "Account":
        provider = Restless(times)
        for each in ("main", "other"):
            provider.occupy(provider.add(each), (NINE, TEN))
        return cls(provider, uuid4(), uuid4())

    def read(self, cursor: Cursor | None = None) -> Mapping[UUID, Outcome]:
        ones = [
            One(self.main, CalendarId("main"), cursor),
            One(self.other, CalendarId("other"), None),
        ]
        due = Due(uuid4(), Host.OUTLOOK, frozenset(), NOW, ones)
        return Reading(due, self.provider, frozenset).outcomes()


def hours(outcome: Outcome) -> int:
    assert isinstance(outcome, Told)
    return sum(each.end - each.start for each in outcome.intervals or []) // HOUR


@pytest.mark.parametrize("times", [1, 2])
def test_a_calendar_that_changes_as_it_is_read_is_read_again_and_no_other(times: int) -> None:
    account = Account.of(times)

    found = account.read()

    assert [hours(found[each]) for each in (account.main, account.other)] == [1 + times, 1]
    assert [each for each in account.provider.asked if each.startswith("busy")] == [
        "busy main other",
        *["busy main"] * times,
    ]


def test_the_last_place_in_its_changes_is_remembered() -> None:
    account = Account.of(1)

    told = account.read()[account.main]

    assert isinstance(told, Told)
    now = account.provider.changes(CalendarId("main"), None).cursor
    assert now is not None
    assert now in told.remembered


def test_a_calendar_that_never_rests_is_unknown_for_a_short_time() -> None:
    account = Account.of(9)

    found = account.read()

    unread = found[account.main]
    assert isinstance(unread, Unreadable)
    assert "changes as it is read" in str(unread)
    assert unread.seconds is None  # its host has asked nobody to wait
    assert hours(found[account.other]) == 1


def test_a_place_that_is_forgotten_meanwhile_has_the_calendar_read_again() -> None:
    account = Account.of(1)
    busy = account.provider.busy

    def forgetting(calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        found = busy(calendars, span)
        if len(account.provider.asked) < 5:
            account.provider.forget()
        return found

    account.provider.busy = forgetting  # type: ignore[method-assign]

    assert hours(account.read()[account.main]) == 2


ITS_OWN = [
    kind("SECRET", remedy="none") for kind in (NotAllowed, NotThere, Refused, ChangedMeanwhile)
] + [kind("It failed", remedy="later", seconds=30.0) for kind in (Trouble, Silence)]
NO_PLACE = [CursorExpired("x", remedy="y"), Unsupported("x", remedy="y")]


@pytest.mark.parametrize("error", [*ITS_OWN, *NO_PLACE])
@pytest.mark.parametrize("after", [0, 1])
def test_a_calendar_that_does_not_say_what_is_new_is_read_without(
    error: SyncError, after: int
) -> None:
    account = Account.of()
    account.provider.no["main"] = after, error

    found = account.read()

    assert [hours(found[each]) for each in (account.main, account.other)] == [1, 1]
    told = found[account.main]
    assert isinstance(told, Told)
    assert told.remembered == '{"cursor": null}'


@pytest.mark.parametrize("after", [0, 1])
def test_a_host_that_asks_us_to_wait_is_asked_nothing_more(after: int) -> None:
    account = Account.of()
    account.provider.no["main"] = after, WAIT

    with pytest.raises(TryLater):
        account.read()

    assert account.provider.asked[-1] == "changes main"


def test_what_could_not_be_made_sure_of_as_the_host_asks_us_to_wait_is_not_believed() -> None:
    account = Account.of()
    account.provider.trouble(CalendarId("other"), WAIT)
    account.provider.no["other"] = 0, Refused("x", remedy="y")

    found = account.read()

    assert all(isinstance(each, Unreadable) for each in found.values())
    assert account.provider.asked[-1] == "busy main other"


def waits(flat: Flat, account: UUID, outcome: Unreadable) -> timedelta:
    """Let this come of reading an account; return when it is read again, and wait until then."""
    runtime = flat.runtime
    with runtime.work() as work:
        due = account_readings.place_of(work, runtime.keys, account)
        assert due is not None
        outcomes = {each.id: outcome for each in due.ones}
        account_readings.keep(work, runtime.keys, due, outcomes, runtime.settings.times)
    at = flat.account(account).due_at
    assert at is not None
    wait, flat.clock.now = at - flat.clock.now, at
    return wait


def test_a_calendar_that_changes_is_read_again_sooner_than_one_that_fails_but_ever_later(
    flat: Flat,
) -> None:
    times, account = flat.runtime.settings.times, flat.connected_with((NINE, TEN))
    flat.clock.forward(hours=1)

    found = [waits(flat, account, restless()) for _ in range(9)]

    assert found[:5] == [timedelta(seconds=times.once) * 2**each for each in range(5)]
    assert found[8] <= timedelta(seconds=times.refresh) * 1.1
    with flat.runtime.work() as work:
        row = work.session.merge(flat.calendars()[0][0])
        row.failures = 0
    assert waits(flat, account, Unreadable("It failed", remedy="later")) >= 4 * found[0]


def test_a_calendar_that_is_lost_is_read_no_sooner_because_it_changes(flat: Flat) -> None:
    account = flat.connected()
    flat.clock.forward(hours=1)
    with flat.runtime.work() as work:
        row = work.session.merge(flat.calendars()[0][0])
        row.lost_at, row.failures = work.now, 1

    assert waits(flat, account, restless()) >= timedelta(minutes=10)
