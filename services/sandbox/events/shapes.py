"""The fields a client may send in an event, each with its type."""

import json
from typing import Any


class Unfit(Exception):
    """An event that cannot be. `reason` as in Google's table; `location` the field to blame."""

    def __init__(self, reason: str, message: str, location: str | None = None) -> None:
        super().__init__(message)
        self.reason, self.message, self.location = reason, message, location


class _Map:
    """Words by words: keys of at most 44 letters, values of at most 1024."""


def _words(names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), str)


WHEN = {"date": str, "dateTime": str, "timeZone": str}
PERSON = {"id": str, "email": str, "displayName": str, "self": bool}
ANSWERS = ("needsAction", "declined", "tentative", "accepted")
GUEST = {
    **PERSON, "organizer": bool, "resource": bool, "optional": bool, "comment": str,
    "additionalGuests": int, "responseStatus": ANSWERS, "asyncOperation": str,
}  # fmt: skip
DECLINES = (
    "declineNone",
    "declineAllConflictingInvitations",
    "declineOnlyNewConflictingInvitations",
)
MEETING = {
    **_words("conferenceId notes signature"),
    "conferenceSolution": {**_words("iconUri name"), "key": _words("type")},
    "createRequest": {
        "requestId": str,
        "conferenceSolutionKey": _words("type"),
        "status": _words("statusCode"),
    },
    "entryPoints": [
        {
            **_words("accessCode entryPointType label meetingCode passcode password pin"),
            **_words("regionCode uri"),
            "entryPointFeatures": [str],
        }
    ],
    "parameters": {"addOnParameters": {"parameters": _Map}},
}
KINDS = ("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation")
EVENT: dict[str, Any] = {
    **dict.fromkeys(("etag", "id", "htmlLink", "created", "updated", "iCalUID"), str),
    **dict.fromkeys(("summary", "description", "location", "colorId", "eventLabelId"), str),
    **dict.fromkeys(("recurringEventId", "hangoutLink"), str),
    **dict.fromkeys(("start", "end", "originalStartTime"), WHEN),
    **dict.fromkeys(("creator", "organizer"), PERSON),
    **dict.fromkeys(("anyoneCanAddSelf", "guestsCanInviteOthers", "guestsCanModify"), bool),
    **dict.fromkeys(("guestsCanSeeOtherGuests", "attendeesOmitted", "privateCopy"), bool),
    **dict.fromkeys(("locked", "endTimeUnspecified"), bool),
    "source": {"title": str, "url": str},
    "gadget": {
        **_words("display iconLink link title type"),
        "height": int,
        "width": int,
        "preferences": _Map,
    },
    "birthdayProperties": _words("contact customTypeName type"),
    "workingLocationProperties": {
        "type": ("homeOffice", "officeLocation", "customLocation"),
        "homeOffice": dict,
        "customLocation": _words("label"),
        "officeLocation": _words("buildingId deskId floorId floorSectionId label"),
    },
    "conferenceData": MEETING,
    "kind": ("calendar#event",),
    "sequence": int,
    "status": ("confirmed", "tentative", "cancelled"),
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "eventType": KINDS,
    "recurrence": [str],
    "attendees": [GUEST],
    "attachments": [_words("fileId fileUrl iconLink mimeType title")],
    "extendedProperties": {"private": _Map, "shared": _Map},
    "reminders": {
        "useDefault": bool,
        "overrides": [{"method": ("email", "popup"), "minutes": int}],
    },
    "outOfOfficeProperties": {"autoDeclineMode": DECLINES, "declineMessage": str},
    "focusTimeProperties": {
        "autoDeclineMode": DECLINES,
        "declineMessage": str,
        "chatStatus": ("available", "doNotDisturb"),
    },
}


def check(value: Any, shape: Any, at: str) -> None:
    """Refuse a value that has not that shape; null leaves a field out. Raises Unfit."""
    if value is None:
        return
    if shape is _Map:
        _check_map(value, at)
    elif isinstance(shape, dict):
        _check_fields(value, shape, at)
    elif isinstance(shape, list):
        _check_list(value, shape[0], at)
    elif not (value in shape if isinstance(shape, tuple) else type(value) is shape):
        raise _wrong(at, value)


def _check_list(value: Any, shape: Any, at: str) -> None:
    if not isinstance(value, list) or None in value:
        raise _wrong(at, value)
    for each in value:
        check(each, shape, at)


def _check_fields(value: Any, shape: dict[str, Any], at: str) -> None:
    if not isinstance(value, dict):
        raise _wrong(at, value)
    for name, each in value.items():
        below = f"{at}.{name}" if at else name
        if name not in shape:
            raise Unfit("invalid", f"Unknown name: {below}", below)
        check(each, shape[name], below)


def _check_map(value: Any, at: str) -> None:
    if not isinstance(value, dict):
        raise _wrong(at, value)
    if len(json.dumps(value)) > 32_768 or len(value) > 300:
        raise Unfit("invalid", "There are too many extended properties.", at)
    for name, each in value.items():
        fits = each is None or (isinstance(each, str) and len(each) <= 1024)
        if len(name) > 44 or not fits:
            raise _wrong(f"{at}.{name}", each)


def _wrong(at: str, value: Any) -> Unfit:
    return Unfit("invalid", f"Invalid value for: {at or 'event'}: {value!r}"[:200], at or None)
