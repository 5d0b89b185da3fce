"""How sending fails, by what the sender does next."""

from scheduler.errors import Explained, TryLater

__all__ = ["BadChannel", "Doubtful", "TryLater", "Undeliverable"]


class Undeliverable(Explained):
    """The mail can never reach the address; trying again would not help."""


class Doubtful(TryLater):
    """Nobody knows whether the mail was taken; of any other TryLater it is certain that it was not.

    What is sent next under the same key must be the same mail.
    """


class BadChannel(Explained):
    """The channel cannot be used as it is configured."""
