"""Reading members through an account: what coordinators are shown of it, and what members are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from calendar_sync.host import Asked
from calendar_sync.provider import Capability
from scheduler.model.busy import BusyInterval, Kind
from services.flow import account_readings, consent, plans
from services.storage.rows.accounts import Host
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from tests.hosts import AHost, chosen, connected
from tests.runtimes import drained
from tests.web.house import House, Visitor, a_house, copied, furnished
from tests.web.html import Html

MONDAY = int(datetime(2027, 1, 4, 9, tzinfo=UTC).timestamp())
AN_HOUR = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:1@x
DTSTAMP:20261201T000000Z
DTSTART:20270104T090000Z
DTEND:20270104T100000Z
END:VEVENT
END:VCALENDAR
"""
WORDS = "Read members through an account"


@pytest.fixture
def host() -> AHost:
    """At which Mia can be seen, and Max cannot."""
    host = AHost(title="Outlook")
    host.account.others["member@example.org"] = [BusyInterval(MONDAY, MONDAY + 3600, Kind.BUSY)]
    return host


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house to copy, in which nobody shows a calendar."""
    house = furnished(a_house(tmp_path_factory.mktemp("built")))
    mia, cleo = house.visitor("member"), house.visitor("coordinator")
    for each in mia.get("/me").links:
        if each.startswith("/me/calendars/") and each.endswith("/remove"):
            mia.send(each)
    cleo.send(f"/groups/{house.group}/members/{house.max}/calendars/{house.calendar}/remove")
    house.runtime.engine.dispose()
    return house


@pytest.fixture
def house(tmp_path: Path, built: House, host: AHost) -> Iterator[House]:
    house = copied(built, tmp_path / "home", google=host)
    yield house
    house.runtime.engine.dispose()


@pytest.fixture
def cleo(house: House) -> Visitor:
    """Who coordinates, and has connected an account."""
    connected(house.runtime, house.people["coordinator"])
    return house.visitor("coordinator")


def of_group(visitor: Visitor) -> Html:
    return visitor.get(f"/groups/{visitor.house.group}")


def begun(visitor: Visitor) -> Html:
    """Press the button, and let the members be read."""
    [form] = [each for each in of_group(visitor).forms if "/reading/" in each.action]
    visitor.send(form.action)
    drained(visitor.house.runtime)
    return of_group(visitor)


def pressed(visitor: Visitor, end: str) -> Html:
    """Press the one button on one's own page whose form goes there."""
    [form] = [each for each in visitor.get("/me").forms if each.action.endswith(end)]
    visitor.send(form.action)
    return visitor.get("/me")


def test_it_is_offered_to_who_has_an_account_that_can(
    house: House, host: AHost, cleo: Visitor
) -> None:
    text = of_group(cleo).text
    assert WORDS in text
    assert "when they are busy in their main calendar, never what with" in text
    assert "1 of them has not joined: invite them, so that they know" in text
    assert "2 members of this group show no calendar now." in text
    assert "Read them through Outlook as coordinator@example.org" in text

    host.account.capabilities = frozenset({Capability.CHOOSES})

    assert WORDS not in of_group(cleo).text
    assert WORDS not in house.visitor("member").get(f"/groups/{house.group}").text


def test_a_coordinator_sees_who_can_be_seen(cleo: Visitor) -> None:
    page = begun(cleo)

    assert "read through the Outlook account of Cleo Coordinator" in page.text
    assert "Can be seen Mia Member" in page.text
    assert "Cannot be seen, so unknown Max Silent (Nobody can be seen there)" in page.text
    assert "Invite them to show a calendar of their own." in page.text
    assert "1 of 2 known" in page.text
    assert "Main calendar, through Cleo Coordinator" in page.text
    assert page.text.count("Nobody can be seen there") == 1
    assert "(coordinator@example.org )" in page.text.replace("( ", "(")


def test_a_member_is_said_to_be_read_on_their_page_for_coordinators(
    house: House, cleo: Visitor
) -> None:
    begun(cleo)

    seen, unseen = (
        cleo.get(f"/groups/{house.group}/members/{each}").text for each in (house.mia, house.max)
    )

    assert "Main calendar, through Cleo Coordinator" in seen
    assert "Cannot be seen through Cleo Coordinator" in unseen
    assert "they do not know that they are read" in unseen


def test_who_is_being_read_is_waited_for(house: House, cleo: Visitor) -> None:
    [form] = [each for each in of_group(cleo).forms if "/reading/" in each.action]
    cleo.send(form.action)

    for page in (of_group(cleo), house.visitor("member").get("/me")):
        assert ("data-waiting", "") in page.attributes
        assert "Nothing is known of your time" not in page.text

    drained(house.runtime)
    for page in (of_group(cleo), house.visitor("member").get("/me")):
        assert ("data-waiting", "") not in page.attributes


def test_a_coordinator_is_asked_and_stops_it(house: House, cleo: Visitor) -> None:
    path = f"/groups/{house.group}/reading/stop"
    cleo.get(path, 404)
    begun(cleo)

    asked = cleo.get(path).text
    assert "1 member becomes unknown, and the group" in asked
    house.visitor("member").get(path, 403)

    cleo.send(path)

    assert "0 of 2 known" in of_group(cleo).text
    assert "Read by" not in house.visitor("member").get("/me").text


def test_a_member_sees_who_reads_them_and_says_no_and_yes(house: House, cleo: Visitor) -> None:
    begun(cleo)
    mia = house.visitor("member")
    text = mia.get("/me").text
    assert "Read by Cleo Coordinator" in text
    assert "Outlook for Thursday circle : only when you are busy, and only your main" in text
    assert "the group has to plan again" in text
    assert "You can connect a calendar of your own instead." in text
    assert "Nothing is known of your time" not in text

    text = pressed(mia, "/unread").text

    assert "you objected" in text
    assert "Read by" not in text
    assert "Nothing is known of your time" in text
    page = of_group(cleo).text
    assert "Do not want to be read Mia Member" in page
    text = pressed(mia, "/readable").text
    assert "being read" in text
    assert "Nothing is known of your time" not in text
    drained(house.runtime)
    assert "Read by Cleo Coordinator" in mia.get("/me").text


def test_a_calendar_of_ones_own_takes_its_place(house: House, cleo: Visitor) -> None:
    begun(cleo)
    mia = house.visitor("member")
    [form] = [each for each in mia.get("/me/calendars/new").forms if "file" in each.action]

    mia.send(form.action, kind="work", file=(BytesIO(AN_HOUR), "mia.ics"))

    text = mia.get("/me").text
    assert "From a file" in text
    assert "Read by" not in text


def test_a_member_who_cannot_be_seen_reads_that_they_are_unknown(
    house: House, cleo: Visitor
) -> None:
    begun(cleo)

    text = house.visitor("max").get("/me").text

    assert "The account cannot see you: your time is unknown, unless you add a calendar." in text
    assert "ask them" not in text
    assert "Nothing is known of your time" in text
    assert "Connect Outlook" in text


def test_an_objection_is_no_secret_to_whoever_has_to_plan_again(
    house: House, cleo: Visitor
) -> None:
    begun(cleo)
    with house.runtime.work(house.people["coordinator"]) as work:
        asked = plans.ask(work, house.group, house.term)
        plans.keep(work, asked, plans.answered(asked))
    drained(house.runtime)
    house.mails.messages.clear()

    pressed(house.visitor("member"), "/unread")

    drained(house.runtime)
    [mail] = house.mails.messages
    assert (mail.subject, mail.to_name) == ("Please plan Thursday circle again", "Cleo Coordinator")
    assert "Mia" not in mail.text


def test_an_invitation_says_that_they_are_read_already(house: House, cleo: Visitor) -> None:
    invite = f"/groups/{house.group}/members/{house.max}/invite"
    cleo.send(invite)
    page = house.visitor("nobody").get(house.mailed()).text
    assert "is read through" not in page + house.mails.messages[-1].text
    begun(cleo)

    cleo.send(invite)

    page = house.visitor("nobody").get(house.mailed()).text
    assert "when you are busy is read through Cleo Coordinator" in page
    assert "nothing has happened" not in page
    mail = house.mails.messages[-1].text
    assert "when you are busy is read through Cleo Coordinator's Outlook account" in mail
    assert "Nothing happens unless you accept" not in mail


def test_disconnecting_says_who_is_read_through_the_account(house: House, cleo: Visitor) -> None:
    account = connected(house.runtime, house.people["coordinator"])
    begun(cleo)

    text = cleo.get(f"/me/accounts/{account}/remove").text

    assert "Members of Thursday circle are read through it: 1 member becomes unknown" in text


def test_access_that_ended_is_said_once_and_to_whom_it_concerns(
    house: House, cleo: Visitor
) -> None:
    account = connected(house.runtime, house.people["coordinator"])
    begun(cleo)
    with house.runtime.work() as work:
        account_readings.lose(work, account, work.now)

    drained(house.runtime)
    mail = house.mails.messages[-1].text
    assert "Members of Thursday circle are read through this account" in mail
    assert "Access to the account has ended." in of_group(cleo).text
    text = house.visitor("member").get("/me").text
    assert "counts for three days; then your time is unknown" in text
    assert "connect it once more" not in text


def test_what_access_that_ended_never_read_is_unknown(house: House, cleo: Visitor) -> None:
    account = connected(house.runtime, house.people["coordinator"])
    [form] = [each for each in of_group(cleo).forms if "/reading/" in each.action]
    cleo.send(form.action)
    with house.runtime.work() as work:
        account_readings.lose(work, account, work.now)

    page, own = of_group(cleo), house.visitor("member").get("/me")

    assert "Being read" not in page.text
    assert "Cannot be seen, so unknown" in page.text
    assert "Nothing is known of your time" in own.text
    assert ("data-waiting", "") not in page.attributes + own.attributes


def test_another_account_of_ones_own_takes_its_place_after_a_question(
    house: House, host: AHost, cleo: Visitor
) -> None:
    begun(cleo)
    with house.runtime.work(house.people["coordinator"]) as work:
        answer = consent.Answer(Host.GOOGLE, Asked("", "", "", ""), None)
        grant = host.redeem(answer.asked, "cleo@work.example", work.now)
        doubt = consent.granted(work, house.runtime.keys, answer, grant, UUID(int=1))
        assert isinstance(doubt, consent.Doubt)
        consent.confirmed(work, house.runtime.keys, UUID(int=1), doubt.secret)
    [path] = {each for each in of_group(cleo).links if "/reading/" in each and "stop" not in each}

    asked = cleo.get(path)

    assert "cleo@work.example" in asked.text
    assert "plan again afterwards" in asked.text
    cleo.send(path)
    assert "(cleo@work.example )" in of_group(cleo).text.replace("( ", "(")


def test_what_is_stored_says_through_whom_it_was_read(house: House, cleo: Visitor) -> None:
    begun(cleo)

    said = house.visitor("member").client.get("/me/data.json").json

    assert said is not None
    [calendar] = said["calendars"]
    assert (calendar["entered_by"], calendar["host"]) == (None, "google")
    assert (calendar["read_through_account_of"], calendar["group"]) == (
        "Cleo Coordinator",
        "Thursday circle",
    )


def test_removing_ones_own_calendar_says_who_reads_one_then(house: House, cleo: Visitor) -> None:
    mia = house.visitor("member")
    [form] = [each for each in mia.get("/me/calendars/new").forms if "file" in each.action]
    mia.send(form.action, kind="work", file=(BytesIO(AN_HOUR), "mia.ics"))
    [path] = [each for each in mia.get("/me").links if each.endswith("/remove")]
    assert "After that you are read" not in mia.get(path).text
    begun(cleo)

    text = mia.get(path).text

    assert "After that you are read through Cleo Coordinator" in text
    assert "to refuse, press “Do not read me this way” on your page" in text


def test_disconnecting_ones_own_account_says_who_reads_one_then(
    house: House, cleo: Visitor
) -> None:
    account = connected(house.runtime, house.people["member"])
    with house.runtime.work() as work:
        row = CalendarRow(
            person_id=house.people["member"],
            kind=CalendarKind.WORK,
            source=Source.ACCOUNT,
            account_id=account,
            created_at=work.now,
        )
        work.add(row)
    begun(cleo)

    text = house.visitor("member").get(f"/me/accounts/{account}/remove").text

    assert "After that you are read through Cleo Coordinator" in text


def test_choosing_calendars_says_who_reads_one_when_none_of_work_is_left(
    house: House, cleo: Visitor
) -> None:
    account, _ = chosen(house.runtime, house.people["member"])
    mia, path = house.visitor("member"), f"/me/accounts/{account}/calendars"
    text = mia.get(path).text
    assert "Plans of Thursday circle in which the times of a calendar show that you untick" in text
    assert "After that you are read" not in text
    begun(cleo)

    text = mia.get(path).text

    assert "Leave one ticked that holds work or a clinic" in text
    assert "After that you are read through Cleo Coordinator" in text
