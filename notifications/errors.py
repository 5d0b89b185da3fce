"""How sending fails, by what the sender does next."""

from scheduler.errors import Explained


class Undeliverable(Explained):
    """The mail can never reach the address; trying again would not help."""


class TryLater(Explained):
    """Not now. The same message, under the same key, may go out in `seconds`."""

    def __init__(self, what: str, *, remedy: str, seconds: float) -> None:
        super().__init__(what, remedy=remedy)
        self.seconds = seconds


class BadChannel(Explained):
    """The channel cannot be used as it is configured."""
