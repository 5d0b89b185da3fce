"""One date of a series: moved, cancelled, held elsewhere, and with guests of its own."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from scheduler.model.zone import zone
from services import door
from services.flow import rights as standing
from services.flow.errors import Unfit, together
from services.flow.series import attending, changing, drafts, keeping, showing
from services.flow.series.views import Shown
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, Organiser, SeriesRow, SeriesState
from services.web import clocks, forecasts, render, semester
from services.web.days import read_day, read_time
from services.web.forecasts import Told
from services.web.forms import Form, Places
from services.web.onto import others_hear, settle, to_series

pages = Blueprint("meetings", __name__)
_IN = "/groups/<uuid:group_id>/series/<uuid:series_id>/dates/<uuid:meeting_id>"
_PLACES: Places = {
    "address of mail": ("email", ""),
    "the name": ("name", ""),
    "guest": ("email", ""),
    "is invited": ("email", ""),
    "place": ("place", ""),
    "length": ("minutes", ""),
    "minutes": ("minutes", ""),
    "time": ("time", ""),
    "date": ("day", ""),
}


@pages.get(_IN)
def show(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Show what can be changed of a date."""
    return _page(group_id, series_id, meeting_id, Form())


@pages.post(f"{_IN}/move")
def move(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Hold it at another time, unless calendars tell that it would not hold then.

    "look" in the form only asks who could come; "sure" is the time of which that was said.
    """
    sent = Form.sent()
    row = drafts.one(door.reading(), group_id, series_id)
    meeting = stored.meeting(door.reading(), row.id, meeting_id)
    if meeting is None:
        raise standing.missing("date")
    before = semester.when(row, meeting)
    try:
        start, minutes = _typed(row, sent)
        if (start, minutes or meeting.minutes) == (meeting.start_at, meeting.minutes):
            flash(f"{before}: it is held then already.", "later")
            return _to_date(group_id, series_id, meeting_id)
        changing.check_time(door.reading(), start, minutes or meeting.minutes)
        told = forecasts.told(row, start, minutes or meeting.minutes)
        if sent.ticked("look") or not (told.holds or sent.text("sure") == told.time):
            status = 200 if sent.ticked("look") else 409
            return _page(group_id, series_id, meeting_id, sent, status, told)
        moved = changing.move(
            door.work(), group_id, series_id, meeting_id, start, minutes, settle=settle()
        )
    except Explained as error:
        return _page(group_id, series_id, meeting_id, sent, sent.refused(error, _PLACES))
    said = f" {told.sentence}" if told.found else ""
    flash(f"{before} is moved to {semester.when(row, moved)}.{said}")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/place")
def place(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Hold it at another place."""
    sent = Form.sent()
    try:
        there = sent.text("place")
        changing.place(door.work(), group_id, series_id, meeting_id, there, settle=settle())
    except Explained as error:
        return _page(group_id, series_id, meeting_id, sent, sent.refused(error, _PLACES))
    flash("The place of the date is changed.")
    return to_series(group_id, series_id)


@pages.get(f"{_IN}/cancel")
def cancelling(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Ask whether it is to be cancelled."""
    try:
        shown, meeting = _found(group_id, series_id, meeting_id)
    except Unfit as error:
        return _back(group_id, series_id, error)
    when = semester.when(shown.row, meeting)
    return render.page("series/cancel.html", row=shown.row, meeting=meeting, when=when)


@pages.post(f"{_IN}/cancel")
def cancel(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Cancel it."""
    changing.cancel(door.work(), group_id, series_id, meeting_id, settle=settle())
    flash("The date is cancelled. Until that goes out you can keep it after all.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/keep")
def keep(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Hold it after all, while nobody has heard that it was cancelled."""
    keeping.keep(door.work(), group_id, series_id, meeting_id, settle=settle())
    flash("The date is held after all.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/guests")
def add_guest(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Invite somebody from outside to it."""
    sent = Form.sent()
    name, email = sent.text("name"), sent.text("email")
    try:
        attending.add_guest(
            door.work(), group_id, series_id, meeting_id, name, email, settle=settle()
        )
    except Explained as error:
        return _page(group_id, series_id, meeting_id, sent, sent.refused(error, _PLACES))
    flash(f"{name} is invited to this date.")
    return _to_date(group_id, series_id, meeting_id)


@pages.post(f"{_IN}/guests/<uuid:attendee_id>/remove")
def remove_guest(
    group_id: UUID, series_id: UUID, meeting_id: UUID, attendee_id: UUID
) -> ResponseReturnValue:
    """Take that invitation back."""
    shown, _ = _found(group_id, series_id, meeting_id)
    if (meeting_id, attendee_id) not in {(each.meeting_id, each.id) for each in shown.attendees}:
        raise standing.missing("guest")
    attending.remove_guest(door.work(), group_id, series_id, attendee_id, settle=settle())
    flash("The guest is no longer invited.")
    return _to_date(group_id, series_id, meeting_id)


def _page(  # noqa: PLR0913, PLR0917 -- which date, and what is said of it
    group_id: UUID,
    series_id: UUID,
    meeting_id: UUID,
    form: Form,
    status: int = 200,
    told: Told | None = None,
) -> ResponseReturnValue:
    try:
        shown, meeting = _found(group_id, series_id, meeting_id)
    except Unfit as error:
        return _back(group_id, series_id, error)
    there = meeting.start_at.astimezone(zone(shown.row.timezone))
    usual = Form.of(
        day=there.date(), time=f"{there:%H:%M}", minutes=meeting.minutes, place=meeting.place
    )
    for name, typed in form.typed.lists():
        usual.typed.setlist(name, typed)
    usual.mistakes = form.mistakes
    return render.page(
        "series/date.html",
        status,
        group=standing.coordinating(door.reading(), group_id),
        row=shown.row,
        meeting=meeting,
        when=semester.when(shown.row, meeting),
        by_mail=shown.row.organiser is Organiser.MAILBOX,
        guests=[each for each in shown.attendees if each.meeting_id == meeting_id],
        elsewhere=clocks.of(door.reading(), shown.row).elsewhere(meeting.start_at),
        others=others_hear(shown.row),
        told=told,
        form=usual,
    )


def _back(group_id: UUID, series_id: UUID, error: Unfit) -> ResponseReturnValue:
    """Lead to the series, where a date can be changed no more."""
    flash(f"{error.what}: {error.remedy}.", "later")
    return to_series(group_id, series_id)


def _found(group_id: UUID, series_id: UUID, meeting_id: UUID) -> tuple[Shown, MeetingRow]:
    """The series and its date, which can be changed still. Raises Missing or Conflict."""
    work = door.reading()
    row = drafts.one(work, group_id, series_id)
    shown = showing.shown(work, row)
    for each in shown.dates:
        if each.meeting.id == meeting_id and row.state is not SeriesState.DRAFT:
            if not semester.changeable(each.meeting, work.now):
                raise Unfit(
                    "This date is over or cancelled", remedy="change one that is still to come"
                )
            return shown, each.meeting
    raise standing.missing("date")


def _typed(row: SeriesRow, sent: Form) -> tuple[datetime, int | None]:
    """Read when it is to begin, and for how long. Raises Unfit with all that is wrong."""

    def minutes() -> int | None:
        return sent.number("minutes", "The length in minutes", 60)

    together(lambda: read_day(sent.text("day")), lambda: read_time(sent.text("time")), minutes)
    return _moment(row, read_day(sent.text("day")), read_time(sent.text("time"))), minutes()


def _moment(row: SeriesRow, day: date, on_clock: time) -> datetime:
    """Find the moment on the clock of the series. Raises Unfit."""
    local = datetime.combine(day, on_clock, zone(row.timezone))
    at = local.astimezone(UTC)
    if at.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        skipped = f"The clocks skip the time {on_clock:%H:%M} on that day"
        raise Unfit(skipped, remedy="choose another")
    return at


def _to_date(group_id: UUID, series_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return render.to(
        url_for("meetings.show", group_id=group_id, series_id=series_id, meeting_id=meeting_id)
    )
