"""What others take of the time, as an account of work is told of them.

A question names several. If one of them spoils it for all, the others are asked for without
them; what was told of somebody is never dropped for what was not told of others.
"""

from collections.abc import Sequence

from calendar_sync.errors import (
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Refused,
    Silence,
    Trouble,
    Wait,
)
from calendar_sync.outlook import schedules
from calendar_sync.outlook.requests import Requests
from calendar_sync.provider import Found, Span
from calendar_sync.speaking import Speaker
from scheduler.errors import Explained

_FAILURES = 12  # in a row, after which it is not about somebody: enough to find a few
_SILENCES = 2  # likewise, for these take long


class People:
    """Asks for one account."""

    def __init__(self, speaker: Speaker, requests: Requests) -> None:
        self._ask = speaker.ask
        self._requests = requests

    def busy(self, emails: Sequence[str], span: Span) -> dict[str, Found]:
        """Return what each takes, or why that is not known.

        Raises ReconnectNeeded, and if nothing was told of anybody, what the host said instead.
        """
        found = dict[str, Found]()
        for start in range(0, len(emails), schedules.AT_ONCE):
            try:
                found |= self._together(emails[start : start + schedules.AT_ONCE], span)
            except ReconnectNeeded:
                raise
            except Explained as error:
                if not found:
                    raise
                return {**dict.fromkeys(emails, _unknown(error)), **found}
        return found

    def _together(self, emails: Sequence[str], span: Span) -> dict[str, Found]:
        """Return what a few take; who fails in a part of the span is not asked for further."""
        told: dict[str, list[Found]] = {each: [] for each in emails}
        for part in schedules.parts(span):
            left = [each for each in emails if all(isinstance(one, list) for one in told[each])]
            for each, found in self._halves(left, part).items():
                told[each].append(found)
        return {each: schedules.joined(told[each], span) for each in emails}

    def _halves(self, emails: Sequence[str], part: Span) -> dict[str, Found]:
        """Return what some take of a part, asking for ever fewer where the host fails at them."""
        found, left = dict[str, Found](), [list(emails)] if emails else []
        failures = silences = 0
        while left:
            some = left.pop(0)
            try:
                question = self._requests.schedules(schedules.question(some, part))
                found |= schedules.answer(self._ask(question, patient=True), some, part)
                failures = 0
            except (Refused, NotThere, Trouble) as error:
                failures, silences = failures + 1, silences + isinstance(error, Silence)
                if failures >= _FAILURES or silences >= _SILENCES:
                    raise
                if len(some) == 1:
                    found[some[0]] = _unknown(error)
                else:
                    middle = len(some) // 2
                    left[:0] = [some[:middle], some[middle:]]
        return found


def _unknown(error: Explained) -> NotAllowed | NotThere | Wait:
    if isinstance(error, NotAllowed | NotThere | Wait):
        return error
    return NotThere(error.what, remedy=error.remedy)
