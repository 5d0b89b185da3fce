"""What goes wrong at Google, and what we make of it: nobody is ever free by mistake."""

import json
import logging
from collections.abc import Callable, Iterator
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calendar_sync.errors import (
    CursorExpired,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Refused,
    Unsupported,
    Wait,
)
from calendar_sync.google.calendar import GoogleCalendar
from calendar_sync.google.where import Where
from calendar_sync.provider import CalendarId, Capability, Channel
from tests.calendar_sync.builders import utc
from tests.calendar_sync.minimal_google import (
    TOKEN,
    Asked,
    Host,
    Said,
    a_minimal_google,
    refusal,
)
from tests.calendar_sync.stages import Counter, Tokens, google_at

ADA = CalendarId("ada@example.org")
MARCH = (utc("2027-03-01"), utc("2027-04-01"))
NOW = utc("2027-03-01 09:00")
SCOPE = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


@pytest.fixture
def host() -> Iterator[Host]:
    with a_minimal_google() as found:
        found.add(ADA, "Ada")
        yield found


def at(host: Host, *said: Said | Callable[[Asked], Said]) -> GoogleCalendar:
    """An account at a host that answers so, before it goes on as usual."""
    host.script += said
    return google_at(host)


def wait_of(google: GoogleCalendar) -> Wait:
    with pytest.raises(Wait) as raised:
        google.busy([ADA], MARCH)
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
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_is_taken_as_it_is_asked_if_it_makes_sense(
    host: Host, status: int, asked: str, seconds: float
) -> None:
    date = formatdate(NOW, usegmt=True)  # the host's clock, by which its dates are told
    said = refusal(status, "backendError", Retry_After=asked, Date=date)

    assert wait_of(at(host, said)).seconds == seconds
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (refusal(403, "rateLimitExceeded", "usageLimits"), Wait),
        (refusal(403, "userRateLimitExceeded", "usageLimits"), Wait),
        (refusal(403, "quotaExceeded", "usageLimits"), Wait),
        (refusal(403, "of tomorrow", "usageLimits"), Wait),
        (refusal(403, "of tomorrow"), Wait),
        (refusal(403, "accessNotConfigured", "usageLimits"), Wait),
        (Said(b"<html>Forbidden</html>", 403), Wait),
        (refusal(403, "insufficientPermissions"), NotAllowed),
        (refusal(403, "forbidden"), NotAllowed),
        (Said({"error": {"code": 403, "details": [{"reason": "SERVICE_DISABLED"}]}}, 403), Wait),
        (Said({"error": {"code": 403, "details": [{"reason": SCOPE}]}}, 403), NotAllowed),
        (refusal(403, "forbiddenForNonOrganizer", "calendar"), Refused),
        (refusal(400, "timeRangeTooLong"), Refused),
        (refusal(404, "notFound"), NotThere),
        (Said(b"<html>Not Found</html>", 404), Unsupported),
        (Said(b"", 405), Unsupported),
        (Said(b"", 501), Unsupported),
        (refusal(500, "backendError"), Wait),
        (Said(b"<html>Bad gateway</html>", 502), Wait),
        (Said(b"", 302, {"Location": "http://127.0.0.1:1/"}), Wait),
        (Said({"error": "a word"}, 400), Refused),
        (Said({"error": {"errors": 7, "code": 400}}, 400), Refused),
        (Said({"error": {"errors": [{"reason": ["x"]}], "message": 7}}, 400), Refused),
        (Said(b"[" * 100_000, 400), Refused),
    ],
)
def test_a_refusal_is_read_and_not_guessed(host: Host, said: Said, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        at(host, said).busy([ADA], MARCH)

    assert "SECRET" not in repr(raised.value)
    assert len(host.asked) == 1


def test_an_account_that_is_spent_rests_for_long_and_others_do_not(host: Host) -> None:
    wait = wait_of(at(host, refusal(403, "quotaExceeded", "usageLimits")))

    assert wait.seconds >= 3600
    assert not wait.whole


def test_a_reason_is_told_only_if_it_is_one_plain_word(host: Host) -> None:
    assert "backendError" in str(wait_of(at(host, refusal(503, "backendError"))))
    assert "Ada" not in str(wait_of(at(host, refusal(503, "Ada's dentist"))))


# Tokens


def test_a_token_that_is_refused_is_renewed_once(host: Host) -> None:
    tokens, gate = Tokens(["old", TOKEN]), Counter()

    assert google_at(host, tokens, gate).busy([ADA], MARCH) == {ADA: []}

    assert tokens.refused == ["old"]
    assert gate.taken == len(host.asked) == 2


def test_an_account_whose_new_token_is_refused_needs_consent(host: Host) -> None:
    tokens = Tokens(["old", "new", "never"])

    with pytest.raises(ReconnectNeeded):
        google_at(host, tokens).busy([ADA], MARCH)

    assert tokens.refused == ["old"]
    assert len(host.asked) == 2


def test_an_address_for_notifications_that_is_refused_is_not_the_tokens_fault(host: Host) -> None:
    tokens = Tokens()
    host.script.append(refusal(401, "push.webhookUrlUnauthorized"))

    with pytest.raises(Refused):
        google_at(host, tokens).watch(ADA, Channel("c", "s", "https://x.example.org", NOW))

    assert not tokens.refused


def test_nothing_is_asked_once_our_share_is_used_up(host: Host) -> None:
    class Closed(Counter):
        def take(self, requests: int = 1) -> None:
            raise Wait("Our share is used up", remedy="try again later", seconds=1)

    with pytest.raises(Wait, match="Our share"):
        google_at(host, gate=Closed()).busy([ADA], MARCH)

    assert not host.asked


@pytest.mark.parametrize(
    ("scopes", "there"),
    [
        ("calendar.freebusy", "revokes"),
        ("calendar.events.freebusy", "cursors watches revokes"),
        ("calendar.calendarlist.readonly", "chooses revokes"),
        ("calendar.events.owned", "cursors watches writes invites replies revokes"),
        ("calendar.readonly", "chooses cursors watches replies revokes"),
        ("calendar", "chooses cursors watches writes invites replies revokes"),
    ],
)
def test_what_can_be_asked_follows_from_what_was_given(host: Host, scopes: str, there: str) -> None:
    google = google_at(host, scopes=frozenset({scopes, "openid"}))

    assert google.capabilities == {Capability(each) for each in there.split()}


def test_a_permission_that_lacks_is_named_and_nothing_is_asked(host: Host) -> None:
    google = google_at(host, scopes=frozenset({"openid"}))

    asks: list[tuple[Callable[[], object], str]] = [
        (lambda: google.busy([ADA], MARCH), "see when calendars are busy"),
        (google.calendars, "see the list of calendars"),
        (lambda: google.changes(ADA, None), "as they change"),
        (lambda: google.cancel(ADA, "x"), "add and change events"),
        (lambda: google.replies(ADA, "x"), "see the events we added"),
    ]
    for ask, words in asks:
        with pytest.raises(NotAllowed, match=words):
            ask()
    assert not host.asked


# Busy time


BROKEN = [
    Said(b"<html>Sign in</html>"),
    Said(b""),
    Said(b"null"),
    Said(b"\xff\xfe"),
    Said(b"[" * 100_000),
    Said({"calendars": {}}, cut=5),
    Said({"calendars": {}}, cut=0),
    Said({}),
    Said({"calendars": None}),
    Said({"calendars": {ADA: {"busy": []}}, "timeMin": "2026-01-01T00:00:00Z"}),
    Said(b"not zipped", headers={"Content-Encoding": "gzip"}),
]


@pytest.mark.parametrize("said", BROKEN)
def test_an_answer_that_is_broken_is_never_free_time(host: Host, said: Said) -> None:
    wait_of(at(host, said))

    assert len(host.asked) == 1


def test_a_calendar_that_fails_in_a_part_of_the_span_fails_as_a_whole(host: Host) -> None:
    free: Any = {"calendars": {ADA: {"busy": []}}}
    failed = {"calendars": {ADA: {"busy": [], "errors": [{"reason": "internalError"}]}}}

    google = at(host, Said(free), Said(failed), Said(free))

    assert isinstance(google.busy([ADA], (MARCH[0], MARCH[0] + 180 * 86_400))[ADA], Wait)


def test_once_a_host_asks_to_wait_it_is_asked_nothing_more(host: Host) -> None:
    many = [CalendarId(f"{n}@example.org") for n in range(150)]

    def free(asked: Asked) -> Said:
        return Said({"calendars": {each["id"]: {"busy": []} for each in asked.json["items"]}})

    found = at(host, free, refusal(429, "rateLimitExceeded", Retry_After="9")).busy(many, MARCH)

    assert len(host.asked) == 2
    assert all(found[each] == [] for each in many[:50])
    assert all(isinstance(found[each], Wait) for each in many[50:])


def test_no_question_is_longer_or_wider_than_google_takes(host: Host) -> None:
    many = [CalendarId(f"{n}@example.org") for n in range(120)]

    google_at(host).busy(many, (MARCH[0], MARCH[0] + 200 * 86_400))

    asked = [each.json for each in host.asked]
    assert len(asked) == 3 * 4
    assert max(len(each["items"]) for each in asked) == 50
    stretches = sorted({(each["timeMin"], each["timeMax"]) for each in asked})
    assert all(one[1] == other[0] for one, other in pairwise(stretches))


# Changes


def test_changes_are_followed_over_empty_pages_with_the_same_question(host: Host) -> None:
    google = at(host, Said({"items": [], "nextSyncToken": "one"}))
    begun = google.changes(ADA, None)
    host.script += [
        Said({"items": [], "nextPageToken": "p"}),
        Said({"items": [{"id": "x"}], "nextPageToken": "q"}),
        Said({"items": [], "nextSyncToken": "two"}),
        Said({"nextSyncToken": "three"}),
    ]

    changed = google.changes(ADA, begun.cursor)
    same = google.changes(ADA, changed.cursor)

    assert begun.anything
    assert changed.anything
    assert not same.anything
    first, *rest = [each.query for each in host.asked]
    usual = {name: value for name, value in first.items() if name != "timeMin"}
    assert usual["fields"] == "nextPageToken,nextSyncToken,items(id)"
    assert rest == [
        {**usual, "syncToken": "one"},
        {**usual, "syncToken": "one", "pageToken": "p"},
        {**usual, "syncToken": "one", "pageToken": "q"},
        {**usual, "syncToken": "two"},
    ]


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize(
    "said",
    [
        refusal(410, "fullSyncRequired", "calendar"),
        refusal(410, "updatedMinTooLongAgo", "calendar"),
        refusal(410, "of tomorrow"),
        Said(b"gone", 410),
        refusal(400, "invalid"),
    ],
)
def test_a_cursor_that_the_host_forgot_has_expired_at_whichever_page(
    host: Host, page: int, said: Said
) -> None:
    google = at(host, Said({"nextSyncToken": "one"}))
    begun = google.changes(ADA, None)
    host.script += [Said({"nextPageToken": f"p{n}"}) for n in range(page)] + [said]

    with pytest.raises(CursorExpired):
        google.changes(ADA, begun.cursor)


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize(
    "said", [Said(b"<html>"), Said({"items": 7}), Said({"nextPageToken": 7}), Said({}, cut=1)]
)
def test_a_page_that_is_broken_moves_no_cursor(host: Host, page: int, said: Said) -> None:
    google = at(host, *(Said({"nextPageToken": f"p{n}"}) for n in range(page)), said)

    with pytest.raises(Wait):
        google.changes(ADA, None)


def test_pages_that_turn_in_a_circle_are_left(host: Host) -> None:
    google = at(host, *[Said({"nextPageToken": each}) for each in ("p", "q", "p")])

    with pytest.raises(Wait, match="without an end"):
        google.changes(ADA, None)


def test_pages_without_an_end_are_left(host: Host) -> None:
    def page(asked: Asked) -> Said:
        host.script.append(page)
        return Said({"nextPageToken": f"p{len(host.asked)}"})

    with pytest.raises(Wait, match="without an end"):
        at(host, page).changes(ADA, None)

    assert len(host.asked) <= 401


# Around it


def test_a_host_that_is_not_there_concerns_everybody() -> None:
    google = google_at(Host(url="http://127.0.0.1:1/calendar/v3/"))

    assert wait_of(google).whole


def test_certificates_that_cannot_be_read_are_named_before_anything_is_sent(host: Host) -> None:
    where = Where(api_url=host.url, ca_file=Path("/nowhere/ca.pem"))

    with pytest.raises(Refused, match="certificates"):
        GoogleCalendar(where, Tokens(), Counter(), frozenset({"calendar"})).busy([ADA], MARCH)


def test_the_environment_names_no_proxy_for_us(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert google_at(host).busy([ADA], MARCH) == {ADA: []}


def test_no_address_is_written_to_a_log(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        google = at(host, Said({"nextSyncToken": "one"}))
        google.changes(ADA, None)
        google.busy([ADA], MARCH)

    assert "ada" not in json.dumps([each.getMessage() for each in caplog.records])
