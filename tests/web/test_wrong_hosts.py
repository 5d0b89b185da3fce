"""What may be typed by mistake where a CalDAV account is entered: each in words that help."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from calendar_sync.caldav.host import CalDavHost
from services.app import create_app
from services.storage import accounts
from services.storage.rows.accounts import Host
from tests.calendar_sync.dav_host import Dav, DavHost, a_dav_host
from tests.calendar_sync.hosts import leads_to
from tests.web.house import House, Visitor, a_house
from tests.web.html import Html

NEW = "/me/accounts/caldav/new"
NOTHING = "There are no CalDAV calendars at https://calendar.example.org"
PLACES = ("/", "/.well-known/caldav", "/dav/")
SECRET = "what nobody may know"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavHost]:
    with a_dav_host(tmp_path_factory.mktemp("dav")) as host:
        yield host


@dataclass
class Door:
    """The page, and the one host that every name leads to."""

    house: House
    mia: Visitor
    host: DavHost

    def types(self, status: int, address: str, password: str = SECRET) -> Html:
        """Type it, be refused, and stay on the page with nothing connected."""
        page = self.mia.refused(NEW, status, address=address, user="mia", password=password)
        assert page.alerts == 1
        assert SECRET not in page.text
        assert page.typed("password") in ([], [""])
        with self.house.runtime.reading() as work:
            assert accounts.every(work) == []
        return page


@pytest.fixture
def door(tmp_path: Path, running: DavHost) -> Iterator[Door]:
    house = a_house(tmp_path)
    running.says.clear()
    house.runtime.hosts = {Host.CALDAV: CalDavHost(running.where())}
    house.app = create_app(house.runtime)
    yield Door(house, house.visitor("member"), running)
    house.runtime.engine.dispose()


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (Dav(404), 422, NOTHING),
        (Dav(405), 422, NOTHING),
        (Dav(200, b"<!doctype html><title>Welcome</title>"), 422, NOTHING),
        (Dav(207, b"<!doctype html><title>Welcome</title>"), 422, NOTHING),
        (Dav(207, b"<multistatus>" + b" " * 6_000_000), 422, NOTHING),
        (Dav(500), 422, NOTHING),
        (Dav(301, b"", {"Location": "https://elsewhere.example.net/dav/"}), 422, "sends us on to"),
        (Dav(503, b"", {"Retry-After": "120"}), 503, "asks us to wait"),
        (Dav(401), 422, "does not let this user in"),
    ],
    ids=["nothing", "no such method", "page", "page as 207", "huge", "broken", "elsewhere",
         "busy", "locked"],
)  # fmt: skip
def test_a_host_that_answers_otherwise_is_told_from_one_that_lets_in(
    door: Door, answer: Dav, status: int, word: str
) -> None:
    door.host.says |= {f"PROPFIND {each}": answer for each in PLACES}

    page = door.types(status, door.host.address("/dav/"))

    assert word in page.text
    assert {"#address", "#password"} & set(page.links)


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("http://calendar.example.org", 422, "is not encrypted: use its https address"),
        ("ftp://calendar.example.org", 422, "is not an https address"),
        ("file:///etc/passwd", 422, "is not an https address"),
        ("https://", 422, "is not a complete address"),
        ("calendar example org", 422, "is not a complete address"),
        ("calendar.example.org:99999", 422, "is not a complete address"),
        ("mia@calendar.example.org", 422, "in fields of their own"),
        ("10.0.0.1", 422, "lies in a private network"),
        ("169.254.169.254", 422, "lies in a private network"),
        ("[::1]", 422, "lies in a private network"),
        ("calendar.example.org:25", 422, "uses port 25"),
    ],
)
def test_an_address_that_cannot_be_one_is_told_why(
    door: Door, address: str, status: int, word: str
) -> None:
    at = address.removeprefix("[").removesuffix("]").partition(":25")[0]
    leads = leads_to("8.8.8.8" if at == "calendar.example.org" else at)
    door.house.runtime.hosts = {Host.CALDAV: CalDavHost(door.host.where(resolve=leads))}
    door.house.app = create_app(door.house.runtime)

    page = door.types(status, address)

    assert word in page.text
    assert "#address" in page.links
    assert door.host.logins[-1:] == [] or "8.8.8.8" not in door.host.logins[-1]


def test_a_name_that_leads_nowhere_is_told_so(door: Door) -> None:
    nowhere: Callable[[str, int], list[object]] = lambda _host, _port: []  # noqa: E731
    door.house.runtime.hosts = {Host.CALDAV: CalDavHost(door.host.where(resolve=nowhere))}

    page = door.types(422, "no-such.example.org")

    assert "The host of https://no-such.example.org/... cannot be found" in page.text


def test_a_certificate_of_ones_own_is_told_as_for_a_feed(door: Door) -> None:
    door.house.runtime.hosts = {Host.CALDAV: CalDavHost(door.host.where(ca_file=None))}

    page = door.types(422, door.host.address("/dav/"))

    assert "its certificate is not trusted" in page.text
    assert "give its certificate authority" in page.text


@pytest.mark.parametrize("secret", ["secret", "se:cr@et", "se/cr?e#t"])
@pytest.mark.parametrize("scheme", ["https://", ""])
def test_a_password_in_an_address_is_neither_sent_nor_shown(
    door: Door, scheme: str, secret: str
) -> None:
    before = len(door.host.asked)

    page = door.types(422, f"{scheme}mia:{secret}@calendar.example.org/dav/")

    assert secret not in "".join(page.typed("address"))
    assert page.typed("address") == [f"{scheme}calendar.example.org/dav/"]
    assert len(door.host.asked) == before


def test_whoever_types_often_is_told_to_wait_and_not_that_it_goes_on(door: Door) -> None:
    few = replace(CalDavHost(door.host.where()).limits, each_in_a_minute=10)
    door.house.runtime.hosts = {Host.CALDAV: CalDavHost(door.host.where(), limits=few)}
    door.house.app = create_app(door.house.runtime)
    pages = []
    for _ in range(3):
        response = door.mia.client.post(
            NEW,
            data={"csrf_token": door.mia.token(), "address": door.host.address("/dav/"),
                  "user": "mia", "password": SECRET},
        )  # fmt: skip
        pages.append((response.status_code, Html(response.text).text))

    assert pages[0][0] == 422
    assert pages[-1][0] == 429
    assert pages[-1][1].count("was asked too often just now: try again in a minute") == 1
