"""Answers of the sandbox's people on their way to a service: in order, and until they arrive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from services.sandbox.mail import carrier
from services.sandbox.mail.answers import found, give
from services.sandbox.mail.carrier import Door, carrying
from services.sandbox.mail.letters import parsed
from tests.sandbox.mailing import GINA, OTTO, Organizer, Town, a_town, mondays

_PATIENCE = 60.0  # seconds


@dataclass
class Service:
    """Takes mails at a door, with the statuses of a script; then 202."""

    script: list[int]
    enough: int
    url: str = ""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def answer(self, secret: str, mail: bytes) -> int:
        self.taken.append((secret, mail))
        if len(self.taken) == self.enough:
            self.done.set()
        return self.script.pop(0) if self.script else 202


@contextmanager
def a_service(script: list[int], enough: int) -> Iterator[Service]:
    service = Service(script, enough)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            mail = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(service.answer(self.headers["Authorization"], mail))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}/hooks/mail"
    thread = Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def town() -> Iterator[Town]:
    with a_town() as town:
        yield town


def answer(town: Town, guest: str, said: str) -> None:
    [series] = found(town.world, guest, title="Peer mentoring")
    give(town.world, guest, series, said, by=f"page:{guest}")


def invited(town: Town) -> None:
    for guest in (GINA, OTTO):
        Organizer(town, guest).tell(mondays())


def carried(town: Town, script: list[int], enough: int, then: Callable[[], None]) -> list[str]:
    """Carry to a service with this script until it was asked so often."""
    with (
        a_service(script, enough) as service,
        carrying(town.world.post, Door(service.url, "a secret")),
    ):
        then()
        assert service.done.wait(_PATIENCE)
    assert {secret for secret, _ in service.taken} == {"Bearer a secret"}
    return [str(parsed(mail)["From"]) for _, mail in service.taken]


def test_answers_are_carried_whether_given_before_or_meanwhile(town: Town) -> None:
    invited(town)
    answer(town, GINA, "accepted")
    senders = carried(town, [], 2, lambda: answer(town, OTTO, "declined"))
    assert senders == ["Gina <gina@college.example>", "Otto <otto@college.example>"]
    assert town.world.post.waiting() == []


def test_what_is_refused_for_now_is_carried_again_before_what_came_later(town: Town) -> None:
    invited(town)
    answer(town, GINA, "accepted")
    answer(town, OTTO, "accepted")
    senders = carried(town, [503], 3, lambda: None)
    assert ["Gina" in each for each in senders] == [True, True, False]


def test_what_can_never_be_taken_holds_nobody_up(town: Town) -> None:
    invited(town)
    answer(town, GINA, "accepted")
    answer(town, OTTO, "accepted")
    senders = carried(town, [400], 2, lambda: None)
    assert ["Gina" in each for each in senders] == [True, False]


class Meanwhile(Event):
    """Who looks whether it is set is overtaken: it is set, and there is news of that."""

    news: Event

    def is_set(self) -> bool:
        before = super().is_set()
        self.set()
        self.news.set()
        return before


def test_asked_to_end_as_it_begins_to_look_it_ends(town: Town) -> None:
    made = carrier._Carrier(town.world.post, Door("http://127.0.0.1:1/", "a secret"))  # noqa: SLF001
    made.ended = Meanwhile()
    made.ended.news = made.news
    thread = Thread(target=made.run, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    assert not thread.is_alive()


def test_without_a_service_answers_wait(town: Town) -> None:
    invited(town)
    with carrying(town.world.post, None):
        answer(town, GINA, "accepted")
    assert len(town.world.post.waiting()) == 1
