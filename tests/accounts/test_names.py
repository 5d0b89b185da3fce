"""Nobody learns from us what somebody is called, and nobody stays whom nobody names (P45)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.flow import calendars, groups, links, members, people, purge, roster
from services.flow.calendars import Owner
from services.flow.errors import Conflict
from services.flow.members import Entry
from services.flow.stored import stored
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.people import PersonRow
from tests.accounts.house import HERE, House, secret_of
from tests.runtimes import ticked

SECRET = "Dr. Ada Secret-Name"
VICTIM = "victim@example.org"
MONDAYS = [{"days": ["mon"], "start": "09:00", "end": "10:00"}]


def everybody(house: House) -> set[str]:
    with house.runtime.reading() as work:
        return set(work.session.scalars(select(PersonRow.email)).all())


def test_a_stranger_sees_what_they_wrote_and_nothing_else(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    hers, his = house.group(ann), house.group(bob, house.person("Max"))
    with house.runtime.work(ann) as work:
        groups.add_coordinator(work, hers, VICTIM, SECRET)

    with house.runtime.work(bob) as work:
        [(max_, _)] = members.page(work, his, None, 9)[1]
        groups.add_coordinator(work, his, VICTIM, "V one")
        members.add_assistant(work, his, max_.id, VICTIM, "V two")
        groups.add_guest(work, his, VICTIM, "V three", work.now.date())
    with house.runtime.reading(bob) as work:
        seen = [row.name for row, _ in groups.coordinators(work, his)]
        seen += [row.name for row, _ in members.assistants(work, his, max_.id)]
        seen += [row.name for row, _ in groups.guests(work, his)]

    assert seen == ["Coordinator", "V one", "V two", "V three"]
    with house.runtime.reading(ann) as work:
        assert [row.name for row, _ in groups.coordinators(work, hers)] == ["Coordinator", SECRET]


def test_who_forms_a_group_is_called_in_it_as_they_call_themselves(house: House) -> None:
    ada = house.person()
    with house.runtime.work(ada) as work:
        group = groups.form(work, "roadmap", "Thursday", "UTC").id
    with house.runtime.work(ada) as work:
        people.change_me(work, None, name="Ada L.")

    with house.runtime.reading(ada) as work:
        assert [row.name for row, _ in groups.coordinators(work, group)] == ["Ada L."]


def test_people_read_what_others_call_them(house: House) -> None:
    ann = house.person("Ann")
    group = house.group(ann, house.person("Max"))
    with house.runtime.work(ann) as work:
        victim = groups.add_coordinator(work, group, VICTIM, "V one")
        [(max_, _)] = members.page(work, group, None, 9)[1]
        members.add_assistant(work, group, max_.id, VICTIM, "V two")

    with house.runtime.reading() as work:
        said = stored(work, victim.id, house.runtime.keys)

    assert said["coordinates"][0]["name"] == "V one"
    assert said["assists"] == [{"group": "Roadmap", "member": "Member 0", "name": "V two"}]


def test_an_assistant_on_a_list_is_called_by_their_address(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    csv = b"name,email,assistant_email\nEve,eve@example.org,Desk@example.org\n"
    with house.runtime.work(ada) as work:
        [(eve, _)] = members.add_all(work, group, roster.read(csv))
        [(row, person)] = members.assistants(work, group, eve.id)

    assert (row.name, person.name, person.email) == ("desk", "desk", "desk@example.org")


def added(house: House, ada: UUID, group: UUID) -> UUID:
    """A member, with an assistant, whom nobody else knows."""
    entry = Entry(name="Eve", email="eve@example.org", assistant_email="desk@example.org")
    with house.runtime.work(ada) as work:
        return members.add(work, group, entry)[0].id


def test_who_was_entered_and_taken_out_again_is_gone(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    eve = added(house, ada, group)
    with house.runtime.work(ada) as work:
        guest = groups.add_guest(work, group, "gus@example.org", "Gus", work.now.date()).id
        cora = groups.add_coordinator(work, group, "cora@example.org", "Cora").id
        [(_, desk)] = members.assistants(work, group, eve)
    assert len(everybody(house)) == 5

    with house.runtime.work(ada) as work:
        members.remove_assistant(work, group, eve, desk.id)
    assert "desk@example.org" not in everybody(house)
    with house.runtime.work(ada) as work:
        groups.remove_guest(work, group, guest)
        groups.remove_coordinator(work, group, cora)
        members.remove(work, group, eve)

    assert everybody(house) == {"ada@example.org"}


def test_with_a_member_goes_an_assistant_whom_nobody_else_has(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    eve = added(house, ada, group)

    with house.runtime.work(ada) as work:
        members.remove(work, group, eve)

    assert everybody(house) == {"ada@example.org"}


def test_with_who_is_forgotten_goes_whom_they_alone_entered(house: House) -> None:
    ada = house.person()
    group = house.group(ada, ada)
    with house.runtime.work(ada) as work:
        [(me, _)] = members.page(work, group, None, 9)[1]
        members.add_assistant(work, group, me.id, "desk@example.org", "Desk")
        groups.add_guest(work, group, "gus@example.org", "Gus", work.now.date())

    with house.runtime.work() as work:
        people.forget(work, ada, mails=lambda *_: 0)

    assert everybody(house) == set()


def test_who_came_in_or_is_named_elsewhere_stays(house: House) -> None:
    ada, eve = house.person(), house.person("Eve")
    group, other = house.group(ada, eve), house.group(ada)
    house.follow(house.invited(eve, group))
    with house.runtime.work(ada) as work:
        max_, _ = members.add(work, group, Entry(name="Max", email="max@example.org"))
        members.add(work, other, Entry(name="Max", email="max@example.org"))
        [(first, _), _] = members.page(work, group, None, 9)[1]

    with house.runtime.work(ada) as work:
        members.remove(work, group, first.id)
        members.remove(work, group, max_.id)
    house.clock.on(days=100)  # past every session
    with house.runtime.work() as work:
        purge.purge(work)

    assert everybody(house) == {"ada@example.org", "eve@example.org", "max@example.org"}


def test_the_purge_finds_who_is_left_of_a_group_that_is_gone(house: House) -> None:
    ada = house.person()
    house.follow(house.asked())
    group = house.group(ada)
    added(house, ada, group)
    with house.runtime.work(ada) as work:
        groups.dissolve(work, group, None)

    with house.runtime.work() as work:
        assert purge.purge(work)["persons"] == 2

    assert everybody(house) == {"ada@example.org"}


def test_what_a_stranger_enters_takes_nobodys_room(house: House) -> None:
    ada, eve = house.person(), house.person("Eve")
    mine, theirs = house.group(ada, eve), house.group(ada, eve)
    with house.runtime.work(ada) as work:
        for _ in range(calendars.MOST):
            calendars.add_weekly(work, Owner(eve, theirs, "UTC"), CalendarKind.WORK, MONDAYS)

    with house.runtime.work(ada) as work:
        calendars.add_weekly(work, Owner(eve, mine, "UTC"), CalendarKind.WORK, MONDAYS)
    with house.runtime.work(eve) as work:
        calendars.add_weekly(work, Owner(eve, None, "UTC"), CalendarKind.WORK, MONDAYS)
    with house.runtime.work(ada) as work, pytest.raises(Conflict, match="20 calendars"):
        calendars.add_weekly(work, Owner(eve, theirs, "UTC"), CalendarKind.WORK, MONDAYS)


def test_an_invitation_is_not_for_a_membership_made_anew(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    eve = house.asked_and_followed("Eve")
    entry = Entry(name="Eve", email="eve@example.org")
    with house.runtime.work(ada) as work:
        first, _ = members.add(work, group, entry)
    old = house.invited(eve, group)
    house.clock.on(minutes=1)
    with house.runtime.work(ada) as work:
        members.remove(work, group, first.id)
        members.add(work, group, entry)

    for use in (links.look, links.follow, links.again):
        with pytest.raises(links.LinkGone, match=r"leads nowhere|nothing that"):
            use(house.runtime, old, HERE)
    house.clock.on(minutes=1)
    assert house.follow(house.invited(eve, group))[0].id == eve


def test_a_coordinators_invitation_is_not_for_a_coordination_made_anew(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    cora = house.asked_and_followed("Cora")
    with house.runtime.work(ada) as work:
        groups.add_coordinator(work, group, "cora@example.org", "Cora")
    old = house.secret()
    house.clock.on(minutes=1)
    with house.runtime.work(ada) as work:
        groups.remove_coordinator(work, group, cora)
        groups.add_coordinator(work, group, "cora@example.org", "Cora")

    with pytest.raises(links.LinkGone):
        links.follow(house.runtime, old, HERE)
    [again] = house.deliver()
    assert house.follow(secret_of(again))[0].id == cora


def test_nobody_waits_longer_for_being_forgotten_by_the_purge_than_a_day(house: House) -> None:
    assert ticked(house.runtime) == ["notices.purge"]
    assert ticked(house.runtime) == []
    house.clock.now += timedelta(days=1)
    assert ticked(house.runtime) == ["notices.purge"]

    assert house.audited() == ["purge.done", "purge.done"]
