"""Reading members through the account of a coordinator: beginning and ending it, and objecting."""

from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from services import door
from services.flow import colleagues
from services.web import render

pages = Blueprint("reading", __name__)


@pages.post("/groups/<uuid:group_id>/reading/<uuid:account_id>")
def begin(group_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Let the members of a group be read through an account of the reader."""
    runtime = door.runtime()
    colleagues.allow(door.work(), runtime.keys, runtime.hosts, group_id, account_id)
    flash("Members who show no calendar are being read through your account.")
    return render.to(url_for("groups.show", group_id=group_id, _anchor="reading"))


@pages.post("/groups/<uuid:group_id>/reading/stop")
def stop(group_id: UUID) -> ResponseReturnValue:
    """Let them be read so no more."""
    colleagues.withdraw(door.work(), group_id)
    flash("Nobody is read through an account any more, and what was read is deleted.")
    return render.to(url_for("groups.show", group_id=group_id))


@pages.post("/me/groups/<uuid:group_id>/unread")
def object_to(group_id: UUID) -> ResponseReturnValue:
    """Say that the reader is not to be read so."""
    colleagues.object_to(door.work(), group_id)
    flash("You are not read this way any more, and what was read is deleted.")
    return render.to(url_for("me.show", _anchor="calendars"))


@pages.post("/me/groups/<uuid:group_id>/readable")
def permit(group_id: UUID) -> ResponseReturnValue:
    """Take that back."""
    colleagues.permit(door.work(), group_id)
    flash("You can be read this way again.")
    return render.to(url_for("me.show", _anchor="calendars"))
