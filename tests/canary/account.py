"""An account at a host that is full of words which nobody writes, wherever one can stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.sandbox.world import World
from tests.canary.canaries import Words

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planted:
    """Whose account it is, and the words in it.

    email   which they have there; its owner is shown it
    names   of their calendars; their owner is shown them, for choosing
    words   all others: nobody is shown them
    """

    email: str
    names: list[str]
    words: Words


def planted_account(world: World, seed: int, kind: str = "google") -> Planted:
    """Let somebody in who has events of every kind in the next weeks, in two calendars."""
    word = Words(seed)
    address, names = Words(seed + 1), Words(seed + 2)
    email = f"{address('address').lower()}@example.org"
    world.add_person(email, names("holder"), "America/New_York", host=kind)
    main, ward = world.calendars(email)[0], world.add_calendar(email, names("calendar"))
    for calendar in (main.id, ward.id):
        for number, more in enumerate(_kinds(word)):
            start = world.clock.now() + timedelta(days=15 + number)
            world.put(calendar, _event(word, world, start.isoformat(), more), by=email)
    return Planted(email, names.made, word)


def _kinds(word: Words) -> Iterator[Event]:
    """Yield what makes an event one of its kind."""
    yield {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"]}
    yield {"visibility": "private"}
    yield {"visibility": "confidential"}
    yield {"transparency": "transparent"}
    yield {"status": "tentative"}
    yield {"status": "cancelled"}
    yield {"eventType": "outOfOffice", "outOfOfficeProperties": {"declineMessage": word("decline")}}
    yield {"eventType": "focusTime", "focusTimeProperties": {"declineMessage": word("focus")}}
    place = {"type": "customLocation", "customLocation": {"label": word("workplace")}}
    yield {"eventType": "workingLocation", "workingLocationProperties": place}


def _event(word: Words, world: World, start: str, more: Event) -> Event:
    end = {"dateTime": start[:11] + "23:59:00+00:00"}
    return {
        "id": f"planted{world.number + 1}",
        "start": {"dateTime": start[:11] + "15:00:00+00:00", "timeZone": "UTC"},
        "end": {**end, "timeZone": "UTC"},
        "summary": f"{word('summary')} with Dr {word('person')}",
        "description": f"<b>{word('description')}</b>\n{word('more')}",
        "location": word("location"),
        "iCalUID": f"{word('uid')}@example.org",
        "hangoutLink": f"https://example.org/{word('hangout')}",
        "source": {"title": word("source"), "url": f"https://example.org/{word('sourceurl')}"},
        "attendees": [
            {
                "email": f"{word('attendee')}@example.org",
                "displayName": word("attendeename"),
                "comment": word("comment"),
                "responseStatus": "accepted",
            }
        ],
        "attachments": [
            {
                "fileUrl": f"https://example.org/{word('file')}",
                "title": word("attachment"),
                "fileId": word("fileid"),
                "mimeType": f"x/{word('mimetype')}",
            }
        ],
        "extendedProperties": {
            "private": {word("privatekey"): word("privatevalue")},
            "shared": {word("sharedkey"): word("sharedvalue")},
        },
        "conferenceData": {
            "conferenceId": word("conference"),
            "notes": word("notes"),
            "entryPoints": [
                {"entryPointType": "video", "uri": f"https://example.org/{word('entry')}"}
            ],
        },
        "gadget": {"title": word("gadget"), "preferences": {word("preference"): word("value")}},
        **more,
    }
