"""Subscriptions at Outlook: who is asked first, what is told, and when no more."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.graph_schema import check_notifications
from tests.sandbox.outlook_client import ADA, BO, PIA
from tests.sandbox.outlook_mailbox import (
    Mailbox,
    Writing,
    a_writing,
    at,
    clock,
    guests,
    in_days,
    meeting,
    weekly,
)
from tests.serving import answering

Heard = list[dict[str, Any]]
SECRET = "kept between the two"


class Receiver:
    """Repeats the word it is asked for, and hears notifications: the answers are `answers`."""

    def __init__(self, *answers: int, word: str = "", kind: str = "text/plain") -> None:
        self.answers, self.word, self.kind = list(answers) or [202], word, kind
        self.asked: list[str] = []
        self.bodies: list[dict[str, Heard]] = []
        self.changed = Condition()

    def asks(self, word: str) -> str:
        self.asked.append(word)
        return self.word or word

    def take(self, body: Any) -> int:
        with self.changed:
            self.bodies.append(body)
            self.changed.notify_all()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def heard(self) -> Heard:
        return [each for body in self.bodies for each in body["value"]]

    def wait(self, enough: Callable[[Heard], bool]) -> Heard:
        with self.changed:
            assert self.changed.wait_for(lambda: enough(self.heard), timeout=20)
            for body in self.bodies:
                check_notifications(body)
            return self.heard


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            (word, *_) = parse_qs(urlsplit(self.path).query).get("validationToken", [""])
            said = receiver.asks(word).encode() if word else b""
            self.send_response(200 if word else receiver.take(json.loads(body)))
            self.send_header("Content-Type", f"{receiver.kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with answering(server):
        yield f"http://127.0.0.1:{server.server_port}/hear"


@pytest.fixture
def outlook() -> Iterator[Writing]:
    with a_writing() as there:
        yield there


@pytest.fixture(scope="module")
def untouched() -> Iterator[Mailbox]:
    """A mailbox for what is refused, and so leaves no trace."""
    with a_writing() as there:
        yield there.of(ADA)


@pytest.fixture
def ada(outlook: Writing) -> Mailbox:
    return outlook.of(ADA)


def wish(address: str, **more: Any) -> dict[str, Any]:
    return {
        "changeType": "created,updated,deleted",
        "notificationUrl": address,
        "resource": "/me/events",
        "expirationDateTime": in_days(2),
        "clientState": SECRET,
        **more,
    }


def subscribe(mailbox: Mailbox, address: str, **more: Any) -> dict[str, Any]:
    return mailbox.done("POST", "/subscriptions", wish(address, **more))


def kinds(heard: Heard) -> list[str]:
    return [each["changeType"] for each in heard]


def test_every_change_is_told_with_the_secret_and_where_it_is(ada: Mailbox) -> None:
    receiver = Receiver()
    with listening(receiver) as address:
        opened = subscribe(ada, address)
        made = ada.make(meeting())
        ada.change(made["id"], {"subject": "Seminar"})
        ada.done("DELETE", at(made["id"]))
        heard = receiver.wait(lambda heard: len(heard) >= 3)
    assert kinds(heard) == ["created", "updated", "deleted"]
    assert len(receiver.asked) == 1
    for each in heard:
        assert each["subscriptionId"] == opened["id"]
        assert each["clientState"] == SECRET
        assert each["resourceData"]["id"] == made["id"]
        assert each["resource"].endswith(f"/Events/{made['id']}")


def test_ids_are_immutable_where_the_subscription_asked_for_it(ada: Mailbox) -> None:
    receiver = Receiver()
    with listening(receiver) as address:
        ada.done("POST", "/subscriptions", wish(address), Prefer='IdType="ImmutableId"')
        made = ada.make(meeting(), Prefer='IdType="ImmutableId"')
        (told,) = receiver.wait(lambda heard: len(heard) >= 1)
    assert told["resourceData"]["id"] == made["id"]


@pytest.mark.parametrize(
    "receiver", [Receiver(word="something else"), Receiver(kind="text/html")], ids=["word", "kind"]
)
def test_an_address_that_does_not_repeat_the_word_is_refused(
    ada: Mailbox, receiver: Receiver
) -> None:
    with listening(receiver) as address:
        refused = ada.refused("POST", "/subscriptions", wish(address))
    assert refused == (400, "ValidationError")
    assert ada.get("/subscriptions")["value"] == []


def test_an_address_where_nobody_is_is_refused(ada: Mailbox) -> None:
    with listening(Receiver()) as address:
        pass
    assert ada.refused("POST", "/subscriptions", wish(address)) == (400, "ValidationError")


def test_the_second_address_is_asked_as_well(ada: Mailbox) -> None:
    first, second = Receiver(), Receiver(word="no")
    with listening(first) as one, listening(second) as two:
        asked = wish(one, lifecycleNotificationUrl=two)
        assert ada.refused("POST", "/subscriptions", asked) == (400, "ValidationError")
        second.word = ""
        subscribe(ada, one, lifecycleNotificationUrl=two)
    assert (len(second.asked), len(set(second.asked))) == (2, 2)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"resource": "/me/messages"}, (400, "ExtensionError")),
        ({"resource": f"/users/{BO}/events"}, (403, "ErrorAccessDenied")),
        ({"notificationUrl": "http://example.org/hear"}, (400, "InvalidRequest")),
        ({"changeType": "moved"}, (400, "InvalidRequest")),
        ({"clientState": "x" * 129}, (400, "InvalidRequest")),
        ({"expirationDateTime": in_days(-1)}, (400, "InvalidRequest")),
        ({"expirationDateTime": in_days(7.1)}, (400, "InvalidRequest")),
        ({"expirationDateTime": "soon"}, (400, "InvalidRequest")),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(
    untouched: Mailbox, more: dict[str, Any], refused: tuple[int, str]
) -> None:
    asked = wish("https://example.org/hear", **more)
    assert untouched.refused("POST", "/subscriptions", asked) == refused


def test_who_sees_only_the_basics_does_not_subscribe(outlook: Writing) -> None:
    mailbox = outlook.of(BO, "Calendars.ReadBasic")
    asked = wish("https://example.org/hear")
    assert mailbox.refused("POST", "/subscriptions", asked) == (403, "ErrorAccessDenied")


def test_a_subscription_lives_for_three_quarters_of_an_hour_at_least(ada: Mailbox) -> None:
    with listening(Receiver()) as address:
        opened = subscribe(ada, address, expirationDateTime=in_days(1 / 1440))
    assert opened["expirationDateTime"].startswith("2026-10-01T08:45:")


def test_a_subscription_is_renewed_and_is_nobody_elses(outlook: Writing, ada: Mailbox) -> None:
    with listening(Receiver()) as address:
        opened = subscribe(ada, address)
    its = f"/subscriptions/{opened['id']}"
    renewed = ada.done("PATCH", its, {"expirationDateTime": in_days(5)})
    assert renewed["expirationDateTime"].startswith("2026-10-06")
    assert ada.get(its) == renewed
    assert outlook.of(BO).refused("PATCH", its, {})[0] == 404
    ada.done("POST", f"{its}/reauthorize")
    ada.done("DELETE", its)
    assert ada.refused("DELETE", its) == (404, "ResourceNotFound")


def test_what_is_over_says_nothing_more_and_cannot_be_renewed(
    outlook: Writing, ada: Mailbox
) -> None:
    over, alive = Receiver(), Receiver()
    with listening(over) as one, listening(alive) as two:
        short = subscribe(ada, one, expirationDateTime=in_days(1))
        subscribe(ada, two)
        outlook.world.clock.advance(90_000)
        later = outlook.of(ADA)
        later.make(meeting())
        alive.wait(lambda heard: len(heard) >= 1)
    assert over.heard == []
    renewal = {"expirationDateTime": in_days(3)}
    assert later.refused("PATCH", f"/subscriptions/{short['id']}", renewal)[0] == 404


def test_only_the_changes_that_were_asked_for_are_told(outlook: Writing, ada: Mailbox) -> None:
    receiver = Receiver()
    with listening(receiver) as address:
        subscribe(ada, address, changeType="deleted")
        made = ada.make(meeting())
        outlook.of(BO).make(meeting())
        ada.done("DELETE", at(made["id"]))
        assert kinds(receiver.wait(lambda heard: len(heard) >= 1)) == ["deleted"]


def test_a_changed_occurrence_is_a_change_of_its_series(ada: Mailbox) -> None:
    series = ada.make(meeting(recurrence=weekly()))
    receiver = Receiver()
    with listening(receiver) as address:
        subscribe(ada, address)
        ada.change(ada.seen()[1]["id"], {"start": clock(12, 8)})
        (told,) = receiver.wait(lambda heard: len(heard) >= 1)
    assert (told["changeType"], told["resourceData"]["id"]) == ("updated", series["id"])


def test_a_guests_answer_is_told_to_who_watches_the_organizers_calendar(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(attendees=guests(PIA)))
    receiver = Receiver()
    with listening(receiver) as address:
        subscribe(ada, address)
        pia = outlook.of(PIA)
        pia.done("POST", at(pia.found()[0]["id"], "/accept"), {})
        (told,) = receiver.wait(lambda heard: len(heard) >= 1)
    assert told["resourceData"]["id"] == made["id"]


def test_what_waits_for_one_address_is_told_together(outlook: Writing, ada: Mailbox) -> None:
    receiver = Receiver(503, 500, 202)
    with listening(receiver) as address:
        subscribe(ada, address)
        subscribe(outlook.of(PIA), address, clientState="another")
        ada.make(meeting(attendees=guests(PIA)))
        heard = receiver.wait(
            lambda heard: (
                len({each["subscriptionId"] for each in heard}) == 2 and len(receiver.bodies) > 2
            )
        )
    assert {each["clientState"] for each in heard} == {SECRET, "another"}
    assert len({each["tenantId"] for each in heard}) == 2


def test_notifications_can_be_lost_and_forged_and_doubled(outlook: Writing, ada: Mailbox) -> None:
    fortunes = outlook.world.faults.notifications
    receiver = Receiver()
    with listening(receiver) as address:
        subscribe(ada, address)
        fortunes.lose = fortunes.duplicate = fortunes.forge = 1
        lost = ada.make(meeting())["id"]
        ada.make(meeting(6))
        heard = receiver.wait(lambda heard: len(heard) >= 3)
    assert sorted(each["clientState"] == SECRET for each in heard) == [False, True, True]
    assert lost not in {each["resourceData"]["id"] for each in heard}


def test_whatever_befalls_a_subscription_is_told_at_its_second_address(
    outlook: Writing, ada: Mailbox
) -> None:
    def befall(what: str, person: str | None = ADA) -> Any:
        said = {"lifecycle": what, "person": person}
        return outlook.there.app.test_client().post("/_sandbox/faults", json=said)

    first, second = Receiver(), Receiver()
    with listening(first) as one, listening(second) as two:
        opened = subscribe(ada, one, lifecycleNotificationUrl=two)
        assert befall("missed", PIA).get_json()["count"] == 0
        for number, what in enumerate(("missed", "reauthorizationRequired"), 1):
            assert befall(what).get_json() == {"lifecycle": what, "count": 1}
            second.wait(lambda heard, number=number: len(heard) >= number)  # type: ignore[misc]
        ada.done("POST", f"/subscriptions/{opened['id']}/reauthorize")
        befall("subscriptionRemoved", None)
        heard = second.wait(lambda heard: len(heard) >= 3)
        ada.make(meeting())
    assert [each["lifecycleEvent"] for each in heard] == [
        "missed",
        "reauthorizationRequired",
        "subscriptionRemoved",
    ]
    assert {each["clientState"] for each in heard} == {SECRET}
    assert first.heard == []
    assert ada.get("/subscriptions")["value"] == []
    assert befall("nonsense").status_code == 400
    assert befall("missed", "nobody@example.org").status_code == 400
