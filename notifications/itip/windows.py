"""Time zones as Outlook calls them."""

from babel.core import get_global

_LONGEST = 80  # characters; an unknown name is compared with all that there are


def iana(name: str) -> str:
    """Return the IANA name for a zone's Windows name, or the name itself, if it can be one."""
    if len(name) > _LONGEST:
        return ""
    return str(get_global("windows_zone_mapping").get(name, name))
