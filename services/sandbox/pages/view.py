"""A person's page: their week, its entries, and the forms beneath."""

from datetime import date, timedelta

from flask import abort, render_template, request, url_for

from scheduler.model.zone import zone
from services.sandbox.caldav import passwords
from services.sandbox.mail.answers import ANSWERS
from services.sandbox.pages import invitations
from services.sandbox.pages.forms import Mistyped, Typed
from services.sandbox.pages.week import monday, week
from services.sandbox.world import Calendar, Person, World

WEEK = timedelta(weeks=1)


def somebody(world: World, number: str) -> Person:
    """Return the person of that short id, or answer 404."""
    return next((each for each in world.people.values() if each.id == number), None) or abort(404)


def one_of(world: World, person: Person, calendar_id: str) -> Calendar:
    """Return that calendar of the person, or answer 404."""
    alike = (each for each in world.calendars(person.email) if each.id == calendar_id)
    return next(alike, None) or abort(404)


def back(person: Person, day: str = "") -> str:
    """Return the address of the week that holds a day, or of the one that was looked at."""
    shown = day or request.values.get("week", "")
    return url_for("pages.person", number=person.id, week=shown or None)


def shown(
    world: World,
    person: Person,
    *,
    typed: Typed | None = None,
    mistake: Mistyped | None = None,
    password: str = "",
) -> str:
    """Draw the page.

    typed, mistake  what was in the form for a new event, and what is wrong with it
    password        a new app password, to be seen this once
    """
    today = world.clock.now().astimezone(zone(person.timezone)).date()
    first = monday(_day(request.values.get("week", "")) or today)
    with world.lock:
        drawn = week(world, person.email, first)
    return render_template(
        "sandbox_pages/person.html",
        person=person,
        calendars=world.calendars(person.email),
        week=drawn,
        today=today,
        weeks={"before": first - WEEK, "now": monday(today), "after": first + WEEK},
        typed=typed or Typed(day=max(first, min(today, first + WEEK)).isoformat()),
        mistake=mistake,
        password=password,
        has_password=passwords.has_one(world, person.email),
        invitations=invitations.of(world, person),
        answers=ANSWERS,
        host=request.host_url,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
