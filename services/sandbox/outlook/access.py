"""Who may do what: the scopes of each endpoint, and whose calendars somebody reaches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from services.sandbox.entra.scopes import allows
from services.sandbox.entra.tenants import oid
from services.sandbox.google.tokens import Grant
from services.sandbox.outlook import ids
from services.sandbox.outlook.errors import Refusal
from services.sandbox.world import Calendar, Person, World

READ_BASIC, READ, WRITE = ("Calendars.ReadBasic",), ("Calendars.Read",), ("Calendars.ReadWrite",)
"""Each takes in those before it; what is basic has no body, attachments or extensions."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a calendar of theirs.

    basic  sees no body, attachment or extension of an event
    by     who it is, for the history
    """

    grant: Grant
    calendar: Calendar
    basic: bool

    @property
    def by(self) -> str:
        return f"graph:{self.grant.email}"


def visit(world: World, mailbox: str, calendar_id: str, *scopes: str) -> Visit:
    """Let the bearer of the request's token to a calendar. Raises Refusal (400, 401, 403, 404).

    mailbox      an address or id; "": the bearer's own
    calendar_id  as Graph writes it; "": the main calendar
    """
    grant = world.entra.require(request, *scopes)
    person = reached(world, grant, mailbox)
    calendar = _calendar(world, person, calendar_id)
    return Visit(grant, calendar, not allows(grant.scopes, *READ))


def visit_event(
    world: World, mailbox: str, calendar_id: str, event_id: str, *scopes: str
) -> tuple[Visit, str]:
    """Let the bearer to the calendar an event is in; return it and the world's id of the event.

    Raises Refusal, also where `calendar_id` is given and is another calendar's.
    """
    named = ids.event_named(event_id)
    grant = world.entra.require(request, *scopes)
    person = reached(world, grant, mailbox)
    if named is None:
        raise Refusal(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    calendar = _calendar(world, person, ids.calendar_id(named.calendar))
    if calendar_id and _calendar(world, person, calendar_id) != calendar:
        raise Refusal(404, "ErrorItemNotFound")
    return Visit(grant, calendar, not allows(grant.scopes, *READ)), named.event


def reached(world: World, grant: Grant, mailbox: str) -> Person:
    """Return whose mailbox it is: nobody shares theirs here. Raises Refusal (403, 404)."""
    own = world.person(grant.email)
    if not mailbox or _is(own, mailbox):
        return own
    if any(_is(each, mailbox) for each in list(world.people.values())):
        raise Refusal(403, "ErrorAccessDenied")
    raise Refusal(404, "ErrorInvalidUser", f"The requested user '{mailbox}' is invalid.")


def at_each_calendar(
    blueprint: Blueprint, tail: str, view: Callable[..., Any], methods: Iterable[str] = ("GET",)
) -> None:
    """Add an endpoint below every address that a calendar has.

    The view is called with `mailbox` and `calendar_id`, as `visit` takes them.
    """
    _add(blueprint, f"/<outlook_calendar:at>{tail}", view, methods)


def at_each_mailbox(
    blueprint: Blueprint, tail: str, view: Callable[..., Any], methods: Iterable[str] = ("GET",)
) -> None:
    """Add an endpoint below every address that a mailbox has; the view gets its `mailbox`."""
    _add(blueprint, f"/<outlook_mailbox:at>{tail}", view, methods)


def _add(blueprint: Blueprint, rule: str, view: Callable[..., Any], methods: Iterable[str]) -> None:
    @wraps(view)
    def led(at: dict[str, str], **more: str) -> Any:
        return view(**at, **more)

    # One rule for all the addresses: to make many takes long, and every test would wait for it.
    blueprint.record(_teach)
    blueprint.add_url_rule(rule, f"{' '.join(methods)} {rule}", led, methods=[*methods])


class _Mailbox(BaseConverter):
    """Whose mailbox: "me", or "users" and who it is."""

    regex = "(?:me|users/[^/]+)"
    part_isolating = False

    def to_python(self, value: str) -> dict[str, str]:
        return {"mailbox": value.removeprefix("me").removeprefix("users/")}


class _Calendar(_Mailbox):
    """Which calendar there: none or "calendar" is the main one, "calendars" has its id."""

    regex = f"{_Mailbox.regex}(?:/calendars/[^/]+|/calendar)?"

    def to_python(self, value: str) -> dict[str, str]:
        whose, _, calendar = value.removesuffix("/calendar").partition("/calendars/")
        return super().to_python(whose) | {"calendar_id": calendar}


def _teach(state: BlueprintSetupState) -> None:
    known = {"outlook_mailbox": _Mailbox, "outlook_calendar": _Calendar}
    state.app.url_map.converters.update(known)


def _is(person: Person, mailbox: str) -> bool:
    return mailbox.lower() in (person.email.lower(), oid(person))


def _calendar(world: World, person: Person, calendar_id: str) -> Calendar:
    own = world.calendars(person.email)
    if not calendar_id:
        return own[0]
    named = ids.calendar_named(calendar_id)
    if named is None:
        raise Refusal(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    for each in own:
        if each.id == named:
            return each
    raise Refusal(404, "ErrorItemNotFound")
