"""The one kind of error we raise on purpose: it says what happened and what to do."""


class Explained(Exception):
    """An expected failure, told to the person who can act on it.

    `what` is the fact, with the place it concerns, and `remedy` the next step. Together they
    read as one sentence, joined by a colon. A door prints them as they are and never guesses.

    others  what else is wrong with the same input, where that is known as well
    """

    others: "tuple[Explained, ...]" = ()

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what}: {remedy}.")
        self.what = what
        self.remedy = remedy


class UnknownZone(Explained):
    """A time zone that the IANA database does not have."""


class BadProblem(Explained):
    """A problem that cannot be planned as it is written."""


class NoPattern(Explained):
    """The term, the windows and the cadence leave no date to meet on."""


class TryLater(Explained):
    """Not now: the same may go well in `seconds`."""

    def __init__(self, what: str, *, remedy: str, seconds: float) -> None:
        super().__init__(what, remedy=remedy)
        self.seconds = seconds
