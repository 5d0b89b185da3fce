"""An organizer who is somewhere else, and tells people of the sandbox by mail."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from flask.testing import FlaskClient

from notifications.addresses import Address
from notifications.itip.calendar import About
from notifications.itip.changes import changes
from notifications.itip.letters import Envelope, letter
from notifications.itip.names import Names
from notifications.itip.people import Answer, Person
from notifications.itip.pieces import told_apart
from notifications.itip.replies import ReplyMail, read
from notifications.message import Message, Sender, as_email
from notifications.smtp import SmtpChannel
from scheduler.model.series import Occurrence, Series
from services.sandbox.app import create_app
from services.sandbox.faults import Faults
from services.sandbox.mail.listener import taking
from services.sandbox.mail.replies import SERVER
from services.sandbox.quotas import Quotas
from services.sandbox.serving import listening
from services.sandbox.world import World

BERLIN = "Europe/Berlin"
NAMES = Names(b"sixteen letters!", Address.parse("hours@service.example"))
_SENDER = Sender("hours@service.example")
_WEEK = 7 * 86400


GINA, OTTO = "gina@college.example", "otto@college.example"
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass
class Town:
    """A sandbox with its mail server.

    smtp  "": mails are given to the world itself
    """

    world: World
    smtp: str

    @cached_property
    def client(self) -> FlaskClient:
        """Whoever asks it without https."""
        app = create_app(self.world, Faults(), Quotas(self.world.clock))
        return app.test_client()


def town_of(world: World, smtp: str = "") -> Town:
    """The town of this world: Gina lives there, who is at Google, and Otto, who is at Outlook."""
    world.clock.set(NOW)
    world.add_person(GINA, "Gina", BERLIN)
    world.add_person(OTTO, "Otto", BERLIN, host="work")
    return Town(world, smtp)


@contextmanager
def a_town() -> Iterator[Town]:
    """One with a mail server."""
    world = World.open(None, seed=False)
    try:
        with taking(listening("127.0.0.1", 0), world.post) as smtp:
            yield town_of(world, smtp)
    finally:
        world.close()


def moment(text: str) -> int:
    """UTC seconds of such as 2026-10-05T07:00."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def mondays(count: int = 3, *, skipped: Collection[int] = ()) -> Series:
    """So many Mondays from 5 October 2026 on, 9:00 in Berlin, without those of these numbers."""
    starts = [moment("2026-10-05T07:00") + n * _WEEK for n in range(count)]
    until = datetime.fromtimestamp(starts[-1], UTC)
    held = [Occurrence(at, at, 60) for n, at in enumerate(starts) if n not in skipped]
    left_out = tuple(starts[n] for n in sorted(skipped))
    rule = f"FREQ=WEEKLY;UNTIL={until:%Y%m%dT%H%M%SZ}"
    return Series(BERLIN, rule, 60, tuple(held), left_out)


def moved(series: Series, number: int, to: str, *, place: str = "") -> Series:
    """The series with one date held at another moment."""
    dates = list(series.occurrences)
    dates[number] = replace(dates[number], start=moment(to), place=place)
    return replace(series, occurrences=tuple(dates))


def without(series: Series, number: int) -> Series:
    """The series without one date."""
    gone = series.occurrences[number]
    kept = tuple(each for each in series.occurrences if each != gone)
    return replace(series, occurrences=kept, skipped=(*series.skipped, gone.original))


@dataclass
class Organizer:
    """Tells one guest of one series, and remembers what was told, as a service would."""

    sandbox: Town
    guest: str
    key: str = "peers"
    title: str = "Peer mentoring"
    answer: Answer = Answer.WAITING
    told: Series | None = None
    apart: Collection[int] = ()
    sequence: int = -1
    stamp: int = field(default_factory=lambda: moment("2026-09-01T08:00"))

    @property
    def uid(self) -> str:
        """The series' own name."""
        return NAMES.uid(self.key)

    def tell(self, wanted: Series | None, *, anew: bool = False, place: str = "") -> int:
        """Send what is new to the guest; return how many letters that took."""
        if self.told is None and wanted is not None:
            self.apart = told_apart(wanted)
        self.sequence += 1
        self.stamp += 60
        found = changes(self.told, wanted, self.apart, anew=anew)
        guest = Address.parse(self.guest)
        for n, change in enumerate(found):
            uid = NAMES.uid(self.key, change.piece)
            about = About(
                uid,
                self.sequence,
                self.stamp,
                Person(NAMES.organizer(uid, guest), "Common Hour"),
                Person(guest, "A guest"),
                self.title,
                place,
                answer=self.answer,
            )
            self._send(letter(self._envelope(n), about, change))
        self.told = wanted
        return len(found)

    def _envelope(self, number: int) -> Envelope:
        key = f"{self.key}-{self.sequence}-{number}"
        return Envelope(key, link="https://service.example/l/secret")

    def _send(self, message: Message) -> None:
        if self.sandbox.smtp:
            SmtpChannel(self.sandbox.smtp, _SENDER, None, lambda: NOW).send(message)
            return
        raw = as_email(message, _SENDER, NOW).as_bytes()
        self.sandbox.world.post.take(_SENDER.address, [self.guest], raw)


def answers(sandbox: Town) -> list[ReplyMail]:
    """What came back, as the service reads it."""
    found = sandbox.world.post.mails(way="out")
    return [read(each["raw"].encode("latin-1"), NAMES, SERVER) for each in found]
