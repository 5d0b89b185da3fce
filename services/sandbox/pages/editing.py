"""Events on the pages: made, changed, deleted; of a series one instance or all."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.sandbox.events.times import Event, moment
from services.sandbox.pages.forms import Mistyped, Typed
from services.sandbox.pages.view import back, one_of, shown, somebody
from services.sandbox.world import Calendar, Person, World

_AROUND = timedelta(days=2)


def add_editing(pages: Blueprint, world: World) -> None:
    """Give the pages their forms for events."""

    @pages.post("/people/<number>/events")
    def add_event(number: str) -> ResponseReturnValue:
        """Make an event."""
        person = somebody(world, number)
        calendar = one_of(world, person, request.form.get("calendar", ""))
        typed = Typed.sent(request.form)
        try:
            event = typed.onto({}, person.timezone)
        except Mistyped as mistake:
            return shown(world, person, typed=typed, mistake=mistake), 422
        world.put(calendar.id, event, by=_by(person))
        return redirect(back(person, typed.day), 303)

    @pages.route("/people/<number>/events/<calendar_id>/<event_id>", methods=["GET", "POST"])
    def event(number: str, calendar_id: str, event_id: str) -> ResponseReturnValue:
        """Show an event, or an instance of a series, and change it."""
        person = somebody(world, number)
        calendar = one_of(world, person, calendar_id)
        found = _event(world, calendar, event_id)
        if request.method == "GET":
            return _form(person, calendar, found, Typed.of(found, person.timezone))
        typed = Typed.sent(request.form)
        try:
            changed = typed.onto(found, person.timezone)
        except Mistyped as mistake:
            return _form(person, calendar, found, typed, mistake), 422
        world.put(calendar.id, changed, by=_by(person))
        return redirect(back(person, typed.day), 303)

    @pages.post("/people/<number>/events/<calendar_id>/<event_id>/delete")
    def delete_event(number: str, calendar_id: str, event_id: str) -> ResponseReturnValue:
        """Delete it: an instance alone, a series with all of them."""
        person = somebody(world, number)
        calendar = one_of(world, person, calendar_id)
        found = _event(world, calendar, event_id)
        world.put(calendar.id, {**found, "status": "cancelled"}, by=_by(person))
        return redirect(back(person), 303)


def _by(person: Person) -> str:
    return f"page:{person.email}"


def _event(world: World, calendar: Calendar, event_id: str) -> Event:
    """Return an event or an instance that nobody changed yet, or answer 404."""
    kept = world.shelf(calendar.id).get(event_id)
    if kept is None:
        return _instance(world, calendar, event_id)
    if kept["status"] == "cancelled":
        abort(404)
    return kept


def _instance(world: World, calendar: Calendar, event_id: str) -> Event:
    """Return the instance whose id says when it usually begins."""
    text = event_id.rpartition("_")[2]
    try:
        when = (
            {"date": f"{text[:4]}-{text[4:6]}-{text[6:8]}"}
            if len(text) == 8
            else {"dateTime": text}
        )
        at = moment(when, calendar.timezone)
    except ValueError:
        abort(404)
    around = world.instances(calendar.id, at - _AROUND, at + _AROUND)
    return next((each for each in around if each["id"] == event_id), None) or abort(404)


def _form(
    person: Person,
    calendar: Calendar,
    found: Event,
    typed: Typed,
    mistake: Mistyped | None = None,
) -> str:
    return render_template(
        "sandbox_pages/event.html",
        person=person,
        calendar=calendar,
        event=found,
        typed=typed,
        mistake=mistake,
        back=back(person, typed.day),
    )
