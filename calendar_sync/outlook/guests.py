"""Who comes to an event, as Graph tells it: invited by us or by others, and what they answered."""

from collections.abc import Iterable

from calendar_sync.digests import digest
from calendar_sync.errors import broken
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import Answer, Reply

_ANSWERS = {
    "accepted": Answer.ACCEPTED,
    "tentativelyAccepted": Answer.TENTATIVE,
    "declined": Answer.DECLINED,
}


def replies(event: Json) -> list[Reply]:
    """Return what the guests of an event answered; rooms and the organiser are no guests."""
    organiser = _address(event.get("organizer"))
    return [
        Reply(_address(each), _answer(each))
        for each in attendees(event)
        if each.get("type") != "resource" and _address(each).casefold() != organiser.casefold()
    ]


def answers(said: Iterable[Reply]) -> dict[str, Answer]:
    """Return answers by addresses in small letters."""
    return {each.email.casefold(): each.answer for each in said}


def addresses(people: Iterable[Json]) -> set[str]:
    """Return attendees' addresses, in small letters."""
    return {_address(each).casefold() for each in people}


def attendees(event: Json) -> list[Json]:
    """Return an event's attendees that have an address."""
    found = event.get("attendees") or []
    if not isinstance(found, list):
        raise broken()
    return [each for each in found if isinstance(each, dict) and _address(each)]


def attending(emails: Iterable[str]) -> list[Json]:
    """Return addresses as attendees, each once: a host refuses whoever is named twice."""
    once = {each.casefold(): each for each in emails}.values()
    return [{"emailAddress": {"address": each}, "type": "required"} for each in once]


def merged(emails: Iterable[str], invited: frozenset[str], there: Json) -> list[Json]:
    """Return the guests that are ours, as they are there, and those that others invited.

    invited  digests of those whom we invited before: who is not ours any more, leaves
    """
    known = {_address(each).casefold(): each for each in attendees(there)}
    ours = {_address(each).casefold(): each for each in attending(emails)}
    theirs = [
        each for name, each in known.items() if name not in ours and digest(name) not in invited
    ]
    return [known.get(name, each) for name, each in ours.items()] + theirs


def _address(person: object) -> str:
    inner = person.get("emailAddress") if isinstance(person, dict) else None
    return str(inner.get("address") or "") if isinstance(inner, dict) else ""


def _answer(attendee: Json) -> Answer:
    status = attendee.get("status")
    said = status.get("response") if isinstance(status, dict) else None
    return _ANSWERS.get(str(said), Answer.WAITING)
