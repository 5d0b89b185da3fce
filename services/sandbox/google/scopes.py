"""What somebody may allow: the scopes by their short names, in plain words, and what each takes in.

A short name is the scope without the address that Google puts before it: "calendar.freebusy".
"""

from collections.abc import Iterable

PREFIX = "https://www.googleapis.com/auth/"
EMAIL, PROFILE, OPENID = "userinfo.email", "userinfo.profile", "openid"
IDENTITY = frozenset({EMAIL, PROFILE, OPENID})

CALENDAR = {
    "calendar": "See, change, share and delete all your calendars",
    "calendar.readonly": "See all your calendars and everything in them",
    "calendar.freebusy": "See when you are busy",
    "calendar.events.freebusy": "See when there is something in your calendars, without what it is",
    "calendar.events": "See and change events in all your calendars",
    "calendar.events.readonly": "See events in all your calendars",
    "calendar.events.owned": "See, make, change and delete events in calendars you own",
    "calendar.events.owned.readonly": "See events in calendars you own",
    "calendar.events.public.readonly": "See events in public calendars",
    "calendar.app.created": "Make calendars of its own, and see and change events in those",
    "calendar.calendarlist": "See your list of calendars, and add to or remove from it",
    "calendar.calendarlist.readonly": "See the list of your calendars",
    "calendar.calendars": "See and change the names of calendars, and make new ones",
    "calendar.calendars.readonly": "See the names and time zones of calendars",
    "calendar.acls": "See and change with whom calendars are shared",
    "calendar.acls.readonly": "See with whom calendars are shared",
    "calendar.settings": "See and change your calendar settings",
    "calendar.settings.readonly": "See your calendar settings",
}
WORDS = CALENDAR | {
    OPENID: "Learn who this is",
    EMAIL: "Learn the e-mail address",
    PROFILE: "Learn the name",
}

_ALIASES = {"email": EMAIL, "profile": PROFILE}
_TAKES_IN = {
    "calendar": frozenset(CALENDAR),
    "calendar.readonly": frozenset(each for each in CALENDAR if each.endswith(".readonly"))
    | {"calendar.freebusy", "calendar.events.freebusy"},
    "calendar.events": frozenset(
        {"calendar.events.readonly", "calendar.events.owned", "calendar.events.owned.readonly"}
    ),
    "calendar.events.readonly": frozenset({"calendar.events.owned.readonly"}),
    "calendar.events.owned": frozenset({"calendar.events.owned.readonly"}),
    "calendar.events.freebusy": frozenset({"calendar.freebusy"}),
    "calendar.calendarlist": frozenset({"calendar.calendarlist.readonly"}),
    "calendar.calendars": frozenset({"calendar.calendars.readonly"}),
    "calendar.acls": frozenset({"calendar.acls.readonly"}),
    "calendar.settings": frozenset({"calendar.settings.readonly"}),
}


def short(scope: str) -> str:
    """The short name of a scope as it is asked for."""
    return _ALIASES.get(scope, scope.removeprefix(PREFIX))


def full(scope: str) -> str:
    """A scope as the token's answer names it."""
    return scope if scope == OPENID else PREFIX + scope


def text(scopes: Iterable[str]) -> str:
    """Scopes as one string, as answers have them."""
    return " ".join(full(each) for each in sorted(scopes))


def is_known(scope: str) -> bool:
    """Whether somebody could allow this; by its short name."""
    return scope in IDENTITY or scope in CALENDAR


def allows(granted: frozenset[str], scope: str) -> bool:
    """Whether what was granted is that scope, or one that takes it in."""
    return scope in granted or any(scope in _TAKES_IN.get(each, ()) for each in granted)
