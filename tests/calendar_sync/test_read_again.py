"""Reading an address again: what an unchanged calendar costs, and what counts as a change."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from time import thread_time, time

import pytest

from calendar_sync.errors import Unreadable
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.source import Reading, Source, read_again
from tests.calendar_sync.builders import SPRING, a_calendar, an_hour, starts
from tests.calendar_sync.hosts import Host, Page, a_host

GOOD, OTHER = a_calendar(an_hour("20270301")), a_calendar(an_hour("20270302"))
ONE, TWO = ["03-01 09:00"], ["03-02 09:00"]
LONG_AGO, LATER = "Sun, 01 Mar 2020 09:00:00 GMT", "Mon, 02 Mar 2020 09:00:00 GMT"
PATH = "/private-3f9c2.ics"
CONDITIONS = ("If-None-Match", "If-Modified-Since")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with a_host(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture
def host(running: Host) -> Host:
    """The host, with nothing to read and nothing remembered."""
    running.pages, running.asked, running.connections = {}, [], 0
    return running


def no_more_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no process can be started, and so nothing parsed."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(subprocess, "Popen", started)


def read(host: Host, seen: Seen | None = None, path: str = PATH) -> Reading:
    return read_again(
        Source(host.address(path), SPRING, "UTC"),
        seen,
        limits=Limits(address_seconds=10),
        network=host.network(),
    )


def refusal(host: Host, seen: Seen | None = None, path: str = PATH) -> Unreadable:
    with pytest.raises(Unreadable) as unreadable:
        read(host, seen, path)
    return unreadable.value


def conditions(host: Host) -> list[dict[str, str]]:
    """The conditions of each request that the host got."""
    return [
        {name: value for name, value in headers.items() if name in CONDITIONS}
        for _, headers in host.asked
    ]


def found(reading: Reading) -> list[str]:
    assert reading.intervals is not None
    return starts(reading.intervals)


def moved(to: str) -> Page:
    return Page(status=302, headers={"Location": to})


def test_the_first_reading_asks_without_conditions(host: Host) -> None:
    host.pages[PATH] = Page(GOOD, etag='"one"', modified=LONG_AGO)

    first = read(host)

    assert found(first) == ONE
    assert (first.seen.etag, first.seen.modified) == ('"one"', LONG_AGO)
    assert conditions(host) == [{}]


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        (Page(GOOD, etag='"one"'), {"If-None-Match": '"one"'}),
        (Page(GOOD, etag='W/"one"'), {"If-None-Match": 'W/"one"'}),
        (Page(GOOD, modified=LONG_AGO), {"If-Modified-Since": LONG_AGO}),
        (
            Page(GOOD, etag='"one"', modified=LONG_AGO),
            {"If-None-Match": '"one"', "If-Modified-Since": LONG_AGO},
        ),
    ],
)
def test_an_unchanged_calendar_costs_one_conditional_request(
    host: Host, monkeypatch: pytest.MonkeyPatch, page: Page, asked: dict[str, str]
) -> None:
    host.pages[PATH] = page
    first = read(host)
    host.pages[PATH] = replace(page, drip=60)  # its body would take for ever
    no_more_children(monkeypatch)

    assert read(host, first.seen) == Reading(None, first.seen)
    assert read(host, first.seen) == Reading(None, first.seen)
    assert conditions(host) == [{}, asked, asked]


def test_the_same_bytes_from_a_host_without_validators_are_not_parsed(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.pages[PATH] = Page(GOOD)
    first = read(host)
    no_more_children(monkeypatch)

    assert read(host, first.seen) == Reading(None, first.seen)
    assert conditions(host) == [{}, {}]


def test_the_same_bytes_under_a_new_tag_are_unchanged_and_the_tag_is_kept(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.pages[PATH] = Page(GOOD, etag='"one"')
    first = read(host)
    host.pages[PATH] = Page(GOOD, etag='"two"')
    no_more_children(monkeypatch)

    again = read(host, first.seen)

    assert again == Reading(None, replace(first.seen, etag='"two"'))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Page(GOOD), Page(OTHER)),
        (Page(GOOD, etag='"one"'), Page(OTHER, etag='"two"')),
        (Page(GOOD, modified=LONG_AGO), Page(OTHER, modified=LATER)),
        (Page(GOOD, etag='"one"'), Page(OTHER)),
    ],
)
def test_changed_bytes_are_read(host: Host, before: Page, after: Page) -> None:
    host.pages[PATH] = before
    first = read(host)
    host.pages[PATH] = after

    second = read(host, first.seen)

    assert found(second) == TWO
    assert second.seen == read(host, second.seen).seen
    assert second.seen != first.seen


def test_a_change_within_the_second_of_the_last_one_is_not_missed(host: Host) -> None:
    now = formatdate(time() + 2, usegmt=True)
    host.pages[PATH] = Page(GOOD, modified=now, headers={"Date": now})
    first = read(host)
    host.pages[PATH] = Page(OTHER, modified=now)

    assert found(read(host, first.seen)) == TWO
    assert conditions(host) == [{}, {}]


def test_what_was_seen_still_holds_when_read_from_its_text(host: Host) -> None:
    host.pages[PATH] = Page(GOOD, etag='"one"')
    stored = read(host).seen.as_text()

    assert read(host, Seen.of_text(stored)).intervals is None
    assert conditions(host)[1] == {"If-None-Match": '"one"'}


@pytest.mark.parametrize("etag", [f'"{"x" * 300}"', '"caf\xe9"', '"a\x01b"', "*", ""])
def test_a_hostile_tag_is_not_sent_back(host: Host, etag: str) -> None:
    host.pages[PATH] = Page(GOOD, etag=etag)
    first = read(host)

    assert first.seen.etag is None
    assert read(host, first.seen).intervals is None
    assert conditions(host) == [{}, {}]


@pytest.mark.parametrize("page", [Page(GOOD), Page(GOOD, etag="*")])
def test_that_nothing_changed_is_not_believed_of_a_host_that_was_not_asked(
    host: Host, page: Page
) -> None:
    host.pages[PATH] = page
    first = read(host)
    host.pages[PATH] = Page(status=304)

    for seen in (None, first.seen):
        assert "does not answer with a calendar (HTTP 304)" in str(refusal(host, seen))


def test_a_calendar_that_cannot_be_parsed_is_not_seen_and_not_unchanged(host: Host) -> None:
    host.pages[PATH] = Page(GOOD, etag='"one"')
    first = read(host)
    host.pages[PATH] = Page(GOOD[:-15], etag='"two"')

    for _ in range(2):
        assert "/... ends before the calendar does" in str(refusal(host, first.seen))


def test_behind_a_redirect_only_the_last_address_is_asked_for_news(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.pages["/first"] = moved(PATH)
    host.pages[PATH] = Page(GOOD, etag='"one"')
    first = read(host, path="/first")
    no_more_children(monkeypatch)

    assert read(host, first.seen, "/first") == Reading(None, first.seen)
    assert conditions(host)[2:] == [{}, {"If-None-Match": '"one"'}]


@pytest.mark.parametrize("name", ["calendar.example.org", "other.example.org"])
def test_a_redirect_to_a_new_address_is_asked_without_conditions(host: Host, name: str) -> None:
    host.pages[PATH] = Page(GOOD, etag='"1"', modified=LATER)
    host.pages["/new"] = Page(OTHER, etag='"1"', modified=LONG_AGO)
    host.pages["/first"] = moved(PATH)
    first = read(host, path="/first")
    host.pages["/first"] = moved(host.address("/new", name=name))

    assert found(read(host, first.seen, "/first")) == TWO
    assert conditions(host)[2:] == [{}, {}]


def test_the_same_bytes_at_a_new_address_are_unchanged(host: Host) -> None:
    host.pages[PATH] = Page(GOOD, etag='"one"')
    first = read(host)
    host.pages |= {PATH: moved("/new"), "/new": Page(GOOD, etag='"two"')}

    again = read(host, first.seen)
    third = read(host, again.seen)

    assert again.intervals is None
    assert third == Reading(None, again.seen)
    assert conditions(host)[-2:] == [{}, {"If-None-Match": '"two"'}]


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "90"}, 90),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "-90"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "9" * 400}, 86_400),
        ({"Retry-After": LATER, "Date": "Mon, 02 Mar 2020 08:59:00 GMT"}, 60),
        ({"Retry-After": LATER, "Date": LONG_AGO}, 86_400),
        ({"Retry-After": LONG_AGO, "Date": LATER}, None),
        ({"Retry-After": LATER, "Date": "today"}, None),  # by our own clock it is long past
    ],
)
def test_a_host_in_trouble_says_how_long_to_wait(
    host: Host, status: int, headers: dict[str, str], seconds: float | None
) -> None:
    host.pages[PATH] = Page(status=status, headers=headers)

    error = refusal(host)

    assert error.seconds == seconds
    assert f"just now (HTTP {status}): try again later." in str(error)


def test_without_a_clock_of_the_hosts_ours_tells_how_long_to_wait(host: Host) -> None:
    until = formatdate(time() + 600, usegmt=True)
    host.pages[PATH] = Page(status=503, headers={"Retry-After": until, "Date": "today"})

    seconds = refusal(host).seconds

    assert seconds is not None
    assert 590 < seconds <= 600


def test_a_host_that_refuses_for_good_cannot_make_us_wait(host: Host) -> None:
    host.pages[PATH] = Page(status=404, headers={"Retry-After": "90"})

    assert refusal(host).seconds is None


def test_a_calendar_that_has_not_changed_costs_little(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [an_hour(f"2027{month:02}{day:02}") for month in range(1, 13) for day in range(1, 29)]
    pages = {"304": Page(GOOD, etag='"one"'), "the same bytes": Page(a_calendar(*events))}
    for name, page in pages.items():
        host.pages[PATH] = page
        seen = read(host).seen
        with monkeypatch.context() as patched:
            no_more_children(patched)
            costs = sorted(cost(host, seen) for _ in range(21))
        print(f"{name}: {costs[10] * 1000:.1f} ms of our processor, connecting included")
        assert costs[10] < 5 * 0.005


def cost(host: Host, seen: Seen) -> float:
    """Return the seconds of this thread's processor that reading an address again takes."""
    began = thread_time()
    assert read(host, seen).intervals is None
    return thread_time() - began
