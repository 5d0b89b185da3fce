"""Accounts at two hosts: an answer counts where it was asked for, and words are true of each."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.app import create_app
from services.flow import accounts
from services.storage.rows.accounts import AccountRow, ConsentRow, Host
from tests.hosts import AHost
from tests.runtimes import drained
from tests.web.house import House, Visitor, a_house

OWN, OTHER = "member@example.org", "mia@home.example"
THERE = "https://host.test/apps"
BOTH = (Host.GOOGLE, Host.OUTLOOK)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = a_house(tmp_path_factory.mktemp("house"))
    house.runtime.hosts = {
        Host.GOOGLE: AHost(),
        Host.OUTLOOK: AHost("Outlook", origin="https://outlook.test", ends=THERE),
    }
    house.app = create_app(house.runtime)
    yield house
    house.runtime.engine.dispose()


@pytest.fixture
def mia(house: House) -> Iterator[Visitor]:
    """Somebody who has connected nothing, and lets everything go again."""
    yield house.visitor("member")
    with house.runtime.work() as work:
        accounts.let_all_go(work, house.people["member"])
    drained(house.runtime)
    for host in BOTH:
        at(house, host).redeemed.clear()
        at(house, host).given_back.clear()


def at(house: House, host: Host) -> AHost:
    found = house.runtime.hosts[host]
    assert isinstance(found, AHost)
    return found


def answer(visitor: Visitor, asked: Host, at: Host, code: str = OWN) -> str:
    """Ask one host for consent; return where the answer comes to, at the return of another."""
    address = visitor.send(f"/me/accounts/{asked}/connect").headers["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    return f"/connect/{at}/return?state={state}&code={code}"


def connected(visitor: Visitor, host: Host) -> str:
    """Connect one's own account; return the path of its page."""
    response = visitor.client.get(answer(visitor, host, host))
    assert response.status_code == 303
    return str(response.headers["Location"]).removesuffix("/calendars")


def rows(house: House, kind: type) -> list[Any]:
    with house.runtime.reading() as work:
        return list(work.session.query(kind).all())


@pytest.mark.parametrize(
    ("asked", "other"), [(Host.GOOGLE, Host.OUTLOOK), (Host.OUTLOOK, Host.GOOGLE)]
)
def test_a_code_of_one_host_attaches_nothing_at_the_other(
    house: House, mia: Visitor, asked: Host, other: Host
) -> None:
    mixed = answer(mia, asked, other)

    assert "another host than was asked" in mia.get(mixed, 422).text
    assert "used already" in mia.get(mixed.replace(other, asked), 422).text

    assert rows(house, AccountRow) == rows(house, ConsentRow) == []
    assert at(house, asked).redeemed == at(house, other).redeemed == []


def test_both_hosts_are_offered_and_may_be_sent_to(house: House, mia: Visitor) -> None:
    page = mia.client.get("/me/calendars/new")

    for word in ("Connect Google Calendar", "Connect Outlook"):
        assert word in page.text
    for host in BOTH:
        assert at(house, host).origin in page.headers["Content-Security-Policy"]


def test_what_a_host_does_not_take_back_is_ended_there(house: House, mia: Visitor) -> None:
    path = connected(mia, Host.OUTLOOK)

    before = mia.get(f"{path}/remove")
    mia.send(f"{path}/remove")

    after = mia.get("/me")
    for page in (before, after):
        assert THERE in page.links
        assert "given back" not in page.text
    assert "everything that was read from it is gone" in after.text


def test_what_a_host_takes_back_is_given_back(house: House, mia: Visitor) -> None:
    path = connected(mia, Host.GOOGLE)

    before = mia.get(f"{path}/remove").text
    mia.send(f"{path}/remove")

    for page in (before, mia.get("/me").text):
        assert "given back within a minute" in page
        assert THERE not in page
    drained(house.runtime)
    assert at(house, Host.GOOGLE).given_back == [OWN]


@pytest.mark.parametrize(
    ("host", "word"), [(Host.GOOGLE, "given back within a minute"), (Host.OUTLOOK, THERE)]
)
def test_who_declines_is_told_what_becomes_of_it(
    house: House, mia: Visitor, host: Host, word: str
) -> None:
    assert OTHER in mia.get(answer(mia, host, host, OTHER)).text

    mia.send("/me/accounts/decline")

    told = mia.get("/me")
    assert "Nothing was connected." in told.text
    assert word in told.text or word in told.links


def test_what_an_administrator_has_to_allow_is_said_with_what_to_send_them(
    house: House, mia: Visitor
) -> None:
    said = "error=access_denied&error_description=AADSTS90094%3A+The+grant+of+evil"
    path = answer(mia, Host.OUTLOOK, Host.OUTLOOK).partition("&code=")[0]

    text = mia.get(f"{path}&{said}").text

    assert "Your organisation lets only an administrator allow this." in text
    assert "consent to the application 7c0a" in text
    assert "evil" not in text


def test_an_account_of_each_host_may_be_ones_own(house: House, mia: Visitor) -> None:
    for host in BOTH:
        connected(mia, host)

    assert {row.host for row in rows(house, AccountRow)} == {*BOTH}
    assert len({row.identity for row in rows(house, AccountRow)}) == 2
