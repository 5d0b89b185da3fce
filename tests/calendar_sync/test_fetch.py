"""Calendars at addresses, from a host of our own: what is read, and what is refused."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Event

import pytest

from calendar_sync.errors import Unreadable
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.reachable import Address
from calendar_sync.ics.source import Source, read_all
from tests.calendar_sync.builders import SPRING, a_calendar, an_hour, starts
from tests.calendar_sync.hosts import LOOPBACK, Host, Page, a_host, leads_to
from tests.up.running import free_port

GOOD = a_calendar(an_hour("20270301"))
ONE = ["03-01 09:00"]
SECRET = "private-3f9c2"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with a_host(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture
def host(running: Host) -> Host:
    """The host, with one good calendar and nothing remembered."""
    running.pages = {f"/{SECRET}.ics": Page(GOOD)}
    running.asked, running.connections = [], 0
    return running


def read(address: str, network: Network, limits: Limits | None = None) -> list[str]:
    found = read_all(
        [Source(address, SPRING, "UTC")],
        limits=limits or Limits(address_seconds=10),
        network=network,
    )
    return starts(found[0])


def refusal(address: str, network: Network, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as unreadable:
        read(address, network, limits)
    said = str(unreadable.value)
    assert SECRET not in said
    assert SECRET not in repr(unreadable.value.__context__)
    return said


def test_a_calendar_is_read_from_its_address(host: Host) -> None:
    assert read(host.address(f"/{SECRET}.ics"), host.network()) == ONE
    assert host.asked[0][1] == {
        "Host": f"calendar.example.org:{host.port}",
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "identity",
        "User-Agent": "common-hour",
    }


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "HTTPS", "WebCal"])
def test_webcal_means_https(host: Host, scheme: str) -> None:
    address = host.address(f"/{SECRET}.ics").replace("https", scheme)

    assert read(address, host.network()) == ONE


def test_a_path_with_a_query_and_letters_beyond_ascii_is_asked_for_as_it_is(host: Host) -> None:
    host.pages["/a%20b/%C3%A9?key=1%2F2&x=%C3%BC"] = Page(GOOD)

    assert read(host.address("/a%20b/é?key=1%2F2&x=ü#part"), host.network()) == ONE


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "no longer has this calendar (HTTP 404): copy its address once more"),
        (410, "no longer has this calendar (HTTP 410): "),
        (401, "asks for a password or does not admit us (HTTP 401): use the calendar's secret"),
        (403, "asks for a password or does not admit us (HTTP 403): "),
        (429, "has a problem of its own just now (HTTP 429): try again later."),
        (503, "has a problem of its own just now (HTTP 503): try again later."),
        (204, "does not answer with a calendar (HTTP 204): "),
        (304, "does not answer with a calendar (HTTP 304): "),
        (302, "does not answer with a calendar (HTTP 302): "),  # a redirect to nowhere
    ],
)
def test_a_status_other_than_200_is_explained(host: Host, status: int, said: str) -> None:
    address = host.address(f"/{SECRET}.ics")
    host.pages[f"/{SECRET}.ics"] = Page(status=status)

    answer = refusal(address, host.network())

    assert answer.startswith(f"https://calendar.example.org:{host.port}/... {said}")


def test_a_page_to_sign_in_is_not_a_free_calendar(host: Host) -> None:
    host.pages[f"/{SECRET}.ics"] = Page(b"<!doctype html><title>Sign in</title>")

    answer = refusal(host.address(f"/{SECRET}.ics"), host.network())

    assert answer.startswith(f"https://calendar.example.org:{host.port}/... is a web page, not a")


def test_an_answer_that_is_empty_or_cut_is_not_a_free_calendar(host: Host) -> None:
    host.pages = {
        "/empty": Page(),
        "/cut": Page(GOOD, headers={"Content-Length": str(len(GOOD) + 1)}),
        "/half": Page(GOOD[:-15]),
    }

    assert "is empty" in refusal(host.address("/empty"), host.network())
    assert "broke off: try again later" in refusal(host.address("/cut"), host.network())
    assert "ends before the calendar does" in refusal(host.address("/half"), host.network())


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "200000"}])
def test_an_answer_that_is_too_large_is_refused(host: Host, headers: dict[str, str]) -> None:
    host.pages["/large"] = Page(b"x" * 200_000, headers=headers)

    answer = refusal(host.address("/large"), host.network(), Limits(address_bytes=100_000))

    assert "is larger than 0.1 MB: publish a shorter time" in answer


def test_an_answer_that_drips_is_given_up_on(host: Host) -> None:
    host.pages["/slow"] = Page(GOOD, drip=0.05)

    answer = refusal(host.address("/slow"), host.network(), Limits(address_seconds=0.5))

    assert "takes longer than 0.5 seconds: try again later" in answer


def test_headers_that_drip_are_given_up_on_too(host: Host) -> None:
    many = {f"X-{number}": "x" for number in range(10)}
    host.pages["/slow"] = Page(b" " * 100, headers=many, drip=0.05)

    assert "takes longer" in refusal(
        host.address("/slow"), host.network(), Limits(address_seconds=0.5)
    )


def test_a_compressed_answer_is_refused(host: Host) -> None:
    host.pages["/zip"] = Page(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})

    assert "in a compressed form that was not asked for" in refusal(
        host.address("/zip"), host.network()
    )


def moved(to: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(host: Host, status: int) -> None:
    host.pages["/first"] = moved(f"/{SECRET}.ics", status)

    assert read(host.address("/first"), host.network()) == ONE


def test_three_redirects_are_followed_and_a_fourth_is_not(host: Host) -> None:
    for number in range(5):
        host.pages[f"/{number}"] = moved(f"/{number + 1}")
    host.pages["/5"] = Page(GOOD)

    assert read(host.address("/2"), host.network()) == ONE
    assert "redirects more than 3 times: use the address" in refusal(
        host.address("/1"), host.network()
    )


def test_a_circle_of_redirects_ends(host: Host) -> None:
    host.pages["/round"] = moved("/round")

    assert "redirects more than 3 times" in refusal(host.address("/round"), host.network())
    assert len(host.asked) == 4


def test_a_redirect_to_http_is_refused(host: Host) -> None:
    host.pages["/down"] = moved(f"http://calendar.example.org/{SECRET}")

    assert refusal(host.address("/down"), host.network()) == (
        "http://calendar.example.org/... is not encrypted: use its https address."
    )


def test_a_redirect_to_a_private_address_is_refused(host: Host) -> None:
    host.pages["/in"] = moved(f"https://127.0.0.2:{host.port}/{SECRET}")
    host.pages["/meta"] = moved(f"https://169.254.169.254/{SECRET}")
    network = host.network(
        resolve=lambda name, _port: [ip_address("127.0.0.1" if "example" in name else name)]
    )

    assert "lies in a private network" in refusal(host.address("/in"), network)
    assert "https://169.254.169.254/... lies in" in refusal(host.address("/meta"), network)
    assert host.connections == 2


def test_a_login_is_sent_to_its_own_host_and_no_other(host: Host) -> None:
    host.pages["/near"] = moved(f"/{SECRET}.ics")
    host.pages["/far"] = moved(host.address(f"/{SECRET}.ics", name="other.example.org"))
    login = "ada:p%40ss@"

    assert read(host.address("/near", login=login), host.network()) == ONE
    assert read(host.address("/far", login=login), host.network()) == ONE
    sent = [headers.get("Authorization") for _, headers in host.asked]
    assert sent == ["Basic YWRhOnBAc3M="] * 3 + [None]


def test_a_login_is_not_shown(host: Host) -> None:
    answer = refusal(host.address("/missing", login=f"ada:{SECRET}@"), host.network())

    assert answer.startswith(f"https://calendar.example.org:{host.port}/... ")


@pytest.mark.parametrize(
    "addresses",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "203.0.113.7 127.0.0.1",
        "10.0.0.1",
    ],
)
def test_a_private_address_is_refused_without_a_connection(host: Host, addresses: str) -> None:
    network = host.network(allow=(), resolve=leads_to(addresses))

    answer = refusal(host.address(f"/{SECRET}.ics"), network)

    assert "lies in a private network: use a public address" in answer
    assert host.connections == 0


@pytest.mark.parametrize("name", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
def test_nor_do_other_spellings_of_one_help(host: Host, name: str) -> None:
    answer = refusal(host.address("/", name=name), Network(ca_file=host.ca_file))

    assert "lies in a private network" in answer
    assert host.connections == 0


def test_a_public_address_on_another_port_is_refused() -> None:
    network = Network(resolve=leads_to("1.1.1.1"))

    assert "uses port 8080: use an address on port 443 or 8443" in refusal(
        "https://calendar.example.org:8080/", network
    )


def test_a_name_is_looked_up_once_and_the_checked_address_is_used(host: Host) -> None:
    resolve = leads_to("127.0.0.1", "10.0.0.1")

    assert read(host.address(f"/{SECRET}.ics"), host.network(resolve=resolve)) == ONE
    assert resolve.asked == 1


def test_a_second_address_is_tried_where_the_first_does_not_answer(host: Host) -> None:
    network = host.network(
        allow=(LOOPBACK, ip_network("127.0.0.9/32")), resolve=leads_to("127.0.0.9 127.0.0.1")
    )

    assert read(host.address(f"/{SECRET}.ics"), network) == ONE


def test_a_host_that_cannot_be_found() -> None:
    assert refusal(f"https://nowhere.example.org/{SECRET}", Network(resolve=leads_to(""))) == (
        "The host of https://nowhere.example.org/... cannot be found: "
        "check the address, and this machine's connection."
    )


def test_a_look_up_that_takes_for_ever() -> None:
    done = Event()

    def hang(host: str, port: int) -> list[Address]:
        done.wait(30)
        return []

    answer = refusal(
        "https://calendar.example.org/", Network(resolve=hang), Limits(address_seconds=0.2)
    )

    done.set()
    assert "takes longer than 0.2 seconds" in answer


def test_a_host_that_does_not_listen(host: Host) -> None:
    answer = refusal(f"https://calendar.example.org:{free_port()}/{SECRET}", host.network())

    assert "does not accept a secure connection: check the address" in answer


def test_a_host_that_accepts_and_says_nothing(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"https://calendar.example.org:{listener.getsockname()[1]}/"
        answer = refusal(address, host.network(), Limits(address_seconds=0.3))

    assert "takes longer than 0.3 seconds" in answer


def test_a_certificate_of_another_host_is_refused(host: Host) -> None:
    answer = refusal(host.address(f"/{SECRET}.ics", name="evil.example.org"), host.network())

    assert "its certificate is not trusted" in answer
    assert host.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(host.ca_file))

    answer = refusal(host.address(f"/{SECRET}.ics"), host.network(ca_file=None))

    assert "its certificate is not trusted" in answer


def test_no_proxy_of_the_environment_is_used(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

    assert read(host.address(f"/{SECRET}.ics"), host.network()) == ONE


def test_a_file_of_certificates_that_cannot_be_read(host: Host, tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")

    for place in (broken, tmp_path / "missing.pem"):
        answer = refusal(host.address("/"), host.network(ca_file=place))
        assert answer.startswith(f"The certificates in {place} cannot be read: ")


def test_a_host_that_speaks_no_http(host: Host, tmp_path: Path) -> None:
    host.pages["/odd"] = Page(b"", headers={"Transfer-Encoding": "chunked"})

    assert "broke off" in refusal(host.address("/odd"), host.network())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"http://a.example.org/{SECRET}", "http://a.example.org/... is not encrypted: use its"),
        (f"ftp://a.example.org/{SECRET}", "ftp://a.example.org/... is not an https address: use"),
        (f"https:///{SECRET}", "The address is not a complete address: copy it once more"),
        (f"https://a.example.org:0/{SECRET}", "The address is not a complete"),
        (f"https://a.example.org:99999/{SECRET}", "The address is not a complete"),
        (f"https://a.example.org/\t{SECRET}", "The address is not a complete"),
        (f"https://a.example.org\\@b.example.org/{SECRET}", "The address is not a complete"),
        (f"https://a b/{SECRET}", "The address is not a complete"),
        (f"https://{SECRET}:{SECRET}@[::1/", "The address is not a complete"),
        (f"https://{'a' * 70}.example.org/{SECRET}", "The address is not a complete"),
    ],
)
def test_an_address_we_would_not_follow_is_refused_unasked(address: str, said: str) -> None:
    resolve = leads_to("127.0.0.1")

    assert refusal(address, Network(allow=(LOOPBACK,), resolve=resolve)).startswith(said)
    assert resolve.asked == 0
