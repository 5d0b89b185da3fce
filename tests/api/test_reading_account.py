"""What programs see of reading members through an account, and what they can do about it."""

from datetime import UTC, datetime

import pytest

from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import Capability
from scheduler.model.busy import BusyInterval, Kind
from services.storage.ids import new_id
from services.storage.rows.accounts import Host
from tests.api.group import AGroup
from tests.api.house import House
from tests.hosts import AHost, connected
from tests.runtimes import drained

MONDAY = int(datetime(2027, 1, 4, 9, tzinfo=UTC).timestamp())


@pytest.fixture
def seen(house: House) -> MemoryProvider:
    host = house.runtime.hosts[Host.GOOGLE]
    assert isinstance(host, AHost)
    host.account.others["mia@example.org"] = [BusyInterval(MONDAY, MONDAY + 3600, Kind.BUSY)]
    return host.account


def begun(house: House, group: AGroup) -> str:
    """Let Cora's account read the members; return its id."""
    assert group.cora.person
    account = str(connected(house.runtime, group.cora.person))
    response = group.cora.ask("PUT", group.of("reading-account"), json={"account": account})
    assert response.status_code == 200, response.text
    return account


def test_members_are_read_who_show_no_calendar(
    house: House, group: AGroup, seen: MemoryProvider
) -> None:
    path = group.of("reading-account")
    before = group.cora.got(path)
    assert before["account"] is None
    # Max is known by hours that were entered for him, which show less than a calendar.
    assert {each["name"]: each["seen"] for each in before["members"]} == {
        "Mia": "unread",
        "Max": "unread",
    }

    account = begun(house, group)
    drained(house.runtime)

    told = group.cora.got(path)
    assert told["account"] == {
        "id": account,
        "host": "google",
        "own": True,
        "given_by": "Cora",
        "given_at": told["account"]["given_at"],
        "reconnect": False,
    }
    assert {each["name"]: (each["seen"], bool(each["trouble"])) for each in told["members"]} == {
        "Mia": ("visible", False),
        "Max": ("hidden", True),
    }
    assert group.cora.got(group.of("members", "max"))["coverage"]["known"] == "known"
    assert group.cora.got(group.of("members", "mia"))["coverage"]["known"] == "known"
    [calendar] = group.mia.got("/me/calendars")["items"]
    assert (calendar["source"], calendar["account_id"]) == ("colleague", None)


def test_it_ends_with_what_was_read(house: House, group: AGroup, seen: MemoryProvider) -> None:
    begun(house, group)
    drained(house.runtime)

    assert group.cora.delete(group.of("reading-account")).status_code == 204

    assert group.cora.got(group.of("reading-account"))["account"] is None
    assert group.mia.got("/me/calendars")["items"] == []
    assert group.cora.got(group.of("plans"))["items"] == []


def test_deleting_it_says_no(house: House, group: AGroup, seen: MemoryProvider) -> None:
    begun(house, group)
    [calendar] = group.mia.got("/me/calendars")["items"]

    assert group.mia.delete(f"/me/calendars/{calendar['id']}").status_code == 204

    told = group.cora.got(group.of("reading-account"))
    assert {each["name"]: each["seen"] for each in told["members"]}["Mia"] == "objects"


def test_what_does_not_fit_is_refused(house: House, group: AGroup, seen: MemoryProvider) -> None:
    path = group.of("reading-account")
    assert group.mia.person
    others = str(connected(house.runtime, group.mia.person))
    for account, status in ((str(new_id()), 404), (others, 404), ("mine", 422), (7, 422)):
        response = group.cora.ask("PUT", path, json={"account": account})
        assert response.status_code == status, response.text
    seen.capabilities = frozenset({Capability.CHOOSES})
    assert group.cora.person
    own = str(connected(house.runtime, group.cora.person))

    response = group.cora.ask("PUT", path, json={"account": own})

    assert response.status_code == 409
    assert response.json["what"] == "This account does not tell when colleagues are busy"


def test_nobody_has_a_members_calendar_read_by_somebody_elses_account(
    house: House, group: AGroup, seen: MemoryProvider
) -> None:
    begun(house, group)
    [calendar] = group.mia.got("/me/calendars")["items"]

    assert group.mia.post(f"/me/calendars/{calendar['id']}/readings").status_code == 409
    assert group.cora.got(group.of("members", "mia", "calendars"))["items"] == []
