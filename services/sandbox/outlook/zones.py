"""Names of time zones: Windows' and IANA's, both understood."""

from functools import cache

from babel.core import get_global

from scheduler.errors import UnknownZone
from scheduler.model.zone import zone
from services.sandbox.outlook.errors import Refusal

_UTC = ("tzone://Microsoft/Utc", "Etc/UTC", "Etc/GMT", "UTC", "GMT", "Z")


def known_zone(name: object) -> str:
    """Return the IANA name of a zone that is named in either way. Raises Refusal (400)."""
    if isinstance(name, str):
        if name in _UTC:
            return "UTC"
        try:
            return zone(_windows().get(name.lower(), name)).key
        except (UnknownZone, ValueError):
            pass  # refused below, like what is no name at all
    raise Refusal(
        400,
        "TimeZoneNotSupportedException",
        "A valid TimeZone value must be specified."
        f" The following TimeZone value is not supported: '{name}'.",
    )


def windows_name(name: str) -> str:
    """Return what Windows calls a zone of IANA; that name itself, where Windows has none."""
    return "UTC" if name in _UTC else _names().get(name, name)


@cache
def _windows() -> dict[str, str]:
    return {windows.lower(): name for windows, name in get_global("windows_zone_mapping").items()}


@cache
def _names() -> dict[str, str]:
    own = {name: windows for windows, name in get_global("windows_zone_mapping").items()}
    renamed = get_global("zone_aliases").items()
    return {new: own[old] for old, new in renamed if old in own} | own
