"""The words of the API's document: kinds of values, as JSON Schema describes them."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from scheduler.model.week import DAY_NAMES
from services.planning import document as written
from services.planning.fields import MOST_CHOICES, MOST_LETTERS

_TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", "example": "06:30"}
_RANGE = {
    "type": "object",
    "description": "Wall-clock hours of some weekdays; the end lies after the start.",
    "properties": {
        "days": {
            "type": "array",
            "minItems": 1,
            "maxItems": len(DAY_NAMES),
            "items": {"type": "string", "enum": list(DAY_NAMES)},
        },
        "start": _TIME,
        "end": _TIME,
    },
    "required": ["days", "start", "end"],
    "additionalProperties": False,
}
_LINE = {"type": "string", "maxLength": MOST_LETTERS}
RANGES = {"type": "array", "maxItems": written.MOST_RANGES, "items": _RANGE}
TIERS = {
    "type": "array",
    "maxItems": written.MOST_TIERS,
    "description": "How many days ahead a clinic must be asked; the most days first.",
    "items": {
        "type": "object",
        "properties": {
            "days": {"type": "integer", "minimum": 0, "maximum": 3660},
            "approver": _LINE,
        },
        "required": ["days"],
        "additionalProperties": False,
    },
}
BLACKOUTS = {
    "type": "array",
    "maxItems": written.MOST_BLACKOUTS,
    "description": "Days without meetings, first and last included.",
    "items": {
        "type": "object",
        "properties": {
            "start": {"type": "string", "format": "date"},
            "end": {"type": "string", "format": "date"},
            "name": _LINE,
        },
        "required": ["start", "end"],
        "additionalProperties": False,
    },
}


def _minutes(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def _table(required: list[str], **properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


RULES = _table(
    ["meeting", "cadence", "windows"],
    meeting=_table(
        ["minutes"],
        minutes=_minutes(1, 10080),
        grid=_minutes(1, 1440),
        before=_minutes(0, 10080),
        after=_minutes(0, 10080),
    ),
    cadence=_table(
        ["kind"],
        kind={"type": "string", "enum": ["once", "weekly", "monthly", "spread"]},
        every=_minutes(1, 800),
        ordinals={"type": "array", "maxItems": MOST_CHOICES, "items": {}},
        count=_minutes(1, 800),
        min_gap_days=_minutes(0, 800),
    ),
    windows={**RANGES, "minItems": 1, "description": "When a meeting may lie, in the group's zone"},
    quorum=_table(
        [],
        share={"type": "number", "minimum": 0, "maximum": 1},
        count={"type": "integer", "minimum": 1},
        counts={
            "type": "array",
            "maxItems": 4,
            "items": {"enum": ["free", "protectable", "tentative", "off_hours"]},
        },
    ),
    moves=_table([], max_days=_minutes(0, 800), max_count=_minutes(0, 800)),
    notice=TIERS,
    hours={**RANGES, "description": "Hours of every member who has none of their own"},
) | {"description": "The tables of a problem file besides its term and its members."}

PATCH = {
    "type": "array",
    "maxItems": 100,
    "description": "A JSON Patch (RFC 6902) of the problem",
    "items": {
        "type": "object",
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {"type": "string"},
            "from": {"type": "string"},
            "value": {},
        },
        "required": ["op", "path"],
    },
}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


# What is read from a request. These are checked in depth where they are used, in sentences.
Rules = Annotated[Any, WithJsonSchema(RULES)]
Ranges = Annotated[Any, WithJsonSchema({**RANGES, "minItems": 1})]
RangesOrNone = Annotated[Any, WithJsonSchema(_or_null(RANGES))]
TiersOrNone = Annotated[Any, WithJsonSchema(_or_null(TIERS))]
Blackouts = Annotated[Any, WithJsonSchema(BLACKOUTS)]
DayOrNone = Annotated[Any, WithJsonSchema(_or_null({"type": "string", "format": "date"}))]
ADay = Annotated[Any, WithJsonSchema({"type": "string", "format": "date"})]

# What is written into an answer.
IdText = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
DayText = Annotated[str, Field(json_schema_extra={"format": "date"})]
NextReading = Annotated[
    Moment | None,
    Field(description="When it is read again by itself; null where nothing is read by itself."),
]
OldestReading = Annotated[
    Moment | None,
    Field(
        description="When the calendar was read that was not for the longest, of those this plan "
        "was made from that are read by themselves. It stays as it is when they are read again; "
        "null until the plan is ready, and where there is no such calendar."
    ),
]
Told = Annotated[
    bool,
    Field(
        description="Whether the host tells of changes by itself; where it does not, they are "
        "found when the account is read next."
    ),
]
