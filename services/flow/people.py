"""One's own person: what we know of them, changing it, and leaving."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID

from services.flow import accounts, again, groups, persons, rights
from services.flow.errors import Conflict, together
from services.flow.rights import missing, unchanged
from services.flow.series import attending
from services.flow.series.farewells import Seal
from services.planning.rules import OF_TIME, checked_person
from services.storage import accounts as stored_accounts
from services.storage import answers, calendars, links, members, objections, people, plans, traces
from services.storage import groups as stored_groups
from services.storage.erasing import erase
from services.storage.rows.people import PersonRow
from services.storage.work import Work


class Changes(TypedDict, total=False):
    """What people say of themselves. None takes it back."""

    name: str
    timezone: str | None
    hours: list[Any] | None
    preferred: list[Any] | None
    notice: list[Any] | None


def me(work: Work) -> PersonRow:
    """Whoever asks. Raises SignInNeeded."""
    person = people.by_id(work, rights.actor(work))
    if person is None:
        raise missing("person")
    return person


def change_me(work: Work, version: int | None, **said: Unpack[Changes]) -> PersonRow:
    """Change what one says of oneself. Raises Outdated, Unfit or BadProblem."""
    person = me(work)
    unchanged(person, version)
    times = {each: value for each, value in said.items() if each in OF_TIME}
    together(
        lambda: groups.line(said.get("name", person.name), "name"),
        lambda: checked_person(**times),
    )
    if "name" in said:
        person.name = groups.line(said["name"], "name")
    for each, value in times.items():
        setattr(person, each, value)
    work.session.flush()
    if "name" in said:
        stored_groups.rename_coordinator(work, person.id, person.name)
    work.note("person.changed", person.id, person.version)
    return person


def delete_data(work: Work) -> list[UUID]:
    """Delete everything that is known of one's own time, whoever entered it.

    One stays a member and is unknown from now on; accounts of others do not change that, in no
    group, until one takes that back. The plans
    of one's groups go, because one's time shows in them; the coordinators of these groups, which
    are returned, hear that plans are gone, and not because of whom.
    """
    person = me(work)
    stored_accounts.locked_of(work, person.id)  # before what hangs on them, as everybody does
    calendars.drop_of_person(work, person.id)
    for each in OF_TIME:
        setattr(person, each, None)
    objections.make(work, person.id, None)  # or they would be known again in an hour
    memberships = members.of_person(work, person.id)
    for member, _ in memberships:
        member.hours = member.preferred = member.notice = None
    concerned = [group.id for _, group in memberships]
    answers.erase(work, concerned)
    answers.erase_of(work, person.id)
    gone = [each for each in concerned if plans.drop_of_groups(work, [each])]
    again.tell(work, gone, but=person.id)
    accounts.let_all_go(work, person.id)
    work.session.flush()
    erase(work)
    work.note("person.data_deleted", person.id, person.version)
    return concerned


def forget(
    work: Work,
    person_id: UUID,
    *,
    mails: Callable[[str, Sequence[str]], int],
    seal: Seal | None = None,
) -> None:
    """Remove a person with everything that is kept about them; the audit keeps their id alone.

    mails  deletes the kept mails to an address, and those whose keys begin so
    seal   seals where they are told by mail that their dates are cancelled, until they have been;
           None: they are not

    Raises Missing, or Conflict when a group would be left without a coordinator. A group that
    has nobody else goes with them.
    """
    person = people.by_id(work, person_id)
    if person is None:
        raise missing("person")
    for _, group in traces.coordinated(work, person_id):
        stored_groups.locked(work, group.id)
    alone = traces.coordinated_alone(work, person_id)
    left = [group.title for group, others in alone if others]
    if left:
        raise Conflict(
            f"Nobody else coordinates {' and '.join(left)}",
            remedy="name another coordinator first",
        )
    stored_accounts.locked_of(work, person_id)  # before the plans, as everybody does
    plans.drop_of_groups(work, [group.id for _, group in members.of_person(work, person_id)])
    answers.erase(work, stored_groups.with_part_of(work, person_id))
    attending.forgotten(work, person, seal)
    helpers = traces.helpers(work, person_id, [group.id for group, _ in alone])
    invitations = [link.hex for link in links.by_inviter(work, person_id)]
    for group, _ in alone:
        work.session.delete(group)
    work.session.flush()
    accounts.let_all_go(work, person_id)
    work.session.delete(person)
    persons.let_go(work, *helpers)
    links.drop_to(work, person.email)
    mails(person.email, invitations)
    erase(work)
    work.note("person.forgotten", person_id, person.version)
