"""The kinds of group that the literature describes, as rules to start from.

Sizes, cadences and quorums follow published programmes: see the README of this folder.
"""

from dataclasses import dataclass
from typing import Any

from scheduler.errors import BadProblem

_WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
_NOTICE = [{"days": 60}, {"days": 30, "approver": "section head"}]


@dataclass(frozen=True, slots=True)
class Template:
    """Rules to start from, and a sentence that helps to choose."""

    key: str
    title: str
    about: str
    rules: dict[str, Any]


def _hours(start: str, end: str, days: list[str] = _WORKDAYS) -> dict[str, Any]:
    return {"days": days, "start": start, "end": end}


_ANY_OF_THE_MONTH = {"kind": "monthly", "ordinals": [1, 2, 3, 4, -1]}
_ALL = (
    Template(
        "roadmap",
        "Roadmap group",
        "4 to 12 members, once a month for an hour before the day begins; half must be there.",
        {
            "meeting": {"minutes": 60},
            "cadence": _ANY_OF_THE_MONTH,
            "windows": [_hours("06:30", "08:30")],
            "quorum": {"share": 0.5},
            "notice": _NOTICE,
            "hours": [_hours("06:30", "18:00")],
        },
    ),
    Template(
        "roadmap-half-days",
        "Roadmap group in half-days",
        "4 to 12 members, three half-days a semester, at least six weeks apart.",
        {
            "meeting": {"minutes": 240},
            "cadence": {"kind": "spread", "count": 3, "min_gap_days": 42},
            "windows": [_hours("08:00", "12:30"), _hours("12:30", "17:00")],
            "quorum": {"share": 0.5},
            "notice": _NOTICE,
            "hours": [_hours("07:30", "18:00")],
        },
    ),
    Template(
        "every-other-thursday",
        "Every other Thursday",
        "Up to 8 members, 90 minutes every other week around Thursday; six must be there.",
        {
            "meeting": {"minutes": 90},
            "cadence": {"kind": "weekly", "every": 2},
            "windows": [_hours("12:00", "18:00", ["wed", "thu", "fri"])],
            "quorum": {"share": 0.75},
            "notice": _NOTICE,
            "hours": [_hours("08:00", "18:30")],
        },
    ),
    Template(
        "inter-institution",
        "Inter-institution group",
        "A dozen members of several universities, an hour a month by video, within everybody's "
        "08:00 to 18:00; half counts as a win.",
        {
            "meeting": {"minutes": 60},
            "cadence": _ANY_OF_THE_MONTH,
            "windows": [_hours("08:00", "20:00")],
            "quorum": {"share": 0.5},
            # No notice: each of nine universities has its own; members say theirs.
            "hours": [_hours("08:00", "18:00")],
        },
    ),
    Template(
        "aspire",
        "ASPIRE",
        "Seven members of one institution, an hour every week, early or at noon.",
        {
            "meeting": {"minutes": 60},
            "cadence": {"kind": "weekly"},
            "windows": [
                _hours("07:00", "08:30"),
                _hours("11:30", "13:30", ["mon", "tue", "wed", "thu"]),
            ],
            "quorum": {"share": 0.5},
            "notice": _NOTICE,
            "hours": [_hours("07:00", "18:00")],
        },
    ),
    Template(
        "department-programme",
        "Department programme",
        "9 to 12 members, two hours a month, with time to come from clinic; six dates.",
        {
            "meeting": {"minutes": 120, "before": 10, "after": 10},
            "cadence": {**_ANY_OF_THE_MONTH, "count": 6},
            "windows": [_hours("12:00", "18:00")],
            "quorum": {"share": 0.6},
            "notice": _NOTICE,
            "hours": [_hours("08:00", "18:00")],
        },
    ),
    Template(
        "co-chiefs",
        "Co-chiefs",
        "2 to 5 members, half an hour every week; everyone must be there.",
        {
            "meeting": {"minutes": 30},
            "cadence": {"kind": "weekly"},
            "windows": [_hours("07:00", "17:00")],
            "quorum": {"share": 1},
            "notice": _NOTICE,
            "hours": [_hours("07:00", "18:00")],
        },
    ),
)
TEMPLATES = {each.key: each for each in _ALL}


def title_of(key: str) -> str:
    """What to call the kind of a group: one that came from a problem file has no template."""
    return TEMPLATES[key].title if key in TEMPLATES else "Imported"


def template(key: str) -> Template:
    """Find a template. Raises BadProblem."""
    if key not in TEMPLATES:
        raise BadProblem(
            f"There is no template {key!r}", remedy=f"choose one of {', '.join(TEMPLATES)}"
        )
    return TEMPLATES[key]
