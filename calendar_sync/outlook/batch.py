"""Several questions in one request, and what came of each.

Each is a matter of its own: what was answered is believed, and only what was not is asked again,
once and by itself. Within a request the host does one after the other, so that a mailbox is never
asked more at once than it takes; what stands behind a question that failed is not done, and is
asked with the next ones. A request holds few, as nothing is heard until the last of them is done.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calendar_sync.errors import (
    ChangedMeanwhile,
    CursorExpired,
    NotAllowed,
    NotThere,
    Refused,
    Silence,
    SyncError,
    Trouble,
    Unsupported,
    Wait,
)
from calendar_sync.host import Gate
from calendar_sync.outlook.refusals import Refusal
from calendar_sync.outlook.requests import Json, Request, Requests
from calendar_sync.outlook.wire import whole
from calendar_sync.speaking import Speaker

Came = Json | SyncError
_MOST = 4  # questions in a request; the host takes twenty
_NOT_DONE = 424  # what is said of a question behind one that failed
_SILENCES = 2  # of questions that are asked by themselves; after so many the host itself is slow
_ITS_OWN = (NotAllowed, NotThere, Refused, Unsupported, CursorExpired, ChangedMeanwhile, Trouble)


class Batch:
    """Asks for one account.

    gate  is asked for each question: a request counts as many as it holds
    read  reads a no: its status, headers and body
    """

    def __init__(
        self,
        speaker: Speaker,
        requests: Requests,
        gate: Gate,
        read: Callable[[int, Mapping[str, str], object], Refusal],
    ) -> None:
        self._ask = speaker.ask
        self._requests = requests
        self._gate = gate
        self._read = read

    def ask(self, asked: Sequence[Request]) -> list[Came]:
        """Return what came of each question, in their order.

        Once the host asks us to wait nothing more is asked: that is what came of all the rest.
        Raises ReconnectNeeded.
        """
        found = dict[int, Came]()
        try:
            self._ask_all(asked, found)
        except Wait as wait:
            return [found.get(each, wait) for each in range(len(asked))]
        return [found[each] for each in range(len(asked))]

    def _ask_all(self, asked: Sequence[Request], found: dict[int, Came]) -> None:
        """Note what came of each. Raises Wait and ReconnectNeeded, which concern them all."""
        left, silences = list(range(len(asked))), 0
        while left:
            group, left = left[:_MOST], left[_MOST:]
            behind = self._together(asked, group, found)
            for each in group:
                if each not in found and each not in behind:
                    found[each] = came = self._alone(asked[each])
                    silences += isinstance(came, Silence)
                    if isinstance(came, Silence) and silences >= _SILENCES:
                        raise came
            left = behind + left

    def _together(
        self, asked: Sequence[Request], group: Sequence[int], found: dict[int, Came]
    ) -> list[int]:
        """Note what came of a request for several; what cannot be believed is left out.

        Return those that were not done, as they stand behind one that failed. Raises Wait if the
        host asks for it, also inside its answer.
        """
        if len(group) == 1:
            return []
        self._gate.take(len(group) - 1)
        question = self._requests.batch([asked[each] for each in group])
        try:
            answers = _said(self._ask(question, patient=True), len(group))
        except _ITS_OWN:
            return []  # it may answer each of them by itself
        waits, behind = list[Wait](), list[int]()
        for number, said in sorted(answers.items()):
            came = self._came(said)
            if number > 0 and said.get("status") == _NOT_DONE:
                behind.append(group[number])
            elif isinstance(came, Wait):
                waits.append(came)
            elif came is not None:
                found[group[number]] = came
        if waits:
            raise max(waits, key=lambda each: each.seconds)
        return behind

    def _came(self, said: Json) -> Came | None:
        """Return what came of a question; None: it has to be asked by itself."""
        status, body = said.get("status"), said.get("body")
        if type(status) is not int:
            return None
        if 200 <= status < 300:
            return body if isinstance(body, dict) else None
        no = self._read(status, _headers(said.get("headers")), body)
        if no.token:
            return None  # the token ended just now
        error = no.error()
        return None if isinstance(error, Trouble) else error

    def _alone(self, request: Request) -> Came:
        """Raises Wait and ReconnectNeeded, which concern them all."""
        try:
            return whole(self._ask(request))
        except _ITS_OWN as error:
            return error


def _said(answer: Any, count: int) -> dict[int, Json]:
    """Return what is said of each question by its number; what is said twice is not said."""
    responses = whole(answer).get("responses")
    numbers = {str(number): number for number in range(count)}
    found = dict[int, Json]()
    twice = set[int]()
    for each in responses if isinstance(responses, list) else []:
        number = numbers.get(str(each.get("id"))) if isinstance(each, dict) else None
        if number is not None:
            twice |= {number} & found.keys()
            found[number] = each
    return {number: said for number, said in found.items() if number not in twice}


def _headers(said: object) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    return {str(name).lower(): str(value) for name, value in said.items()}
