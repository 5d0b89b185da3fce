"""A group whose dates are told by mail, and letters as their readers see them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from notifications.memory import MemoryChannel
from notifications.message import Message, Receipt, Sender
from services.flow import groups, terms
from services.wiring import Runtime
from tests.flow.series.rows import a_committed
from tests.flow.town import TERM, Hands
from tests.runtimes import a_person, a_runtime, aged, ticked

BO, CLEO, GUS = "bo@mail.test", "cleo@mail.test", "gus@mail.test"


class Server:
    """A mail server of ten lines: it says what it is told to say, and keeps what it takes.

    says  of each mail to come: an error it raises, after it took the mail if that is `taken`
    """

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.says: Callable[[int], None] = lambda _: None
        self.asked = 0
        self._memory = MemoryChannel(Sender("commonhour@localhost"))

    def send(self, message: Message) -> Receipt:
        self.asked += 1
        self.says(self.asked)
        self.taken.append(message)
        return self._memory.send(message)


@dataclass
class Mailed:
    """A series that is told by mail."""

    runtime: Runtime
    clock: Hands
    server: Server
    series: UUID
    cora: UUID
    group: UUID
    seen: int = field(default=0)

    def done(self) -> list[str]:
        """Let everything be done that is due now."""
        return ticked(self.runtime)

    def later(self, **time: float) -> list[str]:
        """Let time pass, and everything be done that is due then."""
        self.clock.forward(**time)
        if self.runtime.engine.dialect.name == "postgresql":
            aged(self.runtime, **time)  # tasks go by its own clock there
        return self.done()

    def news(self, email: str | None = None) -> list[Message]:
        """What was taken since this was last asked: all of it, or what went to somebody."""
        found, self.seen = self.server.taken[self.seen :], len(self.server.taken)
        return [each for each in found if email in (None, each.to_address)]


def a_mailed(home: Path, url: str | None = None, rate: int = 100_000, **series: Any) -> Mailed:
    """Cora's group, and its series, of which nobody has heard yet."""
    home.mkdir(exist_ok=True)
    runtime = a_runtime(home, url, mail_rate=rate)
    clock = runtime.clock = Hands()
    server = runtime.channel = Server()
    cora = a_person(runtime, "cora@example.org", "Cora")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC").id
        term = terms.add(work, group, TERM).id
    emails = series.pop("emails", [BO, CLEO])
    found = a_committed(runtime, group, term, emails, organiser=cora, **series)
    return Mailed(runtime, clock, server, found, cora, group)


def lines(message: Message, *names: str) -> list[str]:
    """The lines of what a letter encloses that begin so, unfolded."""
    assert message.enclosed is not None
    whole = message.enclosed.ics.replace("\r\n ", "").split("\r\n")
    event = whole[whole.index("BEGIN:VEVENT") :]
    return [each for each in event if each.startswith(names)]
