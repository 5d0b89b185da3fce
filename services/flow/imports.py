"""A group from a problem file, for the operator."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from scheduler.errors import BadProblem
from scheduler.model.events import Events
from services.flow import calendars, members, persons
from services.flow.calendars import Owner, Taken
from services.flow.members import Entry
from services.planning.document import ProblemDocument, read_document
from services.planning.problem import parse, typed_busy
from services.planning.rules import RULES, checked_rules
from services.storage.ids import new_id
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.groups import CoordinatorRow, GroupRow, TermRow
from services.storage.work import Work


def group_of(work: Work, path: Path, coordinator: str) -> GroupRow:
    """Remember the group of a problem file, with its term, members and inline busy time.

    coordinator  address of mail of whoever will coordinate it

    Raises BadProblem, also for members whose calendars are files or addresses: those are added
    to each member. Members get addresses that no mail reaches, until they are added anew.
    """
    data = parse(path)
    document = read_document(data)
    if any(each.calendars or each.clinical for each in document.members):
        raise BadProblem(
            f"{path}: it names calendars",
            remedy="import a file that holds busy times, and add calendars to the members",
        )
    person = persons.found_or_made(work, coordinator, coordinator.partition("@")[0])
    work.actor = person.id
    group = _group(work, data, document)
    work.add(
        CoordinatorRow(group_id=group.id, person_id=person.id, name=person.name, since=work.now)
    )
    work.session.flush()
    work.note("group.imported", group.id, group.version)
    for index, said in enumerate(data["members"]):
        _member(work, group, document, index, said)
    return group


def _group(work: Work, data: dict[str, Any], document: ProblemDocument) -> GroupRow:
    rules = checked_rules({key: data[key] for key in RULES if key in data})
    group = GroupRow(
        id=new_id(),
        template="imported",
        title=document.title.strip() or "Imported group",
        timezone=document.timezone,
        rules=rules,
        created_at=work.now,
    )
    term = TermRow(
        group_id=group.id,
        start=document.term.start,
        end=document.term.end,
        planning_date=document.planning_date,
        rules=rules,
        blackouts=[_plain(each) for each in data.get("blackouts", [])],
        created_at=work.now,
    )
    work.add(group)
    work.session.flush()
    work.add(term)
    work.session.flush()
    return group


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    """TOML has dates of its own; JSON writes them as text."""
    return {key: str(value) for key, value in table.items()}


def _member(
    work: Work, group: GroupRow, document: ProblemDocument, index: int, said: dict[str, Any]
) -> None:
    member, person = members.add(
        work,
        group.id,
        Entry(
            name=said["name"],
            email=_nobody(said["name"], group.id, index),
            required=said.get("required", False),
            timezone=said.get("timezone"),
            hours=said.get("hours"),
            preferred=said.get("preferred"),
            notice=said.get("notice"),
        ),
    )
    if document.members[index].busy is None:
        return
    owner = Owner(person.id, group.id, member.timezone or group.timezone)
    first, last = calendars.window(work.now)
    events = Events.of(typed_busy(document, index))
    calendars.add_read(work, owner, CalendarKind.WORK, Taken(events, first, last), None)


def _nobody(name: str, group_id: UUID, index: int) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "member"
    return f"{word}.{index + 1}@{group_id.hex[-12:]}.invalid"
