"""Columns give back what was put in, on either database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.storage.ids import new_id
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow, Source
from services.storage.rows.doors import TryRow
from services.storage.rows.people import PersonRow
from services.storage.tables import TABLES

NOW = datetime(2027, 1, 4, 12, 30, 15, 123456, tzinfo=UTC)


@st.composite
def intervals(draw: st.DrawFn) -> BusyInterval:
    start = draw(st.integers(-(2**40), 2**40))
    return BusyInterval(start, start + draw(st.integers(1, 10**7)), draw(st.sampled_from(Kind)))


@pytest.fixture
def calendar(engine: Engine) -> CalendarRow:
    TABLES.create_all(engine)
    person = PersonRow(id=new_id(), email="ada@example.org", name="Ada", created_at=NOW)
    row = CalendarRow(
        id=new_id(),
        person_id=person.id,
        kind=CalendarKind.WORK,
        source=Source.UPLOAD,
        created_at=NOW,
    )
    with Session(engine, expire_on_commit=False) as session:
        session.add(person)
        session.flush()
        session.add(row)
        session.commit()
    return row


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(times=st.lists(intervals(), max_size=50))
def test_busy_time_comes_back_as_it_was(
    engine: Engine, calendar: CalendarRow, times: list[BusyInterval]
) -> None:
    with Session(engine) as session:
        session.merge(
            BusyRow(calendar_id=calendar.id, first=NOW, last=NOW, events=Events.of(times))
        )
        session.commit()
    with Session(engine) as session:
        found = session.scalars(select(BusyRow)).one()

        assert found.events.intervals() == times


def test_an_interval_takes_24_bytes_and_has_no_room_for_a_word(
    engine: Engine, calendar: CalendarRow
) -> None:
    times = Events.of([BusyInterval(n, n + 1, Kind.BUSY) for n in range(100)])
    with Session(engine) as session:
        session.add(BusyRow(calendar_id=calendar.id, first=NOW, last=NOW, events=times))
        session.commit()

        assert session.execute(text("select length(events) from busy")).scalar_one() == 2400


def test_moments_come_back_in_utc_to_the_microsecond(engine: Engine) -> None:
    TABLES.create_all(engine)
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-5)))
    with Session(engine) as session:
        session.add(TryRow(key=b"a", until=elsewhere, count=1))
        session.commit()
    with Session(engine) as session:
        found = session.scalars(select(TryRow.until)).one()

    assert (found, found.tzinfo) == (NOW, UTC)


def test_a_moment_without_a_zone_is_refused(engine: Engine) -> None:
    TABLES.create_all(engine)
    with Session(engine) as session:
        session.add(TryRow(key=b"a", until=NOW.replace(tzinfo=None), count=1))
        with pytest.raises(StatementError, match="without a zone"):
            session.commit()
