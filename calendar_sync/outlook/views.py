"""What an account's calendars take of the time, read from their views to the last page.

A calendar of which one page could not be read says nothing at all, and says nothing of others.
"""

from collections.abc import Callable, Iterator, Sequence

from calendar_sync.errors import (
    ChangedMeanwhile,
    CursorExpired,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Trouble,
    Wait,
)
from calendar_sync.outlook import wire
from calendar_sync.outlook.batch import Batch, Came
from calendar_sync.outlook.requests import Request, Requests
from calendar_sync.outlook.wire import Json
from calendar_sync.provider import CalendarId, Found, Span
from scheduler.errors import Explained

_SOON = 30.0  # seconds
Page = Callable[[str | None], Request]


class Views:
    """The views of one account's calendars.

    pages      asks for one page after another
    following  returns the address of the page after one, if there is one
    """

    def __init__(
        self,
        pages: Callable[[Page], Iterator[Json]],
        following: Callable[[Json], str | None],
        requests: Requests,
        batch: Batch,
    ) -> None:
        self._pages = pages
        self._following = following
        self._requests = requests
        self._batch = batch

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> dict[CalendarId, Found]:
        """Return what each takes, or why that is not known. Raises Wait and ReconnectNeeded."""
        parts = wire.parts(span)
        questions = [self._requests.view(each, part) for each in calendars for part in parts]
        came = self._batch.ask(questions)
        found, told = dict[CalendarId, Found](), dict[CalendarId, list[Json]]()
        wait = None
        for number, each in enumerate(calendars):
            firsts = came[number * len(parts) : (number + 1) * len(parts)]
            try:
                told[each] = [page for first in firsts for page in self._from(first, wait)]
            except ReconnectNeeded:
                raise
            except Trouble as error:
                found[each] = error
            except Wait as error:  # nothing more is asked
                found[each] = wait = error
            except Explained as error:
                found[each] = _unknown(error)
        usual = wire.usual_zone([page for pages in told.values() for page in pages])
        found |= {each: wire.taken(pages, span, usual) for each, pages in told.items()}
        return _some({each: found[each] for each in calendars})

    def _from(self, first: Came, wait: Wait | None) -> Iterator[Json]:
        """Follow the pages from a first one, unless the host asked us to wait meanwhile."""
        if isinstance(first, Exception):
            raise first
        yield first
        following = self._following(first)
        if following is None:
            return
        if wait is not None:
            raise wait
        yield from self._pages(lambda page: self._requests.page(page or following))


def _unknown(error: Explained) -> NotAllowed | NotThere | Trouble:
    if isinstance(error, NotAllowed | NotThere):
        return error
    if isinstance(error, ChangedMeanwhile | CursorExpired):  # so it may be read the next time
        return Trouble(error.what, remedy="try again later", seconds=_SOON)
    return NotThere(error.what, remedy=error.remedy)  # of this calendar nothing can be asked so


def _some(found: dict[CalendarId, Found]) -> dict[CalendarId, Found]:
    """Raise Wait if that is all that came."""
    waits = [each for each in found.values() if isinstance(each, Wait)]
    if waits and len(waits) == len(found):
        raise max(waits, key=lambda each: each.seconds)
    return found
