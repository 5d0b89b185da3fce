"""The pages on which one looks at the calendars and changes them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from services.sandbox.caldav import passwords
from services.sandbox.pages import app as pages
from services.sandbox.people.weeks import Pen, Term
from services.sandbox.world import World
from tests.browser import hindrances

ADA, HOME, WEEK = "ada@example.org", "America/New_York", "2027-03-08"
FROM, TO = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
PEN = Pen(ADA, HOME, Term(date(2027, 3, 1), 4))
ROUNDS = PEN.weekly(("MO", "08:00", "09:00", "Rounds"))
LEAVE = PEN.days("Leave", date(2027, 3, 10), 2)
NEW = {"title": "Tea", "day": "2027-03-09", "start": "15:00", "end": "15:30", "busy": "busy"}


@pytest.fixture
def world() -> World:
    world = World.open(None, seed=False)
    world.clock.set(datetime(2027, 3, 9, 15, tzinfo=UTC))
    world.add_person(ADA, "Ada Okoro", HOME)
    world.put(ADA, ROUNDS, by="test")
    world.put(ADA, LEAVE, by="test")
    clinic = world.add_calendar(ADA, "Clinic", clinical=True)
    world.put(clinic.id, PEN.weekly(("MO,TH", "08:30", "12:00", "Memory clinic")), by="test")
    return world


@pytest.fixture
def app(world: World) -> Flask:
    app = Flask(__name__)
    app.register_blueprint(pages.blueprint(world))
    return app


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def page(app: Flask, browser: Browser) -> Iterator[Page]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
    yield page
    page.close()
    server.shutdown()
    thread.join()
    server.server_close()


def place(event_id: str) -> str:
    return f"/people/ada/events/{ADA}/{event_id}"


def titles(world: World, start: datetime = FROM, end: datetime = TO) -> list[str]:
    return [each["summary"] for each in world.instances(ADA, start, end)]


def test_a_week_shows_what_happens_in_it(http: FlaskClient) -> None:
    text = http.get(f"/people/ada?week={WEEK}").text

    assert re.search("8 . 14 March 2027", text)
    assert [text.count(each) > 0 for each in ("Rounds", "Leave", "Memory clinic")] == [True] * 3
    assert "Rounds" not in http.get("/people/ada?week=2027-04-19").text


def test_what_happens_at_once_is_drawn_side_by_side(http: FlaskClient) -> None:
    text = http.get(f"/people/ada?week={WEEK}").text

    assert text.count("width: 50.0%") == 2  # Monday's rounds and clinic
    assert text.count("width: 100.0%") == 1  # Thursday's clinic


def test_an_event_that_is_added_takes_time(http: FlaskClient, world: World) -> None:
    answer = http.post("/people/ada/events", data=NEW | {"calendar": ADA})

    assert answer.headers["Location"].endswith("?week=2027-03-09")
    start, end = (datetime(2027, 3, 9, 20, minute, tzinfo=UTC) for minute in (0, 30))
    assert (start, end) in world.busy(ADA, FROM, TO)


def test_an_event_can_come_back_until_a_day(http: FlaskClient, world: World) -> None:
    http.post("/people/ada/events", data=NEW | {"calendar": ADA, "until": "2027-03-30"})

    assert titles(world).count("Tea") == 4


def test_free_time_and_whole_days_can_be_written(http: FlaskClient, world: World) -> None:
    data = NEW | {"calendar": ADA, "busy": "free", "start": "", "end": ""}
    http.post("/people/ada/events", data=data)

    (tea,) = [each for each in world.events(ADA) if each["summary"] == "Tea"]
    assert tea["transparency"] == "transparent"
    assert (tea["start"], tea["end"]) == ({"date": "2027-03-09"}, {"date": "2027-03-10"})


def test_what_cannot_be_read_is_said_and_kept(http: FlaskClient, world: World) -> None:
    answer = http.post("/people/ada/events", data=NEW | {"calendar": ADA, "end": "soon"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="Tea"' in answer.text
    assert "Tea" not in titles(world)


def test_one_time_of_a_series_is_changed_alone(http: FlaskClient, world: World) -> None:
    one = f"{ROUNDS['id']}_20270308T130000Z"
    assert 'value="08:00"' in http.get(place(one)).text

    http.post(place(one), data=NEW | {"title": "Rounds elsewhere"})

    assert sorted(titles(world)) == ["Leave", "Rounds", "Rounds", "Rounds", "Rounds elsewhere"]


def test_one_time_of_a_series_is_deleted_alone(http: FlaskClient, world: World) -> None:
    http.post(f"{place(ROUNDS['id'] + '_20270308T130000Z')}/delete")

    assert titles(world).count("Rounds") == 3


def test_a_series_is_changed_and_keeps_how_it_comes_back(http: FlaskClient, world: World) -> None:
    form = {"title": "Ward rounds", "day": "2027-03-01", "start": "07:00", "end": "08:00"}
    http.post(place(ROUNDS["id"]), data=form)

    assert titles(world).count("Ward rounds") == 4
    assert datetime(2027, 3, 8, 12, tzinfo=UTC) in [a for a, _ in world.busy(ADA, FROM, TO)]


def test_a_series_is_deleted_as_a_whole(http: FlaskClient, world: World) -> None:
    http.post(f"{place(ROUNDS['id'])}/delete")

    assert titles(world) == ["Leave"]


def test_days_off_stay_as_long_when_they_move(http: FlaskClient, world: World) -> None:
    http.post(place(LEAVE["id"]), data={"title": "Leave", "day": "2027-03-17", "busy": "busy"})

    (leave,) = [each for each in world.events(ADA) if each["summary"] == "Leave"]
    assert (leave["start"], leave["end"]) == ({"date": "2027-03-17"}, {"date": "2027-03-19"})


def test_calendars_are_opened_marked_and_given_new_addresses(
    http: FlaskClient, world: World
) -> None:
    http.post("/people/ada/calendars", data={"name": "Home", "clinical": "on"})
    home = world.calendars(ADA)[-1]
    assert (home.name, home.clinical) == ("Home", True)

    http.post(f"/people/ada/calendars/{home.id}", data={"do": "mark"})
    http.post(f"/people/ada/calendars/{home.id}", data={"do": "reset"})

    after = world.calendar(home.id)
    assert not after.clinical
    assert after.feed != home.feed
    assert f"/ics/{after.feed}.ics" in http.get("/people/ada").text


def test_an_app_password_is_shown_once(http: FlaskClient, world: World) -> None:
    text = http.post("/people/ada/password", data={"do": "make"}).text

    found = re.search(r'class="password">([^<]+)<', text)
    assert found is not None
    assert passwords.fits(world, ADA, found[1])
    assert found[1] not in http.get("/people/ada").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "elsewhere.example"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
)
def test_only_these_pages_and_this_machine_change_anything(
    http: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = http.post("/people/ada/events", data=NEW | {"calendar": ADA}, headers=headers)

    assert answer.status_code == status


def test_another_host_name_sees_nothing(http: FlaskClient) -> None:
    assert http.get("/people/ada", headers={"Host": "rebound.example"}).status_code == 403
    assert http.get("/", headers={"Host": "[::1]:8443"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/people/nobody", "/people/ada/events/x/y", place("gone"), place("gone_20270308T130000Z")],
)
def test_what_is_not_there_is_not_found(http: FlaskClient, path: str) -> None:
    assert http.get(path).status_code == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_read_the_pages(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", f"/people/ada?week={WEEK}", place(ROUNDS["id"])):
        page.goto(path)

        assert hindrances(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_person_adds_an_event_in_a_browser(page: Page, world: World) -> None:
    page.goto(f"/people/ada?week={WEEK}")
    page.get_by_label("Title").fill("Tea")
    page.get_by_label("Day", exact=True).fill("2027-03-12")
    page.get_by_label("From").fill("15:00")
    page.get_by_label("To").fill("15:30")
    page.get_by_role("button", name="Add", exact=True).click()

    page.locator(".entries").get_by_role("link", name="Tea").wait_for()
    assert "Tea" in titles(world)
