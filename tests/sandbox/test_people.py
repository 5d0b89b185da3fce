"""The people that a new sandbox holds."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from services.sandbox.people.seeds import many, plant, term_from
from services.sandbox.world import HOSTS, World

NOW = datetime(2027, 1, 6, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return planted()


def planted() -> World:
    world = World.open(None, seed=False)
    world.clock.set(NOW)
    plant(world)
    return world


def busy(world: World) -> dict[str, list[tuple[datetime, datetime]]]:
    span = NOW, NOW + timedelta(weeks=20)
    return {
        f"{email}/{calendar.name}": world.busy(calendar.id, *span)
        for email in world.people
        for calendar in world.calendars(email)
    }


def test_the_same_day_plants_the_same_weeks(world: World) -> None:
    assert busy(world) == busy(planted())


def test_everybody_has_a_week_of_their_own(world: World) -> None:
    weeks = [tuple(world.busy(email, NOW, NOW + timedelta(weeks=20))) for email in world.people]

    assert len(weeks) >= 14
    assert len(set(weeks)) == len(weeks)
    assert len({person.timezone for person in world.people.values()}) >= 5


def test_they_are_spread_over_every_host(world: World) -> None:
    hosts = Counter(person.host for person in world.people.values())

    assert set(hosts) == set(HOSTS)
    assert hosts["google"] >= 5
    assert hosts["work"] >= 5
    domains = {each.email.partition("@")[2]: each.host for each in world.people.values()}
    assert all(domains[each.email.partition("@")[2]] == each.host for each in world.people.values())


def test_clinics_are_on_a_calendar_of_their_own(world: World) -> None:
    for email in world.people:
        main, clinic = world.calendars(email)

        assert (main.clinical, clinic.clinical) == (False, True)
        assert world.busy(clinic.id, NOW, NOW + timedelta(weeks=20))


def test_the_weeks_reach_a_term_ahead_of_the_sandboxs_clock(world: World) -> None:
    late = NOW + timedelta(weeks=26)

    assert all(world.busy(email, late, late + timedelta(weeks=2)) for email in world.people)
    assert term_from(NOW).first <= NOW.date()


def test_nobody_works_all_the_time(world: World) -> None:
    for email in world.people:
        days = [
            each
            for calendar in world.calendars(email)
            for each in world.busy(calendar.id, NOW, NOW + timedelta(weeks=16))
        ]
        hours = sum((end - start).total_seconds() for start, end in days) / 3600

        assert 10 * 16 < hours < 60 * 16


def test_a_new_sandbox_has_its_people_and_an_opened_one_keeps_them(tmp_path: Path) -> None:
    first = World.open(tmp_path)
    people = list(first.people)
    first.store.close()
    first.history.close()

    again = World.open(tmp_path)

    assert list(again.people) == people
    assert len(again.events(people[0])) > 5
    again.store.close()
    again.history.close()


def test_many_plain_people_are_the_same_for_the_same_seed() -> None:
    def weeks(seed: int) -> list[list[tuple[datetime, datetime]]]:
        world = World.open(None, seed=False)
        world.clock.set(NOW)
        people = many(world, 20, seed)
        return [world.busy(each.email, NOW, NOW + timedelta(weeks=4)) for each in people]

    assert weeks(1) == weeks(1)
    assert weeks(1) != weeks(2)
    assert all(first != second for first, second in pairwise(weeks(1)))
