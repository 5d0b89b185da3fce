"""One's own page: what is stored about the reader, and what they may do about it."""

import json

from flask import Blueprint, Response, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import addresses, calendars, groups, members, objections, people, sessions
from services.flow import rights as standing
from services.flow.people import Changes
from services.flow.stored import stored
from services.storage.rows.people import PersonRow
from services.web import connected, readers, render, rules, session, zones
from services.web.forms import Form, Places

pages = Blueprint("me", __name__)
_PLACES: Places = {
    "the name": ("name", ""),
    "timezone": ("timezone", "Time zone"),
    "hours": ("hours", "Working hours"),
    "preferred": ("preferred", "Preferred hours"),
    "notice": ("notice", "Notice for your clinic"),
    "the tiers": ("notice", "Notice for your clinic"),
}


@pages.get("/me")
def show() -> ResponseReturnValue:
    """Show what is stored about the reader."""
    work = door.reading()
    person = people.me(work)
    found = groups.page(work, None, members.MOST)
    known = calendars.of_own(work)
    memberships = members.mine(work)
    return render.page(
        "me/show.html",
        person=person,
        zone=calendars.own(work).zone,
        coordinated=[each.group for each in found if each.coordinates],
        memberships=memberships,
        assisting=members.assisting(work),
        visits=groups.visits(work),
        calendars=[row for row, _ in known if row.account_id is None],
        accounts=connected.of_reader(work, known),
        often=connected.often(),
        hosts={row.id: addresses.host_of(door.runtime().keys, row) for row, _ in known},
        awaited=connected.awaited(work, known),
        readers=readers.of_own(work),
        objections=[group for _, group in objections.of_own(work)],
        ways=connected.ways(),
        sessions=sessions.of(work),
        this=session.current(),
        now=work.now,
    )


@pages.get("/me/edit")
def edit() -> ResponseReturnValue:
    """Show what one says of oneself, for changing."""
    return _editing(_shown(people.me(door.reading())))


@pages.post("/me/edit")
def change() -> ResponseReturnValue:
    """Change it."""
    sent = Form.sent()
    standing.actor(door.reading())
    if sent.ticked("hours-more") or sent.ticked("preferred-more"):
        return _editing(sent)
    try:
        people.change_me(door.work(), sent.version, **_typed(sent))
    except Explained as error:
        return _editing(sent, sent.refused(error, _PLACES))
    flash("Your changes are kept. They count in every group you have joined.")
    return render.to(url_for("me.show"))


@pages.get("/me/data.json")
def download() -> ResponseReturnValue:
    """Send everything that is stored about the reader."""
    work = door.reading()
    said = stored(work, standing.actor(work), door.runtime().keys)
    text = json.dumps(said, indent=1, ensure_ascii=False, default=float)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=common-hour.json"
    return response


@pages.get("/me/delete-data")
def deleting_data() -> ResponseReturnValue:
    """Ask whether all that is known of one's time is to go."""
    return render.page("me/delete_data.html", memberships=members.mine(door.reading()))


@pages.post("/me/delete-data")
def delete_data() -> ResponseReturnValue:
    """Delete everything that is known of one's time."""
    people.delete_data(door.work())
    flash("Everything that was known of your time is deleted. Your groups see you as unknown.")
    return render.to(url_for("me.show"))


@pages.get("/me/leave")
def leaving() -> ResponseReturnValue:
    """Ask whether the reader means to go for good."""
    told = door.runtime().last_seal is not None
    return render.page("me/leave.html", person=people.me(door.reading()), told=told)


@pages.post("/me/leave")
def leave() -> ResponseReturnValue:
    """Remove the reader with everything that is kept about them."""
    work = door.work()
    runtime = door.runtime()
    me = standing.actor(work)
    people.forget(work, me, mails=runtime.forget_mails, seal=runtime.last_seal)
    flash("You are gone from here, and everything that was kept about you.")
    return session.end(render.to(url_for("sign_in.ask")))


@pages.post("/me/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of the reader, this one as well."""
    sessions.sign_out_everywhere(door.work())
    flash("You are signed out, here and everywhere else.")
    return session.end(render.to(url_for("sign_in.ask")))


def _editing(form: Form, status: int = 200) -> ResponseReturnValue:
    return render.page("me/edit.html", status, form=form, zones=zones.known())


def _shown(person: PersonRow) -> Form:
    form = Form.of(version=person.version, name=person.name, timezone=person.timezone)
    form.set_ranges("hours", person.hours).set_ranges("preferred", person.preferred)
    rules.set_tiers(form, person.notice)
    return form


def _typed(form: Form) -> Changes:
    return {
        "name": form.text("name"),
        "timezone": form.text("timezone") or None,
        "hours": form.ranges("hours") or None,
        "preferred": form.ranges("preferred") or None,
        "notice": rules.tiers(form) or None,
    }
