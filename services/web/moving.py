"""Giving a calendar its new address: one's own, or one that was entered for a member."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import calendars, moving
from services.flow.rights import missing
from services.storage.calendars import Known
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work
from services.web import render
from services.web.forms import Form, Places

pages = Blueprint("moving", __name__)
_ADDRESS: Places = {"": ("address", "")}
_MEMBER = "/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<uuid:calendar_id>/address"
_MOVED = "The calendar is read at its new address."


@pages.route("/me/calendars/<uuid:calendar_id>/address", methods=["GET", "POST"])
def own(calendar_id: UUID) -> ResponseReturnValue:
    """Give a calendar of one's own its new address."""

    def known(work: Work) -> list[Known]:
        return [each for each in calendars.of_own(work) if each[0].group_id is None]

    return _page(known, calendar_id, url_for("me.show", _anchor="calendars"))


@pages.route(_MEMBER, methods=["GET", "POST"])
def entered(group_id: UUID, member_id: UUID, calendar_id: UUID) -> ResponseReturnValue:
    """Give a calendar that a coordinator entered its new address."""
    back = url_for("members.show", group_id=group_id, member_id=member_id, _anchor="calendars")
    return _page(lambda work: calendars.of_member(work, group_id, member_id), calendar_id, back)


def _page(
    known: Callable[[Work], list[Known]], calendar_id: UUID, back: str
) -> ResponseReturnValue:
    row = _found(known(door.reading()), calendar_id)
    sent, status = Form(), 200
    if request.method == "POST":
        sent = Form.sent()
        try:
            _move(known, row, sent.text("address"))
        except Explained as error:
            status = sent.refused(error, _ADDRESS)
        else:
            flash(_MOVED)
            return render.to(back)
    return render.page("calendars/move.html", status, form=sent, back=back)


def _move(known: Callable[[Work], list[Known]], row: CalendarRow, address: str) -> None:
    """Read it there while no transaction is open; look the right up again to keep it."""
    runtime = door.runtime()
    due = moving.due_at(door.reading(), row, address)
    door.put_down()
    outcome = moving.read(due, runtime.settings.network)
    work = door.work()
    _found(known(work), due.calendar_id)
    moving.move(work, runtime.keys, due, outcome, runtime.settings.times.refresh)


def _found(known: list[Known], calendar_id: UUID) -> CalendarRow:
    for row, _ in known:
        if row.id == calendar_id and row.source is Source.ADDRESS:
            return row
    raise missing("calendar")
