"""What several do at the same moment ends as if they had done it one after another."""

from uuid import UUID

import pytest
from sqlalchemy import select

from services.flow import groups, members, people
from services.flow.errors import Conflict, Missing, Unfit
from services.flow.members import Entry
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow
from services.storage.rows.people import PersonRow
from tests.accounts.house import House, at_once

TIMES = 8
NEW = [Entry(name=f"New {n}", email=f"new{n}@example.org") for n in range(30)]


def two_coordinators(house: House, number: int) -> tuple[UUID, list[UUID]]:
    """A group with a member, and two who coordinate it."""
    ada, bob = house.person(f"Ada{number}"), house.person(f"Bob{number}")
    group = house.group(ada, house.person(f"Cleo{number}"))
    with house.runtime.work() as work:
        work.add(CoordinatorRow(group_id=group, person_id=bob, name="Bob", since=work.now))
    return group, [ada, bob]


def coordinators(house: House, group: UUID) -> int:
    with house.runtime.reading() as work:
        question = select(CoordinatorRow).where(CoordinatorRow.group_id == group)
        return len(work.session.scalars(question).all())


def test_when_both_coordinators_remove_themselves_one_stays(house: House) -> None:
    for number in range(TIMES):
        group, both = two_coordinators(house, number)

        def remove(n: int, group: UUID = group, both: list[UUID] = both) -> None:
            with house.runtime.work(both[n]) as work:
                groups.remove_coordinator(work, group, both[n])

        outcomes = at_once(2, remove)

        assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
        assert coordinators(house, group) == 1


def test_when_each_coordinator_removes_the_other_one_stays(house: House) -> None:
    for number in range(TIMES):
        group, both = two_coordinators(house, number)

        def remove(n: int, group: UUID = group, both: list[UUID] = both) -> None:
            with house.runtime.work(both[n]) as work:
                groups.remove_coordinator(work, group, both[1 - n])

        outcomes = at_once(2, remove)

        assert sum(each is None for each in outcomes) == 1
        assert all(each is None or isinstance(each, Missing | Conflict) for each in outcomes)
        assert coordinators(house, group) == 1


def test_when_both_coordinators_are_forgotten_one_stays(house: House) -> None:
    for number in range(TIMES):
        group, both = two_coordinators(house, number)

        def forget(n: int, both: list[UUID] = both) -> None:
            with house.runtime.work(both[n]) as work:
                people.forget(work, both[n], mails=lambda *_: 0)

        outcomes = at_once(2, forget)

        assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
        assert coordinators(house, group) == 1


def test_lists_of_the_same_new_people_for_many_groups_all_go_in(house: House) -> None:
    ada = house.person()
    circles = [house.group(ada) for _ in range(4)]

    def add(number: int) -> list[str]:
        entries = NEW if number % 2 else NEW[::-1]
        with house.runtime.work(ada) as work:
            pairs = members.add_all(work, circles[number], entries)
            return [member.name for member, _ in pairs]

    outcomes = at_once(4, add)

    names = [each.name for each in NEW]
    assert outcomes == [names if number % 2 else names[::-1] for number in range(4)]
    assert house.count(PersonRow) == 1 + len(NEW)
    assert house.count(MemberRow) == 4 * len(NEW)


def test_of_two_lists_for_one_group_the_second_is_told_who_is_there(house: House) -> None:
    ada = house.person()
    group = house.group(ada)

    def add(number: int) -> None:
        with house.runtime.work(ada) as work:
            members.add_all(work, group, NEW if number % 2 else NEW[::-1])

    outcomes = at_once(4, add)

    assert sum(each is None for each in outcomes) == 1
    assert sum(isinstance(each, Unfit) for each in outcomes) == 3
    assert house.count(MemberRow) == len(NEW)


def test_who_is_let_go_while_they_are_added_elsewhere_is_a_member_there(house: House) -> None:
    ada = house.person()
    for number in range(TIMES):
        email = f"eve{number}@example.org"
        here, there = house.group(ada), house.group(ada)
        with house.runtime.work(ada) as work:
            added, _ = members.add(work, here, Entry(name="Eve", email=email))
            member = added.id

        def act(
            n: int, here: UUID = here, there: UUID = there, member: UUID = member, to: str = email
        ) -> None:
            with house.runtime.work(ada) as work:
                if n:
                    members.remove(work, here, member)
                else:
                    members.add(work, there, Entry(name="Eve", email=to))

        assert at_once(2, act) == [None, None]

        with house.runtime.reading() as work:
            question = select(PersonRow.email).join(MemberRow).where(MemberRow.group_id == there)
            assert work.session.scalars(question).all() == [email]
    assert house.count(GroupRow) == 2 * TIMES


def test_a_list_that_is_longer_than_a_group_makes_nobody(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    entries = [Entry(name=f"N{n}", email=f"n{n}@example.org") for n in range(members.MOST + 1)]

    with house.runtime.work(ada) as work, pytest.raises(Conflict, match="1000 members at most"):
        members.add_all(work, group, entries)

    assert house.count(PersonRow) == 1
