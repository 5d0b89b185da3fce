"""Forming a group, and who coordinates it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.flow import dropping, persons, rights, signin
from services.flow.errors import Conflict, NotAllowed, Unfit, together
from services.flow.rights import Standing, missing, unchanged
from services.flow.series import ending
from services.planning.fields import MOST_LETTERS
from services.planning.rules import checked_person, checked_rules
from services.planning.templates import template
from services.storage import answers, colleagues, members, people
from services.storage import groups as stored
from services.storage.erasing import erase
from services.storage.rows.groups import CoordinatorRow, GroupRow, GuestRow
from services.storage.rows.people import PersonRow, Purpose
from services.storage.work import Work

_MOST_PARTS = 1000  # groups that are looked at


def form(
    work: Work, kind: str, title: str, timezone: str, rules: dict[str, Any] | None = None
) -> GroupRow:
    """Form a group from a template; whoever forms it coordinates it.

    Raises BadProblem, and NotAllowed for those who are here as guests or assistants alone.
    """
    person = _actor(work)
    _may_form(work, person.id)
    start = template(kind)
    together(
        lambda: line(title, "title"),
        lambda: _zone(timezone),
        lambda: checked_rules(rules or start.rules),
    )
    group = GroupRow(
        template=start.key,
        title=line(title, "title"),
        timezone=_zone(timezone),
        rules=checked_rules(rules or start.rules),
        created_at=work.now,
    )
    work.add(group)
    work.session.flush()
    work.add(
        CoordinatorRow(group_id=group.id, person_id=person.id, name=person.name, since=work.now)
    )
    work.note("group.formed", group.id, group.version)
    return group


def _may_form(work: Work, person: UUID) -> None:
    parts = stored.page(work, person, None, _MOST_PARTS)
    if parts and not any(coordinates or belongs for _, coordinates, belongs, *_ in parts):
        raise NotAllowed(
            "Guests and assistants do not form groups", remedy="ask a coordinator whom you know"
        )


def page(work: Work, after: UUID | None, most: int) -> list[Standing]:
    """The groups in which the one who asks has a part."""
    found = stored.page(work, rights.actor(work), after, most)
    return [rights.of_flags(each) for each in found]


def change(work: Work, group_id: UUID, version: int | None, said: dict[str, Any]) -> GroupRow:
    """Change title, timezone or rules. Terms that exist keep the rules they have."""
    group = rights.coordinating(work, group_id)
    unchanged(group, version)
    if "title" in said:
        group.title = line(said["title"], "title")
    if "timezone" in said:
        group.timezone = _zone(said["timezone"])
    if "rules" in said:
        group.rules = checked_rules(said["rules"])
    work.session.flush()
    work.note("group.changed", group.id, group.version)
    return group


def dissolve(work: Work, group_id: UUID, version: int | None) -> None:
    """Delete a group with everything that belongs to it alone."""
    group = rights.coordinating(work, group_id)
    unchanged(group, version)
    stored.locked(work, group_id)  # or a draft could be committed just now
    ending.check_none_of_group(work, group_id)
    answers.erase(work, [group_id])
    work.session.delete(group)
    work.session.flush()
    erase(work)
    work.note("group.dissolved", group_id, version)


def coordinators(work: Work, group_id: UUID) -> list[tuple[CoordinatorRow, PersonRow]]:
    """Who coordinates the group."""
    rights.belonging(work, group_id)
    return stored.coordinators(work, group_id)


def add_coordinator(work: Work, group_id: UUID, email: str, name: str) -> PersonRow:
    """Let somebody coordinate as well, and tell them by mail."""
    rights.coordinating(work, group_id)
    name = line(name, "name")
    person = persons.found_or_made(work, email, name)
    make_coordinator(work, group_id, person, name)
    return person


def make_coordinator(work: Work, group_id: UUID, person: PersonRow, name: str) -> None:
    """Give a person the coordinator's rights; they hear of it once.

    name  what they are called in this group
    """
    if any(row.person_id == person.id for row, _ in stored.coordinators(work, group_id)):
        return
    work.add(CoordinatorRow(group_id=group_id, person_id=person.id, name=name, since=work.now))
    work.session.flush()
    signin.invite(work, person.id, group_id, Purpose.COORDINATION)
    work.note("coordinator.added", person.id)


def remove_coordinator(work: Work, group_id: UUID, person_id: UUID) -> None:
    """End somebody's coordination; the last one stays."""
    rights.coordinating_alone(work, group_id)
    present = {row.person_id for row, _ in stored.coordinators(work, group_id)}
    if person_id not in present:
        raise missing("coordinator")
    if present == {person_id}:
        raise Conflict(
            "A group keeps at least one coordinator",
            remedy="name another one first, or dissolve the group",
        )
    if any(each.given_by == person_id for each in colleagues.consents_of(work, group_id)):
        dropping.end_reading(work, group_id)
    stored.drop_coordinator(work, group_id, person_id)
    persons.let_go(work, person_id)
    answers.erase(work, [group_id])  # what they were told, and what names them
    work.note("coordinator.removed", person_id)


def guests(work: Work, group_id: UUID) -> list[tuple[GuestRow, PersonRow]]:
    """Everybody who is invited to one date."""
    rights.coordinating(work, group_id)
    return stored.guests(work, group_id)


def add_guest(work: Work, group_id: UUID, email: str, name: str, day: date) -> GuestRow:
    """Invite somebody to one date; they see that date and nothing else."""
    rights.coordinating(work, group_id)
    name = line(name, "name")
    person = persons.found_or_made(work, email, name)
    if any(row.person_id == person.id and row.day == day for row in _rows(work, group_id)):
        raise Conflict(f"{name} is a guest of that day already", remedy="choose another day")
    guest = GuestRow(
        group_id=group_id,
        person_id=person.id,
        name=name,
        day=day,
        created_at=work.now,
    )
    work.add(guest)
    work.session.flush()
    work.note("guest.added", guest.id)
    return guest


def remove_guest(work: Work, group_id: UUID, guest_id: UUID) -> None:
    """Take an invitation to one date back."""
    rights.coordinating(work, group_id)
    guest = stored.guest(work, group_id, guest_id)
    if guest is None:
        raise missing("guest")
    work.session.delete(guest)
    persons.let_go(work, guest.person_id)
    answers.erase(work, [group_id])
    work.note("guest.removed", guest_id)


def visits(work: Work) -> list[tuple[GuestRow, GroupRow]]:
    """The dates to which the one who asks is invited as a guest."""
    return stored.guest_days(work, rights.actor(work))


def size(work: Work, group_id: UUID) -> int:
    """How many members the group has."""
    return members.count(work, group_id)


def line(text: str, what: str) -> str:
    """One line of text for people: not empty, not endless, nothing that does not show."""
    tidy = " ".join(text.split())
    if not tidy:
        raise Unfit(f"The {what} is missing", remedy="write one")
    if len(tidy) > MOST_LETTERS or not tidy.isprintable():
        raise Unfit(
            f"The {what} cannot be taken",
            remedy=f"write 1 to {MOST_LETTERS} letters on one line",
        )
    return tidy


def _actor(work: Work) -> PersonRow:
    person = people.by_id(work, rights.actor(work))
    if person is None:
        raise missing("person")
    return person


def _rows(work: Work, group_id: UUID) -> Sequence[GuestRow]:
    return [row for row, _ in stored.guests(work, group_id)]


def _zone(name: str) -> str:
    checked_person(timezone=name)
    return name
