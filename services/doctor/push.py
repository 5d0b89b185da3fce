"""Whether hosts of calendars can tell us of changes."""

from collections.abc import Sequence
from pathlib import Path

from calendar_sync.errors import Unreadable
from calendar_sync.ics.connect import Resolve, system_resolve
from calendar_sync.ics.reachable import Address, is_public
from services.config import Settings
from services.doctor.finding import Finding, failing, ok, weak
from services.doctor.knock import Knocked, knock
from services.up.lock import Told

_UNSET = "not set: calendars are read from time to time; COMMONHOUR_PUSH_URL has hosts tell"
_DOOR = (
    "see that Common Hour runs, and that what lies before it passes /hooks/ on with its query, "
    "and asks for no password"
)
_OUTSIDE = "let the world in there, or unset COMMONHOUR_PUSH_URL"
_CERTIFICATE = "give it one for this name that everybody trusts"


def push(settings: Settings, told: Told | None, resolve: Resolve = system_resolve) -> Finding:
    """Say whether hosts tell us of changes, and knock where they would.

    told  what an `up` that runs here says of itself; its sandbox needs no address of ours
    """
    at = settings.push_url
    if at is None:
        if told is not None and told.sandbox:
            return ok("push", "the sandbox tells of changes, as up runs with --sandbox")
        return ok("push", _UNSET)
    try:
        return _knocked(at, settings.network.ca_file, resolve)
    except Unreadable as error:
        return failing("push", error.what, error.remedy)


def _knocked(at: str, ca_file: Path | None, resolve: Resolve) -> Finding:
    found = knock(at, ca_file, resolve)
    if found.wrong:
        remedy = _CERTIFICATE if found.untrusted else _DOOR
        return failing("push", f"{at}/hooks/graph {found.wrong}", remedy)
    if doubt := _doubt(at, found):
        return weak("push", doubt, _OUTSIDE)
    if ca_file is not None and knock(at, None, resolve).untrusted:
        what = f"{at}/hooks/ answers; only COMMONHOUR_CA_FILE makes its certificate a trusted one"
        return weak("push", f"{what}, and Google and Microsoft do not have that", _CERTIFICATE)
    return ok("push", f"hosts of calendars tell of changes at {at}/hooks/, which answers")


def _doubt(at: str, found: Knocked) -> str:
    """Return why hosts may not meet what we did, or meet it though we did not."""
    inside = _inside(found.places)
    if inside is not None:
        how = f": {found.silence}" if found.silence else ""
        reach = "hosts of calendars reach it only if it leads elsewhere for them"
        return f"{at} leads to {inside} from here, inside your own network{how}; {reach}"
    if found.silence:
        may = "hosts may reach it, if only this machine is kept from it"
        return f"{at} cannot be reached from here: {found.silence}; {may}"
    return ""


def _inside(places: Sequence[Address]) -> Address | None:
    return next((each for each in places if not is_public(each)), None)
