"""What goes wrong at Outlook, and what we make of it: nobody is ever free by mistake."""

import json
import logging
from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import Any

import pytest

from calendar_sync.errors import (
    ChangedMeanwhile,
    CursorExpired,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Refused,
    Unsupported,
    Wait,
)
from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.refusals import Refusal
from calendar_sync.provider import CalendarId, Capability, Changes, Channel, Cursor
from scheduler.errors import Explained
from tests.calendar_sync.builders import utc
from tests.calendar_sync.graph_host import GraphHost, a_graph, an_event, no, outlook_at
from tests.calendar_sync.minimal_google import TOKEN, Asked, Host, Said
from tests.calendar_sync.stages import Counter, Tokens

ADA = CalendarId("AAMk/Ada=")
MARCH = (utc("2027-03-01"), utc("2027-04-01"))
NOW = utc("2027-03-01 09:00")
DAY = 86_400


@pytest.fixture
def host() -> Iterator[GraphHost]:
    with a_graph(ADA) as found:
        yield found


@pytest.fixture
def other() -> Iterator[GraphHost]:
    with a_graph(ADA) as found:
        yield found


def at(host: GraphHost, *said: Said | Callable[[Asked], Said]) -> OutlookCalendar:
    """An account at a host that answers so, before it goes on as usual."""
    host.script += said
    return outlook_at(host)


def wait_of(outlook: OutlookCalendar) -> Wait:
    with pytest.raises(Wait) as raised:
        outlook.busy([ADA], MARCH)
    return raised.value


# Waiting


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        (formatdate(NOW + 120, usegmt=True), 120.0),
        (formatdate(NOW - 120, usegmt=True), 30.0),
        ("", 30.0),
        ("-1", 30.0),
        ("soon", 30.0),
        ("999999999999", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_wait_is_taken_as_it_is_asked_if_it_makes_sense(
    host: GraphHost, status: int, asked: str, seconds: float
) -> None:
    date = formatdate(NOW, usegmt=True)  # the host's clock, by which its dates are told
    said = no(status, "UnknownError", Retry_After=asked, Date=date)

    assert wait_of(at(host, said, said)).seconds == seconds


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (no(400, "ErrorInvalidIdMalformed"), NotThere),
        (no(400, "BadRequest"), Refused),
        (no(400, "ErrorOccurrenceCrossingBoundary"), Refused),
        (no(400, "ErrorDuplicateTransactionId"), ChangedMeanwhile),
        (no(400, "ValidationError"), Unsupported),
        (no(400, "SyncStateInvalid"), CursorExpired),
        (no(401, "InvalidAuthenticationToken"), ReconnectNeeded),
        (Said(b"", 401), ReconnectNeeded),
        (no(403, "ErrorAccessDenied"), NotAllowed),
        (no(403, "Authorization_RequestDenied"), NotAllowed),
        (no(403, "MailboxNotEnabledForRESTAPI"), NotThere),
        (no(403, "ApplicationThrottled"), Wait),
        (no(403, "ErrorQuotaExceeded"), Wait),
        (no(403, "of tomorrow"), Wait),
        (Said(b"<html>Forbidden</html>", 403), Wait),
        (no(404, "ErrorItemNotFound"), NotThere),
        (no(404, "ErrorNonExistentMailbox"), NotThere),
        (no(404, "MailboxNotEnabledForRESTAPI"), NotThere),
        (no(404, "syncStateNotFound"), CursorExpired),
        (Said(b"<html>Not Found</html>", 404), Unsupported),
        (Said(b"", 405), Unsupported),
        (Said(b"", 501), Unsupported),
        (no(409, "ErrorIrresolvableConflict"), ChangedMeanwhile),
        (no(412, "ErrorIrresolvableConflict"), ChangedMeanwhile),
        (no(410, "resyncRequired"), CursorExpired),
        (Said(b"gone", 410), CursorExpired),
        (no(423, "Locked"), Wait),
        (no(429, "ApplicationThrottled"), Wait),
        (no(500, "UnknownError"), Wait),
        (Said(b"<html>Bad gateway</html>", 502), Wait),
        (Said(b"", 302, {"Location": "http://127.0.0.1:1/"}), Wait),
        (Said({"error": "a word"}, 400), Refused),
        (Said({"error": {"code": ["x"]}}, 400), Refused),
        (Said([], 400), Refused),
        (Said(b"[" * 100_000, 400), Refused),
    ],
)
def test_a_refusal_is_read_and_not_guessed(said: Said, error: type[Explained]) -> None:
    found = Refusal.read(said.status, {}, said.bytes(), NOW).error()

    assert type(found) is error or error is Wait
    assert isinstance(found, error)
    assert "SECRET" not in repr(found)


def test_a_calendar_that_cannot_be_asked_is_an_error_and_never_free(host: GraphHost) -> None:
    for said in (no(403, "ErrorAccessDenied"), no(404, "ErrorItemNotFound"), no(400, "BadRequest")):
        found = at(host, said).busy([ADA], MARCH)[ADA]

        assert isinstance(found, NotAllowed | NotThere)
        assert f"HTTP {said.status}" in str(found)


def test_a_code_is_told_only_if_it_is_one_plain_word(host: GraphHost) -> None:
    assert "ErrorServerBusy" in str(wait_of(at(host, no(503, "ErrorServerBusy"))))
    assert "Ada" not in str(wait_of(at(host, no(503, "Ada's dentist"))))


def test_an_occurrence_that_would_cross_another_has_its_own_sentence() -> None:
    said = no(400, "ErrorOccurrenceCrossingBoundary")

    assert "the one beside it" in str(Refusal.read(400, {}, said.bytes(), NOW).error())


# Tokens


def test_a_token_that_is_refused_is_renewed_once(host: GraphHost) -> None:
    tokens, gate = Tokens(["old", TOKEN]), Counter()

    assert outlook_at(host, tokens, gate).busy([ADA], MARCH) == {ADA: []}

    assert tokens.refused == ["old"]
    assert gate.taken == len(host.asked) == 2


def test_an_account_whose_new_token_is_refused_needs_consent(host: GraphHost) -> None:
    tokens = Tokens(["old", "new", "never"])

    with pytest.raises(ReconnectNeeded):
        outlook_at(host, tokens).busy([ADA], MARCH)

    assert tokens.refused == ["old"]
    assert len(host.asked) == 2


def test_nothing_is_asked_once_our_share_is_used_up(host: GraphHost) -> None:
    class Closed(Counter):
        def take(self, requests: int = 1) -> None:
            raise Wait("Our share is used up", remedy="try again later", seconds=1)

    for calendars in ([ADA], [ADA, CalendarId("another")]):
        with pytest.raises(Wait, match="Our share"):
            outlook_at(host, gate=Closed()).busy(calendars, MARCH)

    assert not host.asked


def test_a_permission_that_lacks_is_named_and_nothing_is_asked(host: GraphHost) -> None:
    outlook = outlook_at(host, scopes=frozenset({"User.Read"}))
    channel = Channel("c", "s", "https://x.example.org", NOW)

    asks: list[Callable[[], object]] = [
        lambda: outlook.busy([ADA], MARCH),
        outlook.calendars,
        lambda: outlook.changes(ADA, None),
        lambda: outlook.cancel(ADA, "x"),
        lambda: outlook.replies(ADA, "x"),
        lambda: outlook.watch(ADA, channel),
    ]
    for ask in asks:
        with pytest.raises(NotAllowed, match="does not let us"):
            ask()
    assert not host.asked


def test_access_that_microsoft_takes_not_back_is_not_said_to_be_gone(host: GraphHost) -> None:
    outlook = outlook_at(host)

    assert Capability.REVOKES not in outlook.capabilities
    with pytest.raises(Unsupported):
        outlook.revoke()


# Busy time

BROKEN = [
    Said(b"<html>Sign in</html>"),
    Said(b""),
    Said(b"null"),
    Said(b"\xff\xfe"),
    Said(b"[" * 100_000),
    Said({"value": []}, cut=5),
    Said({"value": []}, cut=0),
    Said({}),
    Said({"value": None}),
    Said({"value": [{"subject": "SECRET"}]}),
    Said({"value": [], "@odata.nextLink": 7}),
    Said(b"not zipped", headers={"Content-Encoding": "gzip"}),
]


@pytest.mark.parametrize("said", BROKEN)
def test_an_answer_that_is_broken_is_never_free_time(host: GraphHost, said: Said) -> None:
    wait = wait_of(at(host, said))

    assert "SECRET" not in repr(wait)
    assert len(host.asked) == 1


@pytest.mark.parametrize("said", BROKEN)
def test_a_page_that_is_broken_makes_all_of_a_calendar_unknown(host: GraphHost, said: Said) -> None:
    first = Said({"value": [], "@odata.nextLink": host.link("me/more?$skip=1")})

    wait_of(at(host, first, said))


def test_a_calendar_that_fails_in_a_part_of_the_span_fails_as_a_whole(host: GraphHost) -> None:
    host.inner = {ADA: [None, {"status": 200, "body": {"value": []}}]}
    host.script = [host.done, no(500, "UnknownError")]

    with pytest.raises(Wait):
        outlook_at(host).busy([ADA], (MARCH[0], MARCH[0] + 1900 * DAY))


def test_an_event_over_the_border_of_two_parts_is_one(host: GraphHost) -> None:
    host.events[ADA] = [an_event("2032-02-01T09:00", "2032-03-15T09:00")]

    [found] = outlook_at(host).busy([ADA], (MARCH[0], MARCH[0] + 1900 * DAY)).values()

    assert isinstance(found, list)
    assert [each.start for each in found] == [utc("2032-02-01 09:00")]


def test_pages_are_followed_by_the_addresses_that_the_host_gives(host: GraphHost) -> None:
    first = {"value": [], "@odata.nextLink": host.link("me/more?$skiptoken=a%2Bb")}
    nine = an_event("2027-03-10T09:00", "2027-03-10T10:00")

    found = at(host, Said(first), Said({"value": [nine]})).busy([ADA], MARCH)[ADA]

    assert isinstance(found, list)
    assert len(found) == 1
    assert host.asked[1].query == {"$skiptoken": "a+b"}
    assert host.asked[1].headers["prefer"] == host.asked[0].headers["prefer"]


@pytest.mark.parametrize("where", ["next", "delta"])
def test_our_token_goes_to_no_other_host(host: GraphHost, other: GraphHost, where: str) -> None:
    page = Said({"value": [], f"@odata.{where}Link": other.link("me/more")})

    with pytest.raises(Wait, match="not its own"):
        at(host, page).changes(ADA, None)
    if where == "next":
        with pytest.raises(Wait, match="not its own"):
            at(host, page).busy([ADA], MARCH)
        with pytest.raises(Wait, match="not its own"):
            at(host, page).calendars()

    assert not other.asked


def test_a_cursor_of_another_host_has_expired(host: GraphHost, other: GraphHost) -> None:
    begun = outlook_at(other).changes(ADA, None)
    asked = len(other.asked)

    with pytest.raises(CursorExpired):
        outlook_at(host).changes(ADA, begun.cursor)

    assert len(other.asked) == asked
    assert not host.asked


# Changes


def page(host: GraphHost, *items: Any, **link: str) -> Said:
    addresses = {f"@odata.{name}Link": host.link(f"me/{to}") for name, to in link.items()}
    return Said({"value": list(items), **addresses})


def begun(host: GraphHost) -> Cursor:
    found = at(host, page(host, delta="one")).changes(ADA, None)
    assert found.cursor is not None
    return found.cursor


def test_changes_are_followed_over_empty_pages_by_the_hosts_own_addresses(host: GraphHost) -> None:
    cursor = begun(host)
    outlook = at(
        host,
        page(host, next="p?$skiptoken=1"),
        page(host, {"id": "x", "@removed": {"reason": "deleted"}}, next="q"),
        page(host, delta="two"),
        page(host, delta="three"),
    )

    changed = outlook.changes(ADA, cursor)
    same = outlook.changes(ADA, changed.cursor)

    assert changed.anything
    assert not same.anything
    assert [each.path.rpartition("/")[2] for each in host.asked[1:]] == ["one", "p", "q", "two"]
    assert len({each.headers["prefer"] for each in host.asked}) == 1


def test_a_beginning_says_that_something_has_changed_and_names_the_time(host: GraphHost) -> None:
    outlook = outlook_at(host, now=NOW)

    assert outlook.changes(ADA, None).anything

    query = host.asked[0].query
    assert query["startDateTime"] == "2027-02-28T09:00:00Z"
    assert utc(query["endDateTime"].rstrip("Z")) == NOW + 830 * DAY


def test_a_round_without_an_address_for_the_next_is_read_each_time(host: GraphHost) -> None:
    assert at(host, page(host)).changes(ADA, None) == Changes(anything=True, cursor=None)


def test_a_cursor_ends_by_itself_before_the_time_that_it_follows(host: GraphHost) -> None:
    cursor = outlook_at(host, now=NOW).changes(ADA, None).cursor

    assert not outlook_at(host, now=NOW + 6 * DAY).changes(ADA, cursor).anything
    with pytest.raises(CursorExpired):
        outlook_at(host, now=NOW + 8 * DAY).changes(ADA, cursor)


@pytest.mark.parametrize("at_page", [0, 1, 2])
@pytest.mark.parametrize(
    "said",
    [
        no(410, "syncStateNotFound"),
        no(410, "resyncRequired"),
        no(410, "of tomorrow"),
        no(404, "SyncStateNotFound"),
        no(400, "SyncStateInvalid"),
        no(400, "BadRequest"),
        Said(b"gone", 410),
    ],
)
def test_a_cursor_that_the_host_forgot_has_expired_at_whichever_page(
    host: GraphHost, at_page: int, said: Said
) -> None:
    cursor = begun(host)
    host.script += [page(host, next=f"p{n}") for n in range(at_page)] + [said]

    with pytest.raises(CursorExpired):
        outlook_at(host).changes(ADA, cursor)


@pytest.mark.parametrize("at_page", [0, 1, 2])
def test_a_beginning_that_the_host_forgets_begins_again(host: GraphHost, at_page: int) -> None:
    host.script += [page(host, next=f"p{n}") for n in range(at_page)]
    host.script.append(no(410, "syncStateNotFound"))
    outlook = outlook_at(host)

    with pytest.raises(CursorExpired):
        outlook.changes(ADA, None)

    assert outlook.changes(ADA, None).anything


@pytest.mark.parametrize("at_page", [0, 1, 2])
@pytest.mark.parametrize(
    "said",
    [
        Said(b"<html>"),
        Said({}),
        Said({"value": 7}),
        Said({"value": [], "@odata.nextLink": 7}),
        Said({"value": [], "@odata.deltaLink": 7}),
        Said({"value": []}, cut=1),
    ],
)
def test_a_page_that_is_broken_moves_no_cursor(host: GraphHost, at_page: int, said: Said) -> None:
    host.script += [page(host, next=f"p{n}") for n in range(at_page)] + [said]

    with pytest.raises(Wait):
        outlook_at(host).changes(ADA, None)


def test_pages_that_turn_in_a_circle_are_left(host: GraphHost) -> None:
    circle = [page(host, next=each) for each in ("p", "q", "p", "q")]

    with pytest.raises(Wait, match="without an end"):
        at(host, *circle[:3]).changes(ADA, None)
    with pytest.raises(Wait, match="without an end"):
        at(host, *circle).busy([ADA], MARCH)


def test_pages_without_an_end_are_left(host: GraphHost) -> None:
    def again(asked: Asked) -> Said:
        host.script.append(again)
        return page(host, next=f"p{len(host.asked)}")

    with pytest.raises(Wait, match="without an end"):
        at(host, again).changes(ADA, None)

    assert len(host.asked) <= 401


# Around it


def test_a_host_that_is_not_there_concerns_everybody() -> None:
    assert wait_of(outlook_at(Host(url="http://127.0.0.1:1/"))).whole


def test_no_word_of_an_event_or_address_is_written_to_a_log(
    host: GraphHost, caplog: pytest.LogCaptureFixture
) -> None:
    event = {"id": "x", "subject": "SECRET", "body": {"content": "SECRET"}}
    with caplog.at_level(logging.INFO):
        found = at(host, page(host, event, delta="one")).changes(ADA, None)
        outlook_at(host).busy([ADA], MARCH)

    logged = json.dumps([each.getMessage() for each in caplog.records])
    assert "SECRET" not in logged + str(found.cursor)
    assert "Ada" not in logged
