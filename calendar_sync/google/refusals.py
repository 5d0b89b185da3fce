"""What Google means when it says no: its error bodies, as errors by what we do next.

Google's own text never leaves this module, for it may hold anything: a reason travels on only
if it is a single plain word. A 403 is read: some say "slow down", some say "never", and one
whose reason nobody knows takes nothing away from anybody, but is asked again later.
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

_PLAIN = re.compile(r"[A-Za-z]{1,40}")
_SOON, _HOUR = 30.0, 3600.0  # seconds to wait where the host does not say
_SLOWER = ("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED")
_SPENT = ("quotaExceeded", "dailyLimitExceeded", "variableTermLimitExceeded")
_OPERATOR = ("accessNotConfigured", "SERVICE_DISABLED", "dailyLimitExceededUnreg", "keyInvalid")
_DENIED = (
    "insufficientPermissions",
    "forbidden",
    "requiredAccessLevel",
    "domainPolicy",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
)
_NEVER = ("forbiddenForNonOrganizer", "forbiddenForServiceAccounts")


class Gone(NotThere):
    """It was there once: an event, or the place where we stood in a calendar's changes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A host's no.

    reason   its word for it, or ""
    google   whether the body is what Google sends; others say less, or a page
    seconds  how long it asks us to wait; None: it does not say, or makes no sense
    """

    status: int
    reason: str
    domain: str
    google: bool
    seconds: float | None

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], body: bytes, now: float) -> "Refusal":
        """Read an answer other than 2xx; `now` is UTC seconds by our own clock."""
        try:
            found = json.loads(body)["error"]
            first = (found.get("errors") or found.get("details") or [{}])[0]
            reason, domain = str(first.get("reason", "")), str(first.get("domain", ""))
            google = "code" in found
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            reason, domain, google = "", "", False
        seconds = hostclock.asked(headers, now)
        return cls(status, reason[:80], domain[:80], google, seconds)

    @property
    def named(self) -> str:
        """How we name it: the status, and the reason if that is a plain word."""
        word = f" {self.reason}" if _PLAIN.fullmatch(self.reason) else ""
        return f"HTTP {self.status}{word}"

    @property
    def duplicate(self) -> bool:
        """Whether there is an event of this name already, or was."""
        return self.status == 409

    @property
    def token(self) -> bool:
        """Whether the token is refused, rather than an address we gave for notifications."""
        return self.status == 401 and not self.reason.startswith("push.")

    def error(self) -> SyncError:  # noqa: PLR0911 -- a table in the order in which it is read
        """Return the error by what we do next."""
        if self.token:
            return reconnect()
        if self.status in (403, 429):
            return self._limits_or_rights()
        if self.status in (405, 501) or (self.status == 404 and not self.google):
            return Unsupported(
                f"The calendar host does not know this ({self.named})",
                remedy="do without it, or use another host",
            )
        if self.status == 410 and self.reason in ("fullSyncRequired", "updatedMinTooLongAgo"):
            return CursorExpired(
                f"The calendar host forgot where we stood ({self.named})", remedy="read it afresh"
            )
        if self.status in (404, 410):
            kind = Gone if self.status == 410 else NotThere
            return kind(
                f"The calendar or event is not there ({self.named})",
                remedy="choose another calendar, or share this one with the connected account",
            )
        if self.status in (409, 412):
            return ChangedMeanwhile(
                f"The event was changed meanwhile ({self.named})", remedy="read it again"
            )
        if self.status < 400 or self.status in (408, 425) or self.status >= 500:
            return self._failed("The calendar host has a problem of its own")
        return Refused(
            f"The calendar host does not take this request ({self.named})",
            remedy="report it: repeating it does not help",
        )

    def _limits_or_rights(self) -> NotAllowed | Refused | Wait:
        if self.reason in _OPERATOR:
            return self._wait("The calendar host does not serve this installation", _HOUR, True)
        if self.reason in _SPENT:
            whole = self.reason != "quotaExceeded"  # that one is the account's own
            return self._wait("The calendar host has had enough for now", _HOUR, whole)
        if self.status == 429 or self.reason in _SLOWER or self.domain == "usageLimits":
            return self._wait("The calendar host asks us to slow down", _SOON)
        if self.reason in _DENIED:
            return NotAllowed(
                f"The account does not let us do this ({self.named})",
                remedy="connect it again and tick what is asked, or share the calendar with it",
            )
        if self.reason in _NEVER:
            return Refused(
                f"The calendar host lets only others do this ({self.named})",
                remedy="change the event where it was made",
            )
        return self._wait("The calendar host refuses, and does not say why", _HOUR)

    def _failed(self, what: str) -> Wait:
        if self.status == 503 or self.seconds is not None:
            return self._wait(what, _SOON)
        return Trouble(f"{what} ({self.named})", remedy="try again later", seconds=_SOON)

    def _wait(self, what: str, seconds: float, whole: bool = False) -> Wait:  # noqa: FBT001, FBT002
        return Wait(
            f"{what} ({self.named})",
            remedy="try again later",
            seconds=seconds if self.seconds is None else self.seconds,
            whole=whole,
        )
