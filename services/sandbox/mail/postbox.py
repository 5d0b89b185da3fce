"""Every mail that came and went, kept as it was; those that go are handed on in their order."""

from collections.abc import Callable, Iterable
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from services.sandbox.mail import invitations
from services.sandbox.mail.letters import NoInvitation, invitation, parsed

if TYPE_CHECKING:
    from services.sandbox.world import World

JSON = dict[str, Any]
_MOST = 20_000  # mails kept


class Postbox:
    """The mails of everybody here. `ready` is called when there is one to hand on."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.ready: Callable[[], None] = lambda: None
        known = world.store.all("letter").values()
        self._last = max((each["n"] for each in known), default=0)
        self._waiting = [each["n"] for each in known if each["way"] == "out" and not each["sent"]]

    def take(self, sender: str, recipients: Iterable[str], raw: bytes) -> None:
        """Keep a mail from outside; what it tells people here comes into their calendars."""
        mail, to = parsed(raw), [each.lower() for each in recipients]
        with self._world.lock:
            self._keep(mail, "in", sender, to, raw)
            for email in to:
                self._deliver(mail, email)

    def send(self, mail: EmailMessage, sender: str, to: str, **about: Any) -> None:
        """Keep a mail from here until somebody hands it on."""
        with self._world.lock:
            self._keep(mail, "out", sender, [to], mail.as_bytes())
            self._note(mail, "out", sender, [to], **about)
            self._waiting.append(self._last)
        self.ready()

    def mails(self, since: int = 0, *, to: str = "", way: str = "") -> list[JSON]:
        """Return those after that number, oldest first, to somebody or of one way alone."""
        found = self._world.store.all("letter").values()
        return [
            each
            for each in found
            if each["n"] > since and (not to or to in each["to"]) and way in ("", each["way"])
        ]

    def waiting(self) -> list[int]:
        """Return the numbers of those that nobody has handed on, oldest first."""
        with self._world.lock:
            return list(self._waiting)

    def raw(self, number: int) -> bytes:
        """Return a mail as it stands on its way. Raises KeyError."""
        kept = self._world.store.get("letter", str(number))
        if kept is None:
            raise KeyError(number)
        return str(kept["raw"]).encode("latin-1")

    def sent(self, number: int) -> None:
        """Note that a mail was handed on, and is not to be again."""
        with self._world.lock:
            self._waiting.remove(number)
            if kept := self._world.store.get("letter", str(number)):
                self._world.store.put("letter", str(number), {**kept, "sent": True})

    def _deliver(self, mail: EmailMessage, email: str) -> None:
        outcome, about = invitations.Outcome(why="it invites to nothing"), {}
        try:
            told = invitation(mail)
            if told is not None:
                about = {"uid": told.uid, "sequence": told.age[0]}
            if email not in self._world.people:
                outcome = invitations.Outcome(why="nobody here has that address")
            elif told is not None:
                outcome = invitations.take(self._world, email, told)
        except NoInvitation as error:
            outcome = invitations.Outcome(why=str(error))
        except Exception:  # noqa: BLE001 -- whatever a foreign mail does to a parser, it is kept
            outcome = invitations.Outcome(why="it cannot be read")
        did = {"about": outcome.did, "why": outcome.why, "event": outcome.event}
        self._note(mail, "in", str(mail.get("From", "")), [email], **about, **did)

    def _note(self, mail: EmailMessage, way: str, sender: str, to: list[str], **what: Any) -> None:
        identity = str(mail.get("Message-ID", "")).strip()
        told = {"way": way, "from": sender, "to": to, "message_id": identity}
        self._world.history.note("letter", **told, **what)

    def _keep(self, mail: EmailMessage, way: str, sender: str, to: list[str], raw: bytes) -> None:
        self._last += 1
        kept = {
            "n": self._last,
            "way": way,
            "from": sender,
            "to": to,
            "subject": str(mail.get("Subject", "")),
            "at": self._world.clock.now().isoformat(),
            "text": _text(mail),
            "raw": raw.decode("latin-1"),
            "sent": False,
        }
        self._world.store.put("letter", str(self._last), kept)
        oldest = self._last - _MOST
        if oldest not in self._waiting:
            self._world.store.remove("letter", str(oldest))


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    try:
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError):
        return ""
