"""Refusals of sign-in, in the words and with the numbers of Entra (AADSTS…)."""

import time
from typing import Any
from uuid import uuid4

JSON = dict[str, Any]


class Refused(Exception):
    """What cannot be done for whoever asks.

    error     OAuth's word for it
    number    Entra's
    suberror  what kind of it, where Entra says so
    """

    def __init__(
        self, error: str, number: int, said: str, *, status: int = 400, suberror: str = ""
    ) -> None:
        super().__init__(said)
        self.error, self.number, self.status, self.suberror = error, number, status, suberror

    @property
    def said(self) -> str:
        """The number and the words, as people see them."""
        return f"AADSTS{self.number}: {self}"

    def body(self, correlation: str = "") -> JSON:
        """What the token endpoint answers; `correlation` is the client's name for its request."""
        trace, related = str(uuid4()), correlation or str(uuid4())
        at = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        body: JSON = {
            "error": self.error,
            "error_description": f"{self.said} Trace ID: {trace} Correlation ID: {related}"
            f" Timestamp: {at}",
            "error_codes": [self.number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": related,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return body | ({"suberror": self.suberror} if self.suberror else {})


def faulty(status: int, reason: str, message: str) -> Refused:
    """The refusal that a fault asks for; `reason` is a word, with a number and suberror or not.

    "invalid_grant 50173 bad_token", for example.
    """
    error, number, suberror, *_ = [*reason.split(), "", "", ""]
    known = int(number) if number.isdecimal() else 90033  # Entra's own "temporarily unavailable"
    return Refused(
        error or "temporarily_unavailable", known, message, status=status, suberror=suberror
    )
