"""The fields a client may send in an event of Graph, each with its type."""

from typing import Any

from services.sandbox.events import shapes
from services.sandbox.events.shapes import Unfit
from services.sandbox.outlook.errors import Refusal

JSON = dict[str, Any]

SHOWN = ("free", "tentative", "busy", "oof", "workingElsewhere", "unknown")
FREE = ("free", "workingElsewhere")
"""What an event can be shown as; and as which of these it takes no time."""

_PLACE = {
    **dict.fromkeys(("displayName", "locationEmailAddress", "locationUri", "uniqueId"), str),
    **dict.fromkeys(("locationType", "uniqueIdType"), str),
    **dict.fromkeys(("address", "coordinates"), dict),
}
_WHEN = {"dateTime": str, "timeZone": str}
_GUEST = {
    "emailAddress": {"name": str, "address": str},
    "type": ("required", "optional", "resource"),
    "status": dict,
    "proposedNewTime": dict,
}
_EVENT: JSON = {
    **dict.fromkeys(("subject", "transactionId"), str),
    **dict.fromkeys(("isAllDay", "isReminderOn", "isOnlineMeeting"), bool),
    **dict.fromkeys(("allowNewTimeProposals", "responseRequested", "hideAttendees"), bool),
    **dict.fromkeys(("start", "end"), _WHEN),
    "body": {"contentType": str, "content": str},
    "location": _PLACE,
    "locations": [_PLACE],
    "attendees": [_GUEST],
    "showAs": SHOWN,
    "sensitivity": ("normal", "personal", "private", "confidential"),
    "importance": ("low", "normal", "high"),
    "reminderMinutesBeforeStart": int,
    "categories": [str],
    "onlineMeetingProvider": (
        "unknown", "teamsForBusiness", "skypeForBusiness", "skypeForConsumer",
    ),
    "singleValueExtendedProperties": [{"id": str, "value": str}],
    "recurrence": dict,
}  # fmt: skip
_GRAPH_WRITES = (
    "id", "bodyPreview", "calendar", "cancelledOccurrences", "changeKey", "createdDateTime",
    "hasAttachments", "iCalUId", "isCancelled", "isDraft", "isOrganizer", "lastModifiedDateTime",
    "onlineMeeting", "onlineMeetingUrl", "organizer", "originalEndTimeZone", "originalStart",
    "originalStartTimeZone", "responseStatus", "seriesMasterId", "type", "uid", "webLink",
)  # fmt: skip
"""Fields that are ignored, wherever they come from: clients send back what they read."""


def readable(sent: JSON) -> JSON:
    """Return what counts of it, with every field of its type. Raises Refusal (400)."""
    told = {name: value for name, value in _plain(sent).items() if name not in _GRAPH_WRITES}
    try:
        shapes.check(told, _EVENT, "")
    except Unfit as unfit:
        raise Refusal(400, "RequestBodyRead", unfit.message) from None
    return told


def _plain(value: Any) -> Any:
    """Return it without the annotations that OData allows anywhere."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if "@odata." not in name}
    return value
