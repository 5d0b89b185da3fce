"""One member of a group, as coordinators look after them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import calendars, coverage, members
from services.flow import rights as standing
from services.flow.members import Entry
from services.flow.series import listed
from services.storage.rows.groups import MemberRow
from services.web import connected, readers, render, rules, zones
from services.web.forms import Form, Places

pages = Blueprint("members", __name__)
_PLACES: Places = {
    "is a member of the group already": ("email", ""),
    "address of mail": ("email", ""),
    "the name": ("name", ""),
    "a member called": ("name", ""),
    "timezone": ("timezone", "Time zone"),
    "hours": ("hours", "Working hours"),
    "preferred": ("preferred", "Preferred hours"),
    "notice": ("notice", "Notice for clinics"),
    "the tiers": ("notice", "Notice for clinics"),
}
_ASSISTANT: Places = {"address of mail": ("email", ""), "the name": ("name", "")}


@pages.get("/groups/<uuid:group_id>/members/new")
def new(group_id: UUID) -> ResponseReturnValue:
    """Ask who is to be added."""
    return _adding(group_id, Form())


@pages.post("/groups/<uuid:group_id>/members/new")
def add(group_id: UUID) -> ResponseReturnValue:
    """Add a member."""
    sent = Form.sent()
    entry = Entry(
        name=sent.text("name"),
        email=sent.text("email"),
        required=sent.ticked("required"),
        timezone=sent.text("timezone") or None,
    )
    try:
        member, _ = members.add(door.work(), group_id, entry)
    except Explained as error:
        return _adding(group_id, sent, sent.refused(error, _PLACES))
    flash(f"{member.name} is a member now. Nobody hears of it before you invite them.")
    if sent.ticked("another"):
        return render.to(url_for("members.new", group_id=group_id))
    return _to_member(group_id, member.id)


@pages.get("/groups/<uuid:group_id>/members/<uuid:member_id>")
def show(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Show a member to a coordinator."""
    return _page(group_id, member_id, Form())


@pages.get("/groups/<uuid:group_id>/members/<uuid:member_id>/edit")
def edit(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Show what a coordinator says of a member, for changing."""
    work = door.reading()
    standing.coordinating(work, group_id)
    member, _ = standing.member_of(work, group_id, member_id)
    return _editing(group_id, member_id, _shown(member))


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/edit")
def change(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Change it."""
    sent = Form.sent()
    if sent.ticked("hours-more") or sent.ticked("preferred-more"):
        return _editing(group_id, member_id, sent)
    try:
        members.change(door.work(), group_id, member_id, sent.version, _typed(sent))
    except Explained as error:
        return _editing(group_id, member_id, sent, sent.refused(error, _PLACES))
    flash("The changes are kept.")
    return _to_member(group_id, member_id)


@pages.get("/groups/<uuid:group_id>/members/<uuid:member_id>/remove")
def removing(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Ask whether the member is to be removed."""
    work = door.reading()
    group = standing.coordinating(work, group_id)
    member, _ = standing.member_of(work, group_id, member_id)
    series = listed.with_member(work, group_id, member_id)
    return render.page("members/remove.html", group=group, member=member, series=series)


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/remove")
def remove(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Take a member out of the group."""
    work = door.work()
    standing.coordinating(work, group_id)
    name = standing.member_of(work, group_id, member_id)[0].name
    members.remove(work, group_id, member_id)
    flash(f"{name} is no longer a member.")
    return render.to(url_for("groups.show", group_id=group_id))


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/invite")
def invite(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Send a member the mail by which they join."""
    member = members.invite(door.work(), group_id, member_id)
    flash(f"An invitation to {member.name} is on its way.")
    return _to_member(group_id, member_id)


@pages.post("/groups/<uuid:group_id>/invitations")
def invite_all(group_id: UUID) -> ResponseReturnValue:
    """Invite everybody who has not joined."""
    many = members.invite_all(door.work(), group_id)
    flash(f"Invitations on their way: {many}.")
    return render.to(url_for("groups.show", group_id=group_id))


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/assistants")
def add_assistant(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Say who looks after a member's clinics."""
    sent = Form.sent()
    try:
        members.add_assistant(
            door.work(), group_id, member_id, sent.text("email"), sent.text("name")
        )
    except Explained as error:
        return _page(group_id, member_id, sent, sent.refused(error, _ASSISTANT))
    flash("The assistant is noted.")
    return _to_member(group_id, member_id)


@pages.post("/groups/<uuid:group_id>/members/<uuid:member_id>/assistants/<uuid:person_id>/remove")
def remove_assistant(group_id: UUID, member_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """End an assistant's part for one member."""
    members.remove_assistant(door.work(), group_id, member_id, person_id)
    flash("The assistant is no longer noted.")
    return _to_member(group_id, member_id)


def _page(group_id: UUID, member_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, group_id)
    member, person = standing.member_of(work, group_id, member_id)
    reading = readers.of_group(work, group_id)
    known = calendars.of_member(work, group_id, member_id)
    return render.page(
        "members/show.html",
        status,
        reader=reading and reading.reader,
        sight=reading and reading.by_member.get(member_id),
        group=group,
        member=member,
        person=person,
        is_reader=person.id == door.asking().person_id,
        coverage=coverage.of_group(work, group, [(member, person)])[member.id],
        calendars=known,
        awaited=connected.awaited(work, known),
        uninvited=listed.without_member(work, group_id, member_id),
        assistants=members.assistants(work, group_id, member_id),
        invited=members.invited(work, group_id).get(person.id),
        form=form,
        now=work.now,
    )


def _adding(group_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    group = standing.coordinating(door.reading(), group_id)
    return render.page("members/new.html", status, group=group, form=form, zones=zones.known())


def _editing(group_id: UUID, member_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, group_id)
    member, _ = standing.member_of(work, group_id, member_id)
    return render.page(
        "members/edit.html", status, group=group, member=member, form=form, zones=zones.known()
    )


def _shown(member: MemberRow) -> Form:
    form = Form.of(
        version=member.version,
        name=member.name,
        required="yes" if member.required else None,
        timezone=member.timezone,
    )
    form.set_ranges("hours", member.hours).set_ranges("preferred", member.preferred)
    rules.set_tiers(form, member.notice)
    return form


def _typed(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name"),
        "required": form.ticked("required"),
        "timezone": form.text("timezone") or None,
        "hours": form.ranges("hours") or None,
        "preferred": form.ranges("preferred") or None,
        "notice": rules.tiers(form) or None,
    }


def _to_member(group_id: UUID, member_id: UUID) -> ResponseReturnValue:
    return render.to(url_for("members.show", group_id=group_id, member_id=member_id))
