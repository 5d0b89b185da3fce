"""People by dates, as the page of a series draws them: who comes, and what has reached whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from calendar_sync.provider import Answer
from scheduler.model.zone import zone
from services.flow.series import invited
from services.flow.series.views import Date, Delivered, Delivery, Shown
from services.planning.page.marks import Mark
from services.planning.page.words import day_and_month, weekday
from services.storage.rows.series import AttendeeRow, MeetingState
from services.web import semester

_SILENT = Mark("silent", "no answer yet", "the invitation has reached them")
_WAITING = Mark("todo", "on its way", "being written or sent")
_FAILED = Mark("failing", "not delivered", "writing or sending it failed")
_ANSWERED = {
    Answer.ACCEPTED: Mark("free", "accepted", "they come"),
    Answer.TENTATIVE: Mark("tentative", "maybe", "they may come"),
    Answer.DECLINED: Mark("busy", "declined", "they do not come"),
}
_TOLD = Mark("skipped", "cancelled, and told so", "the cancellation has reached them")
_KEY = (*_ANSWERED.values(), _SILENT, _WAITING, _FAILED, _TOLD)
_FEW, _SOME = 9, 14  # dates that leave room for wider columns, as in the table of a plan


@dataclass(frozen=True, slots=True)
class Column:
    """A date: its heading, and the bar of those who come and of those who may."""

    weekday: str
    day: str
    year: int
    mark: Mark
    held: bool
    sure: int
    perhaps: int
    needed: int
    of: int


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody who is invited.

    cells     a mark per date; None: they are not invited to it
    there     how many dates have reached them, of how many; waiting are on their way
    told      how many dates are cancelled and known to them to be so
    partly    whether they are a member who is not invited to every date that is to come
    troubles  why others have not, and what to do
    delays    why some are still on their way, and what comes next
    """

    attendee: AttendeeRow
    cells: tuple[Mark | None, ...]
    there: int
    waiting: int
    of: int
    told: int
    partly: bool
    troubles: tuple[tuple[str, str], ...]
    delays: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Everybody by every date."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def room(self) -> str:
        """How wide a column can be."""
        many = len(self.columns)
        return "roomy" if many <= _FEW else "usual" if many <= _SOME else "close"

    @property
    def key(self) -> list[Mark]:
        """What its cells say, the best first."""
        used = {each for row in self.rows for each in row.cells}
        return [each for each in _KEY if each in used]

    @property
    def there(self) -> int:
        """How many invitations to dates have reached people."""
        return sum(each.there for each in self.rows)

    @property
    def waiting(self) -> int:
        """How many are on their way."""
        return sum(each.waiting for each in self.rows)

    @property
    def of(self) -> int:
        """How many there are in all."""
        return sum(each.of for each in self.rows)

    @property
    def told(self) -> int:
        """How many cancellations of dates have reached people."""
        return sum(each.told for each in self.rows)

    @property
    def troubled(self) -> list[UUID]:
        """Whom something has not reached, and will not by itself."""
        return [each.attendee.id for each in self.rows if each.troubles]

    @property
    def troubles(self) -> dict[tuple[str, str], list[str]]:
        """Why that is, and with whom."""
        return _by_reason((each.attendee.name, each.troubles) for each in self.rows)

    @property
    def delays(self) -> dict[tuple[str, str], list[str]]:
        """Why something is still on its way, and to whom."""
        return _by_reason((each.attendee.name, each.delays) for each in self.rows)


def table(shown: Shown, now: datetime) -> Table:
    """Lay out a series."""
    return Table(
        tuple(_column(shown, each, now) for each in shown.dates),
        tuple(_row(each, shown.dates, now) for each in shown.attendees),
    )


def _by_reason(
    rows: Iterable[tuple[str, tuple[tuple[str, str], ...]]],
) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for name, reasons in rows:
        for each in reasons:
            found.setdefault(each, []).append(name)
    return found


def _column(shown: Shown, each: Date, now: datetime) -> Column:
    there = each.meeting.start_at.astimezone(zone(shown.row.timezone))
    counts = each.attendance
    perhaps = counts.tentative + counts.waiting
    return Column(
        weekday=weekday(there.date()),
        day=day_and_month(there.date()),
        year=there.year,
        mark=semester.standing(each, now),
        held=each.meeting.state is MeetingState.HELD,
        sure=counts.accepted,
        perhaps=perhaps,
        needed=counts.needed,
        of=max(counts.accepted + perhaps + counts.declined, counts.needed, 1),
    )


def _row(attendee: AttendeeRow, dates: tuple[Date, ...], now: datetime) -> Row:
    meetings = [each.meeting for each in dates]
    found = [each.deliveries[attendee.id] for each in dates if _counts(attendee.id, each)]
    # What somebody removed is said of the date, once, not of everybody who is invited to it.
    theirs = [
        each.deliveries[attendee.id]
        for each in dates
        if _counts(attendee.id, each) and each.meeting.removed_at is None
    ]
    states = [each.state for each in found]
    return Row(
        attendee=attendee,
        cells=tuple(_cell(attendee.id, each) for each in dates),
        there=states.count(Delivered.THERE),
        waiting=states.count(Delivered.WAITING),
        of=len(states),
        told=sum(_is_told(attendee.id, each) for each in dates),
        partly=attendee.member_id is not None and not invited.is_whole(attendee, meetings, now),
        troubles=_said(theirs, Delivered.FAILED),
        delays=_said(theirs, Delivered.WAITING),
    )


def _counts(attendee_id: UUID, each: Date) -> bool:
    """Whether there is something to deliver; of a date that is cancelled, only until it is."""
    found = each.deliveries.get(attendee_id)
    if found is None or found.state is Delivered.NOT_ASKED:
        return False
    return each.meeting.state is MeetingState.HELD or found.state is not Delivered.THERE


def _is_told(attendee_id: UUID, each: Date) -> bool:
    """Whether a date is cancelled, and that has reached them."""
    found = each.deliveries.get(attendee_id)
    there = found is not None and found.state is Delivered.THERE
    return there and each.meeting.state is MeetingState.CANCELLED


def _said(found: Iterable[Delivery], state: Delivered) -> tuple[tuple[str, str], ...]:
    reasons = [(each.what, each.remedy) for each in found if each.state is state and each.what]
    return tuple(dict.fromkeys(reasons))


def _cell(attendee_id: UUID, each: Date) -> Mark | None:
    """What they answered; else how far the invitation has come."""
    found = each.deliveries.get(attendee_id)
    if found is None or found.state is Delivered.NOT_ASKED:
        return None
    if each.meeting.state is not MeetingState.HELD:
        return {Delivered.WAITING: _WAITING, Delivered.FAILED: _FAILED}.get(found.state, _TOLD)
    if (answer := each.answers.get(attendee_id, Answer.WAITING)) in _ANSWERED:
        return _ANSWERED[answer]
    if found.state is Delivered.FAILED:
        return _FAILED
    return _SILENT if found.state is Delivered.THERE else _WAITING
