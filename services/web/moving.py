"""Giving a calendar its new address: one's own, or one that was entered for a member."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door, problems
from services.flow import calendars, moving
from services.flow.errors import TooMany
from services.flow.rights import missing
from services.storage.calendars import Known
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work
from services.web import render
from services.web.forms import Form, Mistake, Places

pages = Blueprint("moving", __name__)
_ADDRESS: Places = {"": ("address", "")}
_OWN = "/me/calendars/<uuid:calendar_id>/address"
_MEMBER = "/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<uuid:calendar_id>/address"
_Those = Callable[[Work], list[Known]]
_MOVED = "The calendar is read at its new address."


@pages.get(_OWN)
def asking_own(calendar_id: UUID) -> ResponseReturnValue:
    """Ask for the new address of a calendar of one's own."""
    return _asking(_of_own, calendar_id, _back_to_me())


@pages.post(_OWN)
def own(calendar_id: UUID) -> ResponseReturnValue:
    """Give a calendar of one's own its new address."""
    return _sent(_of_own, calendar_id, _back_to_me())


@pages.get(_MEMBER)
def asking_entered(group_id: UUID, member_id: UUID, calendar_id: UUID) -> ResponseReturnValue:
    """Ask for the new address of a calendar that a coordinator entered."""
    known = partial(_of_member, group_id, member_id)
    return _asking(known, calendar_id, _back_to_member(group_id, member_id))


@pages.post(_MEMBER)
def entered(group_id: UUID, member_id: UUID, calendar_id: UUID) -> ResponseReturnValue:
    """Give a calendar that a coordinator entered its new address."""
    known = partial(_of_member, group_id, member_id)
    return _sent(known, calendar_id, _back_to_member(group_id, member_id))


def _of_own(work: Work) -> list[Known]:
    return [each for each in calendars.of_own(work) if each[0].group_id is None]


def _of_member(group_id: UUID, member_id: UUID, work: Work) -> list[Known]:
    calendars.entered_for(work, group_id, member_id)  # once they have joined, it is theirs to say
    return calendars.of_member(work, group_id, member_id)


def _back_to_me() -> str:
    return url_for("me.show", _anchor="calendars")


def _back_to_member(group_id: UUID, member_id: UUID) -> str:
    return url_for("members.show", group_id=group_id, member_id=member_id, _anchor="calendars")


def _asking(known: _Those, calendar_id: UUID, back: str) -> ResponseReturnValue:
    _found(known(door.reading()), calendar_id)
    return render.page("calendars/move.html", form=Form(), back=back)


def _sent(known: _Those, calendar_id: UUID, back: str) -> ResponseReturnValue:
    row, sent = _found(known(door.reading()), calendar_id), Form.sent()
    try:
        moved = _move(known, row, sent.text("address"))
    except Explained as error:
        status = _refused(sent, error)
        return render.page("calendars/move.html", status, form=sent, back=back)
    if moved.failed_what is None:
        flash(_MOVED)
    else:
        flash(f"{moved.failed_what}: {moved.failed_remedy}.", "later")
    return render.to(back)


def _refused(sent: Form, error: Explained) -> int:
    """Note why it was refused, and return the status."""
    if not isinstance(error, TooMany):
        return sent.refused(error, _ADDRESS)
    sent.mistakes.append(Mistake("", f"{error.what}: {error.remedy}."))  # the address may be right
    return problems.status_of(error)


def _move(known: _Those, row: CalendarRow, address: str) -> CalendarRow:
    """Read it there while no transaction is open; look the right up again to keep it."""
    runtime = door.runtime()
    due = moving.due_at(door.reading(), row, address)
    door.put_down()
    outcome = moving.read(due, runtime.settings.network)
    work = door.work()
    _found(known(work), due.calendar_id)
    return moving.move(work, runtime.keys, due, outcome, runtime.settings.times.refresh)


def _found(known: list[Known], calendar_id: UUID) -> CalendarRow:
    for row, _ in known:
        if row.id == calendar_id and row.source is Source.ADDRESS:
            return row
    raise missing("calendar")
