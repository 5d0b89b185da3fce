"""What each place says of itself."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from services.sandbox.caldav.places import Place
from services.sandbox.caldav.resources import resources
from services.sandbox.caldav.xml import CS, C, D, element, found, href
from services.sandbox.world import Calendar, World

_TYPES = {
    "root": ("collection",),
    "principal": ("principal",),
    "home": ("collection",),
    "calendar": ("collection", "calendar"),
    "resource": (),
}
_REPORTS = (
    f"{C}calendar-query", f"{C}calendar-multiget", f"{C}free-busy-query", f"{D}sync-collection",
)  # fmt: skip


def described(world: World, place: Place, asked: list[str] | None) -> Element:
    """Return the DAV:response of a place: the properties asked for, or all of them."""
    have = {each.tag: each for each in _of(world, place)}
    if asked is None:
        return found(place.path, have.values())
    return found(
        place.path,
        [have[tag] for tag in asked if tag in have],
        [tag for tag in asked if tag not in have],
    )


def sync_token(world: World, calendar: Calendar) -> str:
    """Return what names the calendar's present state."""
    number = max((each.number for each in resources(world, calendar)), default=0)
    return f"urn:commonhour-sandbox:sync:{world.generation(calendar.owner)}:{number}"


def number_of(world: World, calendar: Calendar, token: str) -> int | None:
    """Return the number of the change that a token names; None if it is no longer good."""
    head, _, number = token.rpartition(":")
    newest_head, _, newest = sync_token(world, calendar).rpartition(":")
    if head != newest_head or not number.isdecimal() or int(number) > int(newest):
        return None
    return int(number)


def _of(world: World, place: Place) -> Iterable[Element]:
    types = [element(f"{C if name == 'calendar' else D}{name}") for name in _TYPES[place.kind]]
    yield element(f"{D}resourcetype", *types)
    yield element(f"{D}current-user-principal", href(place.at("principal").path))
    yield element(f"{D}owner", href(place.at("principal").path))
    if place.kind in ("root", "principal"):
        yield from _principal(place)
    elif place.kind == "home":
        yield element(f"{D}displayname", f"Calendars of {place.person.name}")
    elif place.resource is not None:
        yield element(f"{D}getetag", place.resource.etag)
        yield element(f"{D}getcontenttype", "text/calendar; charset=utf-8; component=VEVENT")
    elif place.calendar is not None:
        yield from _calendar(world, place.calendar)


def _principal(place: Place) -> Iterable[Element]:
    yield element(f"{D}displayname", place.person.name)
    yield element(f"{D}principal-URL", href(place.at("principal").path))
    yield element(f"{C}calendar-home-set", href(place.at("home").path))
    yield element(f"{C}calendar-user-address-set", href(f"mailto:{place.person.email}"))


def _calendar(world: World, calendar: Calendar) -> Iterable[Element]:
    token = sync_token(world, calendar)
    rights = [element(f"{D}privilege", element(f"{D}{name}")) for name in ("read", "write")]
    rights.append(element(f"{D}privilege", element(f"{C}read-free-busy")))
    reports = [
        element(f"{D}supported-report", element(f"{D}report", element(each))) for each in _REPORTS
    ]
    yield element(f"{D}displayname", calendar.name)
    yield element(f"{D}sync-token", token)
    yield element(f"{D}getetag", f'"{token.rpartition(":")[2]}"')
    yield element(f"{CS}getctag", token)
    yield element(f"{D}current-user-privilege-set", *rights)
    yield element(f"{D}supported-report-set", *reports)
    yield element(f"{C}supported-calendar-component-set", element(f"{C}comp", name="VEVENT"))
    yield element(f"{C}calendar-timezone-id", calendar.timezone)
