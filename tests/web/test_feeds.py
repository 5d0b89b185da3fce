"""The address of a private feed, as programs and people meet it."""

import operator
import re
from datetime import UTC, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from werkzeug.test import TestResponse

from services.storage import series as stored
from services.storage.rows.series import FeedRow
from tests.web.house import NOW, PAGE, ROLES, House
from tests.web.test_series_pages import committed


def made(house: House) -> str:
    """Mia makes a feed; return the path that she is shown."""
    mia, page = house.visitor("member"), f"/groups/{house.group}/feed"
    mia.send(page)
    address = re.search(r'value="([^"]+\.ics)"', mia.client.get(page, headers=PAGE).text)
    assert address
    assert address[1].startswith(house.runtime.settings.address)
    return address[1].removeprefix(house.runtime.settings.address)


def fetched(house: House, path: str, **headers: str) -> TestResponse:
    """As a calendar program does it: without a session, and asking for nothing in particular."""
    return house.app.test_client().get(path, headers={"Accept": "*/*", **headers})


def test_a_program_reads_it_without_a_session(house: House) -> None:
    answer = fetched(house, made(house))

    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert Calendar.from_ical(answer.data)["NAME"] == "Thursday circle"


def test_a_date_leads_to_the_page_on_which_it_is_answered(house: House) -> None:
    path = committed(house)

    [*dates] = Calendar.from_ical(fetched(house, made(house)).data).events

    assert dates
    [place] = {str(each["URL"]) for each in dates}
    page = house.visitor("member").get(place.removeprefix(house.runtime.settings.address))
    assert "I come" in page.text
    assert path.startswith(place.removeprefix(house.runtime.settings.address).removesuffix("dates"))


def test_what_is_unchanged_is_not_sent_again(house: House) -> None:
    path = made(house)
    first = fetched(house, path)

    again = fetched(house, path, **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_its_owner_sees_when_it_was_read(house: House) -> None:
    path, page = made(house), f"/groups/{house.group}/feed"
    assert "No program has read it yet" in house.visitor("member").get(page).text

    fetched(house, path)
    house.runtime.clock = lambda: NOW + timedelta(hours=2)

    assert "A program has read it 2 hours ago" in house.visitor("member").get(page).text


def test_looks_are_noted_once_a_day(house: House) -> None:
    path = made(house)
    noted = []
    for later in (timedelta(), timedelta(hours=5), timedelta(hours=30)):
        house.runtime.clock = partial(operator.add, NOW, later)
        fetched(house, path)
        with house.runtime.reading() as work:
            noted.append(work.session.query(FeedRow).one().fetched_at)

    assert noted == [NOW, NOW, NOW + timedelta(hours=30)]


@pytest.mark.parametrize("path", ["/feeds/{}.ics".format("x" * 43), "/feeds/short.ics"])
def test_what_is_no_feed_looks_like_what_is_missing(house: House, path: str) -> None:
    gone = made(house)
    house.visitor("member").send(f"/groups/{house.group}/feed/revoke")

    answers = [fetched(house, each) for each in (path, gone, "/feeds/nothing")]

    assert {each.status_code for each in answers} == {404}
    assert len({each.data for each in answers}) == 1
    assert len({str(sorted(each.headers)) for each in answers}) == 1


def test_guesses_are_counted_and_who_knows_the_address_is_let_in(house: House) -> None:
    path = made(house)
    guesses = [fetched(house, f"/feeds/{'x' * 43}.ics").status_code for _ in range(11)]

    assert guesses == [404] * 10 + [429]
    assert fetched(house, path).status_code == 200


def test_a_look_at_the_page_makes_nothing(house: House) -> None:
    house.visitor("member").get(f"/groups/{house.group}/feed")

    with house.runtime.reading() as work:
        assert work.session.query(FeedRow).count() == 0


def test_a_cookie_of_somebody_else_changes_nothing(house: House) -> None:
    path = made(house)

    with_cookie = house.visitor("coordinator").client.get(path)

    assert with_cookie.data == fetched(house, path).data


@pytest.mark.parametrize(
    ("role", "status"),
    list(zip(ROLES, (403, 200, 403, 200, 404, 303), strict=True)),
)
def test_the_page_is_for_those_who_have_dates(shown_house: House, role: str, status: int) -> None:
    answer = shown_house.visitor(role).client.get(f"/groups/{shown_house.group}/feed", headers=PAGE)

    assert answer.status_code == status


def test_a_coordinator_downloads_the_dates_of_a_series(house: House) -> None:
    path = committed(house)
    cleo, link = house.visitor("coordinator"), f"{path}/dates.ics"
    assert link in cleo.get(path).links

    answer = cleo.client.get(link, headers=PAGE)

    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Content-Disposition"] == "attachment; filename=dates.ics"
    events: list[Any] = Calendar.from_ical(answer.data).walk("VEVENT")
    with house.runtime.reading() as work:
        held = stored.meetings(work, UUID(path.rpartition("/")[2]))
        starts = [each.start_at for each in held]
    assert [each["DTSTART"].dt.astimezone(UTC) for each in events] == starts
    assert b"ATTENDEE" not in answer.data  # nobody is named
