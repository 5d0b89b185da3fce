"""What is kept for a time only goes when the time is over (P46)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.flow import answers, limits, purge, signin, tokens
from services.flow.answers import Claim, Stored
from services.flow.limits import Limit
from services.storage import calendars
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow, Source
from services.storage.rows.doors import AnswerRow, TryRow
from services.storage.rows.people import LinkRow, SessionRow, TokenRow
from services.storage.rows.plans import PlanRow
from tests.accounts.house import HERE, House

DAY = 86_400


def purged(house: House) -> dict[str, int]:
    with house.runtime.work() as work:
        return {what: number for what, number in purge.purge(work).items() if number}


def busy(house: House, *days: int) -> None:
    """A calendar read from a week ago until in thirty days, busy for an hour on these days."""
    now = int(house.clock.now.timestamp())
    hours = [BusyInterval(now + day * DAY, now + day * DAY + 3600, Kind.BUSY) for day in days]
    with house.runtime.work() as work:
        calendar = CalendarRow(
            person_id=house.person("Busy"),
            kind=CalendarKind.WORK,
            source=Source.UPLOAD,
            created_at=work.now,
        )
        work.add(calendar)
        work.session.flush()
        week, month = timedelta(days=7), timedelta(days=30)
        calendars.keep(work, calendar.id, Events.of(hours), work.now - week, work.now + month)


def kept(house: House) -> list[Any]:
    with house.runtime.reading() as work:
        return list(work.session.scalars(select(BusyRow)).all())


def test_nothing_goes_before_its_time(house: House) -> None:
    house.asked_and_followed()
    busy(house, 1, 2)

    assert purged(house) == {}


def test_busy_time_goes_a_week_after_it_ended(house: House) -> None:
    busy(house, 1, 2, 20)
    house.clock.on(days=8, hours=1)
    assert purged(house) == {"busy intervals": 1}

    [row] = kept(house)

    assert len(row.events) == 2
    assert row.first == house.clock.now - timedelta(days=7)  # before that, unknown and not free
    house.clock.on(days=100)
    assert purged(house) == {"busy intervals": 2}
    assert kept(house) == []


def test_plans_go_a_year_after_their_term(house: House) -> None:
    group = house.group(house.person())
    house.plan(group, end=house.clock.now)
    house.plan(group, end=house.clock.now + timedelta(days=10))
    house.clock.on(days=366)

    assert purged(house) == {"plans": 1}
    assert house.count(PlanRow) == 1


def test_sessions_tokens_and_tries_go_when_they_end(house: House) -> None:
    house.asked_and_followed()
    with house.runtime.work() as work:
        tokens.create(work, "ada@example.org", days=1)
        tokens.create(work, "ada@example.org")
    limits.allow(house.runtime, Limit("knock", 1, 60), HERE)
    house.clock.on(days=30)

    found = purged(house)

    assert (found["sessions"], found["tokens"]) == (1, 1)
    assert (house.count(SessionRow), house.count(TokenRow), house.count(TryRow)) == (0, 1, 0)


def test_links_stay_a_week_after_they_end_so_that_a_new_one_can_be_offered(house: House) -> None:
    house.group(house.person())
    signin.ask(house.runtime, "ada@example.org", HERE)
    house.clock.on(days=7)
    purged(house)
    assert house.count(LinkRow) == 1

    house.clock.on(hours=1)

    assert purged(house)["links"] == 1
    assert house.count(LinkRow) == 0


def test_stored_answers_go_after_a_day(house: House) -> None:
    found = answers.claim(house.runtime.work, house.person(), "key", b"request")
    assert isinstance(found, Claim)
    with house.runtime.work() as work:
        answers.keep(work, found, Stored(200, [], b"{}"))
    house.clock.on(hours=24, seconds=1)

    assert purged(house)["stored answers"] == 1
    assert house.count(AnswerRow) == 0
