"""Calendars that are full of words which nobody writes, so that none can be found by chance."""

from base64 import b64encode
from collections.abc import Iterator
from random import Random

_UNLIKELY = "bcdfghjkmnpqrstvwxz23456789"


class Words:
    """Makes words of letters and digits that mean nothing, none twice, and keeps them."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.made = list[str]()

    def __call__(self, origin: str) -> str:
        """Make a word that ends in where it is planted, so that a leak says where it began."""
        self.made.append(f"Q{''.join(self._random.choices(_UNLIKELY, k=11))}{origin}")
        return self.made[-1]


def planted_calendar(seed: int) -> tuple[bytes, list[str]]:
    """Return an ICS file with a word of its own wherever one can stand, and all these words.

    From January to June 2027 it takes time: a weekly hour with one override, and hours that are
    private, tentative, floating, whole days and free/busy; besides, it has some that take none.
    """
    word = Words(seed)
    zone = f"{word('tzid')} Time"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        *_names(word),
        *_zone(word, zone),
        *_series(word, zone),
        *_single_events(word),
        *_others(word),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines), word.made


def _names(word: Words) -> Iterator[str]:
    """Yield what a calendar says of itself."""
    yield f"PRODID:-//{word('prodid')}//EN"
    yield f"METHOD:X-{word('method')}"
    yield f"UID:{word('calendaruid')}@example.org"
    yield f"NAME:{word('name')}"
    yield f"X-WR-CALNAME:{word('calname')} of Ada"
    yield f"X-WR-CALDESC:{word('caldesc')}"
    yield f"X-WR-RELCALID:{word('relcalid')}"
    yield f"DESCRIPTION:{word('calendardescription')}"
    yield f"CATEGORIES:{word('calendarcategory')},{word('othercategory')}"
    yield f"URL:https://example.org/{word('calendarurl')}"
    yield f"SOURCE;VALUE=URI:https://example.org/{word('source')}.ics"
    yield f"IMAGE;VALUE=URI;DISPLAY=BADGE:https://example.org/{word('calendarimage')}.png"
    yield f"X-{word('xname')};X-{word('xparamname')}={word('xparam')}:{word('xvalue')}"


def _zone(word: Words, zone: str) -> Iterator[str]:
    """Yield a zone like Berlin's, under a name that no one else has."""
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    yield f"TZURL:https://example.org/{word('tzurl')}"
    yield f"COMMENT:{word('zonecomment')}"
    yield f"X-LIC-LOCATION:{word('liclocation')}"
    for kind, month, before, after in (
        ("DAYLIGHT", 3, "+0100", "+0200"),
        ("STANDARD", 10, "+0200", "+0100"),
    ):
        yield f"BEGIN:{kind}"
        yield f"DTSTART:1970{month:02}25T020000"
        yield f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU"
        yield f"TZOFFSETFROM:{before}"
        yield f"TZOFFSETTO:{after}"
        yield f"TZNAME:{word('tzname')}"
        yield f"COMMENT:{word('observancecomment')}"
        yield f"END:{kind}"
    yield "END:VTIMEZONE"


def _series(word: Words, zone: str) -> Iterator[str]:
    """Yield a weekly hour with an override, a cancelled one, and one for all that follows."""
    uid = f"UID;X-NOTE={word('uidparam')}:{word('uid')}@example.org"
    here, note = f"TZID={zone}", word("dtstartparam")
    yield from _event(
        word,
        uid,
        f"DTSTART;{here};X-NOTE={note}:20270104T090000",
        f"DTEND;{here}:20270104T100000",
        "RRULE:FREQ=WEEKLY;COUNT=24",
        f"EXDATE;{here};X-NOTE={word('exdateparam')}:20270201T090000",
        f"RDATE;{here};X-NOTE={word('rdateparam')}:20270203T090000",
    )
    yield from _event(
        word,
        uid,
        f"RECURRENCE-ID;{here};X-NOTE={word('recurrenceparam')}:20270118T090000",
        f"DTSTART;{here}:20270119T150000",
        f"DTEND;{here}:20270119T160000",
    )
    yield from _event(word, uid, f"RECURRENCE-ID;{here}:20270125T090000", "STATUS:CANCELLED")
    yield from _event(
        word,
        uid,
        f"RECURRENCE-ID;RANGE=THISANDFUTURE;{here}:20270503T090000",
        f"DTSTART;{here}:20270503T110000",
        f"DTEND;{here}:20270503T120000",
    )


def _single_events(word: Words) -> Iterator[str]:
    hour = ("DTSTART:20270210T090000Z", "DURATION:PT1H")
    for origin, lines in {
        "private": (*hour, "CLASS:PRIVATE"),
        "confidential": ("DTSTART:20270310T090000Z", "DURATION:PT1H", "CLASS:CONFIDENTIAL"),
        "secretclass": ("DTSTART:20270311T090000Z", "DURATION:PT1H", f"CLASS:{word('class')}"),
        "cancelled": ("DTSTART:20270302T090000Z", "DURATION:PT1H", "STATUS:CANCELLED"),
        "tentative": ("DTSTART:20270303T090000Z", "DURATION:PT1H", "STATUS:TENTATIVE"),
        "oddstatus": ("DTSTART:20270304T090000Z", "DURATION:PT1H", f"STATUS:{word('status')}"),
        "outlook": (
            "DTSTART:20270305T090000Z",
            "DURATION:PT1H",
            f"X-MICROSOFT-CDO-BUSYSTATUS:{word('busystatus')}",
        ),
        "free": ("DTSTART:20270306T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"),
        "wholeday": ("DTSTART;VALUE=DATE:20270401", "DTEND;VALUE=DATE:20270403"),
        "floating": ("DTSTART:20270405T090000", "DTEND:20270405T100000"),
    }.items():
        yield from _event(word, f"UID:{word(origin)}@example.org", *lines)


def _event(word: Words, *lines: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield "DTSTAMP:20261201T000000Z"
    yield from lines
    yield from _texts(word)
    yield from _people(word)
    yield from _attached(word)
    yield from _alarm(word)
    yield from _parts(word)
    yield "END:VEVENT"


def _texts(word: Words) -> Iterator[str]:
    yield (
        f'SUMMARY;LANGUAGE=x-{word("language")};ALTREP="https://example.org/{word("altrep")}"'
        f":{word('summary')} with Dr {word('person')}"
    )
    yield f"DESCRIPTION:First line\\n{word('description')}\\, and more of it\\; {word('escaped')}"
    yield f"STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<p>{word('styled')}</p>"
    yield f"X-ALT-DESC;FMTTYPE=text/html:<html><b>{word('altdesc')}</b></html>"
    yield f'LOCATION;X-TITLE="{word("locationparam")}: 3":{word("location")}'
    yield f"COMMENT:{'folds within ' * 5}{word('folded')}"
    yield f"CONTACT:{word('contact')}\\, +1 555 0100"
    yield f"CATEGORIES:{word('category')},{word('second')}"
    yield f"RESOURCES:{word('resource')}"
    yield f"URL:https://example.org/{word('url')}?q={word('query')}"
    yield f"RELATED-TO;RELTYPE=X-{word('reltype')}:{word('related')}@example.org"
    yield f"REQUEST-STATUS:3.7;{word('status')};{word('statusdata')}"
    yield f"COLOR:{word('color')}"
    yield f"REFID:{word('refid')}"
    yield f"CONCEPT:https://example.org/{word('concept')}"
    yield f"LINK;LABEL={word('linklabel')};VALUE=URI:https://example.org/{word('link')}"
    yield f"X-{word('xname')};X-{word('xparamname')}={word('xparam')}:{word('xvalue')}"
    yield f"X-APPLE-STRUCTURED-LOCATION;X-TITLE={word('appletitle')}:geo:0,0?{word('geo')}"


def _people(word: Words) -> Iterator[str]:
    yield (
        f'ORGANIZER;CN="{word("organizername")}";DIR="https://example.org/{word("directory")}"'
        f';SENT-BY="mailto:{word("sentby")}@example.org":mailto:{word("organizer")}@example.org'
    )
    yield (
        f"ATTENDEE;CN={word('attendeename')};ROLE=X-{word('role')};PARTSTAT=X-{word('partstat')}"
        f";CUTYPE=X-{word('cutype')};EMAIL={word('email')}@example.org"
        f';MEMBER="mailto:{word("member")}@example.org"'
        f';DELEGATED-TO="mailto:{word("delegate")}@example.org"'
        f';DELEGATED-FROM="mailto:{word("delegator")}@example.org"'
        f";X-NOTE={word('attendeeparam')}:mailto:{word('attendee')}@example.org"
    )
    yield f"CONFERENCE;VALUE=URI;LABEL={word('label')}:https://example.org/{word('conference')}"


def _attached(word: Words) -> Iterator[str]:
    yield f"ATTACH;FILENAME={word('filename')}.pdf:https://example.org/{word('attachment')}.pdf"
    content = b64encode(f"A letter about {word('binary')}.".encode()).decode()
    yield f"ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=x/{word('fmttype')}:{content}"
    yield f"IMAGE;VALUE=URI:https://example.org/{word('image')}.png"
    yield f'STRUCTURED-DATA;VALUE=TEXT;SCHEMA="https://example.org/{word("schema")}":{word("data")}'


def _alarm(word: Words) -> Iterator[str]:
    yield "BEGIN:VALARM"
    yield f"UID:{word('alarmuid')}"
    yield "ACTION:EMAIL"
    yield "TRIGGER:-PT15M"
    yield f"SUMMARY:{word('alarmsummary')}"
    yield f"DESCRIPTION:{word('alarmdescription')}"
    yield f"ATTENDEE:mailto:{word('alarmattendee')}@example.org"
    yield f"ATTACH:https://example.org/{word('alarmattachment')}"
    yield f"X-{word('alarmxname')}:{word('alarmxvalue')}"
    yield "END:VALARM"


def _parts(word: Words) -> Iterator[str]:
    """Yield the components that may stand inside an event (RFC 9073)."""
    for kind in ("PARTICIPANT", "VLOCATION", "VRESOURCE"):
        origin = kind.lower()
        yield f"BEGIN:{kind}"
        yield f"UID:{word(f'{origin}uid')}"
        yield f"NAME:{word(f'{origin}name')}"
        yield f"DESCRIPTION:{word(f'{origin}description')}"
        yield f"STRUCTURED-DATA;VALUE=TEXT:{word(f'{origin}data')}"
        yield f"END:{kind}"


def _others(word: Words) -> Iterator[str]:
    """Yield all that is no event: tasks, journals, free/busy, and what nobody knows."""
    yield from _task(word, "VTODO", "DUE:20270501T120000Z")
    yield from _task(word, "VJOURNAL", "DTSTART:20270501T120000Z")
    yield from _task(word, f"X-{word('component').upper()}")
    yield "BEGIN:VFREEBUSY"
    yield f"UID:{word('freebusyuid')}@example.org"
    yield "DTSTAMP:20261201T000000Z"
    yield "DTSTART:20270601T000000Z"
    yield "DTEND:20270630T000000Z"
    yield f"FREEBUSY;FBTYPE=X-{word('fbtype')};X-NOTE={word('fbparam')}:20270602T090000Z/PT1H"
    yield "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270603T090000Z/20270603T100000Z"
    yield f"COMMENT:{word('freebusycomment')}"
    yield f"CONTACT:{word('freebusycontact')}"
    yield f"URL:https://example.org/{word('freebusyurl')}"
    yield f"REQUEST-STATUS:2.0;{word('freebusystatus')}"
    yield f"X-{word('freebusyxname')}:{word('freebusyxvalue')}"
    yield from _people(word)
    yield "END:VFREEBUSY"


def _task(word: Words, kind: str, *lines: str) -> Iterator[str]:
    yield f"BEGIN:{kind}"
    yield f"UID:{word('taskuid')}@example.org"
    yield "DTSTAMP:20261201T000000Z"
    yield from lines
    yield from _texts(word)
    yield from _people(word)
    yield from _attached(word)
    if kind == "VTODO":
        yield from _alarm(word)
    yield f"END:{kind}"


def _folded(line: str) -> bytes:
    """Return the line in pieces of at most 75 bytes, each but the first behind a space."""
    pieces = [line[:75], *(line[at : at + 74] for at in range(75, len(line), 74))]
    return "\r\n ".join(pieces).encode("ascii") + b"\r\n"
