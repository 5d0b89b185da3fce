"""Everything that is kept about one person, for that person to read."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from scheduler.errors import Explained
from services.flow.rights import missing
from services.storage import (
    answers,
    calendars,
    groups,
    links,
    members,
    people,
    sessions,
    tokens,
    traces,
)
from services.storage.calendars import Known
from services.storage.rows.calendars import BusyRow, CalendarRow
from services.storage.work import Work

Open = Callable[[bytes, UUID], str]


def stored(work: Work, person_id: UUID, opened: Open) -> dict[str, Any]:
    """Collect it, fit for JSON. Raises Missing.

    opened  opens a sealed address for the calendar with that id; only its host is shown
    """
    person = people.by_id(work, person_id)
    if person is None:
        raise missing("person")
    return {
        "person": {
            "id": str(person.id),
            **_plain(person, "email name timezone hours preferred notice created_at"),
        },
        "coordinates": [
            {"group": group.title, "name": row.name, "since": _time(row.since)}
            for row, group in traces.coordinated(work, person_id)
        ],
        "memberships": [
            {
                "group": group.title,
                **_plain(row, "name required timezone hours preferred notice"),
                **_plain(row, "created_at joined_at"),
                "assistants": [each.email for _, each in members.assistants(work, [row.id])],
            }
            for row, group in members.of_person(work, person_id)
        ],
        "assists": [
            {"group": group.title, "member": member.name, "name": row.name}
            for row, member, group in traces.assisted(work, person_id)
        ],
        "guest": [
            {"group": group.title, "name": row.name, "day": row.day.isoformat()}
            for row, group in groups.guest_days(work, person_id)
        ],
        "calendars": [_calendar(each, opened) for each in calendars.of_person(work, person_id)],
        "sessions": [
            _plain(row, "created_at expires_at") for row in sessions.of_person(work, person_id)
        ],
        "tokens": [
            _plain(row, "scopes operator created_at expires_at")
            for row in tokens.of_person(work, person_id)
        ],
        "links": [
            _plain(row, "purpose created_at expires_at sent_at used_at")
            for row in links.of_person(work, person_id)
        ],
        "answers": [_plain(row, "created_at status") for row in answers.of_person(work, person_id)],
        "audit": [
            {
                "at": _time(row.at),
                "by": "you" if row.actor == person_id else "somebody else",
                "action": row.action,
                "subject": row.subject and str(row.subject),
                "version": row.version,
            }
            for row in traces.audit_of(work, person_id)
        ],
    }


def _calendar(known: Known, opened: Open) -> dict[str, Any]:
    row, busy = known
    return {
        "id": str(row.id),
        "entered_by": "you" if row.group_id is None else "a coordinator",
        **_plain(row, "kind source"),
        "host": _host(row, opened),
        **_plain(row, "weekly created_at read_at tried_at failed_what failed_remedy"),
        "busy": None if busy is None else _busy(busy),
    }


def _host(row: CalendarRow, opened: Open) -> str | None:
    """Where a calendar is read from, without what is secret in the address."""
    if row.address is None:
        return None
    try:
        return urlsplit(opened(row.address, row.id)).hostname
    except (Explained, ValueError):
        return None


def _busy(busy: BusyRow) -> dict[str, Any]:
    return {
        "from": _time(busy.first),
        "to": _time(busy.last),
        "intervals": [
            {
                "start": _time(datetime.fromtimestamp(each.start, UTC)),
                "end": _time(datetime.fromtimestamp(each.end, UTC)),
                "kind": each.kind.value,
            }
            for each in busy.events.intervals()
        ],
    }


def _plain(row: object, names: str) -> dict[str, Any]:
    return {name: _value(getattr(row, name)) for name in names.split()}


def _value(value: Any) -> Any:
    return _time(value) if isinstance(value, datetime) else value


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
