"""Who coordinates a group."""

from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import groups
from services.flow import rights as standing
from services.web import render
from services.web.forms import Form, Places

pages = Blueprint("coordinators", __name__)
_PLACES: Places = {"address of mail": ("email", ""), "the name": ("name", "")}


@pages.get("/groups/<uuid:group_id>/coordinators")
def every(group_id: UUID) -> ResponseReturnValue:
    """Show who they are."""
    return _page(group_id, Form())


@pages.post("/groups/<uuid:group_id>/coordinators")
def add(group_id: UUID) -> ResponseReturnValue:
    """Let somebody coordinate as well."""
    sent = Form.sent()
    try:
        name = groups.line(sent.text("name"), "name")
        groups.add_coordinator(door.work(), group_id, sent.text("email"), name)
    except Explained as error:
        return _page(group_id, sent, sent.refused(error, _PLACES))
    flash("They can coordinate the group now, and a mail tells them so.")
    return render.to(url_for("coordinators.every", group_id=group_id))


@pages.post("/groups/<uuid:group_id>/coordinators/<uuid:person_id>/remove")
def remove(group_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """End somebody's coordination."""
    groups.remove_coordinator(door.work(), group_id, person_id)
    flash("They no longer coordinate the group.")
    if person_id == door.asking().person_id:
        return render.to(url_for("groups.every"))
    return render.to(url_for("coordinators.every", group_id=group_id))


def _page(group_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, group_id)
    return render.page(
        "groups/coordinators.html",
        status,
        group=group,
        form=form,
        coordinators=groups.coordinators(work, group_id),
        me=door.asking().person_id,
    )
