"""Speaking with Graph where that may tell guests: no more letters leave than a mailbox may send."""

from typing import Any

from calendar_sync.outlook.requests import Request
from calendar_sync.speaking import Request as AnyRequest
from calendar_sync.speaking import Speaker


class Telling(Speaker):
    """A speaker that takes a letter before each request of which the host tells guests.

    One letter goes to all of them. Who is invited hears something else than who is not any more,
    which makes two of one request: our share leaves room for the few that do both.
    """

    def ask(self, request: AnyRequest, *, patient: bool = False) -> Any:
        if isinstance(request, Request) and request.tells:
            self._gate.send_letter()
        return super().ask(request, patient=patient)
