"""Reading members through an account: what coordinators are shown of it, and what members are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from calendar_sync.provider import Capability
from notifications.memory import MemoryChannel
from notifications.message import Sender
from scheduler.model.busy import BusyInterval, Kind
from services.app import create_app
from services.config import Settings
from services.flow import account_readings
from services.storage.rows.accounts import Host
from services.wiring import Runtime
from tests.hosts import AHost, connected
from tests.runtimes import Jobs, drained
from tests.web.house import NOW, TIMES, House, Visitor, a_house, furnished
from tests.web.html import Html

MONDAY = int(datetime(2027, 1, 4, 9, tzinfo=UTC).timestamp())
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
    home = copytree(built.runtime.settings.home, tmp_path / "home")
    runtime = Runtime.of(Settings(home=home, database_url=f"sqlite:///{home / 'commonhour.db'}"))
    runtime.queues, runtime.channel = Jobs(), MemoryChannel(Sender("commonhour@localhost"))
    runtime.clock, runtime.hosts = lambda: NOW, {Host.GOOGLE: host}
    yield replace(built, runtime=runtime, app=create_app(runtime))
    runtime.engine.dispose()


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
    assert "when they are busy, never what with" in text
    assert "2 members of this group show no calendar now." in text
    assert "Read them through Outlook coordinator@example.org" in text

    host.account.capabilities = frozenset({Capability.CHOOSES})

    assert WORDS not in of_group(cleo).text
    assert WORDS not in house.visitor("member").get(f"/groups/{house.group}").text


def test_a_coordinator_sees_who_can_be_seen(cleo: Visitor) -> None:
    page = begun(cleo)

    assert "read through the Outlook account of Cleo Coordinator" in page.text
    assert "Can be seen Mia Member" in page.text
    assert "Cannot be seen, so unknown Max Silent (Nobody can be seen there: ask" in page.text
    assert "1 of 2 known" in page.text


def test_a_coordinator_stops_it(house: House, cleo: Visitor) -> None:
    begun(cleo)

    cleo.send(f"/groups/{house.group}/reading/stop")

    assert "0 of 2 known" in of_group(cleo).text
    assert "Read by" not in house.visitor("member").get("/me").text


def test_a_member_sees_who_reads_them_and_says_no_and_yes(house: House, cleo: Visitor) -> None:
    begun(cleo)
    mia = house.visitor("member")
    text = mia.get("/me").text
    assert "Read by Cleo Coordinator" in text
    assert "Outlook for Thursday circle : only when you are busy" in text
    assert "Nothing is known of your time" not in text

    text = pressed(mia, "/unread").text

    assert "you objected" in text
    assert "Read by" not in text
    assert "Nothing is known of your time" in text
    page = of_group(cleo).text
    assert "Do not want to be read Mia Member" in page
    pressed(mia, "/readable")
    drained(house.runtime)
    assert "Read by Cleo Coordinator" in mia.get("/me").text


def test_a_calendar_of_ones_own_takes_its_place(house: House, cleo: Visitor) -> None:
    begun(cleo)
    mia = house.visitor("member")
    [form] = [each for each in mia.get("/me/calendars/new").forms if "weekly" in each.action]
    hours = {"0-days": "mon", "0-start": TIMES[0]["start"], "0-end": TIMES[0]["end"]}

    mia.send(form.action, kind="work", **{f"weekly-{name}": said for name, said in hours.items()})

    text = mia.get("/me").text
    assert "Hours of every week" in text
    assert "Read by" not in text


def test_a_member_who_cannot_be_seen_reads_that_they_are_unknown(
    house: House, cleo: Visitor
) -> None:
    begun(cleo)

    text = house.visitor("max").get("/me").text

    assert "The account cannot see you: your time is unknown, unless you add a calendar." in text
    assert "ask them" not in text


def test_access_that_ended_is_said_once_and_to_whom_it_concerns(
    house: House, cleo: Visitor
) -> None:
    account = connected(house.runtime, house.people["coordinator"])
    begun(cleo)
    with house.runtime.work() as work:
        account_readings.lose(work, account, work.now)

    assert "Access to the account has ended." in of_group(cleo).text
    text = house.visitor("member").get("/me").text
    assert "counts for three days; then your time is unknown" in text
    assert "connect it once more" not in text
