"""Guests: people who come to one date."""

from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import groups
from services.flow import guests as flow
from services.flow import rights as standing
from services.web import render
from services.web.days import read_day
from services.web.forms import Form, Places
from services.web.onto import settle

pages = Blueprint("guests", __name__)
_PLACES: Places = {
    "address of mail": ("email", ""),
    "the name": ("name", ""),
    "the date": ("day", ""),
    "guest of that day": ("day", ""),
}


@pages.get("/groups/<uuid:group_id>/guests")
def every(group_id: UUID) -> ResponseReturnValue:
    """Show who comes when."""
    return _page(group_id, Form())


@pages.post("/groups/<uuid:group_id>/guests")
def add(group_id: UUID) -> ResponseReturnValue:
    """Invite somebody to one date."""
    sent = Form.sent()
    try:
        day = read_day(sent.text("day"))
        email, name = sent.text("email"), sent.text("name")
        flow.add(door.work(), group_id, email, name, day, settle=settle())
    except Explained as error:
        return _page(group_id, sent, sent.refused(error, _PLACES))
    flash("The guest is on the list.")
    return render.to(url_for("guests.every", group_id=group_id))


@pages.post("/groups/<uuid:group_id>/guests/<uuid:guest_id>/remove")
def remove(group_id: UUID, guest_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    flow.remove(door.work(), group_id, guest_id, settle=settle())
    flash("The guest is off the list.")
    return render.to(url_for("guests.every", group_id=group_id))


def _page(group_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, group_id)
    return render.page(
        "groups/guests.html", status, group=group, form=form, guests=groups.guests(work, group_id)
    )
