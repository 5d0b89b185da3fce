"""The story: a semester of six dates for twelve members is committed, and then changed.

One date was moved and one left out when it was planned. Later one more is moved, one is cancelled,
and somebody comes to a third: three changes that are one update.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from scheduler.model.answer import Rule
from services.flow.series import attending, changing, committing
from services.flow.series.kept import rule_to_kept
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, Organiser, SeriesRow, SeriesState
from services.wiring import Runtime

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MINUTES = 60
GUEST = "guest@example.org"
_AHEAD = 28  # days until the first date, at least
_PLANNED = ((0, None), (1, None), (2, None), (4, DAY), (5, None), (6, None))
"""The week of each date, and by how much it was moved when it was planned."""
_MOVED, _CANCELLED, _VISITED = 1, 2, 4  # which of them
_BY = DAY + 2 * HOUR
Span = tuple[datetime, datetime]


def starts(now: datetime) -> list[tuple[datetime, datetime]]:
    """Return where the rule puts each date, and when it is held."""
    tuesday = now.astimezone(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
    tuesday += timedelta(days=_AHEAD + (1 - tuesday.weekday() - _AHEAD) % 7)
    return [
        (tuesday + week * WEEK, tuesday + week * WEEK + (moved or timedelta()))
        for week, moved in _PLANNED
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """Cora's, and the account with which she invites; None: she has none."""

    cora: UUID
    id: UUID
    term: UUID
    account: UUID | None


@dataclass(frozen=True, slots=True)
class Semester:
    """One of them, in a group of Cora's."""

    runtime: Runtime
    group: Group
    id: UUID
    title: str
    dates: list[tuple[datetime, datetime]]

    def commit(self) -> None:
        """Press the button."""
        with self.runtime.work(self.group.cora) as work:
            committing.commit(
                work, self.runtime.keys, self.runtime.hosts, self.group.id, self.id, None
            )

    def change(self) -> None:
        """Move a date, cancel one, and let a guest come to another; it goes out at once."""
        rows = self._meetings()
        with self.runtime.work(self.group.cora) as work:
            start = rows[_MOVED].start_at + _BY
            changing.move(work, self.group.id, self.id, rows[_MOVED].id, start)
            changing.cancel(work, self.group.id, self.id, rows[_CANCELLED].id)
            visited = rows[_VISITED].id
            attending.add_guest(work, self.group.id, self.id, visited, "Gus", GUEST)
            changing.at_once(work, self.group.id, self.id)

    def forget(self) -> None:
        """Let the service know nothing of it any more: the next one has the same dates."""
        with self.runtime.work() as work:
            work.session.delete(work.session.get_one(SeriesRow, self.id))

    def is_out(self) -> bool:
        """Whether nothing of it waits."""
        with self.runtime.reading() as work:
            row = work.session.get_one(SeriesRow, self.id)
            return row.published == row.revision and row.settle_at is None

    @property
    def held(self) -> tuple[list[Span], list[Span]]:
        """When it is held: as it is committed, and in the end."""
        planned = [start for _, start in self.dates]
        changed = [*planned]
        changed[_MOVED] += _BY
        del changed[_CANCELLED]
        return [_span(each) for each in planned], [_span(each) for each in changed]

    @property
    def visited(self) -> Span:
        """When the guest comes."""
        return _span(self.dates[_VISITED][1])

    def _meetings(self) -> list[MeetingRow]:
        with self.runtime.reading() as work:
            return list(stored.meetings(work, self.id))


def drafted(runtime: Runtime, group: Group, title: str) -> Semester:
    """Draft one, as from a plan."""
    dates = starts(runtime.clock())
    rule = Rule(kind="weekly", weekday=1, time=17 * 60, every=1)
    with runtime.work(group.cora) as work:
        row = SeriesRow(
            group_id=group.id,
            term_id=group.term,
            state=SeriesState.DRAFT,
            title=title,
            timezone="UTC",
            minutes=MINUTES,
            rule=rule_to_kept(rule),
            organiser=Organiser.ACCOUNT if group.account else Organiser.MAILBOX,
            organiser_id=group.cora,
            account_id=group.account,
            created_at=work.now,
        )
        work.add(row)
        work.session.flush()
        for original, start in dates:
            work.add(
                MeetingRow(series_id=row.id, original_at=original, start_at=start, minutes=MINUTES)
            )
        work.session.flush()
        return Semester(runtime, group, row.id, title, dates)


def _span(start: datetime) -> Span:
    return start, start + timedelta(minutes=MINUTES)
