"""Words for tests: problems as plain values, and the planner's answers to them."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.errors import NoPattern
from scheduler.model.problem import Problem
from scheduler.planner import plan
from services.planning.answer import as_object
from services.planning.document import read_document
from services.planning.problem import busy_times, problem_of

NEW_YORK = "America/New_York"
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def a_problem(**changes: Any) -> dict[str, Any]:
    """A small weekly group of one, changed as said."""
    problem: dict[str, Any] = {
        "timezone": NEW_YORK,
        "planning_date": "2026-12-01",
        "term": {"start": "2027-01-04", "end": "2027-06-30"},
        "meeting": {"minutes": 60},
        "cadence": {"kind": "weekly"},
        "windows": [{"days": WORKDAYS, "start": "08:00", "end": "18:00"}],
        "moves": {"max_days": 0},
        "members": [{"name": "Ada", "busy": []}],
    }
    return problem | changes


def members(count: int, **each: Any) -> list[dict[str, Any]]:
    """So many members, M1 and on, alike but for the name."""
    return [{"name": f"M{number}", **each} for number in range(1, count + 1)]


def at(day: str, hour: str, zone: str = NEW_YORK) -> str:
    """A moment as a problem file writes it, with the offset of that zone."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo(zone)).isoformat()


def every_day(start: date, end: date) -> list[date]:
    """All days from start to end, both inclusive."""
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def as_problem(written: dict[str, Any]) -> Problem:
    """The problem that a file with these values means; nothing is read from calendars."""
    document = read_document(json.loads(json.dumps(written), parse_float=Decimal))
    busy = busy_times(document, [[] for _ in document.members])
    return problem_of(document, busy, today=_no_today)


def planned(written: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The planner's answer as `plan --json` prints it, read back."""
    problem = as_problem(written)
    answer: dict[str, Any] = json.loads(json.dumps(as_object(problem, plan(problem, **options))))
    return answer


def planned_without_sentences(written: dict[str, Any]) -> dict[str, Any]:
    """The answer as the judge gives it: the same fields, every sentence empty."""
    try:
        answer = planned(written)
    except NoPattern:
        return {"error": "no pattern"}
    for proposal in answer["proposals"]:
        proposal["label"] = proposal["why"] = ""
        for planned_date in proposal["dates"]:
            planned_date["why"] = ""
    for relaxation in answer["relaxations"]:
        relaxation["change"] = relaxation["gains"] = ""
    return answer


def _no_today(zone: ZoneInfo) -> date:
    raise AssertionError("a test's problem says when it is planned")
