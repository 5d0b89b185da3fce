"""From the address that somebody typed to their calendars (RFC 4791 6.2, 5397, 6764)."""

from collections.abc import Iterator

from calendar_sync.caldav import questions
from calendar_sync.caldav.answers import Answers, C, D, Nonsense, Told, multistatus
from calendar_sync.caldav.exchange import Exchange
from calendar_sync.caldav.refusals import NO, Elsewhere, Unusable, unusable
from calendar_sync.errors import ReconnectNeeded, Refused
from calendar_sync.ics.link import Link

_CALENDAR = f"{C}calendar"


def calendars(exchange: Exchange, start: Link) -> list[tuple[Link, str]]:
    """Return the calendars of events there are, with their names, in the host's order.

    start  a host, or a place at it: of a principal, a home or a single calendar

    One whose address we do not follow is left out. Raises Refused if there is no CalDAV host, or
    there are no others.
    """
    found, odd = dict[Link, str](), list[Refused]()
    for home in _homes(exchange, start):
        answer = exchange.ask("PROPFIND", home, questions.listing(), depth=1)
        for told in read(answer.status, answer.body).places:
            if told.href and told.is_a(_CALENDAR) and _holds_events(told):
                try:
                    link = exchange.follow(answer.link, told.href)
                except Refused as error:
                    odd.append(error)
                else:
                    found.setdefault(link, told.text(f"{D}displayname"))
    if odd and not found:
        raise odd[0]
    return list(found.items())


def lets_in(exchange: Exchange, start: Link) -> bool:
    """Say whether a host still admits us that refused our password at one place. Raises Wait."""
    trouble = None
    for place in _places(start):
        try:
            if _homes_by(exchange, place):
                return True
        except ReconnectNeeded:
            return False
        except Unusable as error:
            trouble = error
        except NO:
            continue
    if trouble is not None:  # who could tell does not
        raise trouble
    return False


def told_of(exchange: Exchange, link: Link, question: bytes) -> Iterator[tuple[Link, Told]]:
    """Yield what a PROPFIND tells of a place."""
    answer = exchange.ask("PROPFIND", link, question, depth=0)
    for told in read(answer.status, answer.body).places:
        yield exchange.follow(answer.link, told.href), told


def read(status: int, body: bytes) -> Answers:
    """Read an answer about places. Raises Unusable if it is another."""
    try:
        if status == 207:
            return multistatus(body)
    except Nonsense:
        pass
    raise unusable("sent an answer that is not what was asked for")


def _homes(exchange: Exchange, start: Link) -> list[Link]:
    """Return where the person's calendars lie."""
    for place in _places(start):
        try:
            homes = _homes_by(exchange, place)
        except Elsewhere:
            raise
        except NO:
            continue  # this is not where it is
        if homes:
            return homes
    raise Refused(
        f"There are no CalDAV calendars at {start}",
        remedy="copy the address from the calendar's settings, where they say CalDAV",
    )


def _homes_by(exchange: Exchange, place: Link) -> list[Link]:
    """Return the homes that a place knows of, itself or by the person who asks there."""
    for link, told in told_of(exchange, place, questions.who()):
        homes = _below(exchange, link, told)
        for href in told.hrefs(f"{D}current-user-principal")[:1] if not homes else ():
            principal = exchange.follow(link, href)
            for person, more in told_of(exchange, principal, questions.who()):
                homes = _below(exchange, person, more)
        return homes or ([link] if told.is_a(_CALENDAR) else [])
    return []


def _below(exchange: Exchange, link: Link, told: Told) -> list[Link]:
    return [exchange.follow(link, each) for each in told.hrefs(f"{C}calendar-home-set")]


def _places(start: Link) -> list[Link]:
    """Return where to look: at the address, then where RFC 6764 says, then at the root."""
    targets = dict.fromkeys([start.target, "/.well-known/caldav", "/"])
    if start.target == "/":
        targets = dict.fromkeys(["/.well-known/caldav", "/"])
    return [Link(start.host, start.port, target) for target in targets]


def _holds_events(told: Told) -> bool:
    """Say whether a calendar takes events; one that says nothing takes everything."""
    kinds = told.properties.get(f"{C}supported-calendar-component-set")
    if kinds is None or not len(kinds):
        return True
    return any((each.get("name") or "").upper() == "VEVENT" for each in kinds)
