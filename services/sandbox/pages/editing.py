"""Events on the pages: made, changed, deleted; of a series one instance or all."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.sandbox.events.times import Event
from services.sandbox.mail.answers import ANSWERS, answer_of, invited
from services.sandbox.pages.finding import event_there
from services.sandbox.pages.forms import Mistyped, Typed
from services.sandbox.pages.invitations import words
from services.sandbox.pages.view import back, one_of, shown, somebody
from services.sandbox.world import Calendar, Person, World


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
        found = event_there(world, calendar, event_id)
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
        found = event_there(world, calendar, event_id)
        world.put(calendar.id, {**found, "status": "cancelled"}, by=_by(person))
        return redirect(back(person), 303)


def _by(person: Person) -> str:
    return f"page:{person.email}"


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
        said=words(answer_of(found, person.email)) if invited(person.email, found) else "",
        answers=ANSWERS,
    )
