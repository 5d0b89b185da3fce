"""Everything that is kept about one person, for that person to read."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from scheduler.errors import Explained
from services.flow import access, entering
from services.flow.rights import missing
from services.keys import Keys
from services.storage import (
    accounts,
    answers,
    calendars,
    colleagues,
    feeds,
    groups,
    links,
    members,
    objections,
    people,
    series,
    sessions,
    tokens,
    traces,
)
from services.storage import attendees as stored_attendees
from services.storage.calendars import Known
from services.storage.colleagues import Read
from services.storage.rows.accounts import AccountRow
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.work import Work


def stored(work: Work, person_id: UUID, keys: Keys) -> dict[str, Any]:
    """Collect it, fit for JSON. Raises Missing.

    Of sealed addresses only the host is shown; of accounts the address of mail or user's name that
    the person has there, and where that is if its kind does not say it, if it is they who ask.
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
        "feeds": [
            {"group": group.title, **_plain(row, "created_at fetched_at")}
            for row, group in feeds.of_person(work, person_id)
        ],
        "organises": [
            {
                "group": group.title,
                "series": row.title,
                "by": row.organiser.value,
                **_plain(row, "created_at committed_at concluded_at"),
            }
            for row, group in series.organised_by(work, person_id)
        ],
        "invitations": [
            {
                "group": group.title,
                "series": row.title,
                "date": None if meeting is None else _time(meeting.start_at),
                **_plain(attendee, "name since_at until_at created_at"),
                "answers": [
                    {
                        "date": None if date is None else _time(date.start_at),
                        **_plain(reply, "answer source said_at"),
                    }
                    for reply, date in stored_attendees.replies_of(work, attendee.id)
                ],
            }
            for attendee, meeting, row, group in stored_attendees.invitations_of(work, person_id)
        ],
        "calendars": _calendars(work, person_id, keys),
        "accounts": [
            _account(each, keys, to_self=work.actor == person_id)
            for each in accounts.of_person(work, person_id)
        ],
        "consents": [
            _plain(row, "host answered expires_at") for row in accounts.consents_of(work, person_id)
        ],
        "lets_members_be_read": [
            {"group": group.title, "account": str(row.account_id), "given_at": _time(row.given_at)}
            for row, group in colleagues.given_by(work, person_id)
        ],
        "objects_to_being_read": [
            {"group": None if group is None else group.title, "made_at": _time(row.made_at)}
            for row, group in objections.of_person(work, person_id)
        ],
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


def _calendars(work: Work, person_id: UUID, keys: Keys) -> list[dict[str, Any]]:
    through = {each[0].id: each for each in colleagues.reading(work, person_id)}
    return [
        _calendar(each, keys) | _through(through.get(each[0].id))
        for each in calendars.of_person(work, person_id)
    ]


def _through(read: Read | None) -> dict[str, Any]:
    """By whom a calendar is read that nobody entered: through whose account, for which group."""
    if read is None:
        return {}
    _, coordinator, account, group = read
    return {
        "entered_by": None,
        "host": account.host.value,
        "read_through_account_of": coordinator.name,
        "group": group.title,
    }


def _calendar(known: Known, keys: Keys) -> dict[str, Any]:
    row, busy = known
    return {
        "id": str(row.id),
        "entered_by": "you" if row.group_id is None else "a coordinator",
        **_plain(row, "kind source"),
        "host": _host(row, keys),
        "account": str(row.account_id) if row.source is Source.ACCOUNT else None,
        "main": row.main,
        **_plain(
            row,
            "weekly created_at read_at tried_at failed_what failed_remedy doubted_at believed_at",
        ),
        "busy": None if busy is None else _busy(busy),
    }


def _account(row: AccountRow, keys: Keys, *, to_self: bool) -> dict[str, Any]:
    return {
        "id": str(row.id),
        **_plain(row, "host created_at scopes"),
        "state": "connected" if row.lost_at is None else "reconnect needed",
        "lost_at": row.lost_at and _time(row.lost_at),
        **({"email": access.email_of(keys, row)} if to_self else {}),
        **({"at": entering.server_of(keys, row)} if to_self and row.host.is_entered else {}),
    }


def _host(row: CalendarRow, keys: Keys) -> str | None:
    """Where a calendar is read from, without what is secret in the address."""
    if row.address is None or row.account_id is not None:
        return None
    try:
        return urlsplit(keys.opened(row.address, row.id)).hostname
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
