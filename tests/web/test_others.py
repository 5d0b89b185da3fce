"""What pages of a series say of those who invite, and of those who come and go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.app import create_app
from services.flow import accounts, members
from services.flow.members import Entry
from services.flow.series import answers, showing
from services.storage import series as stored
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.series import SeriesRow
from tests.flow.accounts_town import Flat, a_flat
from tests.flow.series.answering import a_semester
from tests.runtimes import drained
from tests.web.house import NOW, PAGE, House
from tests.web.test_series_pages import committed, dates_of, press, row_of

GOOGLE = "Google may tell the others that who is invited has changed"


@pytest.fixture
def flat(tmp_path: Path) -> Iterator[Flat]:
    flat = a_flat(tmp_path)
    yield flat
    flat.runtime.engine.dispose()


@pytest.mark.parametrize("mailbox", [True, False])
def test_what_others_hear_is_said_before_somebody_comes_or_goes(
    flat: Flat, *, mailbox: bool
) -> None:
    semester = a_semester(flat, mailbox=mailbox)
    house = House(flat.runtime, create_app(flat.runtime), people={"coordinator": flat.cora})
    visitor = house.visitor("coordinator")
    path = f"/groups/{semester.group}/series/{semester.series}"
    leaving = visitor.get(f"{path}/people/{semester.attendees['ben']}/remove").text

    assert (GOOGLE in leaving) is not mailbox
    assert ("Nobody else is told." in leaving) is mailbox
    assert (GOOGLE in visitor.get(f"{path}/dates/{semester.meetings[0]}").text) is not mailbox
    assert (GOOGLE in visitor.get(f"{path}/people").text) is not mailbox


@pytest.mark.parametrize("host", [Host.GOOGLE, Host.OUTLOOK])
def test_that_outlook_invites_who_leaves_once_more_is_said_before(flat: Flat, host: Host) -> None:
    semester = a_semester(flat)
    house = House(flat.runtime, create_app(flat.runtime), people={"coordinator": flat.cora})
    path = f"/groups/{semester.group}/series/{semester.series}"
    with flat.runtime.work() as work:
        account = work.session.get_one(SeriesRow, semester.series).account_id
        work.session.get_one(AccountRow, account).host = host
    leaving = f"{path}/people/{semester.attendees['ben']}/remove"

    page = house.visitor("coordinator").get(leaving).text

    assert ("Outlook invites them once more" in page) is (host is Host.OUTLOOK)


def test_a_calendar_that_was_disconnected_can_be_connected_to_invite_again(flat: Flat) -> None:
    semester = a_semester(flat)
    people = {"coordinator": flat.cora, "ada": flat.ada}
    house = House(flat.runtime, create_app(flat.runtime), people=people)
    path = f"/groups/{semester.group}/series/{semester.series}"
    with flat.runtime.work() as work:
        work.session.get_one(SeriesRow, semester.series).account_id = None

    for role in people:
        page = house.visitor(role).get(path)
        assert "The calendar that invited is disconnected" in page.text
        assert [each for each in page.forms if "inviting" in each.fields]


def test_whoever_connects_the_calendar_that_invited_is_led_back_to_its_series(flat: Flat) -> None:
    semester = a_semester(flat)
    house = House(flat.runtime, create_app(flat.runtime), people={"ada": flat.ada})
    path, ada = f"/groups/{semester.group}/series/{semester.series}", house.visitor("ada")
    with flat.runtime.work(flat.ada) as work:
        row = work.session.get_one(SeriesRow, semester.series)
        assert row.account_id is not None
        row.identity = work.session.get_one(AccountRow, row.account_id).identity
        for each in stored.events(work, row.id):
            each.written_revision, each.failed_at, each.failed_what = 0, work.now, "It is gone"
        accounts.disconnect(work, row.account_id)
    assert "It is gone" in ada.get(path).text
    assert f"{path}/resend" not in [each.action for each in ada.get(path).forms]

    again = flat.consented().id
    place = f"/me/accounts/{again}/calendars"
    [form] = [each for each in ada.get(place).forms if "calendar" in each.fields]
    back = ada.send(place, **form.fields).headers["Location"]

    assert back == path
    assert "let it go on inviting to Early birds" in ada.get(path).text
    assert f"{path}/organise" in [each.action for each in ada.get(path).forms]
    ada.send(f"{path}/organise")
    with flat.runtime.reading() as work:
        assert work.session.get_one(SeriesRow, semester.series).account_id == again


def test_whoever_comes_after_a_date_was_cancelled_was_never_invited_to_it(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    visitor.send(f"{path}/dates/{dates_of(house, path)[0].id}/cancel")
    house.runtime.clock = lambda: NOW + timedelta(hours=1)
    drained(house.runtime)
    with house.runtime.work(house.people["coordinator"]) as work:
        entry = Entry(name="Nell New", email="nell@example.org")
        new, _ = members.add(work, house.group, entry)

    visitor.send(f"{path}/people", member=str(new.id))

    with house.runtime.reading() as work:
        shown = showing.shown(work, row_of(house, path))
    there = [len(each.answers) for each in shown.dates]
    assert there == [2, *(3 for _ in there[1:])]
    with house.runtime.reading() as work:
        work.actor = new.person_id
        [own] = answers.mine(work, house.group)
    assert len(own.dates) == len(there) - 1


def test_a_concluded_series_asks_for_nothing_more(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    visitor.send(f"{path}/conclude")

    for rest in ("/conclude", "/people", "/edit"):
        answer = visitor.client.get(f"{path}{rest}", headers=PAGE)
        assert (answer.status_code, answer.headers["Location"]) == (303, path), rest


def test_a_date_that_is_moved_to_where_it_stands_changes_nothing(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    there = f"{path}/dates/{dates_of(house, path)[0].id}"

    press(visitor, there, f"{there}/move", day="2027-01-04")

    assert row_of(house, path).revision == 1
    assert "it is held then already" in visitor.get(there).text
