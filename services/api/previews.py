"""What committing a series will do, told before anything is done."""

from typing_extensions import TypedDict

from services.api.responses import moment
from services.api.words import Moment
from services.flow.series import views
from services.flow.series.views import Held


class PreviewDate(TypedDict):
    """A date that will be written. original: where the pattern puts it.

    expected: how many can come, and the same with those of whom nothing is known.
    """

    original: Moment
    start: Moment
    minutes: int
    held: Held
    expected: list[int]


class PreviewGuest(TypedDict):
    """What one of those who are invited will get. acceptances: how often they are asked."""

    name: str
    email: str
    acceptances: int
    how: str
    dates: int


class Preview(TypedDict):
    """What committing will do.

    where: which calendar is written to. repeated, single: how many events of each kind. requests,
    mails: how many will be sent; seconds: for how long at most. obstacles: why it cannot be
    committed as it is.
    """

    where: str
    repeated: int
    single: int
    dates: list[PreviewDate]
    skipped: list[Moment]
    guests: list[PreviewGuest]
    requests: int
    mails: int
    seconds: float
    warnings: list[str]
    obstacles: list[str]


def previewed(found: views.Preview) -> Preview:
    """Write it."""
    return Preview(
        where=found.where,
        repeated=found.repeated,
        single=found.single,
        dates=[_date(each) for each in found.dates],
        skipped=[moment(each) for each in found.skipped],
        guests=[_guest(each) for each in found.guests],
        requests=found.requests,
        mails=found.mails,
        seconds=found.seconds,
        warnings=list(found.warnings),
        obstacles=list(found.obstacles),
    )


def _date(each: views.PreviewDate) -> PreviewDate:
    return PreviewDate(
        original=moment(each.original),
        start=moment(each.start),
        minutes=each.minutes,
        held=each.held,
        expected=list(each.expected),
    )


def _guest(each: views.PreviewGuest) -> PreviewGuest:
    return PreviewGuest(
        name=each.name,
        email=each.email,
        acceptances=each.acceptances,
        how=each.how,
        dates=each.dates,
    )
