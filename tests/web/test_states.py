"""How it stands with reading somebody's calendars, in words that are true of this moment."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.app import create_app
from services.facts import AccountDue
from services.flow import account_readings
from services.storage import accounts
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarRow
from tests.flow.test_read_as_it_changes import Restless
from tests.hosts import AHost, chosen
from tests.runtimes import drained
from tests.web.house import NOW, House, Visitor
from tests.web.html import Html

LATER = NOW + timedelta(hours=1)
FAILED = {"failed_what": "The host is away", "failed_remedy": "try again later", "failures": 1}


@pytest.fixture
def provider() -> Restless:
    return Restless()


@pytest.fixture
def account(house: House, provider: Restless) -> UUID:
    """Mia's account, whose main calendar was read."""
    host = AHost(account=provider)
    house.runtime.hosts = {Host.GOOGLE: host}
    house.app = create_app(house.runtime)
    start = int(NOW.timestamp()) + 9 * 86_400
    provider.occupy(provider.calendars()[0].calendar, (start, start + 3600))
    found, _ = chosen(house.runtime, house.people["member"])
    drained(house.runtime)
    return found


@pytest.fixture
def mia(house: House, account: UUID) -> Visitor:
    return house.visitor("member")


def rows(house: House, account: UUID) -> tuple[AccountRow, CalendarRow]:
    with house.runtime.reading() as work:
        row = accounts.one(work, account)
        assert row is not None
        return row, accounts.calendars_of(work, account)[0]


def change(house: House, account: UUID, **values: Any) -> None:
    with house.runtime.work() as work:
        for each in accounts.calendars_of(work, account):
            for name, value in values.items():
                setattr(each, name, value)


def group(house: House) -> Html:
    return house.visitor("coordinator").get(f"/groups/{house.group}")


def at(house: House, moment: datetime) -> None:
    house.runtime.clock = lambda: moment


def read_as_it_changes(house: House, provider: Restless, account: UUID) -> None:
    provider.times = 99
    start = int(house.runtime.clock().timestamp()) + 20 * 86_400
    provider.occupy(provider.calendars()[0].calendar, (start, start + 3600))
    with house.runtime.work() as work:
        work.record(AccountDue(account))
    drained(house.runtime)


def test_a_burst_of_edits_is_no_fault_and_is_soon_read_again(
    house: House, provider: Restless, account: UUID, mia: Visitor
) -> None:
    at(house, LATER)

    for times in range(3):
        read_as_it_changes(house, provider, account)
        due = rows(house, account)[0].due_at
        assert due is not None
        assert due <= house.runtime.clock() + timedelta(minutes=2**times)
        at(house, due)

    page = mia.get("/me")
    assert "changing just now, read again soon" in page.text
    seen = group(house)
    assert "A calendar is changing just now: it is read again soon." in seen.text
    for each in (page, seen):
        assert "Not read since" not in each.text
        assert "no longer read" not in each.text
    mia.send(f"/me/calendars/{rows(house, account)[1].id}/read")
    assert "asked us to wait" not in mia.get("/me").text
    provider.times = 0
    drained(house.runtime)
    assert "Main calendar work read just now" in mia.get("/me").text


def test_one_that_changes_for_hours_is_told_as_a_trouble(
    house: House, provider: Restless, account: UUID, mia: Visitor
) -> None:
    change(house, account, failures=9, read_at=NOW - timedelta(hours=8))
    at(house, LATER)

    read_as_it_changes(house, provider, account)

    assert "Not read since" in mia.get("/me").text
    assert "known, but no longer read" in group(house).text


def test_the_button_of_an_account_renews_the_page_until_it_is_read(
    house: House, account: UUID, mia: Visitor
) -> None:
    at(house, LATER)
    [button] = [each for each in mia.get("/me").forms if each.action.endswith("/read")]

    mia.send(button.action)

    page = mia.get("/me")
    assert ("data-waiting", "") in page.attributes
    assert ("http-equiv", "refresh") in page.attributes
    assert [each for each in page.forms if each.action.endswith("/read")] == []
    mia.send(button.action)
    response = mia.client.get("/me").text
    assert (
        '<p class="note later" role="status">A calendar is read at most once a minute' in response
    )
    drained(house.runtime)
    assert ("data-waiting", "") not in mia.get("/me").attributes


def test_what_is_read_again_in_a_moment_is_not_announced(
    house: House, account: UUID, mia: Visitor
) -> None:
    with house.runtime.work() as work:
        row = accounts.one(work, account)
        assert row is not None
        row.due_at = NOW + timedelta(seconds=119)
    assert "read just now, again" not in mia.get("/me").text


def test_how_it_is_read_is_not_said_above_one_that_is_not(
    house: House, account: UUID, mia: Visitor
) -> None:
    assert "We ask Google Calendar" in mia.get("/me").text

    change(house, account, **FAILED)

    page = mia.get("/me").text
    assert "Not read since" in page
    assert "We ask Google Calendar" not in page


def test_coordinators_see_how_old_it_is_and_until_when_it_counts_that_is_not_read(
    house: House, account: UUID
) -> None:
    change(house, account, read_at=NOW - timedelta(hours=2), **FAILED)
    until = "counts until Fri 4 Dec 2026, 08:00"  # three days after 13:00 UTC

    assert f"Read 2 hours ago; what was read {until}." in group(house).text

    with house.runtime.work() as work:
        account_readings.lose(work, account, NOW)
    assert "reconnect needed" in group(house).text
    assert f"Read 2 hours ago; what was read {until}." in group(house).text
    change(house, account, read_at=NOW - timedelta(days=4))
    assert "Read 4 days ago; that counts no more." in group(house).text


def test_who_has_not_joined_is_told_from_who_shows_no_calendar(house: House) -> None:
    with house.runtime.work() as work:
        row = work.session.get_one(CalendarRow, house.calendar)
        work.session.delete(row)

    assert "Not joined yet, and no calendar entered" in group(house).text
