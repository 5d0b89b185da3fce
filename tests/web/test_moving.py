"""Calendars at addresses: which are the same, where one has moved to, and what is no address."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from services.flow import crowding, doubts, readings, rests
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.rows.groups import MemberRow
from tests.calendar_sync.builders import a_calendar
from tests.calendar_sync.hosts import Host, Page, a_host
from tests.flow.town import FREE_BUT_MONDAYS, once
from tests.web.house import NOW, House, Visitor, a_house, furnished

ADD = "/me/calendars/address"
GONE = {"failed_what": "https://localhost/... no longer has this calendar (HTTP 404)",
        "failed_remedy": "copy its address once more", "failures": 7,
        "read_at": NOW - timedelta(hours=5), "lost_at": NOW}  # fmt: skip


@dataclass
class Place:
    """Mia, and a real host with a calendar of hers."""

    house: House
    host: Host
    mia: Visitor

    def add(self, path: str = "/old.ics") -> CalendarRow:
        self.mia.send(ADD, address=self.host.address(path), kind="work")
        [row] = self.rows()
        return row

    def rows(self) -> list[CalendarRow]:
        with self.house.runtime.reading() as work:
            rows = work.session.query(CalendarRow).filter_by(source=Source.ADDRESS)
            return rows.order_by(CalendarRow.id).all()

    def change(self, calendar: UUID, **values: object) -> None:
        with self.house.runtime.work() as work:
            for name, value in values.items():
                setattr(work.session.get_one(CalendarRow, calendar), name, value)

    def move(self, calendar: UUID, path: str = "/new.ics") -> None:
        there = f"/me/calendars/{calendar}/address"
        self.mia.send(there, address=self.host.address(path))

    def taken(self, calendar: UUID) -> int:
        with self.house.runtime.reading() as work:
            return len(work.session.get_one(BusyRow, calendar).events.rows)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_host(tmp_path) as host:
        host.pages["/old.ics"] = Page(FREE_BUT_MONDAYS)
        host.pages["/new.ics"] = Page(a_calendar(once("20270301")))
        host.pages["/empty.ics"] = Page(a_calendar())
        house = furnished(a_house(tmp_path, network=host.network()))
        yield Place(house, host, house.visitor("member"))
        house.runtime.engine.dispose()


def test_a_calendar_that_has_moved_is_given_its_new_address_and_asked_nothing_else(
    place: Place,
) -> None:
    calendar = place.add().id
    place.change(calendar, **GONE)
    there = f"/me/calendars/{calendar}/address"
    assert there in place.mia.get("/me").links
    assert place.mia.get(there).typed("address") == [""]  # the old one is never shown
    ticks = count()
    place.house.runtime.clock = lambda: NOW + timedelta(milliseconds=next(ticks))

    back = place.mia.send(there, address=place.host.address("/new.ics"))

    assert back.headers["Location"] == "/me#calendars"
    [row] = place.rows()
    assert (row.id, row.failed_what, row.lost_at, row.doubted_at) == (calendar, None, None, None)
    assert place.taken(calendar) == 1  # much less than before, and nobody is asked
    assert "Is that right?" not in place.mia.get("/me").text
    assert place.house.runtime.keys.opened(row.address or b"", row.id).endswith("/new.ics")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("http://calendar.example.org/a.ics", "is not encrypted: use its https address"),
        ("/gone.ics", "no longer has this calendar"),
        ("/empty.ics", "The calendar holds nothing from today on"),
        ("nonsense", "This is no address"),
    ],
)
def test_a_new_address_that_is_none_changes_nothing(place: Place, typed: str, word: str) -> None:
    before = place.add()
    address = place.host.address(typed) if typed.startswith("/") else typed

    page = place.mia.refused(f"/me/calendars/{before.id}/address", address=address)

    assert word in page.text
    assert "#address" in page.links
    assert [each.address for each in place.rows()] == [before.address]


def test_where_it_is_not_believed_after_all_nobody_is_told_that_it_is_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = place.add().id
    place.change(calendar, seen=b"what the old host said")
    monkeypatch.setattr(doubts, "_is_believed", lambda *_: False)

    place.move(calendar)

    page = place.mia.get("/me").text
    assert "The calendar is read at its new address" not in page
    assert "It shows less than half of the time that it showed before: say on your page" in page
    [row] = place.rows()
    assert (row.seen, place.taken(calendar) > 1) == (None, True)


def test_what_its_old_host_asked_for_does_not_bind_the_new_one(place: Place) -> None:
    calendar = place.add().id
    with place.house.runtime.work() as work:
        rests.begin(work, calendar, timedelta(hours=12))

    place.move(calendar)

    with place.house.runtime.reading() as work:
        assert rests.until(work, calendar) is None


def test_the_same_address_given_once_more_is_read_in_full(place: Place) -> None:
    old = place.host.pages["/old.ics"]
    place.host.pages["/old.ics"] = replace(old, etag='"old"')
    calendar, runtime = place.add().id, place.house.runtime
    place.move(calendar)  # now its host has said what it is to be asked by

    place.move(calendar, "/old.ics")
    place.move(calendar, "/old.ics")

    assert ["If-None-Match" in headers for _, headers in place.host.asked] == [False] * 4
    with runtime.reading() as work:
        due = readings.place_of(work, runtime.keys, calendar)
    assert due is not None
    readings.read(due, runtime.settings.network)
    assert place.host.asked[-1][1]["If-None-Match"] == '"old"'


def test_while_its_host_is_busy_with_others_the_form_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, address = place.add(), place.host.address("/new.ics")
    monkeypatch.setattr(crowding, "PATIENCE", 0.0)
    with ExitStack() as others:
        for _ in range(crowding.MOST):
            others.enter_context(crowding.place_at(address))
        page = place.mia.refused(f"/me/calendars/{before.id}/address", 429, address=address)

    assert "Other calendars of this host are being read: try again in a moment." in page.text
    assert page.typed("address") == [address]
    assert [each.address for each in place.rows()] == [before.address]


def test_nobody_else_gives_an_address(place: Place) -> None:
    calendar, cleo = place.add().id, place.house.visitor("coordinator")

    member = f"/groups/{place.house.group}/members/{place.house.mia}"
    for there, status in (
        (f"/me/calendars/{calendar}/address", 404),
        (f"{member}/calendars/{calendar}/address", 403),  # Mia has joined
    ):
        cleo.get(there, status)
        cleo.refused(there, status, address=place.host.address("/new.ics"))


def test_a_coordinator_gives_the_address_of_what_they_entered(place: Place) -> None:
    cleo, at = place.house.visitor("coordinator"), place.house
    member = f"/groups/{at.group}/members/{at.max}"
    cleo.send(f"{member}/calendars/address", address=place.host.address("/old.ics"), kind="work")
    [row] = place.rows()
    there = f"{member}/calendars/{row.id}/address"
    assert there in cleo.get(member).links

    cleo.send(there, address=place.host.address("/new.ics"))

    assert place.taken(row.id) == 1


def test_once_the_member_has_joined_a_coordinator_gives_no_address(place: Place) -> None:
    cleo, at = place.house.visitor("coordinator"), place.house
    member, old = f"/groups/{at.group}/members/{at.max}", place.host.address("/old.ics")
    cleo.send(f"{member}/calendars/address", address=old, kind="work")
    [row] = place.rows()
    with at.runtime.work() as work:
        work.session.get_one(MemberRow, at.max).joined_at = NOW

    there = f"{member}/calendars/{row.id}/address"
    page = cleo.get(there, 403)
    cleo.send(there, 403, address=place.host.address("/new.ics"))

    assert "Max Silent has joined and looks after their own calendars" in page.text
    assert [each.address for each in place.rows()] == [row.address]


def test_coordinators_are_told_who_can_mend_it_and_not_where_it_is(place: Place) -> None:
    place.change(place.add().id, **GONE)

    page = place.house.visitor("coordinator").get(f"/groups/{place.house.group}")

    assert "they give its address once more on their page" in page.text
    assert "localhost" not in page.text
    # 15:00 UTC five hours after it was read: three days after that, on the group's clock
    assert "Read 5 hours ago; what was read counts until Fri 4 Dec 2026, 05:00." in page.text


def test_an_address_is_read_once_however_it_is_written(place: Place) -> None:
    before = place.add()
    address = place.host.address("/old.ics")
    for same in (address, address.replace("https://", "webcal://"),
                 address.replace("https://", "https://mia:secret@"),
                 address.removeprefix("https://")):  # fmt: skip
        page = place.mia.refused(ADD, 409, address=same, kind="work")
        assert "This address is read already" in page.text
        assert "#address" in page.links
    assert [each.id for each in place.rows()] == [before.id]
    other = place.host.address("/new.ics")
    place.mia.send(ADD, address=other, kind="work")
    page = place.mia.refused(f"/me/calendars/{before.id}/address", 409, address=other)
    assert "This address is read already" in page.text


def test_calendars_are_told_apart_by_their_host_and_day_by_their_owner_alone(place: Place) -> None:
    place.add()
    name = place.host.address("").removeprefix("https://")

    assert f"{name} , added Tue 1 Dec 2026, 10:00" in place.mia.get("/me").text
    cleo, at = place.house.visitor("coordinator"), place.house
    for path in (f"/groups/{at.group}", f"/groups/{at.group}/members/{at.mia}"):
        assert name not in cleo.get(path).text


def test_an_address_without_its_scheme_is_taken_as_https(place: Place) -> None:
    address = place.host.address("/old.ics").removeprefix("https://")

    place.mia.send(ADD, address=address, kind="work")

    [row] = place.rows()
    assert place.house.runtime.keys.opened(row.address or b"", row.id) == f"https://{address}"


def test_an_address_that_is_not_encrypted_is_told_so(place: Place) -> None:
    page = place.mia.refused(ADD, address="http://calendar.example.org/a.ics", kind="work")

    assert "is not encrypted: use its https address" in page.text
