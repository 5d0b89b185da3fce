"""What Graph means when it says no: its error bodies, as errors by what we do next.

Graph's own text never leaves this module, for it may hold anything: a code travels on only if it
is a single plain word. Codes are read before the status, which differs from one part of Graph to
the next for the same trouble.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from calendar_sync import hostclock
from calendar_sync.errors import (
    ChangedMeanwhile,
    CursorExpired,
    NotAllowed,
    NotThere,
    Refused,
    SyncError,
    Trouble,
    Unsupported,
    Wait,
    reconnect,
)

_PLAIN = re.compile(r"[A-Za-z_]{1,60}")
_SOON, _HOUR = 30.0, 3600.0  # seconds to wait where the host does not say
_DENIED = (
    "erroraccessdenied",
    "accessdenied",
    "authorization_requestdenied",
    "forbidden",
)
_SLOWER = (
    "applicationthrottled",
    "toomanyrequests",
    "activitylimitreached",
    "errorserverbusy",
    "errorexceededconnectioncount",
)
_SPENT = ("errorquotaexceeded", "errormessagesubmissionlimitexceeded", "quotalimitreached")
_NO_MAILBOX = (
    "errornonexistentmailbox",
    "mailboxnotenabledforrestapi",
    "mailboxnotsupportedforrestapi",
    "mailboxnothostedinexchangeonline",
)
_NO_SUCH_NAME = ("errorinvalididmalformed", "errorinvalidid", "errorinvalididempty")
_CROSSING = "erroroccurrencecrossingboundary"
_OTHERWISE = ("errorirresolvableconflict", "errorduplicatetransactionid")
_UNHEARD = "validationerror"  # of a channel whose address did not answer as it should


@dataclass(frozen=True, slots=True)
class Refusal:
    """A host's no.

    code     its word for it, or ""
    graph    whether the body is what Graph sends; others say less, or a page
    seconds  how long it asks us to wait; None: it does not say, or makes no sense
    """

    status: int
    code: str
    graph: bool
    seconds: float | None

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], body: bytes, now: float) -> "Refusal":
        """Read an answer other than 2xx; `now` is UTC seconds by our own clock."""
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        return cls.told(status, headers, found, now)

    @classmethod
    def told(cls, status: int, headers: Mapping[str, str], body: object, now: float) -> "Refusal":
        """Read an answer whose body is JSON already; headers by their names in small letters."""
        error = body.get("error") if isinstance(body, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        graph = isinstance(code, str) and bool(code)
        return cls(status, str(code)[:80] if graph else "", graph, hostclock.asked(headers, now))

    @property
    def named(self) -> str:
        """How we name it: the status, and the code if that is a plain word."""
        word = f" {self.code}" if _PLAIN.fullmatch(self.code) else ""
        return f"HTTP {self.status}{word}"

    @property
    def token(self) -> bool:
        """Whether the token is refused."""
        return self.status == 401

    @property
    def _code(self) -> str:
        return self.code.lower()

    def error(self) -> SyncError:
        """Return the error by what we do next."""
        if self.token:
            return reconnect()
        return self._by_code() or self._by_status()

    def _by_code(self) -> SyncError | None:  # noqa: PLR0911 -- a table
        """Return the error that a code means, whatever the status; None: it has no such one."""
        code = self._code
        if code.startswith("syncstate") or code == "resyncrequired":
            return self._expired()
        if code in _NO_MAILBOX:
            return NotThere(
                f"The account has no calendar that can be read from outside ({self.named})",
                remedy="connect another account, or ask its administrator",
            )
        if code in _NO_SUCH_NAME:
            return self._not_there()
        if code in _SLOWER:
            return self._wait("The calendar host asks us to slow down", _SOON)
        if code in _SPENT:
            return self._wait("The calendar host has had enough for now", _HOUR)
        if code in _OTHERWISE:
            return self._changed()
        if code == _UNHEARD:
            return Unsupported(
                f"The calendar host cannot reach the address that it was given ({self.named})",
                remedy="ask it from time to time instead",
            )
        if code == _CROSSING:
            return Refused(
                f"A meeting cannot be moved to or past the day of the one beside it ({self.named})",
                remedy="choose a time between the meetings before and after it",
            )
        return None

    def _by_status(self) -> SyncError:  # noqa: PLR0911 -- a table
        if self.status == 403:
            return self._rights()
        if self.status in (405, 501) or (self.status == 404 and not self.graph):
            return Unsupported(
                f"The calendar host does not know this ({self.named})",
                remedy="do without it, or use another host",
            )
        if self.status == 404:
            return self._not_there()
        if self.status == 410:
            return self._expired()
        if self.status in (409, 412):
            return self._changed()
        if self.status == 429:
            return self._wait("The calendar host asks us to slow down", _SOON)
        if self.status < 400 or self.status in (408, 423, 424, 425) or self.status >= 500:
            return self._failed()
        return Refused(
            f"The calendar host does not take this request ({self.named})",
            remedy="report it: repeating it does not help",
        )

    def _changed(self) -> ChangedMeanwhile:
        return ChangedMeanwhile(
            f"The event was changed meanwhile ({self.named})", remedy="read it again"
        )

    def _rights(self) -> NotAllowed | Wait:
        if self._code in _DENIED:
            return NotAllowed(
                f"The account does not let us do this ({self.named})",
                remedy="connect it again and allow what is asked, or share the calendar with it",
            )
        return self._trouble("The calendar host refuses, and does not say why", _HOUR)

    def _failed(self) -> Wait:
        what = "The calendar host has a problem of its own"
        return self._wait(what, _SOON) if self.status == 503 else self._trouble(what, _SOON)

    def _trouble(self, what: str, seconds: float) -> Wait:
        if self.seconds is not None:
            return self._wait(what, seconds)
        return Trouble(f"{what} ({self.named})", remedy="try again later", seconds=seconds)

    def _not_there(self) -> NotThere:
        return NotThere(
            f"The calendar or event is not there ({self.named})",
            remedy="choose another calendar, or share this one with the connected account",
        )

    def _expired(self) -> CursorExpired:
        return CursorExpired(
            f"The calendar host forgot where we stood ({self.named})", remedy="read it afresh"
        )

    def _wait(self, what: str, seconds: float) -> Wait:
        asked = seconds if self.seconds is None else self.seconds
        return Wait(f"{what} ({self.named})", remedy="try again later", seconds=asked)
