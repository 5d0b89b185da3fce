"""The members of a group: adding, changing, inviting, and who looks after their clinics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.facts import MemberLeft
from services.flow import again, colleagues, groups, persons, rights, signin
from services.flow.errors import Conflict, Unfit, together
from services.flow.rights import missing, unchanged
from services.flow.series import attending
from services.planning.rules import OF_TIME, checked_person
from services.storage import answers, calendars, feeds, links, people, plans
from services.storage import groups as stored_groups
from services.storage import members as stored
from services.storage.erasing import erase
from services.storage.members import Assistant, Pair
from services.storage.rows.groups import AssistantRow, GroupRow, MemberRow
from services.storage.rows.people import Purpose
from services.storage.work import Work

MOST = 1000  # of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A member as a coordinator writes them down. None: nothing was said."""

    name: str
    email: str
    required: bool = False
    coordinator: bool = False
    assistant_email: str | None = None
    timezone: str | None = None
    hours: list[Any] | None = None
    preferred: list[Any] | None = None
    notice: list[Any] | None = None


def page(work: Work, group_id: UUID, after: UUID | None, most: int) -> tuple[bool, list[Pair]]:
    """Members in the order in which they were added; first whether a coordinator asks."""
    found = rights.belonging(work, group_id)
    return found.coordinates, stored.of(work, group_id, after=after, most=most)


def one(work: Work, group_id: UUID, member_id: UUID) -> tuple[bool, Pair]:
    """One member; first whether a coordinator asks."""
    found = rights.belonging(work, group_id)
    return found.coordinates, rights.member_of(work, group_id, member_id)


def add(work: Work, group_id: UUID, entry: Entry) -> Pair:
    """Add a member. Nobody hears of it before they are invited."""
    rights.coordinating(work, group_id)
    together(
        lambda: groups.line(entry.name, "name"),
        lambda: persons.address(entry.email),
        lambda: checked_person(timezone=entry.timezone),
    )
    [pair] = add_all(work, group_id, [entry])
    return pair


def add_all(work: Work, group_id: UUID, entries: Sequence[Entry]) -> list[Pair]:
    """Add members, all or none. Raises Unfit, BadProblem or Conflict."""
    rights.coordinating_alone(work, group_id)
    present = _Present.of(stored.of(work, group_id))
    present.check_room(len(entries))
    people.make(work, _called(entries))
    added = [_put(work, group_id, entry, present) for entry in entries]
    colleagues.have_read(work, group_id)
    return added


def _called(entries: Sequence[Entry]) -> dict[str, str]:
    """What to call whoever is new, by their address."""
    members = {persons.address(each.email): groups.line(each.name, "name") for each in entries}
    assistants = (persons.address(each.assistant_email or each.email) for each in entries)
    return {each: _local(each) for each in assistants} | members


def _local(email: str) -> str:
    """What to call somebody of whom we know an address alone."""
    return email.partition("@")[0]


def _put(work: Work, group_id: UUID, entry: Entry, present: "_Present") -> Pair:
    name = groups.line(entry.name, "name")
    said = checked_person(**{each: getattr(entry, each) for each in OF_TIME})
    present.admit(name, persons.address(entry.email))
    person = persons.found_or_made(work, entry.email, name)
    member = MemberRow(
        group_id=group_id,
        person_id=person.id,
        name=name,
        required=entry.required,
        created_at=work.now,
        **said,
    )
    work.add(member)
    work.session.flush()
    work.note("member.added", member.id, member.version)
    if entry.coordinator:
        groups.make_coordinator(work, group_id, person, name)
    if entry.assistant_email:
        address = persons.address(entry.assistant_email)
        put_assistant(work, member.id, address, _local(address))
    return member, person


def change(
    work: Work, group_id: UUID, member_id: UUID, version: int | None, said: dict[str, Any]
) -> Pair:
    """Change what a coordinator says of a member: name, required, zone, hours, notice."""
    rights.coordinating(work, group_id)
    member, person = rights.member_of(work, group_id, member_id)
    unchanged(member, version)
    times = {each: said[each] for each in OF_TIME if each in said}
    together(
        lambda: groups.line(said.get("name", member.name), "name"),
        lambda: checked_person(**times),
    )
    if "name" in said:
        name = groups.line(said["name"], "name")
        others = [pair for pair in stored.of(work, group_id) if pair[0].id != member.id]
        _Present.of(others).admit(name, person.email)
        member.name = name
    if "required" in said:
        member.required = said["required"]
    for each, value in times.items():
        setattr(member, each, value)
    work.session.flush()
    work.note("member.changed", member.id, member.version)
    return member, person


def remove(work: Work, group_id: UUID, member_id: UUID) -> None:
    """Take a member out of a group, and with them the plans that show their time."""
    rights.coordinating(work, group_id)
    member, _ = rights.member_of(work, group_id, member_id)
    _remove(work, member)
    work.note("member.removed", member_id)
    work.record(MemberLeft(member_id))


def leave(work: Work, group_id: UUID) -> None:
    """Leave a group oneself."""
    rights.belonging(work, group_id)
    member = stored.person_in(work, group_id, rights.actor(work))
    if member is None:
        raise missing("membership")
    _remove(work, member)
    again.tell_left(work, group_id, member.person_id)
    work.note("member.left", member.id)
    work.record(MemberLeft(member.id))


def invite(work: Work, group_id: UUID, member_id: UUID) -> MemberRow:
    """Send a member the mail by which they join. Raises Conflict when they have."""
    rights.coordinating(work, group_id)
    member, person = rights.member_of(work, group_id, member_id)
    if member.joined_at is not None:
        raise Conflict(f"{member.name} has joined already", remedy="there is nothing to do")
    if not persons.reachable(person.email):
        raise Conflict(f"{member.name} has no address of mail", remedy="add them anew with one")
    signin.invite(work, person.id, group_id, Purpose.INVITATION)
    work.note("member.invited", member.id)
    return member


def invite_all(work: Work, group_id: UUID) -> int:
    """Invite everybody who has not joined; return how many that is."""
    rights.coordinating(work, group_id)
    waiting = [
        member
        for member, person in stored.of(work, group_id)
        if member.joined_at is None and persons.reachable(person.email)
    ]
    for member in waiting:
        invite(work, group_id, member.id)
    return len(waiting)


def assistants(work: Work, group_id: UUID, member_id: UUID) -> list[Assistant]:
    """Who looks after a member's clinics."""
    rights.coordinating(work, group_id)
    member, _ = rights.member_of(work, group_id, member_id)
    return stored.assistants(work, [member.id])


def add_assistant(work: Work, group_id: UUID, member_id: UUID, email: str, name: str) -> Assistant:
    """Say who looks after a member's clinics."""
    rights.coordinating(work, group_id)
    member, _ = rights.member_of(work, group_id, member_id)
    return put_assistant(work, member.id, email, groups.line(name, "name"))


def put_assistant(work: Work, member_id: UUID, email: str, name: str) -> Assistant:
    """Say so of a member that is known to be ours."""
    person = persons.found_or_made(work, email, name)
    for row, _ in stored.assistants(work, [member_id]):
        if row.person_id == person.id:
            return row, person
    row = AssistantRow(member_id=member_id, person_id=person.id, name=name, since=work.now)
    work.add(row)
    work.session.flush()
    work.note("assistant.added", person.id)
    return row, person


def remove_assistant(work: Work, group_id: UUID, member_id: UUID, person_id: UUID) -> None:
    """End an assistant's part for one member."""
    rights.coordinating(work, group_id)
    rights.member_of(work, group_id, member_id)
    if not stored.drop_assistant(work, member_id, person_id):
        raise missing("assistant")
    persons.let_go(work, person_id)
    answers.erase(work, [group_id])
    work.note("assistant.removed", person_id)


def mine(work: Work) -> list[tuple[MemberRow, GroupRow]]:
    """The memberships of the one who asks."""
    return stored.of_person(work, rights.actor(work))


def assisting(work: Work) -> list[tuple[MemberRow, GroupRow]]:
    """Whose clinics the one who asks looks after."""
    return stored.assisted_by(work, rights.actor(work))


def invited(work: Work, group_id: UUID) -> dict[UUID, datetime]:
    """Per person, when the invitation was made that can still be used."""
    rights.coordinating(work, group_id)
    return links.invited(work, group_id)


def _remove(work: Work, member: MemberRow) -> None:
    stored_groups.locked(work, member.group_id)  # or they could be invited just now
    attending.left_group(work, member.id)
    calendars.drop_entered(work, member.group_id, member.person_id)
    plans.drop_of_groups(work, [member.group_id])
    answers.erase(work, [member.group_id])
    helpers = [person.id for _, person in stored.assistants(work, [member.id])]
    feeds.drop(work, member.group_id, member.person_id)
    work.session.delete(member)
    persons.let_go(work, member.person_id, *helpers)
    erase(work)


@dataclass(slots=True)
class _Present:
    """The names and addresses that a group has already."""

    names: set[str]
    emails: set[str]

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "_Present":
        return cls({member.name for member, _ in pairs}, {person.email for _, person in pairs})

    def check_room(self, more: int) -> None:
        """Raise Conflict when there is no room for so many more."""
        if len(self.names) + more > MOST:
            raise Conflict(
                f"A group has {MOST} members at most, and this one has {len(self.names)}",
                remedy="form another group",
            )

    def admit(self, name: str, email: str) -> None:
        """Take one more. Raises Unfit when it is there already."""
        if email in self.emails:
            raise Unfit(
                f"{email} is a member of the group already", remedy="change the one there is"
            )
        if name in self.names:
            raise Unfit(
                f"The group has a member called {name!r} already",
                remedy="tell them apart, by a middle initial or a department",
            )
        self.names.add(name)
        self.emails.add(email)
