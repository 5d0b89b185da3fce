"""Objecting to being read through the accounts of others, and taking that back."""

import pytest

from calendar_sync.memory import MemoryProvider
from services.storage.rows.accounts import Host
from tests.api.group import AGroup
from tests.api.house import House
from tests.hosts import AHost, connected
from tests.runtimes import drained

ALL = "/me/objections"


@pytest.fixture
def seen(house: House, group: AGroup) -> MemoryProvider:
    """Through Cora's account the members are read, of whom it shows Mia."""
    host = house.runtime.hosts[Host.GOOGLE]
    assert isinstance(host, AHost)
    host.account.others["mia@example.org"] = []
    assert group.cora.person
    account = str(connected(house.runtime, group.cora.person))
    said = group.cora.ask("PUT", group.of("reading-account"), json={"account": account})
    assert said.status_code == 200, said.text
    drained(house.runtime)
    return host.account


def stands(group: AGroup) -> str:
    members = group.cora.got(group.of("reading-account"))["members"]
    found: str = {each["name"]: each["seen"] for each in members}["Mia"]
    return found


@pytest.mark.usefixtures("seen")
def test_an_objection_is_made_listed_and_taken_back(house: House, group: AGroup) -> None:
    one = f"{ALL}/{group.ids['group']}"
    assert group.mia.ask("PUT", one).status_code == 204
    assert group.mia.ask("PUT", one).status_code == 204  # once is enough

    [listed] = group.mia.got(ALL)["items"]
    assert (listed["group_id"], listed["group"]) == (group.ids["group"], "Nine universities")
    assert stands(group) == "objects"
    assert group.mia.got("/me/calendars")["items"] == []

    assert group.mia.delete(one).status_code == 204

    assert group.mia.got(ALL)["items"] == []
    assert stands(group) != "objects"


@pytest.mark.usefixtures("seen")
def test_what_is_said_of_all_groups_is_taken_back_by_itself(group: AGroup) -> None:
    assert group.mia.ask("PUT", f"{ALL}/{group.ids['group']}").status_code == 204
    assert group.mia.delete("/me/data").status_code == 204
    listed = [each["group_id"] for each in group.mia.got(ALL)["items"]]
    assert listed == [None, group.ids["group"]]

    assert group.mia.delete(ALL).status_code == 204

    assert [each["group_id"] for each in group.mia.got(ALL)["items"]] == [group.ids["group"]]
    assert stands(group) == "objects"
