"""How much room busy time takes: six months of a university's members stay below 500 MB."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from scheduler.model.events import Events
from services.storage import calendars
from services.storage.ids import new_id
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.people import PersonRow
from tests.runtimes import a_runtime
from tests.sizes import size

MEMBERS = size(100, 6000)
EVENTS = 1500  # in six months: a dozen a working day
MOST = 500_000_000 / 6000  # bytes a member


def test_six_months_of_busy_time_take_less_than_their_share(tmp_path: Path) -> None:
    runtime = a_runtime(tmp_path)
    first = datetime(2027, 1, 1, tzinfo=UTC)
    start = int(first.timestamp()) + np.arange(EVENTS, dtype=np.int64) * 10_000
    events = Events(np.column_stack((start, start + 3600, np.zeros(EVENTS, np.int64))))
    with runtime.work() as work:
        for number in range(MEMBERS):
            person = PersonRow(id=new_id(), email=f"{number}@x.org", name="N", created_at=first)
            calendar = CalendarRow(
                id=new_id(),
                person_id=person.id,
                kind=CalendarKind.WORK,
                source=Source.UPLOAD,
                created_at=first,
            )
            work.add(person)
            work.session.flush()
            work.add(calendar)
            work.session.flush()
            calendars.keep(work, calendar.id, events, first, first + timedelta(days=181))
    runtime.engine.dispose()

    taken = sum(path.stat().st_size for path in tmp_path.glob("commonhour.db*"))
    assert taken / MEMBERS < MOST
