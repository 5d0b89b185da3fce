"""The dates of a series as its pages draw them: month by month, and one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from scheduler import reasons
from scheduler.model.answer import Outcome
from scheduler.model.zone import zone
from services.flow.series import keeping
from services.flow.series.kept import rule_from_kept
from services.flow.series.views import Attendance, Date, Preview, PreviewDate, Shown
from services.planning.page.marks import OUTCOMES, Mark
from services.planning.page.strip import Dot, Month
from services.planning.page.words import full_day, hours, month, near_day
from services.storage.rows.series import AttendeeRow, MeetingRow, MeetingState, SeriesRow
from services.web.clocks import Clocks

# How a date stands, the best first.
CERTAIN = Mark("kept", "certain", "enough have accepted, and all who are required")
OPEN = Mark("open", "open", "not enough, or not all who are required, have accepted yet")
SHORT = Mark("short", "short", "too few can still come, or somebody required cannot")
GONE = Mark("short", "removed", "somebody removed it from the organiser's calendar")
OVER = Mark("over", "over", "it has begun, or is over")
CANCELLED = Mark("skipped", "cancelled", "not held")
_STANDINGS = (CERTAIN, OPEN, SHORT, GONE, OVER, CANCELLED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A date as the list shows it; what does not apply is empty."""

    meeting: MeetingRow
    full: str
    machine: str  # for <time>
    hours: str
    elsewhere: tuple[str, ...]
    mark: Mark
    moved_from: str
    coming: str
    guests: tuple[AttendeeRow, ...]
    changeable: bool
    keepable: bool  # it was cancelled, and nobody has heard of that


@dataclass(frozen=True, slots=True)
class Expected:
    """A date of a draft."""

    full: str
    machine: str  # for <time>
    hours: str
    elsewhere: tuple[str, ...]
    mark: Mark
    moved_from: str
    coming: str


def standing(each: Date, now: datetime) -> Mark:
    """How a date stands."""
    if each.meeting.state is MeetingState.CANCELLED:
        return CANCELLED
    if each.meeting.start_at <= now:
        return OVER
    if each.meeting.removed_at is not None:
        return GONE
    if each.attendance.certain:
        return CERTAIN
    return OPEN if each.attendance.possible else SHORT


def _dotted(each: Date, now: datetime) -> Mark:
    """How a date is drawn on the strip: one that was moved says so as well."""
    mark, meeting = standing(each, now), each.meeting
    if meeting.start_at == meeting.original_at or mark in (CANCELLED, OVER, GONE):
        return mark
    if mark is CERTAIN:
        return Mark("moved", "moved", CERTAIN.meaning)
    return mark._replace(word="moved" if mark is OPEN else f"{mark.word}, moved")


def entries(shown: Shown, now: datetime, clocks: Clocks) -> list[Entry]:
    """Write down the dates of a series, in order."""
    return [_entry(shown, each, now, clocks) for each in shown.dates]


def strip(shown: Shown, now: datetime) -> tuple[Month, ...]:
    """Lay out the dates of a series, month by month."""
    marked = [(each.meeting.start_at, _dotted(each, now)) for each in shown.dates]
    return _months(marked, shown.row.timezone)


def tally(shown: Shown, now: datetime) -> list[tuple[Mark, int]]:
    """Count the dates by how they stand; those that occur."""
    marks = [standing(each, now) for each in shown.dates]
    return [(each, marks.count(each)) for each in _STANDINGS if each in marks]


def expected(preview: Preview, members: int, clocks: Clocks) -> list[Expected]:
    """Write down the dates of a draft, in order."""
    return [_expected(preview.row, each, members, clocks) for each in preview.dates]


def strip_of(preview: Preview) -> tuple[Month, ...]:
    """Lay out the dates of a draft, month by month; those too that it leaves out."""
    held = [(each.start, _mark(each)) for each in preview.dates]
    skipped = [(each, OUTCOMES[Outcome.SKIPPED]) for each in preview.skipped]
    return _months([*held, *skipped], preview.row.timezone)


def tally_of(preview: Preview) -> list[tuple[Mark, int]]:
    """Count them by how they are held; those that occur."""
    marks = [_mark(each) for each in preview.dates]
    marks += [OUTCOMES[Outcome.SKIPPED]] * len(preview.skipped)
    return [(each, marks.count(each)) for each in OUTCOMES.values() if each in marks]


def label(row: SeriesRow, originals: Iterable[datetime]) -> str:
    """Write what its dates have in common: "2nd Wednesday, 07:00-08:00"."""
    days = [_local(row, each).date() for each in originals]
    return reasons.label(rule_from_kept(row.rule), row.minutes, days) if days else "No date"


def when(row: SeriesRow, meeting: MeetingRow) -> str:
    """Write "Thu 14 Jan 2027, 12:00-13:00"."""
    return written(meeting, row.timezone)


def written(meeting: MeetingRow, place: str) -> str:
    """Write it on the clock of any zone."""
    begin = int(meeting.start_at.timestamp())
    day = full_day(meeting.start_at.astimezone(zone(place)).date())
    return f"{day}, {hours(begin, begin + meeting.minutes * 60, place)}"


def before(meeting: MeetingRow, place: str) -> str:
    """Write when a date that was moved was to be held: "Tue 12 Jan 11:00"; "": as planned."""
    return _moved_from(place, meeting.original_at, meeting.start_at)


def machine(at: datetime) -> str:
    """Write a moment for <time>."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def changeable(meeting: MeetingRow, now: datetime) -> bool:
    """Whether it is held and has not begun."""
    return meeting.state is MeetingState.HELD and meeting.start_at > now


def coming(each: Attendance) -> str:
    """Write "8 accepted, 1 maybe, 2 declined; 6 needed; Ben, who is required, declined"."""
    parts = {
        "accepted": each.accepted,
        "maybe": each.tentative,
        "declined": each.declined,
        "not answered": each.waiting,
    }
    said = [f"{many} {word}" for word, many in parts.items() if many]
    without = [f"{name}, who is required, declined" for name in each.without]
    count = f"{', '.join(said) or 'nobody is invited'}; {each.needed} needed"
    return "; ".join([count, *without])


def _entry(shown: Shown, each: Date, now: datetime, clocks: Clocks) -> Entry:
    row, meeting = shown.row, each.meeting
    open_ = changeable(meeting, now)
    return Entry(
        meeting=meeting,
        full=_day(row, meeting.start_at),
        machine=machine(meeting.start_at),
        hours=_hours(row, meeting.start_at, meeting.minutes),
        elsewhere=clocks.elsewhere(meeting.start_at) if open_ else (),
        mark=standing(each, now),
        moved_from=_moved_from(row.timezone, meeting.original_at, meeting.start_at),
        coming=coming(each.attendance) if meeting.state is MeetingState.HELD else "",
        guests=tuple(one for one in shown.attendees if one.meeting_id == meeting.id),
        changeable=open_,
        keepable=keeping.can_be(row, meeting, now),
    )


def _expected(row: SeriesRow, each: PreviewDate, members: int, clocks: Clocks) -> Expected:
    sure, perhaps = each.expected
    number = str(sure) if sure == perhaps else f"{sure}-{perhaps}"
    return Expected(
        full=_day(row, each.start),
        machine=machine(each.start),
        hours=_hours(row, each.start, each.minutes),
        elsewhere=clocks.elsewhere(each.start),
        mark=_mark(each),
        moved_from=_moved_from(row.timezone, each.original, each.start),
        coming=f"{number} of {members}" if perhaps else "",
    )


def _mark(each: PreviewDate) -> Mark:
    return OUTCOMES[Outcome(each.held.value)]


def _local(row: SeriesRow, at: datetime) -> datetime:
    return at.astimezone(zone(row.timezone))


def _day(row: SeriesRow, at: datetime) -> str:
    return full_day(_local(row, at).date())


def _hours(row: SeriesRow, start: datetime, minutes: int) -> str:
    begin = int(start.timestamp())
    return hours(begin, begin + minutes * 60, row.timezone)


def _moved_from(place: str, original: datetime, start: datetime) -> str:
    if original == start:
        return ""
    before, after = (each.astimezone(zone(place)) for each in (original, start))
    return f"{near_day(before.date(), after.date())} {before:%H:%M}"


def _months(dates: Iterable[tuple[datetime, Mark]], place: str) -> tuple[Month, ...]:
    """Lay out marked dates from their first month to their last; empty ones are drawn too."""
    dots = sorted((at.astimezone(zone(place)), mark) for at, mark in dates)
    found = {
        number: tuple(Dot(at.day, full_day(at.date()), mark) for at, mark in those)
        for number, those in groupby(dots, lambda dot: dot[0].year * 12 + dot[0].month - 1)
    }
    return tuple(
        Month(month(date(number // 12, number % 12 + 1, 1)), found.get(number, ()))
        for number in range(min(found, default=0), max(found, default=-1) + 1)
    )
