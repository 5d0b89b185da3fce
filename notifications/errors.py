"""How sending fails, by what the sender does next."""

from scheduler.errors import Explained, TryLater

__all__ = ["BadChannel", "TryLater", "Undeliverable"]  # TryLater: the same message and key


class Undeliverable(Explained):
    """The mail can never reach the address; trying again would not help."""


class BadChannel(Explained):
    """The channel cannot be used as it is configured."""
