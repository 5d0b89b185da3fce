"""What the world remembers when it is opened again, and how fast it answers."""

from pathlib import Path

from services.sandbox.world import World
from tests.sandbox.google_client import (
    ANNA,
    BEN,
    BERLIN,
    EVERYTHING,
    NOW,
    Google,
    lecture,
    listed,
)


def opened(home: Path) -> World:
    return World.open(home, seed=False)


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    world = opened(tmp_path)
    world.clock.set(NOW)
    for email in (ANNA, BEN):
        world.add_person(email, email, BERLIN, password="secret")
    second = world.add_calendar(ANNA, "Second", clinical=True)
    series = lecture(recurrence=["RRULE:FREQ=DAILY;COUNT=3"], attendees=[{"email": BEN}])
    made = world.put(ANNA, series, by="test")
    google = Google(world)
    events = google.of(ANNA, *EVERYTHING).events()
    days = listed(events.instances, calendarId="primary", eventId=made["id"])[0]
    events.delete(calendarId="primary", eventId=days[1]["id"]).execute()
    token = listed(events.list, calendarId="primary")[1]
    before = {each.id: world.events(each.id) for each in world.calendars(ANNA)}
    number = world.number
    world.close()

    again = opened(tmp_path)
    assert list(again.people) == [ANNA, BEN]
    assert again.password(BEN) == "secret"
    assert again.calendars(ANNA)[1] == second
    assert {each.id: again.events(each.id) for each in again.calendars(ANNA)} == before
    assert len(again.instances(BEN, NOW, again.clock.now().replace(year=2027))) == 2
    assert again.number == number
    assert (again.clock.now() - NOW).total_seconds() < 3600
    events = Google(again).of(ANNA, *EVERYTHING).events()
    new = events.insert(calendarId="primary", body=lecture()).execute()
    told = listed(events.list, calendarId="primary", syncToken=token)[0]
    assert [each["id"] for each in told] == [new["id"]]
    again.close()


def test_a_first_token_tells_of_the_first_change() -> None:
    world = World.open(None, seed=False)
    world.add_person(ANNA, ANNA, BERLIN)
    events = Google(world).of(ANNA).events()
    token = listed(events.list, calendarId="primary")[1]
    made = events.insert(calendarId="primary", body=lecture()).execute()
    told = listed(events.list, calendarId="primary", syncToken=token)[0]
    assert [each["id"] for each in told] == [made["id"]]
    world.close()


def test_what_was_handed_in_and_out_is_not_the_worlds_own() -> None:
    world = World.open(None, seed=False)
    world.add_person(ANNA, ANNA, BERLIN)
    body = lecture(attendees=[{"email": BEN}])
    made = world.put(ANNA, body, by="test")
    body["attendees"][0]["email"] = "else@where.example"
    assert world.events(ANNA)[0]["attendees"][0]["email"] == BEN
    assert world.shelf(ANNA).get(made["id"]) == made
    world.close()
