"""What somebody may allow at Microsoft: permissions of Graph by their short names, in plain words.

A short name is the permission without the address of Graph before it: "Calendars.Read".
"""

from collections.abc import Iterable

PREFIX = "https://graph.microsoft.com/"
OPENID, PROFILE, EMAIL, OFFLINE = "openid", "profile", "email", "offline_access"

WORDS = {
    "Calendars.ReadBasic": "Read basic details of your calendars",
    "Calendars.Read": "Read your calendars",
    "Calendars.Read.Shared": "Read calendars you can access",
    "Calendars.ReadWrite": "Have full access to your calendars",
    "Calendars.ReadWrite.Shared": "Read and write to your and shared calendars",
    "User.Read": "Sign you in and read your profile",
    OPENID: "Sign you in",
    PROFILE: "View your basic profile",
    EMAIL: "View your e-mail address",
    OFFLINE: "Maintain access to data you have given it access to",
}

IDENTITY = frozenset({OPENID, PROFILE, EMAIL, OFFLINE})
"""What sign-in itself takes: no permission of Graph."""

_NAMES = {each.lower(): each for each in WORDS}
_TAKES_IN = {
    "Calendars.Read": ("Calendars.ReadBasic",),
    "Calendars.ReadWrite": ("Calendars.Read", "Calendars.ReadBasic"),
    "Calendars.Read.Shared": ("Calendars.Read", "Calendars.ReadBasic"),
    "Calendars.ReadWrite.Shared": (
        "Calendars.ReadWrite",
        "Calendars.Read.Shared",
        "Calendars.Read",
        "Calendars.ReadBasic",
    ),
}


def short(scope: str) -> str:
    """The short name of a permission as it is asked for; capitals do not matter there."""
    bare = scope.removeprefix(PREFIX)
    return _NAMES.get(bare.lower(), bare)


def read(text: str) -> frozenset[str]:
    """The short names in a text of several."""
    return frozenset(map(short, text.split()))


def text(scopes: Iterable[str]) -> str:
    """Permissions as the token's answer names them: a refresh token comes without being named."""
    return " ".join(sorted(set(scopes) - {OFFLINE}))


def unknown(scopes: Iterable[str]) -> list[str]:
    """What nobody could allow."""
    return sorted(set(scopes) - set(WORDS))


def allows(granted: frozenset[str], scope: str) -> bool:
    """Whether what was granted is that permission, or one that takes it in."""
    return scope in granted or any(scope in _TAKES_IN.get(each, ()) for each in granted)
