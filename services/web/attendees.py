"""Who is invited to a series: added or removed from a date on, and sent it once more."""

from uuid import UUID

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import members
from services.flow import rights as standing
from services.flow.errors import Unfit
from services.flow.series import attending, deliveries, drafts, invited, showing
from services.flow.series.views import Shown
from services.storage.rows.series import AttendeeRow, Organiser, SeriesState
from services.web import attendance, render, semester
from services.web.forms import Form, Places
from services.web.onto import asks_anew, is_over, others_hear, settle, to_series

pages = Blueprint("attendees", __name__)
_IN = "/groups/<uuid:group_id>/series/<uuid:series_id>"
_ONE = f"{_IN}/people/<uuid:attendee_id>"
_PLACES: Places = {"member": ("member", ""), "date": ("since", "")}


@pages.get(f"{_IN}/people")
def asking(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Ask which member is to be invited, and from when on."""
    row = drafts.one(door.reading(), group_id, series_id)
    if row.state is SeriesState.CONCLUDED:
        return is_over(row)
    return _asking(group_id, series_id, Form.of(member=request.args.get("member")))


@pages.post(f"{_IN}/people")
def join(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Invite them."""
    sent = Form.sent()
    try:
        member_id, since = _id(sent.text("member"), "member"), _since(sent)
        attending.join(door.work(), group_id, series_id, member_id, since, settle=settle())
    except Explained as error:
        return _asking(group_id, series_id, sent, sent.refused(error, _PLACES))
    flash("The member is invited.")
    return to_series(group_id, series_id, "people")


@pages.get(f"{_ONE}/remove")
def leaving(group_id: UUID, series_id: UUID, attendee_id: UUID) -> ResponseReturnValue:
    """Ask from when on they are not to be invited any more."""
    shown, attendee = _found(group_id, series_id, attendee_id)
    return render.page(
        "series/leave.html",
        row=shown.row,
        attendee=attendee,
        others=others_hear(shown.row),
        anew=asks_anew(shown.row),
        dates=_dates(shown),
        form=Form(),
    )


@pages.post(f"{_ONE}/remove")
def leave(group_id: UUID, series_id: UUID, attendee_id: UUID) -> ResponseReturnValue:
    """Take the invitation back."""
    _, attendee = _found(group_id, series_id, attendee_id)
    is_guest, since = attendee.meeting_id is not None, _since(Form.sent())
    if is_guest:
        attending.remove_guest(door.work(), group_id, series_id, attendee_id, settle=settle())
    else:
        attending.leave(door.work(), group_id, series_id, attendee_id, since, settle=settle())
    flash(f"{attendee.name} is no longer invited.")
    return to_series(group_id, series_id, "people")


@pages.get(f"{_ONE}/resend")
def resending(group_id: UUID, series_id: UUID, attendee_id: UUID) -> ResponseReturnValue:
    """Ask whether somebody is to be sent the whole once more."""
    shown, attendee = _found(group_id, series_id, attendee_id)
    by_mail = shown.row.organiser is Organiser.MAILBOX
    return render.page("series/resend.html", row=shown.row, attendee=attendee, by_mail=by_mail)


@pages.post(f"{_ONE}/resend")
def resend(group_id: UUID, series_id: UUID, attendee_id: UUID) -> ResponseReturnValue:
    """Send somebody the whole once more."""
    deliveries.resend(door.work(), group_id, series_id, attendee_id)
    flash("It is sent once more.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/resend")
def resend_all(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Try once more whatever has not arrived; nobody else hears of it."""
    work = door.work()
    shown = showing.shown(work, drafts.one(work, group_id, series_id))
    troubled = attendance.table(shown, work.now).troubled
    by_host = shown.row.organiser is Organiser.ACCOUNT  # which writes all that is missing at once
    for each in [None] if by_host else troubled:
        deliveries.resend(work, group_id, series_id, each)
    flash("What has not arrived is sent once more.")
    return to_series(group_id, series_id)


def _asking(group_id: UUID, series_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, group_id)
    shown = showing.shown(work, drafts.one(work, group_id, series_id))
    return render.page(
        "series/join.html",
        status,
        group=group,
        row=shown.row,
        members=_members(shown),
        others=others_hear(shown.row),
        dates=_dates(shown),
        form=form,
    )


def _members(shown: Shown) -> list[tuple[str, str]]:
    """The members who are not invited to every date that is to come."""
    work = door.reading()
    _, pairs = members.page(work, shown.row.group_id, None, members.MOST)
    meetings = [each.meeting for each in shown.dates]
    whole = {one.member_id: invited.is_whole(one, meetings, work.now) for one in shown.attendees}
    return [
        (str(each.id), f"{each.name} (invited to some dates)" if each.id in whole else each.name)
        for each, _ in pairs
        if not whole.get(each.id)
    ]


def _dates(shown: Shown) -> list[tuple[str, str]]:
    """The dates to come, for choosing the first."""
    now = door.reading().now
    meetings = [each.meeting for each in shown.dates]
    return [
        (str(each.id), semester.when(shown.row, each))
        for each in meetings
        if semester.changeable(each, now)
    ]


def _found(group_id: UUID, series_id: UUID, attendee_id: UUID) -> tuple[Shown, AttendeeRow]:
    work = door.reading()
    shown = showing.shown(work, drafts.one(work, group_id, series_id))
    for each in shown.attendees:
        if each.id == attendee_id:
            return shown, each
    raise standing.missing("attendee")


def _since(sent: Form) -> UUID | None:
    typed = sent.text("since")
    return _id(typed, "date") if typed else None


def _id(typed: str, what: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Unfit(f"There is no such {what}", remedy="choose one of the list") from None
