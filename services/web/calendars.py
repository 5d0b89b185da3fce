"""Taking calendars in, one's own or for a member, in three ways; and letting them go.

A calendar is read before a transaction is opened, and only times and kinds come out of it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import addresses, calendars, doubts, read_now
from services.flow import rights as standing
from services.flow.calendars import Owner
from services.flow.errors import TooMany, Unfit
from services.storage.work import Work
from services.web import connected, readers, render
from services.web.forms import Form, Places
from services.web.readers import NextBy

pages = Blueprint("calendars", __name__)
_FILE: Places = {"": ("file", "")}
_ADDRESS: Places = {"": ("address", "")}
_WEEKLY: Places = {"weekly": ("weekly", "Hours")}

_KEPT = (
    "The calendar is read. Only times were kept: no titles, places or guests.",
    "The hours are noted, for every week. Every other hour counts as free from now on.",
)

Whose = Callable[[Work], Owner]
Member = tuple[UUID, UUID]  # ids of the group and of the membership


@pages.get("/me/calendars/new")
def new_own() -> ResponseReturnValue:
    """Ask for a calendar of one's own."""
    return _page(Form())


@pages.post("/me/calendars/<any(file, address, weekly):way>")
def add_own(way: str) -> ResponseReturnValue:
    """Take one's own calendar in."""
    return _add(way, calendars.own, url_for("me.show"))


@pages.get("/me/calendars/<uuid:calendar_id>/remove")
def dropping_own(calendar_id: UUID) -> ResponseReturnValue:
    """Ask whether a calendar is to go."""
    work = door.reading()
    known = [row.id for row, _ in calendars.of_own(work)]
    return _dropping(known, calendar_id, url_for("me.show"), readers.without(work, [calendar_id]))


@pages.post("/me/calendars/<uuid:calendar_id>/remove")
def drop_own(calendar_id: UUID) -> ResponseReturnValue:
    """Delete one's own calendar, or one that somebody entered for oneself."""
    calendars.drop_own(door.work(), calendar_id)
    return _dropped(url_for("me.show"))


@pages.post("/me/calendars/<uuid:calendar_id>/read")
def read_own(calendar_id: UUID) -> ResponseReturnValue:
    """Read one's own calendar at once."""
    return _read(lambda work: read_now.own(work, calendar_id), url_for("me.show"))


@pages.post("/me/calendars/<uuid:calendar_id>/believe")
def believe(calendar_id: UUID) -> ResponseReturnValue:
    """Take the reader's word that what a calendar shows is right."""
    doubts.believe(door.work(), calendar_id)
    flash("Thank you. The calendar is read again, and what it shows then counts.")
    return render.to(url_for("me.show", _anchor="calendars"))


@pages.get("/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/new")
def new(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Ask for a calendar of a member."""
    calendars.entered_for(door.reading(), group_id, member_id)
    return _page(Form(), (group_id, member_id))


@pages.post(
    "/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<any(file, address, weekly):way>"
)
def add(group_id: UUID, member_id: UUID, way: str) -> ResponseReturnValue:
    """Take a calendar in for a member who has not joined."""

    def whose(work: Work) -> Owner:
        return calendars.entered_for(work, group_id, member_id)

    return _add(way, whose, _member(group_id, member_id), (group_id, member_id))


@pages.get("/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<uuid:calendar_id>/remove")
def dropping(group_id: UUID, member_id: UUID, calendar_id: UUID) -> ResponseReturnValue:
    """Ask whether a calendar that a coordinator entered is to go."""
    known = calendars.of_member(door.reading(), group_id, member_id)
    return _dropping([row.id for row, _ in known], calendar_id, _member(group_id, member_id))


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<uuid:calendar_id>/remove")
def drop(group_id: UUID, member_id: UUID, calendar_id: UUID) -> ResponseReturnValue:
    """Delete a calendar that a coordinator entered."""
    calendars.drop_entered(door.work(), group_id, member_id, calendar_id)
    return _dropped(_member(group_id, member_id))


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<uuid:calendar_id>/read")
def read_entered(group_id: UUID, member_id: UUID, calendar_id: UUID) -> ResponseReturnValue:
    """Read a calendar that a coordinator entered at once."""

    def ask(work: Work) -> object:
        return read_now.entered(work, group_id, member_id, calendar_id)

    return _read(ask, _member(group_id, member_id))


def _read(ask: Callable[[Work], object], back: str) -> ResponseReturnValue:
    try:
        ask(door.work())
    except TooMany as error:
        door.close()
        flash(f"{error.what}: {error.remedy}.", "later")
    else:
        flash("The calendar is being read. This page shows it as soon as it is read.")
    return render.to(f"{back}#calendars")


def _add(way: str, whose: Whose, back: str, member: Member | None = None) -> ResponseReturnValue:
    sent = Form.sent()
    owner = whose(door.reading())
    if sent.ticked("weekly-more"):
        return _page(sent, member)
    door.put_down()
    take, places = _WAYS[way]
    try:
        take(sent, owner, whose)
    except Explained as error:
        return _page(sent, member, sent.refused(error, places))
    flash(_KEPT[way == "weekly"])
    return render.to(back)


def _take_file(sent: Form, owner: Owner, whose: Whose) -> None:
    file, kind = request.files.get("file"), calendars.kind_of(sent.text("kind"))
    until = calendars.completeness(sent.text("complete_until"))
    data = file.read() if file else b""
    if not data:
        raise Unfit("No file came with the form", remedy="choose a calendar file (.ics)")
    taken = calendars.read_file(data, owner.zone, door.runtime().clock())
    row = calendars.add_read(door.work(), whose(door.work()), kind, taken, None)
    row.complete_until = until


def _take_address(sent: Form, owner: Owner, whose: Whose) -> None:
    runtime, address = door.runtime(), sent.text("address")
    kind = calendars.kind_of(sent.text("kind"))
    until = calendars.completeness(sent.text("complete_until"))
    network = runtime.settings.network
    address = addresses.address_of(address)
    taken = calendars.read_address(address, owner.zone, runtime.clock(), network)
    sealed = calendars.sealed(runtime.keys, address)
    refresh = timedelta(seconds=runtime.settings.times.refresh)
    work = door.work()
    owner = whose(work)
    addresses.let_be_new(work, runtime.keys, owner, address)
    row = calendars.add_read(work, owner, kind, taken, sealed, refresh=refresh)
    row.complete_until = until


def _take_weekly(sent: Form, _owner: Owner, whose: Whose) -> None:
    kind, ranges = calendars.kind_of(sent.text("kind")), sent.ranges("weekly")
    until = calendars.completeness(sent.text("complete_until"))
    row = calendars.add_weekly(door.work(), whose(door.work()), kind, ranges)
    row.complete_until = until


_WAYS: dict[str, tuple[Callable[[Form, Owner, Whose], None], Places]] = {
    "file": (_take_file, _FILE),
    "address": (_take_address, _ADDRESS),
    "weekly": (_take_weekly, _WEEKLY),
}


def _page(form: Form, member: Member | None = None, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = found = None
    if member is None:
        standing.actor(work)
    else:
        group = standing.coordinating(work, member[0])
        found, _ = standing.member_of(work, *member)
    ways = connected.ways() if member is None else []  # only its owner can consent
    return render.page(
        "calendars/new.html",
        status,
        form=form,
        group=group,
        member=found,
        action=_action(member),
        ways=ways,
    )


def _action(member: Member | None) -> Callable[[str], str]:
    """Where a form goes, by the way in which it takes a calendar in."""
    if member is None:
        return lambda way: url_for("calendars.add_own", way=way)
    group_id, member_id = member
    return lambda way: url_for("calendars.add", group_id=group_id, member_id=member_id, way=way)


def _dropping(
    known: list[UUID], calendar_id: UUID, back: str, then: Sequence[NextBy] = ()
) -> ResponseReturnValue:
    if calendar_id not in known:
        raise standing.missing("calendar")
    return render.page("calendars/remove.html", back=back, then=then)


def _dropped(back: str) -> ResponseReturnValue:
    flash("The calendar is gone, and with it everything that was read from it.")
    return render.to(back)


def _member(group_id: UUID, member_id: UUID) -> str:
    return url_for("members.show", group_id=group_id, member_id=member_id)
