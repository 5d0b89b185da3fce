"""What a use case refuses, by what the one who asked does next. Doors give each its status."""

from collections.abc import Callable

from scheduler.errors import Explained


class Missing(Explained):
    """It does not exist, or not for you: the two look exactly alike. 404."""


class NotAllowed(Explained):
    """You may see it but not do this. 403."""


class SignInNeeded(Explained):
    """We do not know who asks. 401."""


class Conflict(Explained):
    """It does not go with what is there already. 409."""


class Outdated(Explained):
    """Somebody changed it since it was read. 412."""


class Gone(Explained):
    """It was there and is used up or over. 410."""


class Unfit(Explained):
    """What was sent cannot be taken. 422."""


class VersionNeeded(Explained):
    """An edit that does not say which version it changes. 428."""


class WrongKind(Explained):
    """Content of a kind that is not taken. 415."""


class TooLarge(Explained):
    """More than is taken at once. 413."""


class StillRunning(Conflict):
    """The same request is being answered at this moment. 409, with the seconds to wait."""

    seconds = 1


class Busy(Explained):
    """Others are being served at this moment. 503, with the seconds to wait."""

    seconds = 10


class TooMany(Explained):
    """Tried too often. 429.

    seconds  until it may be tried again
    """

    def __init__(self, what: str, *, remedy: str, seconds: int) -> None:
        super().__init__(what, remedy=remedy)
        self.seconds = seconds


def together(*checks: Callable[[], object]) -> None:
    """Make every check, so that all that is wrong is told at once: the others go with the first."""
    found: list[Explained] = []
    for check in checks:
        try:
            check()
        except Explained as error:
            found += (error, *error.others)
    if found:
        found[0].others = tuple(found[1:])
        raise found[0]
