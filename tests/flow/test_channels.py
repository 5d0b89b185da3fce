"""Channels: hosts tell that something has changed, and calendars are never unwatched for long."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from calendar_sync.errors import NotAllowed, SyncError, Wait
from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import CalendarId, Capability, Changes, Channel, Cursor, Span
from services.flow import accounts, channels, proof, watching
from services.flow.calendars import drop_own
from services.flow.watchlist import Here
from services.storage import channels as stored
from services.storage.rows.accounts import AccountRow
from services.storage.rows.channels import ChannelRow
from services.storage.rows.outbox import OutboxRow
from services.storage.work import Work
from services.times import Times
from services.wiring import Runtime
from tests.flow.accounts_town import MAIN, Flat, a_flat
from tests.runtimes import aged, drained, ticked
from tests.sizes import size

ONCE = 60.0  # seconds
HERE = "https://us.example.org"
MONDAY = int(datetime(2027, 1, 4, 9, tzinfo=UTC).timestamp())
WEEK = [(MONDAY + day * 86_400, MONDAY + day * 86_400 + 3600) for day in range(7)]
TWO = {"ada@example.org": "work", "more": "work"}


class Dead(BaseException):
    """Whoever did it was killed."""


class Mortal(MemoryProvider):
    """An account that is watched: whoever asks it may die of it, or be refused.

    dies     at which moment, the next time
    refuses  each channel, with this error
    speaks   at once by each channel that it opens, as Google does
    asked    how many channels were asked for
    """

    def __init__(self) -> None:
        super().__init__()
        self.dies, self.asked = "", 0
        self.refuses: SyncError | None = None
        self.secrets: dict[str, str] = {}
        self.add(MAIN, main=True)
        self.add("more")

    def watch(self, calendar: CalendarId, channel: Channel) -> Channel:
        self.asked += 1
        self.secrets[channel.name] = channel.secret
        if self.refuses is not None:
            raise self.refuses
        self._may_die("before opening")
        found = super().watch(calendar, channel)
        self._may_die("after opening")
        return found

    def stop(self, channel: Channel) -> None:
        self._may_die("before closing")
        super().stop(channel)
        self._may_die("after closing")

    def names(self) -> set[str]:
        return {each.name for each in self.watched}

    def _may_die(self, moment: str) -> None:
        if moment == self.dies:
            self.dies = ""
            raise Dead


def at_home(flat: Flat) -> Mortal:
    """Let Ada's account be watched, as soon as it is connected."""
    found = flat.host.accounts[MAIN] = Mortal()
    flat.runtime.settings = replace(flat.runtime.settings, push_url=HERE)
    return found


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Flat, Mortal]]:
    flat = a_flat(tmp_path)
    yield flat, at_home(flat)
    flat.runtime.engine.dispose()


def rows(flat: Flat) -> list[ChannelRow]:
    with flat.runtime.reading() as work:
        return list(work.session.scalars(select(ChannelRow).order_by(ChannelRow.id)))


def speaks(flat: Flat, *names: str) -> None:
    """Let the host tell us something by these channels."""
    for each in names:
        with flat.runtime.work() as work:
            row = stored.by_name(work, UUID(each))
            assert row is not None
            channels.heard(work, row, flat.runtime.settings.times.once)


def readings(flat: Flat) -> int:
    with flat.runtime.reading() as work:
        question = select(OutboxRow.id).where(OutboxRow.job == "calendars.read_account")
        return len(work.session.scalars(question).all())


def is_watched_once(flat: Flat, account: Mortal) -> bool:
    """Whether one channel is open at the host, which we know and which has not ended."""
    known = {str(each.id) for each in rows(flat) if each.remote is not None}
    alive = [each for each in account.watched if each.until > flat.clock.now.timestamp()]
    return len(alive) == 1 and {each.name for each in account.watched} == known


def test_what_is_chosen_is_watched_and_news_is_read_at_once(either_flat: Flat) -> None:
    account = at_home(either_flat)
    either_flat.connected(**TWO)
    assert "calendars.watch" in ticked(either_flat.runtime)

    assert len(account.watched) == 2
    assert {each.address for each in account.watched} == {f"{HERE}/hooks/google"}
    for row in rows(either_flat):
        assert row.secret_hash == proof.hashed(account.secrets[str(row.id)])
        assert row.remote is not None
    account.occupy(MAIN, WEEK[0])
    either_flat.later(hours=1)
    either_flat.later(minutes=2)
    account.told.clear()
    account.occupy(MAIN, WEEK[1])
    speaks(either_flat, *account.told)
    drained(either_flat.runtime)

    assert WEEK[1] in [
        (each.start, each.end)
        for _, busy in either_flat.calendars()
        if busy is not None
        for each in busy.events.intervals()
    ]


def test_nothing_is_watched_where_hosts_cannot_reach_us_or_do_not_tell(tmp_path: Path) -> None:
    for push_url, able in ((None, set(Capability)), (HERE, {Capability.CHOOSES})):
        flat = a_flat(tmp_path / str(len(able)))
        account = at_home(flat)
        flat.host.able = frozenset(able)
        flat.runtime.settings = replace(flat.runtime.settings, push_url=push_url)
        flat.connected()
        for _ in range(3):
            flat.later(hours=25)

        assert (account.asked, rows(flat)) == (0, [])
        flat.runtime.engine.dispose()


def test_one_channel_is_enough_where_it_covers_the_whole_account(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.host.able = frozenset(Capability)
    flat.connected(**TWO)
    ticked(flat.runtime)

    assert [row.calendar_id for row in rows(flat)] == [None]
    assert is_watched_once(flat, account)
    with flat.runtime.work(flat.ada) as work:
        drop_own(work, flat.calendars()[0][0].id)
    ticked(flat.runtime)
    assert account.asked == 1


def test_a_host_that_speaks_all_the_time_is_asked_once_a_minute(
    either_flat: Flat,
) -> None:
    account = at_home(either_flat)
    either_flat.connected()
    either_flat.later(minutes=2)
    [name] = account.names()
    before, began = readings(either_flat), either_flat.clock.now

    for each in range(20):
        account.occupy(MAIN, (MONDAY + each * 7200, MONDAY + each * 7200 + 3600))
        speaks(either_flat, *[name] * 5)
        either_flat.later(seconds=9)
    either_flat.later(minutes=2)

    minutes = (either_flat.clock.now - began) / timedelta(minutes=1)
    assert readings(either_flat) - before <= minutes + 1
    assert len(either_flat.busy()) == 20


def test_what_a_host_says_while_it_is_read_is_not_lost(watched: tuple[Flat, Mortal]) -> None:
    flat, account = watched
    flat.connected()
    flat.later(minutes=2)
    [name] = account.names()
    first = account.busy

    def meanwhile(calendars: list[CalendarId], span: Span) -> object:
        found = first(calendars, span)
        if not account.told:
            account.occupy(MAIN, WEEK[1])
            speaks(flat, name)
        return found

    account.occupy(MAIN, WEEK[0])
    account.told.clear()
    account.busy = meanwhile  # type: ignore[method-assign,assignment]
    speaks(flat, name)
    drained(flat.runtime)
    assert flat.busy() == WEEK[:2]  # it is read once more

    flat.later(seconds=71)

    assert flat.busy() == WEEK[:2]


def test_a_channel_is_replaced_at_half_of_its_time_without_a_gap(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.connected()
    ticked(flat.runtime)
    names, weeks = account.names(), size(1, 4)

    for _ in range(14 * weeks):
        flat.later(hours=12)
        assert is_watched_once(flat, account)
        [channel] = account.watched
        assert channel.until > (flat.clock.now + timedelta(days=2)).timestamp()
        names.add(channel.name)

    assert 2 * weeks <= len(names) <= 2 * weeks + 2


def test_after_a_clock_that_jumped_by_days_all_is_watched_again(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.connected(**TWO)
    ticked(flat.runtime)
    before = account.names()

    flat.later(days=8)

    alive = [each for each in account.watched if each.until > flat.clock.now.timestamp()]
    assert len(alive) == 2
    assert not before & {each.name for each in alive}
    assert {str(each.id) for each in rows(flat)} == {each.name for each in alive}


MOMENTS = ["before opening", "after opening", "before closing", "after closing"]


@pytest.mark.parametrize(
    ("moment", "speaking"), [(each, True) for each in MOMENTS] + [(MOMENTS[1], False)]
)
def test_whoever_is_killed_leaves_nothing_unwatched_or_watched_twice(
    watched: tuple[Flat, Mortal], moment: str, *, speaking: bool
) -> None:
    flat, account = watched
    if moment in MOMENTS[2:]:
        flat.connected()
        flat.later(seconds=1)
        flat.clock.forward(days=4)
    else:
        flat.connected()
    account.dies = moment
    with pytest.raises(Dead):
        ticked(flat.runtime)
    for each in account.names() if speaking else ():
        introduces(flat, account, each)

    flat.later(minutes=1)

    assert any(row.remote is not None for row in rows(flat))
    if (moment, speaking) == ("after opening", False):
        assert len(account.watched) == 2  # and the one of which nobody knows speaks one day
        flat.later(minutes=20)
        for each in account.names():
            introduces(flat, account, each)
        flat.later(seconds=1)
    assert is_watched_once(flat, account)
    assert account.asked <= 2 + (moment in MOMENTS[2:])


def introduces(flat: Flat, account: Mortal, name: str) -> None:
    """Let the host speak by a channel of which we may not know what it is called there."""
    with flat.runtime.work() as work:
        found = stored.by_secrets(work, [proof.hashed(account.secrets[name])])
        for row in (each for each in found if each.remote is None):
            [channel] = [each for each in account.watched if each.name == name]
            channels.met(work, flat.runtime.keys, row, channel.resource, ONCE)


def test_what_is_no_longer_chosen_is_no_longer_watched(either_flat: Flat) -> None:
    account = at_home(either_flat)
    connected = either_flat.connected(**TWO)
    ticked(either_flat.runtime)
    assert len(account.watched) == 2

    either_flat.choose(connected, **{MAIN: "work"})
    ticked(either_flat.runtime)

    assert is_watched_once(either_flat, account)
    assert [each.resource for each in account.watched] == [f"resource of {MAIN}"]


def test_channels_are_closed_before_access_to_an_account_goes_back(either_flat: Flat) -> None:
    account = at_home(either_flat)
    connected = either_flat.connected(**TWO)
    ticked(either_flat.runtime)

    with either_flat.runtime.work(either_flat.ada) as work:
        accounts.disconnect(work, connected)
    assert [row.account_id for row in rows(either_flat)] == [None, None]
    speaks(either_flat, *account.names())  # nobody listens any more
    assert drained(either_flat.runtime) == ["calendars.give_back"]

    assert (account.watched, rows(either_flat)) == ([], [])
    assert len(either_flat.host.returned) == 1


def test_a_channel_that_the_host_closed_is_opened_anew_and_what_was_missed_is_found(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.connected()
    flat.later(minutes=5)
    [channel] = account.watched
    account.stop(channel)
    account.occupy(MAIN, WEEK[0])

    with flat.runtime.work() as work:
        row = stored.by_name(work, UUID(channel.name))
        assert row is not None
        channels.removed(work, row, ONCE)
    ticked(flat.runtime)

    assert is_watched_once(flat, account)
    assert account.names() != {channel.name}
    assert flat.busy() == WEEK[:1]


def test_a_channel_that_the_host_wants_renewed_is_replaced_at_once(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.connected()
    flat.later(minutes=5)
    [before] = account.names()

    with flat.runtime.work() as work:
        row = stored.by_name(work, UUID(before))
        assert row is not None
        channels.renew_now(work, row)
    ticked(flat.runtime)

    assert is_watched_once(flat, account)
    assert account.names() != {before}


@pytest.mark.parametrize(
    ("error", "most", "hours"),
    [
        (Wait("The host is in trouble", remedy="wait", seconds=30), 34, 1),
        (NotAllowed("Not this one", remedy="consent"), 14, 6),
    ],
)
def test_what_cannot_be_watched_is_read_as_ever_and_tried_again_ever_later(
    watched: tuple[Flat, Mortal], error: SyncError, most: int, hours: int
) -> None:
    flat, account = watched
    account.refuses = error
    flat.connected()
    for each in range(24):
        if each % 8 == 0:
            account.occupy(MAIN, WEEK[each // 8])
        flat.later(hours=1)

    assert 4 <= account.asked <= most
    assert len(flat.busy()) >= 2
    account.refuses = None
    flat.later(hours=hours)
    assert is_watched_once(flat, account)


def test_a_service_that_moved_has_everybody_told_of_its_new_address(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.connected()
    ticked(flat.runtime)
    elsewhere = "https://elsewhere.example.org"
    flat.runtime.settings = replace(flat.runtime.settings, push_url=elsewhere)

    flat.later(days=1, seconds=1)

    assert is_watched_once(flat, account)
    assert {each.address for each in account.watched} == {f"{elsewhere}/hooks/google"}


def test_an_account_without_consent_is_left_alone_and_watched_anew_after_it(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    connected = flat.connected()
    ticked(flat.runtime)
    before = account.names()
    flat.host.over = True
    flat.later(hours=7)
    assert flat.account(connected).lost_at is not None
    asked = account.asked
    flat.later(days=4)
    assert account.asked == asked

    flat.host.over = False
    flat.consented(again=connected)
    ticked(flat.runtime)

    assert is_watched_once(flat, account)
    assert account.names() != before


def test_nothing_is_closed_before_the_next_one_is_open(watched: tuple[Flat, Mortal]) -> None:
    flat, account = watched
    flat.connected()
    ticked(flat.runtime)
    before = account.names()
    account.refuses = Wait("The host is in trouble", remedy="wait", seconds=30)
    flat.later(days=4)
    assert account.names() == before

    account.refuses = None
    flat.later(hours=1)

    assert is_watched_once(flat, account)
    assert account.names() != before


def test_what_changed_between_the_first_reading_and_the_channel_is_found(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.connected_with(WEEK[0])
    account.occupy(MAIN, WEEK[1])
    flat.later(seconds=1)
    assert (len(account.watched), account.told) == (1, [])  # nobody was told of it

    flat.later(seconds=60)

    assert flat.busy() == WEEK[:2]


def test_what_changed_before_a_channel_opened_is_found_though_a_reading_had_begun(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    changes, asked = account.changes, []

    def answered(calendar: CalendarId, cursor: Cursor | None) -> Changes:
        found = changes(calendar, cursor)
        asked.append(calendar)
        if len(asked) == 2:  # the last that this reading asks
            account.occupy(MAIN, WEEK[1])
            flat.clock.forward(seconds=1)
            watches(flat)
        return found

    account.changes = answered  # type: ignore[method-assign]
    flat.connected_with(WEEK[0])
    assert (flat.busy(), len(account.watched), account.told) == (WEEK[:1], 1, [])

    for _ in range(2):
        flat.later(seconds=60)

    assert flat.busy() == WEEK[:2]


def test_a_channel_in_place_of_another_causes_no_reading(watched: tuple[Flat, Mortal]) -> None:
    flat, account = watched
    flat.connected()
    ticked(flat.runtime)
    flat.later(minutes=2)
    before, known = account.names(), readings(flat)
    [name] = before
    with flat.runtime.work() as work:
        row = stored.by_name(work, UUID(name))
        assert row is not None
        channels.renew_now(work, row)
    for _ in range(3):
        flat.later(minutes=2)

    assert account.names() != before
    assert readings(flat) == known


def test_news_is_not_kept_waiting_by_the_reading_after_a_channel_opened(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    flat.runtime.settings = replace(flat.runtime.settings, times=Times(once=3))
    flat.connected()
    flat.clock.forward(seconds=13)
    watches(flat)
    account.occupy(MAIN, WEEK[0])
    speaks(flat, *account.names())
    drained(flat.runtime)

    assert flat.busy() == WEEK[:1]


def watches(flat: Flat) -> None:
    """Let whoever watches do so now."""
    with flat.runtime.reading() as work:
        [account] = work.session.scalars(select(AccountRow.id))
    here, task = Here(HERE, flat.runtime.settings.times.once), Unclaimed(flat.runtime)
    watching.tend(task, flat.runtime.keys, flat.runtime.opening, account, here)


@dataclass
class Unclaimed:
    """A task that nobody else would do."""

    runtime: Runtime

    def reading(self) -> AbstractContextManager[Work]:
        return self.runtime.reading()

    def work(self, *, last: bool = False) -> AbstractContextManager[Work]:
        return self.runtime.work()


def test_a_channel_that_cannot_be_closed_when_its_account_goes_is_closed_later(
    either_flat: Flat,
) -> None:
    account = at_home(either_flat)
    connected = either_flat.connected(**TWO)
    ticked(either_flat.runtime)
    stops, tried = account.stop, []

    def stop(channel: Channel) -> None:
        tried.append(channel.name)
        if len(tried) in (2, 3, 4):
            raise Wait("The host is in trouble", remedy="wait", seconds=5)
        stops(channel)

    account.stop = stop  # type: ignore[method-assign]
    with either_flat.runtime.work(either_flat.ada) as work:
        accounts.disconnect(work, connected)
    drained(either_flat.runtime)
    assert (len(account.watched), either_flat.host.returned) == (1, [])

    for minutes in (1, 2, 4, 8):
        passes(either_flat, minutes)

    assert (account.watched, rows(either_flat)) == ([], [])
    assert len(tried) == 5  # each closed once, and one of them tried three times in vain
    assert len(either_flat.host.returned) == 1


def test_access_is_not_kept_for_ever_because_of_a_channel_that_cannot_be_closed(
    either_flat: Flat,
) -> None:
    account = at_home(either_flat)
    connected = either_flat.connected()
    ticked(either_flat.runtime)
    tried = []

    def stop(channel: Channel) -> None:
        tried.append(channel.name)
        raise Wait("The host is in trouble", remedy="wait", seconds=5)

    account.stop = stop  # type: ignore[method-assign]
    with either_flat.runtime.work(either_flat.ada) as work:
        accounts.disconnect(work, connected)
    drained(either_flat.runtime)
    for _ in range(25):
        passes(either_flat, 5)

    assert 4 <= len(tried) <= 12
    assert (rows(either_flat), len(either_flat.host.returned)) == ([], 1)


def passes(flat: Flat, minutes: float) -> None:
    """Let time pass here and there, and what is due be done."""
    if flat.runtime.engine.dialect.name == "postgresql":
        aged(flat.runtime, minutes=minutes)  # tasks go by its own clock there
    flat.later(minutes=minutes)


def test_a_channel_that_opens_as_its_account_is_let_go_is_closed_too(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    connected = flat.connected()
    account.dies = "after opening"
    with pytest.raises(Dead):
        ticked(flat.runtime)
    [name] = account.names()
    with flat.runtime.work(flat.ada) as work:
        accounts.disconnect(work, connected)
    drained(flat.runtime)
    assert account.names() == {name}  # nobody knows what to call it, and it may still be told

    introduces(flat, account, name)
    flat.later(minutes=1)

    assert (account.watched, rows(flat)) == ([], [])
    assert len(flat.host.returned) == 1


def test_what_changed_while_consent_was_missing_is_found_though_the_old_channel_seems_open(
    watched: tuple[Flat, Mortal],
) -> None:
    flat, account = watched
    connected = flat.connected_with(WEEK[1])
    flat.later(minutes=5)
    account.watched.clear()  # the host ended it with the consent
    flat.clock.forward(minutes=1)
    flat.consented(again=connected)
    drained(flat.runtime)
    account.occupy(MAIN, WEEK[0])  # after it was read, and before anybody watches it

    flat.later(minutes=2)  # it is watched, and then read
    flat.later(seconds=1)

    assert flat.busy() == WEEK[:2]
