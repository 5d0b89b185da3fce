"""The CalDAV host, judged by a real client and by what the RFCs have a server refuse."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import icalendar
import pytest
from caldav.davclient import DAVClient
from caldav.lib.error import AuthorizationError
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from services.sandbox.caldav import app as host
from services.sandbox.caldav import passwords
from services.sandbox.people.weeks import Pen, Term
from services.sandbox.world import World

ADA, HOME = "ada@example.org", "America/New_York"
MONDAY = date(2027, 3, 1)
SPRING = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)
PEN = Pen(ADA, HOME, Term(MONDAY, 8))
ROUNDS = PEN.weekly(("MO", "08:00", "09:00", "Rounds"))


@pytest.fixture
def world() -> World:
    world = World.open(None, seed=False)
    world.add_person(ADA, "Ada Okoro", HOME, password="open sesame")
    world.add_person("bo@example.org", "Bo", HOME, password="other")
    world.add_calendar(ADA, "Clinic", clinical=True)
    world.put(ADA, ROUNDS, by="test")
    return world


@pytest.fixture
def app(world: World) -> Flask:
    app = Flask(__name__)
    app.register_blueprint(host.blueprint(world))
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[Any]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    address = f"http://127.0.0.1:{server.port}/caldav/"
    with DAVClient(address, username=ADA, password="open sesame") as client:
        yield client
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def main(client: Any) -> Any:
    return client.principal().calendars()[0]


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    http = app.test_client()
    http.environ_base["HTTP_AUTHORIZATION"] = "Basic YWRhQGV4YW1wbGUub3JnOm9wZW4gc2VzYW1l"
    return http


def an_event(uid: str = "new@example.org", hour: int = 10, *more: str) -> str:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", f"UID:{uid}",
        "DTSTAMP:20270101T000000Z", f"DTSTART:20270302T{hour}0000Z", f"DTEND:20270302T{hour}3000Z",
        "SUMMARY:Thesis committee", *more, "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


def busy(world: World) -> list[tuple[datetime, datetime]]:
    return world.busy(ADA, *SPRING)


def test_a_program_finds_a_persons_calendars(client: Any) -> None:
    calendars = client.principal().calendars()

    assert [each.get_display_name() for each in calendars] == ["Ada Okoro", "Clinic"]
    assert calendars[0].get_supported_components() == ["VEVENT"]


def test_a_wrong_password_opens_nothing(client: Any) -> None:
    with (
        DAVClient(str(client.url), username=ADA, password="guess") as stranger,
        pytest.raises(AuthorizationError),
    ):
        stranger.principal()  # type: ignore[no-untyped-call]


def test_what_is_there_is_listed(main: Any) -> None:
    (event,) = main.events()

    component = event.get_icalendar_component()
    assert component["SUMMARY"] == "Rounds"
    assert component["RRULE"]["FREQ"] == ["WEEKLY"]


def test_what_a_program_adds_takes_time(main: Any, world: World) -> None:
    main.add_event(an_event())

    start = datetime(2027, 3, 2, 10, tzinfo=UTC)
    assert (start, start + timedelta(minutes=30)) in busy(world)


def test_a_change_is_seen_and_an_old_one_refused(main: Any, world: World) -> None:
    main.add_event(an_event())
    event = main.get_event_by_uid("new@example.org")
    with event.edit_icalendar_instance() as calendar:
        calendar.subcomponents[0]["SUMMARY"] = icalendar.vText("Defence")
    event.save()

    assert [each["summary"] for each in world.events(ADA)] == ["Rounds", "Defence"]


def test_what_a_program_deletes_is_gone(main: Any, world: World) -> None:
    main.get_events()[0].delete()

    assert busy(world) == []
    assert main.get_events() == []


def test_busy_time_can_be_asked_for(main: Any, world: World) -> None:
    answer = main.freebusy_request(*SPRING)

    (component,) = answer.get_icalendar_instance().walk("VFREEBUSY")
    assert [each.dt for each in component["FREEBUSY"]] == busy(world)


@pytest.mark.parametrize("server_expand", [True, False])
def test_a_search_finds_the_instances_of_a_series(
    main: Any, world: World, *, server_expand: bool
) -> None:
    start, end = datetime(2027, 3, 8, tzinfo=UTC), datetime(2027, 3, 23, tzinfo=UTC)
    found = main.search(event=True, start=start, end=end, expand=True, server_expand=server_expand)

    starts = [each.get_icalendar_component()["DTSTART"].dt.astimezone(UTC) for each in found]
    assert sorted(starts) == [since for since, _ in world.busy(ADA, start, end)]
    assert len(starts) == 3


def test_a_search_leaves_out_what_happens_at_another_time(main: Any) -> None:
    found = main.search(
        event=True, start=datetime(2028, 1, 1, tzinfo=UTC), end=datetime(2028, 2, 1, tzinfo=UTC)
    )

    assert found == []


def test_a_program_that_syncs_hears_of_each_change_once(main: Any) -> None:
    known = main.get_objects_by_sync_token(load_objects=True)
    main.add_event(an_event())
    updated, deleted = known.sync()
    again = known.sync()

    assert (len(updated), len(deleted)) == (1, 0)
    assert [len(each) for each in again] == [0, 0]


def test_a_program_that_syncs_hears_of_what_is_gone(main: Any) -> None:
    known = main.get_objects_by_sync_token(load_objects=True)
    main.get_events()[0].delete()

    updated, deleted = known.sync()

    assert (len(updated), len(deleted)) == (0, 1)


def test_a_sync_token_that_is_no_longer_good_is_refused(http: FlaskClient, world: World) -> None:
    def sync(token: str) -> tuple[int, str]:
        body = f'<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token></sync-collection>'
        answer = http.open(f"/caldav/calendars/ada/{ADA}/", method="REPORT", data=body)
        return answer.status_code, answer.text

    _, text = sync("")
    token = text.partition("<d:sync-token>")[2].partition("<")[0]
    assert sync(token)[0] == 207

    world.expire_cursors(ADA)

    status, text = sync(token)
    assert status == 403
    assert "valid-sync-token" in text


def test_a_resource_is_changed_only_as_its_reader_knew_it(http: FlaskClient) -> None:
    place = f"/caldav/calendars/ada/{ADA}/new.ics"
    created = http.put(place, data=an_event(), headers={"If-None-Match": "*"})
    twice = http.put(place, data=an_event(), headers={"If-None-Match": "*"})
    known = http.get(place).headers["ETag"]
    changed = http.put(place, data=an_event(hour=11), headers={"If-Match": known})
    late = http.put(place, data=an_event(hour=12), headers={"If-Match": known})
    late_delete = http.delete(place, headers={"If-Match": known})

    codes = [each.status_code for each in (created, twice, changed, late, late_delete)]
    assert codes == [201, 412, 204, 412, 412]
    assert "DTSTART:20270302T110000Z" in http.get(place).text


def test_a_series_keeps_its_exceptions_through_a_program(http: FlaskClient, world: World) -> None:
    series = an_event("series@example.org", 10, "RRULE:FREQ=DAILY;COUNT=4")
    moved = an_event("series@example.org", 15, "RECURRENCE-ID:20270303T100000Z")
    component = moved.partition("BEGIN:VEVENT")[2].partition("END:VCALENDAR")[0]
    whole = series.replace("END:VCALENDAR", f"BEGIN:VEVENT{component}END:VCALENDAR")
    place = f"/caldav/calendars/ada/{ADA}/series.ics"

    http.put(place, data=whole)
    with_exception = busy(world)
    http.put(place, data=http.get(place).data)
    through = busy(world)
    http.put(place, data=series)

    afternoon = datetime(2027, 3, 2, 15, tzinfo=UTC)
    usual = datetime(2027, 3, 3, 10, tzinfo=UTC)
    assert afternoon in [start for start, _ in with_exception]
    assert through == with_exception
    assert usual in [start for start, _ in busy(world)]
    assert afternoon not in [start for start, _ in busy(world)]


def test_a_program_that_changes_an_event_keeps_what_it_cannot_say(
    http: FlaskClient, world: World
) -> None:
    guests = [{"email": "bo@example.org", "responseStatus": "accepted"}]
    marks = {"private": {"series": "7"}}
    event = PEN.once("Mentoring", MONDAY, "12:00", "13:00")
    before = world.put(ADA, event | {"attendees": guests, "extendedProperties": marks}, by="test")
    place = f"/caldav/calendars/ada/{ADA}/{before['id']}.ics"

    text = http.get(place).text.replace("SUMMARY:Mentoring", "SUMMARY:Mentoring circle")
    http.put(place, data=text)

    (after,) = [each for each in world.events(ADA) if each["id"] == before["id"]]
    assert after["summary"] == "Mentoring circle"
    assert after["extendedProperties"] == marks
    assert [each["email"] for each in after["attendees"]] == ["bo@example.org"]


def test_a_name_holds_one_event_and_an_event_has_one_name(http: FlaskClient) -> None:
    place = f"/caldav/calendars/ada/{ADA}"
    http.put(f"{place}/a.ics", data=an_event("a@example.org"))

    assert http.put(f"{place}/a.ics", data=an_event("b@example.org")).status_code == 403
    assert http.put(f"{place}/b.ics", data=an_event("a@example.org")).status_code == 403

    http.delete(f"{place}/a.ics")

    assert http.put(f"{place}/a.ics", data=an_event("b@example.org")).status_code == 201
    assert http.put(f"{place}/b.ics", data=an_event("a@example.org")).status_code == 201


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        ("no calendar", "valid-calendar-data"),
        (an_event() + an_event("other@example.org"), "valid-calendar-"),
    ],
)
def test_what_is_no_calendar_object_is_refused(
    http: FlaskClient, body: str, condition: str
) -> None:
    answer = http.put(f"/caldav/calendars/ada/{ADA}/x.ics", data=body)

    assert answer.status_code == 403
    assert condition in answer.text


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><propfind xmlns="DAV:"><prop/></propfind>',
        '<!DOCTYPE x><propfind xmlns="DAV:"/>'.encode("utf-16"),
        "<propfind",
    ],
)
def test_xml_that_could_do_harm_is_refused(http: FlaskClient, body: str | bytes) -> None:
    assert http.open("/caldav/", method="PROPFIND", data=body).status_code == 400


def test_nobody_reaches_another_persons_calendars(http: FlaskClient) -> None:
    assert http.get("/caldav/calendars/bo/bo@example.org/x.ics").status_code == 403
    assert http.open("/caldav/principals/bo/", method="PROPFIND").status_code == 403


def test_an_app_password_works_until_it_is_taken_back(world: World) -> None:
    password = passwords.make(world, ADA)
    assert passwords.fits(world, ADA, password)

    passwords.take_back(world, ADA)

    assert not passwords.fits(world, ADA, password)
    assert not passwords.fits(world, ADA, "")


def test_programs_that_know_only_the_host_are_led_there(http: FlaskClient) -> None:
    assert http.get("/.well-known/caldav").headers["Location"] == "/caldav/"
