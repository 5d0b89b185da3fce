"""Calendars at secret addresses."""

from datetime import UTC, date, datetime

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from flask import Flask
from flask.testing import FlaskClient

from calendar_sync.ics.source import Source, read_all
from services.sandbox.events.busy import merged
from services.sandbox.ics import app as feeds
from services.sandbox.importing import put_all
from services.sandbox.people.seeds import plant
from services.sandbox.people.weeks import Pen, Term
from services.sandbox.world import World
from tests.sizes import size

ADA, HOME = "ada@example.org", "America/New_York"
FROM, TO = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
PEN = Pen(ADA, HOME, Term(date(2027, 3, 1), 8))
ROUNDS = PEN.weekly(("MO", "08:00", "09:00", "Rounds, with students; and tea"))


@pytest.fixture
def world() -> World:
    world = World.open(None, seed=False)
    world.add_person(ADA, "Ada Okoro", HOME)
    world.put(ADA, ROUNDS, by="test")
    world.put(ADA, PEN.days("Leave", date(2027, 4, 6), 2), by="test")
    to = date(2027, 3, 9), "17:00", "18:00"
    world.put(ADA, PEN.moved(ROUNDS, date(2027, 3, 8), "08:00", to), by="test")
    gone = PEN.moved(ROUNDS, date(2027, 3, 15), "08:00", to)
    world.put(ADA, {**gone, "status": "cancelled"}, by="test")
    return world


@pytest.fixture
def http(world: World) -> FlaskClient:
    return served(world)


def served(world: World) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(feeds.blueprint(world))
    return app.test_client()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def address(world: World) -> str:
    return f"/ics/{world.calendar(ADA).feed}.ics"


def test_a_feed_says_what_the_calendar_says(world: World, http: FlaskClient) -> None:
    answer = http.get(address(world))

    calendar = icalendar.Calendar.from_ical(answer.data)
    events = recurring_ical_events.of(calendar).between(FROM, TO)
    timed = [each for each in events if isinstance(each["DTSTART"].dt, datetime)]
    starts = {each["DTSTART"].dt.astimezone(UTC) for each in timed}
    expected = {start for start, end in world.busy(ADA, FROM, TO) if (end - start).seconds == 3600}
    assert answer.mimetype == "text/calendar"
    assert starts == expected
    assert len(expected) == 7  # one is called off, and one moved


def test_a_feed_reads_back_as_the_same_calendar(world: World, http: FlaskClient) -> None:
    world.add_person("bo@example.org", "Bo", HOME)
    put_all(world, "bo@example.org", http.get(address(world)).data, by="test")

    assert world.busy("bo@example.org", FROM, TO) == world.busy(ADA, FROM, TO)
    titles = {each["summary"] for each in world.events("bo@example.org")}
    assert titles == {"Rounds, with students; and tea", "Leave"}


def test_our_own_reader_takes_from_seeded_feeds_what_the_calendars_say() -> None:
    world = World.open(None, seed=False)
    world.clock.set(FROM)
    plant(world)
    http = served(world)
    people = size(list(world.people)[3:5], list(world.people))
    calendars = [each for email in people for each in world.calendars(email)]
    span = (int(FROM.timestamp()), int(TO.timestamp()))

    read = read_all(
        [
            Source("a feed", span, each.timezone, http.get(f"/ics/{each.feed}.ics").data)
            for each in calendars
        ]
    )

    for calendar, found in zip(calendars, read, strict=True):
        spans = [(at(each.start), at(each.end)) for each in found]
        cut = [(max(start, FROM), min(end, TO)) for start, end in spans]
        assert merged(cut) == world.busy(calendar.id, FROM, TO)


def test_a_declined_invitation_leaves_its_guest_free(world: World, http: FlaskClient) -> None:
    guests = [{"email": ADA, "self": True, "responseStatus": "declined"}]
    organizer = {"email": "somebody@elsewhere.example"}
    event = PEN.once("Workshop", date(2027, 3, 4), "10:00", "12:00")
    world.put(ADA, event | {"attendees": guests, "organizer": organizer}, by="test")

    assert "TRANSP:TRANSPARENT" in http.get(address(world)).text


def test_a_reader_who_knows_this_state_gets_no_body(world: World, http: FlaskClient) -> None:
    known = http.get(address(world)).headers
    by_tag = http.get(address(world), headers={"If-None-Match": known["ETag"]})
    by_date = http.get(address(world), headers={"If-Modified-Since": known["Last-Modified"]})
    world.put(ADA, PEN.once("Dentist", date(2027, 3, 3), "10:00", "11:00"), by="test")
    changed = http.get(address(world), headers={"If-None-Match": known["ETag"]})

    assert [each.status_code for each in (by_tag, by_date, changed)] == [304, 304, 200]


def test_only_the_present_secret_opens_a_feed(world: World, http: FlaskClient) -> None:
    old = address(world)
    world.change_calendar(ADA, feed="another-secret")

    assert http.get(old).status_code == 404
    assert http.get("/ics/another-secret.ics").status_code == 200
