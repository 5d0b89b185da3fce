"""Reading members through the account of a coordinator: beginning and ending it, and objecting."""

from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from services import door
from services.flow import colleagues, objections, rights
from services.storage.rows.groups import GroupRow
from services.web import readers, render
from services.web.readers import Reading

pages = Blueprint("reading", __name__)


@pages.get("/groups/<uuid:group_id>/reading/<uuid:account_id>")
def changing(group_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Ask whether another account of the reader is to take the place of the one that is used."""
    group, reading = _begun(group_id)
    way = next((each for each in reading.ways if each.account_id == account_id), None)
    if way is None:
        raise rights.missing("account")
    return render.page("groups/change_reading.html", group=group, reading=reading, way=way)


@pages.post("/groups/<uuid:group_id>/reading/<uuid:account_id>")
def begin(group_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Let the members of a group be read through an account of the reader."""
    runtime = door.runtime()
    colleagues.allow(door.work(), runtime.keys, runtime.hosts, group_id, account_id)
    flash("Members who show no calendar are being read through your account.")
    return render.to(url_for("groups.show", group_id=group_id, _anchor="reading"))


@pages.get("/groups/<uuid:group_id>/reading/stop")
def stopping(group_id: UUID) -> ResponseReturnValue:
    """Ask whether they are to be read so no more."""
    group, reading = _begun(group_id)
    return render.page("groups/stop_reading.html", group=group, reading=reading)


@pages.post("/groups/<uuid:group_id>/reading/stop")
def stop(group_id: UUID) -> ResponseReturnValue:
    """Let them be read so no more."""
    colleagues.withdraw(door.work(), group_id)
    flash("Nobody is read through an account any more, and what was read is deleted.")
    return render.to(url_for("groups.show", group_id=group_id))


@pages.post("/me/groups/<uuid:group_id>/unread")
def object_to(group_id: UUID) -> ResponseReturnValue:
    """Say that the reader is not to be read so."""
    objections.make(door.work(), group_id)
    flash("You are not read this way any more, and what was read is deleted.")
    return render.to(url_for("me.show", _anchor="calendars"))


@pages.post("/me/groups/<uuid:group_id>/readable")
def permit(group_id: UUID) -> ResponseReturnValue:
    """Take that back."""
    return _permitted(group_id)


@pages.post("/me/readable")
def permit_all() -> ResponseReturnValue:
    """Take back what was said of all groups together."""
    return _permitted(None)


def _permitted(group_id: UUID | None) -> ResponseReturnValue:
    objections.take_back(door.work(), group_id)
    flash("You can be read this way again.")
    return render.to(url_for("me.show", _anchor="calendars"))


def _begun(group_id: UUID) -> tuple[GroupRow, Reading]:
    """Find out how a group's members are read. Raises Missing or NotAllowed."""
    work = door.reading()
    group, reading = rights.coordinating(work, group_id), readers.of_group(work, group_id)
    if reading is None or reading.reader is None:
        raise rights.missing("reading account")
    return group, reading
