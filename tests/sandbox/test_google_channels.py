"""Notifications: to whom they come, in which words, and when no more."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition
from typing import Any

import pytest
import trustme

from services.sandbox.google import deliveries
from tests.sandbox.google_client import ANNA, BEN, Google, lecture, listed, refused
from tests.serving import answering

Heard = list[dict[str, str]]


class Receiver:
    """Hears notifications, and answers what it is told to: the last word again and again."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers) or [200]
        self.heard: Heard = []
        self.changed = Condition()

    def take(self, headers: Any) -> int:
        with self.changed:
            self.heard.append({key.lower(): value for key, value in headers.items()})
            self.changed.notify_all()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def wait(self, enough: Callable[[Heard], bool]) -> Heard:
        with self.changed:
            assert self.changed.wait_for(lambda: enough(self.heard), timeout=20)
            return list(self.heard)


@contextmanager
def listening(receiver: Receiver, certificate: trustme.LeafCert | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(receiver.take(self.headers))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with answering(server):
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}/hear"


def watch(events: Any, address: str, name: str = "channel-1", **more: Any) -> Any:
    body = {"id": name, "type": "web_hook", "address": address, "token": "secret", **more}
    return events.watch(calendarId="primary", body=body)


def states(heard: Heard) -> list[str]:
    return [each["x-goog-resource-state"] for each in heard]


def test_the_first_message_is_sync_and_changes_follow(google: Google) -> None:
    events = google.of(ANNA, "calendar.events").events()
    receiver = Receiver()
    with listening(receiver) as address:
        channel = watch(events, address).execute()
        (first,) = receiver.wait(lambda heard: len(heard) >= 1)
        events.insert(calendarId="primary", body=lecture()).execute()
        last = receiver.wait(lambda heard: len(heard) >= 2)[-1]
    assert first["x-goog-resource-state"] == "sync"
    assert first["x-goog-message-number"] == "1"
    assert last["x-goog-resource-state"] == "exists"
    assert int(last["x-goog-message-number"]) > 1
    for each in (first, last):
        assert each["x-goog-channel-id"] == channel["id"]
        assert each["x-goog-channel-token"] == "secret"
        assert each["x-goog-resource-id"] == channel["resourceId"]
        assert each["x-goog-resource-uri"] == channel["resourceUri"]
        assert each["content-length"] == "0"
        assert each["x-goog-channel-expiration"].startswith("Thu, 08 Oct 2026 08:")


def test_what_is_answered_with_503_is_sent_again(google: Google) -> None:
    events = google.of(ANNA).events()
    receiver = Receiver(503, 500, 200)
    with listening(receiver) as address:
        watch(events, address).execute()
        heard = receiver.wait(lambda heard: len(heard) >= 3)
    assert states(heard) == ["sync"] * 3
    assert {each["x-goog-message-number"] for each in heard} == {"1"}


def test_what_is_answered_with_anything_else_is_lost(google: Google) -> None:
    events = google.of(ANNA).events()
    receiver = Receiver(404, 200)
    with listening(receiver) as address:
        watch(events, address).execute()
        receiver.wait(lambda heard: len(heard) >= 1)
        events.insert(calendarId="primary", body=lecture()).execute()
        heard = receiver.wait(lambda heard: len(heard) >= 2)
    assert states(heard) == ["sync", "exists"]


def test_a_guests_answer_reaches_who_watches_the_organizers_calendar(google: Google) -> None:
    events = google.of(ANNA).events()
    made = events.insert(calendarId="primary", body=lecture(attendees=[{"email": BEN}])).execute()
    receiver = Receiver()
    with listening(receiver) as address:
        watch(events, address).execute()
        receiver.wait(lambda heard: len(heard) >= 1)
        body = {"attendees": [{"email": BEN, "responseStatus": "accepted"}]}
        ben = google.of(BEN).events()
        ben.patch(calendarId="primary", eventId=made["id"], body=body).execute()
        assert states(receiver.wait(lambda heard: len(heard) >= 2))[1] == "exists"


def test_a_channel_that_is_stopped_or_over_says_nothing_more(google: Google) -> None:
    service = google.of(ANNA)
    stopped, over, alive = Receiver(), Receiver(), Receiver()
    with listening(stopped) as one, listening(over) as two, listening(alive) as three:
        channel = watch(service.events(), one, "one").execute()
        watch(service.events(), two, "two", params={"ttl": "60"}).execute()
        watch(service.events(), three, "three").execute()
        for each in (stopped, over, alive):
            each.wait(lambda heard: len(heard) >= 1)
        stop = {"id": "one", "resourceId": channel["resourceId"]}
        assert refused(google.of(BEN).channels().stop(body=stop)) == (404, "notFound")
        other = {"id": "one", "resourceId": "another"}
        assert refused(service.channels().stop(body=other)) == (404, "notFound")
        assert service.channels().stop(body=stop).execute() == ""
        google.world.clock.advance(61)
        service.events().insert(calendarId="primary", body=lecture()).execute()
        alive.wait(lambda heard: len(heard) >= 2)
    assert states(stopped.heard) == states(over.heard) == ["sync"]
    assert refused(service.channels().stop(body=stop)) == (404, "notFound")


def test_a_channels_name_is_never_used_again(google: Google) -> None:
    events = google.of(ANNA).events()
    with listening(Receiver()) as address:
        watch(events, address).execute()
        assert refused(watch(events, address)) == (400, "channelIdNotUnique")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"address": "http://example.org/hear"}, "push.webhookUrlNotHttps"),
        ({"address": "hear"}, "push.webhookUrlUnauthorized"),
        ({"type": "mail"}, "invalid"),
        ({"token": "x" * 257}, "invalid"),
        ({"id": "x" * 65}, "required"),
        ({"expiration": "1"}, "invalid"),
    ],
)
def test_a_channel_that_cannot_be_is_refused(
    google: Google, more: dict[str, str], reason: str
) -> None:
    body = {"id": "c", "type": "web_hook", "address": "https://example.org/", **more}
    request = google.of(ANNA).events().watch(calendarId="primary", body=body)
    assert refused(request) == (400, reason)


def test_notifications_can_overtake_each_other(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "TURN", 20.0)  # however slow the two changes are
    events = google.of(ANNA).events()
    receiver = Receiver()
    with listening(receiver) as address:
        watch(events, address).execute()
        receiver.wait(lambda heard: len(heard) >= 1)
        google.world.faults.notifications.reorder = True
        for _ in range(2):
            events.insert(calendarId="primary", body=lecture()).execute()
        heard = receiver.wait(lambda heard: len(heard) >= 3)
    _, second, third = (int(each["x-goog-message-number"]) for each in heard)
    assert second > third


def test_many_changes_are_told_by_few_notifications(google: Google) -> None:
    events = google.of(ANNA).events()
    receiver = Receiver(*[503] * 3, 200)
    with listening(receiver) as address:
        watch(events, address).execute()
        for _ in range(30):
            google.world.put(ANNA, lecture(), by="test")
        heard = receiver.wait(lambda heard: states(heard).count("exists") >= 2)
    assert len(heard) < 10


def test_a_receiver_with_a_certificate_of_its_own_is_reached(google: Google) -> None:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    receiver = Receiver()
    with listening(receiver, certificate) as address:
        watch(google.of(ANNA).events(), address).execute()
        heard = receiver.wait(lambda heard: len(heard) >= 1)
    assert address.startswith("https://")
    assert states(heard) == ["sync"]


def test_notifications_can_be_lost_and_forged_and_doubled(google: Google) -> None:
    events = google.of(ANNA).events()
    fortunes = google.world.faults.notifications
    receiver = Receiver()
    with listening(receiver) as address:
        watch(events, address).execute()
        receiver.wait(lambda heard: len(heard) >= 1)
        fortunes.duplicate = fortunes.forge = 1
        events.insert(calendarId="primary", body=lecture()).execute()
        heard = receiver.wait(lambda heard: len(heard) >= 4)
    assert [each["x-goog-channel-token"] == "secret" for each in heard] == [True, False, True, True]
    assert len(listed(events.list, calendarId="primary")[0]) == 1
