"""From what somebody types to their calendars; and the password, which goes to one host only."""

import logging
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from calendar_sync.caldav.answers import Nonsense, multistatus
from calendar_sync.caldav.calendar import CalDavCalendar
from calendar_sync.caldav.host import CalDavHost
from calendar_sync.caldav.login import Login
from calendar_sync.errors import NotThere, ReconnectNeeded, Refused, Wait
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.link import Link
from calendar_sync.provider import CalendarId, Capability
from scheduler.errors import Explained
from tests.calendar_sync.builders import SPRING
from tests.calendar_sync.dav_host import A_CALENDAR, CALENDAR, Dav, DavHost, a_dav_host, told
from tests.calendar_sync.radicale_host import Free, Given, a_radicale

HOME, PRINCIPAL = "/dav/ada/", "/dav/people/ada/"
WELL_KNOWN = "PROPFIND /.well-known/caldav"
ME = f"<d:current-user-principal><d:href>{PRINCIPAL}</d:href></d:current-user-principal>"
MINE = f"<c:calendar-home-set><d:href>{HOME}</d:href></c:calendar-home-set>"
_KINDS = "c:supported-calendar-component-set"
TASKS = f'<{_KINDS}><c:comp name="VTODO"/></{_KINDS}>'
MOVED = Dav(301, headers={"Location": "/dav/"})
NAMED = "<d:displayname>Work</d:displayname>"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavHost]:
    with a_dav_host(tmp_path_factory.mktemp("dav")) as host:
        yield host


@pytest.fixture
def host(running: DavHost) -> DavHost:
    """A host that knows a person with one calendar of events, and nothing of where to begin."""
    running.asked, running.logins = [], []
    running.says = {
        f"PROPFIND {PRINCIPAL}": told((PRINCIPAL, MINE)),
        f"PROPFIND {HOME}": told(
            (HOME, "<d:resourcetype><d:collection/></d:resourcetype>"),
            (f"{HOME}tasks/", A_CALENDAR + TASKS),
            (CALENDAR, A_CALENDAR + NAMED),
            (f"{HOME}people/", "<d:resourcetype><d:collection/></d:resourcetype>"),
        ),
    }
    return running


def names(host: DavHost, path: str = "") -> list[str]:
    return [each.name for each in host.provider(path).calendars()]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", {WELL_KNOWN: MOVED, "PROPFIND /dav/": told(("/dav/", ME))}),
        ("", {WELL_KNOWN: told(("/", ME))}),
        ("", {WELL_KNOWN: Dav(405), "PROPFIND /": told(("/", ME))}),
        ("", {WELL_KNOWN: Dav(200, b"<html>"), "PROPFIND /": told(("/", ME))}),
        ("/mail/", {WELL_KNOWN: told(("/", ME))}),
        ("/dav/", {"PROPFIND /dav/": told(("/dav/", ME))}),
        (PRINCIPAL, {}),
    ],
)  # fmt: skip
def test_calendars_are_found_from_whatever_address_people_have(
    host: DavHost, path: str, says: dict[str, Dav]
) -> None:
    host.says |= says

    assert names(host, path) == ["Work"]


def test_the_address_of_a_single_calendar_is_that_calendar(host: DavHost) -> None:
    host.says = {f"PROPFIND {CALENDAR}": told((CALENDAR, A_CALENDAR + NAMED))}

    assert names(host, CALENDAR) == ["Work"]


def test_a_host_without_calendars_is_said_to_be_one(host: DavHost) -> None:
    host.says = {}

    with pytest.raises(Refused, match="There are no CalDAV calendars at https://calendar"):
        names(host)


def test_a_wrong_password_ends_it_at_once(host: DavHost) -> None:
    host.says[WELL_KNOWN] = Dav(401)

    with pytest.raises(ReconnectNeeded):
        names(host)
    assert host.asked == [WELL_KNOWN]


@pytest.mark.parametrize("by", ["redirect", "home", "calendar"])
def test_the_password_goes_to_no_other_host(host: DavHost, by: str) -> None:
    other = host.address("/dav/", "other.example.org")
    elsewhere = MINE.replace(HOME, other)
    host.says[WELL_KNOWN] = told(("/", ME))
    host.says |= {
        "redirect": {WELL_KNOWN: Dav(301, headers={"Location": other})},
        "home": {f"PROPFIND {PRINCIPAL}": told((PRINCIPAL, elsewhere))},
        "calendar": {f"PROPFIND {HOME}": told((other, A_CALENDAR))},
    }[by]

    with pytest.raises(Refused, match=r"other\.example\.org"):
        names(host)
    assert not any("other.example.org" in each for each in host.logins)


def test_a_calendar_of_another_host_is_not_there(host: DavHost) -> None:
    other = CalendarId(host.address(CALENDAR, "other.example.org"))

    assert isinstance(host.provider().busy([other], SPRING)[other], NotThere)
    assert not host.asked


@pytest.mark.parametrize(
    ("here", "there", "goes"),
    [
        ("caldav.icloud.com", "https://p45-caldav.icloud.com/", True),
        ("caldav.icloud.com", "https://p45-caldav.icloud.com:8443/", False),
        ("caldav.icloud.com", "https://p45-caldav.icloud.com.example.org/", False),
        ("caldav.icloud.com", "https://evilicloud.com/", False),
        ("evil.example.org", "https://p45-caldav.icloud.com/", False),
        ("example.org", "https://caldav.example.org/", False),
        ("example.org", "https://example.org:8443/", False),
        ("example.org", "https://EXAMPLE.org/dav/", True),
    ],
)
def test_hosts_that_belong_together_are_known_by_name(here: str, there: str, *, goes: bool) -> None:
    login = Login.typed(here, "ada", "open sesame", "UTC")

    assert login.goes_to(Link.parse(there)) is goes


def test_a_redirect_in_a_circle_ends(host: DavHost) -> None:
    host.says = {WELL_KNOWN: Dav(302, headers={"Location": "/.well-known/caldav"})}

    with pytest.raises(Refused):
        names(host)
    assert host.asked.count(WELL_KNOWN) == 4


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "169.254.169.254", "::1", "127.0.0.1", "1.1.1.1 10.0.0.7"]
)
def test_an_address_inside_is_not_connected_to(host: DavHost, address: str) -> None:
    provider = host.provider(allow=(), resolve=lambda *_: [ip_address(a) for a in address.split()])

    with pytest.raises(Wait, match="lies in a private network"):
        provider.calendars()
    assert not host.asked


@pytest.mark.parametrize(
    "address", ["http://example.org/", "ftp://example.org/", "https://", "https://a b/"]
)
def test_what_is_no_https_address_is_refused_when_it_is_typed(address: str) -> None:
    with pytest.raises(Refused):
        Login.typed(address, "ada", "open sesame", "UTC")


@pytest.mark.parametrize(
    ("user", "password"), [("", "x"), ("ada", ""), ("a:da", "x"), ("x" * 1001, "x")]
)
def test_a_login_that_cannot_be_sent_is_refused(user: str, password: str) -> None:
    with pytest.raises(Refused):
        Login.typed("example.org", user, password, "UTC")


def test_a_login_survives_being_written_down_and_is_never_shown() -> None:
    login = Login.typed(" https://Example.org/dav ", "ada ", " open sesame", "Europe/Paris")

    assert Login.read(login.as_text()) == login
    assert login.address == "https://example.org/dav"
    assert repr(login) == "Login(zone='Europe/Paris')"
    for broken in ("", "{}", '{"address": 1}', "[]"):
        with pytest.raises(ReconnectNeeded):
            Login.read(broken)


@pytest.mark.parametrize("address", ["https://x:y@example.org/dav", "ada@example.org"])
def test_a_login_in_an_address_is_refused_and_not_told(address: str) -> None:
    with pytest.raises(Refused, match="before an @") as refused:
        Login.typed(address, "ada", "open sesame", "UTC")

    assert "x:y" not in str(refused.value)


def test_too_large_an_answer_is_left_unread(host: DavHost) -> None:
    host.says = {WELL_KNOWN: Dav(207, told(("/", ME)).body + b" " * 5000)}

    with pytest.raises(Refused, match="There are no CalDAV calendars"):
        host.provider(limits=Limits(address_bytes=4000)).calendars()


def test_an_answer_that_was_compressed_unasked_is_none(host: DavHost) -> None:
    host.says = {WELL_KNOWN: Dav(207, b"x" * 9, {"Content-Encoding": "gzip"})}

    with pytest.raises(Refused):
        names(host)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<html/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><multistatus xmlns="DAV:">&a;</multistatus>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><multistatus xmlns="DAV:"/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="nonsense"?><multistatus xmlns="DAV:"/>',
        b"<a>" * 100_000,
        b'<multistatus xmlns="DAV:">' + b"<a/>" * 60_000 + b"</multistatus>",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_xml_that_would_harm_its_reader_is_not_read(body: bytes) -> None:
    with pytest.raises(Nonsense):
        multistatus(body)


def test_nothing_of_an_answer_is_logged(host: DavHost, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host.says |= {WELL_KNOWN: told(("/", ME))}

    [found] = host.provider().calendars()
    host.provider().busy([found.calendar], SPRING)

    for secret in ("Work", "ada", "sesame", "Basic"):
        assert secret not in caplog.text


def test_a_real_server_is_found_by_its_name_alone(tmp_path: Path) -> None:
    with a_radicale(tmp_path) as radicale:
        radicale.add("ada@example.org", "hers")
        [found] = radicale.provider("ada@example.org").calendars()
        assert not found.main  # it does not say so of any

        for path in ("/ada@example.org/", "/ada@example.org/hers/"):
            again = radicale.provider("ada@example.org", path=path).calendars()
            assert [each.calendar for each in again] == [found.calendar]

        with pytest.raises(ReconnectNeeded):
            radicale.provider("ada@example.org", "wrong").calendars()
        radicale.add("bob@example.org", "his")
        [his] = radicale.provider("bob@example.org").calendars()
        foreign = radicale.provider("ada@example.org").busy([his.calendar], SPRING)
        assert isinstance(foreign[his.calendar], Explained)


def test_an_account_is_entered_with_a_password_that_was_tried(host: DavHost) -> None:
    host.says[WELL_KNOWN] = told(("/", ME))
    at, now = CalDavHost(host.where()), datetime(2027, 3, 1, tzinfo=UTC)
    login = Login.typed(host.address(), "ada", "open sesame", "Europe/Paris")

    grant = at.enter(login, Free(), now)

    assert Login.read(grant.access) == login
    assert grant.until > now + timedelta(days=10_000)
    assert at.capabilities(grant.scopes) == {Capability.CHOOSES, Capability.CURSORS}
    assert "sesame" not in repr(grant) + grant.subject
    [found] = at.provider(Given(login), Free(), grant.scopes).calendars()
    assert found.name == "Work"
    with pytest.raises(ReconnectNeeded):
        at.renew(grant, now)

    host.says[WELL_KNOWN] = Dav(401)
    with pytest.raises(ReconnectNeeded):
        at.enter(login, Free(), now)


def test_a_password_that_was_replaced_meanwhile_is_tried_once(host: DavHost) -> None:
    class Replaced(Given):
        def token(self, refused: str | None = None) -> str:
            return replace(self.login, user="old" if refused is None else "new").as_text()

    host.says[WELL_KNOWN] = Dav(401)
    login = Login.typed(host.address(), "ada", "open sesame", "UTC")

    with pytest.raises(ReconnectNeeded):
        CalDavCalendar(host.where(), Replaced(login), Free()).calendars()

    sent = [b64decode(each.rpartition(" ")[2]).partition(b":")[0] for each in host.logins]
    assert sent == [b"old", b"new"]
