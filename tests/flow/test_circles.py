"""Whoever lets an account go and whoever hears of it: neither waits for the other in a circle."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, text

from scheduler.model.events import Events
from services.flow import accounts, calendars, channels, people, plans
from services.storage import channels as stored
from services.storage.rows.calendars import CalendarKind
from services.storage.work import Work
from tests.flow.accounts_town import Flat, a_flat
from tests.flow.test_channels import ONCE, TWO, at_home, rows
from tests.flow.test_together import FOR_A_PLAN, waiting_plan
from tests.runtimes import drained, ticked, waiting_jobs
from tests.up.running import await_

_WAITING = """select 1 from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()"""
Act = Callable[[Work], object]


@pytest.fixture
def flat(tmp_path: Path, postgres_url: str) -> Iterator[tuple[Flat, UUID]]:
    flat = a_flat(tmp_path, postgres_url)
    at_home(flat)
    account = flat.connected(**TWO)
    ticked(flat.runtime)
    yield flat, account
    flat.runtime.engine.dispose()


def meets(flat: Flat, act: Act, word: str, other: Act) -> None:
    """Let somebody act, and another one begin just after the first statement with this word."""
    begun: list[Future[None]] = []

    def begins(*said: object) -> None:
        if word in str(said[2]) and not begun:
            begun.append(pool.submit(do, other))
            await_(lambda: begun[0].done() or waits(), "somebody who waits, or has not to")

    def do(what: Act) -> None:
        with flat.runtime.work(flat.ada) as work:
            what(work)

    def waits() -> bool:
        with flat.runtime.engine.connect() as connection:
            return connection.execute(text(_WAITING)).first() is not None

    event.listen(flat.runtime.engine, "after_cursor_execute", begins)
    with ThreadPoolExecutor() as pool:
        try:
            do(act)
        finally:
            event.remove(flat.runtime.engine, "after_cursor_execute", begins)
        [found] = begun
        found.result(60)


def hears(flat: Flat, each: Callable[..., None]) -> Act:
    """Let what the host says by every channel be taken."""
    names = [row.id for row in rows(flat)]

    def act(work: Work) -> None:
        for name in names:
            row = stored.by_name(work, name)
            if row is not None:
                each(work, row, ONCE)

    return act


@pytest.mark.parametrize("said", [channels.heard, channels.removed])
def test_somebody_deletes_their_data_while_a_host_speaks(
    flat: tuple[Flat, UUID], said: Callable[..., None]
) -> None:
    town, _ = flat
    meets(town, people.delete_data, "DELETE FROM calendar", hears(town, said))
    assert {row.account_id for row in rows(town)} <= {None}


def test_somebody_disconnects_while_a_host_speaks(flat: tuple[Flat, UUID]) -> None:
    town, account = flat
    disconnects = partial(accounts.disconnect, account_id=account)
    meets(town, disconnects, "DELETE FROM", hears(town, channels.heard))
    assert {row.account_id for row in rows(town)} <= {None}


def test_somebody_drops_a_calendar_while_a_host_speaks(flat: tuple[Flat, UUID]) -> None:
    town, _ = flat
    [first, _] = [row for row, _ in town.calendars()]
    drops = partial(calendars.drop_own, calendar_id=first.id)
    meets(town, drops, "DELETE FROM", hears(town, channels.heard))
    assert len(town.calendars()) == 1


def at_an_address(flat: Flat) -> UUID:
    """A calendar of Ada's at an address that cannot be read."""
    with flat.runtime.work(flat.ada) as work:
        taken = calendars.Taken(Events.of([]), *calendars.window(work.now))
        sealed = calendars.sealed(flat.runtime.keys, "https://localhost/private.ics")
        owner = calendars.own(work)
        return calendars.add_read(work, owner, CalendarKind.WORK, taken, sealed).id


@pytest.mark.parametrize("is_at_an_address", [False, True])
def test_somebody_drops_a_calendar_while_a_plan_has_it_read(
    flat: tuple[Flat, UUID], *, is_at_an_address: bool
) -> None:
    town, _ = flat
    calendar = at_an_address(town) if is_at_an_address else town.calendars()[0][0].id
    drained(town.runtime)
    town.clock.forward(minutes=5)
    waiting_plan(town)
    drops = partial(calendars.drop_own, calendar_id=calendar)

    meets(town, drops, "DELETE FROM plan", lambda _: drained(town.runtime))

    assert calendar not in [row.id for row, _ in town.calendars()]
    assert FOR_A_PLAN not in waiting_jobs(town.runtime)  # it had not to begin anew


def test_somebody_drops_a_calendar_of_an_account_that_is_disconnected(
    flat: tuple[Flat, UUID],
) -> None:
    town, account = flat
    waiting_plan(town)
    drops = partial(calendars.drop_own, calendar_id=town.calendars()[0][0].id)
    disconnects = partial(accounts.disconnect, account_id=account)
    meets(town, drops, "DELETE FROM plan", disconnects)
    assert not town.calendars()


def test_somebody_disconnects_while_a_plan_becomes_ready(flat: tuple[Flat, UUID]) -> None:
    town, account = flat
    waiting = waiting_plan(town)
    with town.runtime.reading() as work:
        asked = plans.resume(work, waiting)
    assert asked is not None
    answer = plans.answered(asked)
    with town.runtime.work() as work:
        work.session.merge(town.account(account)).due_at = work.now + timedelta(hours=6)
    disconnects = partial(accounts.disconnect, account_id=account)
    meets(town, disconnects, "FOR UPDATE", lambda work: plans.finish(work, waiting, asked, answer))
    assert not town.calendars()
